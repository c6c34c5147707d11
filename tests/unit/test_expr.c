/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/buf.h"
#include "expr/expr.h"

#include <stdio.h>

struct parsing {
    struct arena *a;
    struct sources sources;
    struct diag_list dl;
    struct expr_text text;
};

static struct parsing begin(struct arena *a, str text) {
    struct parsing p = {.a = a};
    sources_init(&p.sources, a);
    diag_list_init(&p.dl, a, NULL);
    uint32_t file = sources_add(&p.sources, STR("ops.yaml"), text, false);
    p.text = (struct expr_text){text, {file, 0, text.n}, &text_verbatim};
    return p;
}

static struct expr_condition *condition(struct parsing *p) {
    p->dl.sources = &p->sources;
    struct expr_condition *c = expr_parse_condition(p->a, p->a, &p->dl, p->text);
    assert_true(c != NULL || p->dl.errors > 0);
    return c;
}

static struct expr_condition *parsed(struct arena *a, const char *z) {
    struct parsing p = begin(a, str_c(z));
    struct expr_condition *c = condition(&p);
    if (c == NULL || p.dl.errors > 0)
        fail_msg("`%s`: %.*s", z, STR_ARG(p.dl.items.at[0]->message));
    return c;
}

static str printed(struct arena *a, const struct expr_condition *c) {
    struct buf b = BUF_INIT(16384);
    expr_print_condition(&b, c);
    assert_false(b.full);
    str s = arena_str(a, buf_str(&b));
    buf_done(&b);
    return s;
}

/* The errors of a condition, as "CODE@from-to" by spaces. */
static str errors(struct arena *a, str text) {
    struct parsing p = begin(a, text);
    assert_null(condition(&p));
    diag_sort(&p.dl);
    str s = STR("");
    for (uint32_t i = 0; i < p.dl.items.n; i++) {
        const struct diag *d = p.dl.items.at[i];
        s = arena_printf(a, "%.*s%s%s@%u-%u", STR_ARG(s), s.n > 0 ? " " : "",
                         diag_codes[d->code].id, d->at.start, d->at.end);
    }
    return s;
}

static void one_canonical_form(void **state) {
    struct arena *a = *state;
    static const char *const rows[][2] = {
        {"web.cpu>80%", "web.cpu > 80%"},
        {" sum( api.errors )\n >= 5\tover 300s ", "sum(api.errors) >= 5 over 5m"},
        {"a - b - c > 1", "a - b - c > 1"},
        {"a - (b - c) > 1", "a - (b - c) > 1"},
        {"(a * b) + c > 1", "a * b + c > 1"},
        {"a * (b + c) > 1", "a * (b + c) > 1"},
        {"a / (b * c) > 1", "a / (b * c) > 1"},
        {"a / b * c > 1", "a / b * c > 1"},
        {"-(a + b) * -c > 1", "-(a + b) * -c > 1"},
        {"- - a > 1", "--a > 1"},
        {"((a)) > (1)", "a > 1"},
        {"a-b > 1", "a-b > 1"}, /* a name may have dashes */
        {"a -b > 1", "a - b > 1"},
        {"x > 80% of db.max_connections", "x > 80% of db.max_connections"},
        {"sum(x) per 1m > 5", "sum(x) per 1m > 5"},
        {"80% of x per 1m > 5", "80% of x per 1m > 5"},
        {"(80% of x) per 60s > 5", "(80% of x) per 1m > 5"},
        {"(a > 1 or b > 2) and not c > 3", "(a > 1 or b > 2) and not c > 3"},
        {"not (a > 1 and b > 2)", "not (a > 1 and b > 2)"},
        {"not not alarm(x)", "not not alarm(x)"},
        {"a > 1 or b > 2 and c > 3", "a > 1 or b > 2 and c > 3"},
        {"(a > 1 or b > 2) or c > 3", "a > 1 or b > 2 or c > 3"},
        {"a > 1 or (b > 2 or c > 3)", "a > 1 or (b > 2 or c > 3)"},
        {"if(a > 1 and b > 2, c, 0) > 1", "if(a > 1 and b > 2, c, 0) > 1"},
        {"x outside band(3)", "x outside band(3)"},
        {"x above band(2.5)", "x above band(2.5)"},
        {"x rises", "x rises"},
        {"x falls by 50%", "x falls by 50%"},
        {"x is missing for 15m", "x is missing for 15m"},
        {"x fails 3 times", "x fails 3 times"},
        {"alarm(not) and alarm(a-b)", "alarm(not) and alarm(a-b)"},
        {"p99.9(api.latency) > 2s", "p99.9(api.latency) > 2s"},
        {"x.for > 1", "x.for > 1"},
        {"x.and.or.not.of.per.by.as.is > 1", "x.and.or.not.of.per.by.as.is > 1"},
        {"x.missing.outside.above.below.band > 1", "x.missing.outside.above.below.band > 1"},
        {"x.rises.falls.fails.times.over.with > 1", "x.rises.falls.fails.times.over.with > 1"},
        {"x.at.least.samples.treat.alarm > 1", "x.at.least.samples.treat.alarm > 1"},
        {"x.health.every > 1m", "x.health.every > 1m"},
        {"x > 1 for 3 of 5m", "x > 1 for 3 of 5m"},
        {"x > 1 treat missing as notBreaching with at least 20 samples for 15m over 5m",
         "x > 1 over 5m for 15m with at least 20 samples treat missing as not-breaching"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_text(printed(a, parsed(a, rows[i][0])), rows[i][1]);
        assert_text(printed(a, parsed(a, rows[i][1])), rows[i][1]);
    }
}

static void trees(void **state) {
    struct arena *a = *state;
    const struct expr_condition *c = parsed(a, "p95(api.latency.x) > 2s for 3 of 5m");
    const struct expr *e = c->root;
    assert_int_equal(e->kind, EXPR_COMPARE);
    assert_int_equal(e->op, EXPR_OP_GT);
    assert_int_equal(e->name_at.start, 19);
    assert_int_equal(e->depth, 3);
    const struct expr *stat = e->args[0], *ref = stat->args[0];
    assert_int_equal(stat->kind, EXPR_STAT);
    assert_text(stat->name, "p95");
    assert_int_equal(stat->at.start, 0);
    assert_int_equal(stat->at.end, 18);
    assert_int_equal(ref->kind, EXPR_REF);
    assert_text(ref->resource, "api");
    assert_text(ref->name, "latency.x");
    assert_int_equal(ref->name_at.start, 8);
    assert_int_equal(c->clauses.for_s, 300);
    assert_int_equal(c->clauses.for_of, 3);
    assert_int_equal(c->clauses.for_at.start, 24);
    /* One argument: a statistic; several: a function. */
    assert_int_equal(parsed(a, "max(x) > 1")->root->args[0]->kind, EXPR_STAT);
    assert_int_equal(parsed(a, "max(x, y) > 1")->root->args[0]->kind, EXPR_CALL);
    assert_int_equal(parsed(a, "max(a,b,c,d,e,f,g,h) > 1")->root->args[0]->nargs, 8);
}

static void mistakes_have_a_place(void **state) {
    struct arena *a = *state;
    static const char *const rows[][2] = {
        {"", "OPS-1201@0-0"},
        {"   ", "OPS-1201@0-3"},
        {"x > ", "OPS-1201@4-4"},
        {"x > 5 for", "OPS-1201@9-9"},
        {"x >> 5", "OPS-1201@3-4"},
        {"x = 5", "OPS-1201@2-3"},
        {"x > 5 5", "OPS-1201@6-7"},
        {"x \xE2\x89\xA5 5", "OPS-1201@2-5"},
        {"x > 5 \xFF", "OPS-1201@6-7"},
        {"x > 'a", "OPS-1201@4-5"},
        {"x > $", "OPS-1201@4-5"},
        {"x > 5foo", "OPS-1203@5-8"},
        {"avrg(x) > 5", "OPS-1205@0-4"},
        {"avrg(x) > 5foo for 3m for 4m", "OPS-1205@0-4 OPS-1203@11-14 OPS-1204@22-28"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_text(errors(a, str_c(rows[i][0])), rows[i][1]);
    /* A NUL is a character like any other that means nothing. */
    assert_text(errors(a, STR("x > 5 \0 y")), "OPS-1201@6-7");
    assert_text(errors(a, STR("x\0")), "OPS-1201@1-2");
}

static str nested(struct arena *a, const char *open, const char *middle, const char *close, int n) {
    struct buf b = BUF_INIT(65536);
    for (int i = 0; i < n; i++)
        buf_text(&b, open);
    buf_text(&b, middle);
    for (int i = 0; i < n; i++)
        buf_text(&b, close);
    str s = arena_str(a, buf_str(&b));
    assert_false(b.full);
    buf_done(&b);
    return s;
}

static void limits(void **state) {
    struct arena *a = *state;
    static const char *const shapes[][3] = {
        {"(", "x > 1", ")"},      {"abs(", "x", ") > 1"},  {"not ", "x > 1", ""},
        {"-", "x", " > 1"},       {"", "x", " + x"},       {"", "x > 1", " and x > 1"},
        {"80% of ", "x", " > 1"}, {"if(", "x", ", 1, 2)"},
    };
    for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct parsing p = begin(a, nested(a, shapes[i][0], shapes[i][1], shapes[i][2], 300));
        assert_null(condition(&p));
        assert_int_equal(p.dl.errors, 1);
        assert_int_equal(p.dl.items.at[0]->code, DIAG_CONDITION_TOO_LONG);
    }
    assert_non_null(parsed(a, (const char *)nested(a, "(", "x > 1", ")", 40).p));
    assert_non_null(parsed(a, (const char *)nested(a, "", "x > 1", " and x > 1", 60).p));
    str longest = nested(a, " ", "x > 1", "", EXPR_BYTES_MAX - 5);
    assert_non_null(parsed(a, (const char *)longest.p));
    struct parsing p = begin(a, nested(a, " ", "x > 1", "", EXPR_BYTES_MAX - 4));
    assert_null(condition(&p));
    assert_int_equal(p.dl.items.at[0]->code, DIAG_CONDITION_TOO_LONG);
}

static void graphs(void **state) {
    struct arena *a = *state;
    struct parsing p = begin(a, STR("p50(x.y) as \"median\", sum(z) by service over 5m"));
    const struct expr_graph *g = expr_parse_graph(a, &p.dl, p.text);
    assert_non_null(g);
    assert_int_equal(g->n, 2);
    assert_int_equal(g->over_s, 300);
    assert_text(g->series[0].label, "median");
    assert_int_equal(g->series[1].root->kind, EXPR_BY);
    assert_text(g->series[1].root->name, "service");
    p = begin(a, STR("a > 1"));
    p.dl.sources = &p.sources;
    assert_null(expr_parse_graph(a, &p.dl, p.text));
    assert_int_equal(p.dl.errors, 1);
    p = begin(a, STR("(hits + misses) / 2"));
    const struct expr *e = expr_parse_value(a, &p.dl, p.text);
    assert_int_equal(e->kind, EXPR_DIV);
}

/* Text that is not as it stands in the file (a folded scalar): all of it is the place. */
static void text_that_is_not_verbatim(void **state) {
    struct arena *a = *state;
    struct parsing p = begin(a, STR("x > 5foo and y ! 3"));
    p.dl.sources = &p.sources;
    p.text.at = (span){p.text.at.file, 3, 7};
    p.text.origin = NULL;
    assert_null(expr_parse_condition(a, a, &p.dl, p.text));
    assert_true(p.dl.items.n > 0);
    for (uint32_t i = 0; i < p.dl.items.n; i++) {
        assert_int_equal(p.dl.items.at[i]->at.start, 3);
        assert_int_equal(p.dl.items.at[i]->at.end, 7);
    }
}

static void the_tables(void **state) {
    struct arena *a = *state;
    for (uint32_t i = 0; i < expr_functions_n; i++) {
        const struct expr_function *f = &expr_functions[i];
        assert_true(f->doc[0] != 0 && f->cloudwatch[0] != 0 && f->min_args <= f->max_args);
        if (i > 0)
            assert_true(str_cmp(str_c(f[-1].name), str_c(f->name)) < 0);
        struct parsing p = begin(a, str_c(f->example));
        const struct expr *e = expr_parse_value(a, &p.dl, p.text);
        if (e == NULL)
            fail_msg("the example of %s: %.*s", f->name, STR_ARG(p.dl.items.at[0]->message));
        assert_int_equal(str_starts(str_c(f->example), str_c(f->name)), 1);
    }
    for (int i = 1; i < EXPR_MISSING_COUNT; i++) {
        assert_int_equal(expr_missing_find(str_c(expr_missing_words[i])), i);
        assert_int_equal(expr_missing_find(str_c(expr_missing_rows[i].cloudwatch)), i);
        assert_true(expr_missing_rows[i].doc[0] != 0);
    }
    assert_int_equal(expr_missing_find(STR("")), EXPR_MISSING_UNSET);
    assert_int_equal(expr_missing_find(STR("Breaching")), EXPR_MISSING_UNSET);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(one_canonical_form),
        UNIT_TEST(trees),
        UNIT_TEST(mistakes_have_a_place),
        UNIT_TEST(limits),
        UNIT_TEST(graphs),
        UNIT_TEST(text_that_is_not_verbatim),
        UNIT_TEST(the_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
