/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a condition, a graph and a value. What can be read is printed, and what is printed
 * reads as the same tree again.
 */
#include "fuzz.h"

#include "expr/expr.h"

#define CEILING_BYTES (16u << 20)
#define TEXT_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct expr_text text_of(struct diag_list *dl, str text) {
    uint32_t file = sources_add(dl->sources, STR("ops.yaml"), text, false);
    return (struct expr_text){text, {file, 0, text.n}, &text_verbatim};
}

static bool same_quantity(struct quantity x, struct quantity y) {
    return x.value.n == y.value.n && x.value.d == y.value.d && dim_eq(x.dim, y.dim) &&
           x.percent == y.percent && x.bare == y.bare;
}

/* What a tree has of its own kind. */
static bool same_own(const struct expr *x, const struct expr *y) {
    switch ((int)x->kind) {
    case EXPR_NUMBER:
    case EXPR_BAND:
    case EXPR_FAILS:
    case EXPR_PER:
        return same_quantity(x->quantity, y->quantity);
    case EXPR_REF:
        return str_eq(x->resource, y->resource);
    case EXPR_CALL:
        return x->function == y->function;
    default:
        return true;
    }
}

static bool same(const struct expr *x, const struct expr *y) {
    bool ok = x->kind == y->kind && x->op == y->op && x->nargs == y->nargs &&
              str_eq(x->name, y->name) && same_own(x, y);
    for (uint32_t i = 0; ok && i < x->nargs; i++)
        ok = same(x->args[i], y->args[i]);
    return ok;
}

static bool same_clauses(const struct expr_clauses *x, const struct expr_clauses *y) {
    return x->for_s == y->for_s && x->for_of == y->for_of && x->over_s == y->over_s &&
           x->min_samples == y->min_samples && x->missing == y->missing;
}

/* The text that a tree is printed as, in the arena. */
static str printed(struct arena *a, const struct expr *e, const struct expr_condition *c) {
    struct buf b = BUF_INIT(TEXT_MAX);
    if (c != NULL)
        expr_print_condition(&b, c);
    else
        expr_print(&b, e);
    if (b.full)
        fuzz_fail("a tree is not much longer than its text", STR(""));
    str text = arena_str(a, buf_str(&b));
    buf_done(&b);
    return text;
}

static void check_condition(struct arena *a, struct diag_list *dl, str input) {
    const struct expr_condition *c = expr_parse_condition(a, a, dl, text_of(dl, input));
    fuzz_diags(dl, c == NULL);
    if (c == NULL)
        return;
    str text = printed(a, c->root, c);
    if (text.n > EXPR_BYTES_MAX)
        return;
    const struct expr_condition *again = expr_parse_condition(a, a, dl, text_of(dl, text));
    if (again == NULL || !same(c->root, again->root) || !same_clauses(&c->clauses, &again->clauses))
        fuzz_fail("a condition that is printed reads as the same one", text);
    if (!str_eq(text, printed(a, again->root, again)))
        fuzz_fail("there is one canonical form", text);
}

static void check_value(struct arena *a, struct diag_list *dl, str input) {
    const struct expr *e = expr_parse_value(a, dl, text_of(dl, input));
    fuzz_diags(dl, e == NULL);
    str text = e != NULL ? printed(a, e, NULL) : STR("");
    if (e == NULL || text.n > EXPR_BYTES_MAX)
        return;
    const struct expr *again = expr_parse_value(a, dl, text_of(dl, text));
    if (again == NULL || !same(e, again))
        fuzz_fail("a value that is printed reads as the same one", text);
}

static void check(struct arena *a, str input) {
    struct sources sources;
    struct diag_list dl;
    sources_init(&sources, a);
    for (int what = 0; what < 3; what++) {
        diag_list_init(&dl, a, &sources);
        if (what == 0) {
            check_condition(a, &dl, input);
        } else if (what == 1) {
            check_value(a, &dl, input);
        } else {
            bool failed = expr_parse_graph(a, &dl, text_of(&dl, input)) == NULL;
            fuzz_diags(&dl, failed);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return size > UINT16_MAX ? 0 : fuzz_run(check, CEILING_BYTES, data, size);
}
