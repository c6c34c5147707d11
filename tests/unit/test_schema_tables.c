/* SPDX-License-Identifier: MIT */
/* What every row of the tables of keys promises, for ops.yaml and for the catalog's files. */
#include "unit.h"

#include "catalog/catalog.h"
#include "expr/expr.h"
#include "schema/schema.h"

#include <stdio.h>

#define TABLES_MAX 64

struct tables {
    const struct schema_table *seen[TABLES_MAX];
    uint32_t n, rows;
};

/* All tables that can be reached. */
static void collect(struct tables *all, const struct schema_table *t) {
    for (uint32_t i = 0; i < all->n; i++) {
        if (all->seen[i] == t)
            return;
    }
    assert_true(all->n < TABLES_MAX);
    all->seen[all->n++] = t;
    all->rows += t->n;
    for (uint32_t i = 0; i < t->n; i++) {
        if (t->rows[i].table != NULL)
            collect(all, t->rows[i].table);
    }
}

static struct tables all_tables(void) {
    struct tables all = {0};
    collect(&all, &schema_spec);
    collect(&all, &cat_kind_table);
    assert_in_range(all.n, 15, TABLES_MAX);
    assert_in_range(all.rows, 80, 1000);
    return all;
}

static bool has_key(const struct schema_table *t, const char *key) {
    for (uint32_t i = 0; i < t->n; i++) {
        if (strcmp(t->rows[i].key, key) == 0)
            return true;
    }
    return false;
}

static void check_row(const struct schema_table *t, const struct schema_row *row) {
    const char *missing = row->doc == NULL || row->doc[0] == 0                 ? "doc"
                          : row->example == NULL || row->example[0] == 0       ? "example"
                          : row->type == SCHEMA_CHOICE && row->choices == NULL ? "choices"
                          : row->type == SCHEMA_GROUP && row->table == NULL    ? "table"
                          : row->type == SCHEMA_ITEMS && row->table == NULL    ? "table"
                          : row->type == SCHEMA_ITEMS && row->item_size == 0   ? "item_size"
                          : row->type == SCHEMA_ITEMS && row->table->name_offset == SCHEMA_NO_OFFSET
                              ? "name_offset"
                          : row->type != SCHEMA_DONE && row->offset == SCHEMA_NO_OFFSET ? "offset"
                                                                                        : NULL;
    if (missing != NULL)
        fail_msg("%s: the row of `%s` has no %s", t->name, row->key, missing);
    struct quantity bound;
    if ((row->min != NULL && !schema_quantity(row->type, str_c(row->min), &bound)) ||
        (row->max != NULL && !schema_quantity(row->type, str_c(row->max), &bound)))
        fail_msg("%s: a bound of `%s` is not of its type", t->name, row->key);
    str doc = str_c(row->doc);
    if (!str_ends(doc, STR(".")))
        fail_msg("%s: the doc of `%s` is no sentence: %s", t->name, row->key, row->doc);
}

static void rows_are_complete_and_unique(void **state) {
    (void)state;
    const struct tables all = all_tables();
    for (uint32_t i = 0; i < all.n; i++) {
        const struct schema_table *t = all.seen[i];
        assert_true(t->n > 0 && t->n <= 64 && t->name[0] != 0);
        if (t->scalar != NULL && !has_key(t, t->scalar))
            fail_msg("%s: there is no key `%s` for its short form", t->name, t->scalar);
        for (uint32_t k = 0; k < t->n; k++) {
            check_row(t, &t->rows[k]);
            for (uint32_t m = 0; m < k; m++) {
                if (strcmp(t->rows[m].key, t->rows[k].key) == 0)
                    fail_msg("%s: `%s` is there twice", t->name, t->rows[k].key);
            }
        }
    }
    for (int i = 0; i <= SCHEMA_DONE; i++)
        assert_true(schema_types[i].name[0] != 0 && schema_types[i].words[0] != 0);
}

struct reading {
    struct sources sources;
    struct diag_list dl;
    const struct yaml_node *value;
};

/* `key: text` as YAML. */
static void read_pair(struct arena *a, struct reading *r, const char *key, const char *text) {
    sources_init(&r->sources, a);
    diag_list_init(&r->dl, a, &r->sources);
    str line = arena_printf(a, "%s: %s\n", key, text);
    const struct yaml_node *n =
        yaml_parse(a, a, &r->dl, sources_add(&r->sources, STR("ops.yaml"), line, false));
    if (n == NULL || n->type != YAML_MAP || n->n != 1)
        fail_msg("%.*s is not one key and its value", STR_ARG(line));
    else
        r->value = n->pairs[0].value;
}

static void check_example(struct arena *a, const struct schema_table *t,
                          const struct schema_row *row) {
    struct reading r;
    read_pair(a, &r, row->key, row->example);
    if (row->type == SCHEMA_DONE)
        return;
    struct schema_walk w = {.arena = a, .dl = &r.dl, .row = row};
    unsigned char *base = arena_alloc(a, (size_t)1 << 16, 16);
    bool ok = schema_read_value(&w, row, r.value, base + row->offset);
    if (!ok || r.dl.errors > 0)
        fail_msg("%s: the example of `%s`, %s: %.*s", t->name, row->key, row->example,
                 r.dl.items.n > 0 ? (int)r.dl.items.at[0]->message.n : 0,
                 r.dl.items.n > 0 ? (const char *)r.dl.items.at[0]->message.p : "");
    if (row->type == SCHEMA_CONDITION && strcmp(row->key, "when") == 0) {
        struct expr_text text = {.text = r.value->text, .at = r.value->at};
        if (expr_parse_condition(a, a, &r.dl, text) == NULL)
            fail_msg("%s: the example of `%s` is no condition", t->name, row->key);
    }
}

static void examples_are_accepted(void **state) {
    const struct tables all = all_tables();
    for (uint32_t i = 0; i < all.n; i++) {
        for (uint32_t k = 0; k < all.seen[i]->n; k++)
            check_example(*state, all.seen[i], &all.seen[i]->rows[k]);
    }
}

/* ---- the walker, by a table of its own */

struct thing {
    struct cfg_text name, text, word;
    struct cfg_choice choice;
    struct cfg_bool yes;
    struct cfg_quantity count, time, size, share, money;
    struct cfg_texts texts;
    struct cfg_pairs pairs;
    span at;
};
static const char *const choices[] = {"", "one", "two", NULL};
#define AT(member) .offset = offsetof(struct thing, member)
static const struct schema_row thing_rows[] = {
    {"word", SCHEMA_NAME, SCHEMA_REQUIRED, AT(word), "d.", "x"},
    {"text", SCHEMA_TEXT, 0, AT(text), "d.", "x"},
    {"choice", SCHEMA_CHOICE, 0, AT(choice), "d.", "one", .choices = choices},
    {"yes", SCHEMA_BOOL, 0, AT(yes), "d.", "true"},
    {"count", SCHEMA_COUNT, 0, AT(count), "d.", "3"},
    {"time", SCHEMA_DURATION, 0, AT(time), "d.", "5m"},
    {"size", SCHEMA_SIZE, 0, AT(size), "d.", "1 GiB"},
    {"share", SCHEMA_PERCENT, 0, AT(share), "d.", "80%"},
    {"money", SCHEMA_MONEY, 0, AT(money), "d.", "$25"},
    {"texts", SCHEMA_TEXTS, 0, AT(texts), "d.", "[a]"},
    {"pairs", SCHEMA_PAIRS, 0, AT(pairs), "d.", "{ a: b }"},
};
static const struct schema_table thing_table = {
    .name = "a thing",
    .rows = thing_rows,
    .n = sizeof thing_rows / sizeof *thing_rows,
    .scalar = "word",
    .at_offset = offsetof(struct thing, at),
    .name_offset = offsetof(struct thing, name),
    .rest_offset = SCHEMA_NO_OFFSET,
};

static str walk(struct arena *a, const char *text, struct thing *ret) {
    struct reading r;
    *ret = (struct thing){0};
    read_pair(a, &r, "it", text);
    struct schema_walk w = {.arena = a, .dl = &r.dl};
    bool ok = schema_read(&w, &thing_table, r.value, ret);
    if (ok != (r.dl.errors == 0))
        fail_msg("%s: the result and the number of errors differ", text);
    diag_sort(&r.dl);
    str codes = STR("");
    for (uint32_t i = 0; i < r.dl.items.n; i++)
        codes = arena_printf(a, "%.*s%s%s", STR_ARG(codes), i > 0 ? " " : "",
                             diag_codes[r.dl.items.at[i]->code].id);
    return codes;
}

static void values_are_read(void **state) {
    struct thing t;
    assert_text(walk(*state,
                     "{ word: a-1, text: 007, choice: two, yes: false, count: 3, time: 90s, "
                     "size: 1 GiB, share: 0.5%, money: $2.50, texts: one, pairs: { a: 1, b: x } }",
                     &t),
                "");
    assert_text(t.word.text, "a-1");
    assert_text(t.text.text, "007");
    assert_int_equal(t.choice.value, 2);
    assert_true(given(t.yes.at) && !t.yes.value);
    assert_int_equal(t.time.q.value.n, 90);
    assert_int_equal(t.share.q.value.d, 200);
    assert_int_equal(t.texts.n, 1);
    assert_int_equal(t.pairs.n, 2);
    assert_true(given(t.at));
    /* The short form, and what was not given. */
    assert_text(walk(*state, "abc", &t), "");
    assert_text(t.word.text, "abc");
    assert_false(given(t.text.at) || given(t.choice.at) || given(t.texts.at));
}

/* More texts than an expression is used for before it is compiled anew, by two in turn. */
static void forms_are_kept(void **state) {
    (void)state;
    static const struct schema_row rows[2] = {
        {.key = "id", .type = SCHEMA_TEXT, .form = "i-[0-9]+|none"},
        {.key = "name", .type = SCHEMA_TEXT, .form = "[a-z]+"},
    };
    struct map forms = {0};
    for (int kept = 0; kept < 2; kept++) {
        struct arena *a = arena_new((size_t)1 << 28, NULL, NULL);
        struct reading r;
        sources_init(&r.sources, a);
        diag_list_init(&r.dl, a, &r.sources);
        struct schema_walk w = {.arena = a, .dl = &r.dl, .forms = kept != 0 ? &forms : NULL};
        for (int i = 0; i < (kept != 0 ? 2500 : 5); i++) {
            const struct cfg_text id = {.text = arena_printf(a, "i-%d", i)};
            const struct cfg_text name = {.text = STR("abc")}, cut = {.text = {id.text.p, 1}},
                                  nul = {.text = STR("abc\0")};
            assert_true(schema_check_form(&w, &rows[0], &id));
            assert_false(schema_check_form(&w, &rows[0], &name));
            assert_false(schema_check_form(&w, &rows[0], &cut));
            assert_true(schema_check_form(&w, &rows[1], &name));
            assert_false(schema_check_form(&w, &rows[1], &id));
            assert_false(schema_check_form(&w, &rows[1], &nul));
        }
        assert_int_equal(forms.n, kept != 0 ? 2 : 0);
        arena_free(a);
    }
}

static void every_problem_is_told(void **state) {
    struct thing t;
    static const char *const rows[][2] = {
        {"", "OPS-1103"},
        {"{}", "OPS-1103"},
        {"{ text: x }", "OPS-1103"},
        {"[a]", "OPS-1102"},
        {"{ word: 1a }", "OPS-1105"},
        {"{ word: a- }", "OPS-1105"},
        {"{ word: \"a\\nb\" }", "OPS-1105"},
        {"{ word: ok, wrod: x }", "OPS-1101"},
        {"{ word: ok, text: [x] }", "OPS-1102"},
        {"{ word: ok, text: }", "OPS-1102"},
        {"{ word: ok, choice: three }", "OPS-1104"},
        {"{ word: ok, choice: \"\" }", "OPS-1104"},
        {"{ word: ok, yes: maybe }", "OPS-1104"},
        {"{ word: ok, count: 80% }", "OPS-1106"},
        {"{ word: ok, time: 5 }", "OPS-1106"},
        {"{ word: ok, time: 5 GiB }", "OPS-1106"},
        {"{ word: ok, time: -5m }", "OPS-1106"},
        {"{ word: ok, time: 5m6 }", "OPS-1106"},
        {"{ word: ok, size: 99999999999 TiB }", "OPS-1106"},
        {"{ word: ok, share: 0.8 }", "OPS-1106"},
        {"{ word: ok, money: 25 }", "OPS-1106"},
        {"{ word: ok, texts: { a: b } }", "OPS-1102"},
        {"{ word: ok, pairs: [a] }", "OPS-1102"},
        {"{ yes: 1, time: x, nope: 1 }", "OPS-1103 OPS-1104 OPS-1106 OPS-1101"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        str got = walk(*state, rows[i][0], &t);
        if (!str_is(got, rows[i][1]))
            fail_msg("%s: got %.*s, wanted %s", rows[i][0], STR_ARG(got), rows[i][1]);
    }
}

static void names_have_a_length(void **state) {
    struct thing t;
    char name[66];
    memset(name, 'a', 65);
    name[65] = 0;
    assert_text(walk(*state, name, &t), "OPS-1105");
    assert_text(walk(*state, name + 1, &t), "");
}

/* ---- the catalog's loader */

static void built_in_kinds_load(void **state) {
    struct arena *a = *state;
    struct sources sources;
    struct diag_list dl;
    struct catalog c;
    uint32_t n;
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    catalog_init(&c, a, &dl);
    const str *names = catalog_names(&c, &n);
    assert_true(n >= 5);
    for (uint32_t i = 0; i < n; i++) {
        const struct cat_kind *k = catalog_kind(&c, names[i]);
        if (k == NULL || dl.errors > 0)
            fail_msg("%.*s: %.*s", STR_ARG(names[i]), STR_ARG(dl.items.at[0]->message));
        else
            assert_true(str_eq(k->kind.text, names[i]));
        assert_ptr_equal(catalog_kind(&c, names[i]), k);
        if (i > 0)
            assert_true(str_cmp(names[i - 1], names[i]) < 0);
    }
    assert_null(catalog_kind(&c, STR("")));
    assert_null(catalog_kind(&c, STR("nope")));
    assert_null(catalog_kind(&c, STR("tables/instance-classes")));
    assert_null(catalog_kind(&c, STR("../catalog/ec2")));
    assert_int_equal(dl.errors, 0);
    bool known;
    assert_text(catalog_lookup(&c, STR("instance-classes"), STR("t3.micro"), STR("vcpus"), &known),
                "2");
    assert_true(known);
    assert_text(catalog_lookup(&c, STR("instance-classes"), STR("t3.micro"), STR("x"), &known), "");
    assert_text(catalog_lookup(&c, STR("instance-classes"), STR("x9.big"), STR("vcpus"), &known),
                "");
    assert_false(known);
    assert_text(catalog_lookup(&c, STR("nope"), STR("x"), STR("y"), &known), "");
    assert_text(catalog_lookup(&c, STR("../ec2"), STR("x"), STR("y"), &known), "");
}

/* A file of the project: read, wins over what opsc carries, and its problems have their place. */
static void own_kinds(void **state) {
    struct arena *a = *state;
    struct sources sources;
    struct diag_list dl;
    struct catalog c;
    struct io_mem *m = io_mem_new(a);
    struct io io = io_mem(m);
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    io_mem_put(m, STR("ops/own.yaml"),
               STR("kind: ec2\ntitle: Mine\ndoc: Mine.\nsection: Mine\nnamespace: Mine\n"
                   "source: https://example.com/\nperiod: 1m\nmetrics:\n"
                   "  m: { metric: M, unit: Count, stat: sum, doc: Some. }\n"));
    struct cfg_text files[] = {{.text = STR_INIT("own.yaml")}, {.text = STR_INIT("none.yaml")}};
    catalog_init(&c, a, &dl);
    const struct cfg_texts one = {files, 1, {0}}, two = {files, 2, {0}};
    bool ok = catalog_add_files(&c, &io, &one, STR("ops/ops.yaml"));
    if (!ok)
        fail_msg("%.*s", STR_ARG(dl.items.at[0]->message));
    const struct cat_kind *k = catalog_kind(&c, STR("ec2"));
    assert_non_null(k);
    assert_text(k->title.text, "Mine");
    assert_non_null(kind_metric(k, STR("m")));
    assert_null(kind_metric(k, STR("cpu")));
    assert_null(kind_attribute(k, STR("id")));
    assert_null(kind_fact(k, STR("ram")));
    catalog_init(&c, a, &dl);
    assert_false(catalog_add_files(&c, &io, &two, STR("ops/ops.yaml")));
    assert_int_equal(dl.items.at[0]->code, DIAG_FILE_UNREADABLE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete_and_unique),
        UNIT_TEST(examples_are_accepted),
        UNIT_TEST(values_are_read),
        UNIT_TEST(forms_are_kept),
        UNIT_TEST(every_problem_is_told),
        UNIT_TEST(names_have_a_length),
        UNIT_TEST(built_in_kinds_load),
        UNIT_TEST(own_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
