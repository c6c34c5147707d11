/* SPDX-License-Identifier: MIT */
#include "yaml/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"

struct fixture {
    struct arena *arena;
    struct sources sources;
    struct diag_list list;
    uint32_t file;
};

static int setup(void **state) {
    struct arena *a = arena_new((size_t)1 << 30, NULL, NULL);
    struct fixture *f = ARENA_NEW(a, struct fixture);
    f->arena = a;
    sources_init(&f->sources, a);
    diag_list_init(&f->list, a, &f->sources);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    arena_free(f->arena);
    return 0;
}

static struct yaml_node *parse_str(struct fixture *f, str text) {
    diag_list_init(&f->list, f->arena, &f->sources);
    f->file = sources_add(&f->sources, STR("ops.yaml"), text, false);
    struct yaml_node *root = yaml_parse(f->arena, f->arena, &f->list, f->file);
    assert_true(root != NULL || f->list.errors > 0);
    diag_sort(&f->list);
    return root;
}

static struct yaml_node *parse(struct fixture *f, const char *text) {
    return parse_str(f, str_c(text));
}

/* Parses a text without problems. */
static struct yaml_node *parsed(struct fixture *f, const char *text) {
    struct yaml_node *root = parse(f, text);
    if (f->list.errors > 0)
        fail_msg("%s: %.*s", text, STR_ARG(f->list.items.at[0]->message));
    return root;
}

static void assert_str(str s, const char *z) {
    if (!str_is(s, z))
        fail_msg("got \"%.*s\", wanted \"%s\"", STR_ARG(s), z);
}

static str source_at(const struct fixture *f, span at) {
    assert_int_equal(at.file, f->file);
    return str_sub(sources_get(&f->sources, at.file)->text, at.start, at.end);
}

static void assert_scalar(const struct fixture *f, const struct yaml_node *n, const char *text,
                          const char *source, bool verbatim) {
    assert_non_null(n);
    assert_int_equal(n->type, YAML_SCALAR);
    assert_str(n->text, text);
    assert_str(source_at(f, n->at), source);
    assert_true((n->origin == &text_verbatim) == verbatim);
    if (verbatim && n->text.n > 0)
        assert_ptr_equal(n->text.p, source_at(f, n->at).p);
    assert_int_equal(n->size, 1);
}

static struct yaml_node *get(const struct yaml_node *map, const char *key) {
    struct yaml_node *n = yaml_get(map, str_c(key));
    if (n == NULL)
        fail_msg("no key %s", key);
    return n;
}

static void test_scalars(void **state) {
    struct fixture *f = *state;
    struct yaml_node *r = parsed(f, "plain: foo bar # comment\n"
                                    "single: 'a b'\n"
                                    "double: \"a b\"\n"
                                    "escaped: \"a\\tb\"\n"
                                    "doubled: 'it''s'\n"
                                    "folded: one\n  two\n"
                                    "empty:\n"
                                    "quotes: ''\n"
                                    "literal: |\n  x\n  y\n\n"
                                    "block: >- # comment\n  x\n  y\n"
                                    "last: end");
    assert_scalar(f, get(r, "plain"), "foo bar", "foo bar", true);
    assert_scalar(f, get(r, "single"), "a b", "a b", true);
    assert_scalar(f, get(r, "double"), "a b", "a b", true);
    assert_scalar(f, get(r, "escaped"), "a\tb", "a\\tb", false);
    assert_scalar(f, get(r, "doubled"), "it's", "it''s", false);
    assert_scalar(f, get(r, "folded"), "one two", "one\n  two", false);
    assert_scalar(f, get(r, "empty"), "", "", true);
    assert_scalar(f, get(r, "quotes"), "", "", true);
    assert_scalar(f, get(r, "literal"), "x\ny\n", "|\n  x\n  y", false);
    assert_scalar(f, get(r, "block"), "x y", ">- # comment\n  x\n  y", false);
    assert_scalar(f, get(r, "last"), "end", "end", true);
    assert_int_equal(get(r, "plain")->style, YAML_PLAIN);
    assert_int_equal(get(r, "single")->style, YAML_QUOTED);
    assert_int_equal(get(r, "double")->style, YAML_QUOTED);
    assert_int_equal(get(r, "literal")->style, YAML_BLOCK);
    assert_int_equal(get(r, "block")->style, YAML_BLOCK);
    assert_int_equal(r->size, 1 + 2 * 11);
}

static void test_collections(void **state) {
    struct fixture *f = *state;
    struct yaml_node *r = parsed(f, "# head\na:\n  b: [1, {c: d}]\n\n# tail\ne:\n- x\n- \"y\"  \n\n"
                                    "f: {}\ng: []\nh: [i: j]\n");
    assert_int_equal(r->type, YAML_MAP);
    assert_int_equal(r->n, 5);
    struct yaml_node *a = get(r, "a"), *b = get(a, "b"), *e = get(r, "e"), *h = get(r, "h");
    assert_str(source_at(f, a->at), "b: [1, {c: d}]");
    assert_str(source_at(f, b->at), "[1, {c: d}]");
    assert_str(source_at(f, b->items[1]->at), "{c: d}");
    assert_int_equal(b->size, 5);
    assert_int_equal(a->size, 7);
    assert_int_equal(e->type, YAML_LIST);
    assert_int_equal(e->n, 2);
    assert_str(source_at(f, e->at), "- x\n- \"y\"");
    assert_str(e->items[1]->text, "y");
    assert_int_equal(get(r, "f")->type, YAML_MAP);
    assert_int_equal(get(r, "f")->n, 0);
    assert_int_equal(get(r, "g")->type, YAML_LIST);
    assert_str(source_at(f, get(r, "g")->at), "[]");
    assert_str(source_at(f, h->items[0]->at), "i: j");
    assert_str(yaml_find(r, STR("e"))->key->text, "e");
    assert_null(yaml_find(r, STR("z")));
    assert_null(yaml_get(e, STR("z")));
}

static void test_null_and_names(void **state) {
    struct fixture *f = *state;
    struct yaml_node *r = parsed(f, "- \n- ~\n- null\n- 'null'\n- ''\n- no\n- [a]\n- {a: b}\n"
                                    "- !!str null\n- !!str\n- !!seq [x]\n");
    static const char *const names[] = {"nothing", "nothing", "nothing", "a text",
                                        "a text",  "a text",  "a list",  "a mapping",
                                        "a text",  "a text",  "a list"};
    assert_int_equal(r->n, 11);
    for (uint32_t i = 0; i < r->n; i++)
        assert_string_equal(yaml_type_name(r->items[i]), names[i]);
    assert_str(r->items[5]->text, "no");
    assert_scalar(f, r->items[8], "null", "null", true);
    assert_scalar(f, r->items[9], "", "", true);
    assert_str(source_at(f, r->items[10]->at), "[x]");
}

static void test_empty_documents(void **state) {
    struct fixture *f = *state;
    static const char *const texts[] = {"",      "\n\n",       "# only a comment\n",
                                        "---\n", "---\n...\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct yaml_node *r = parsed(f, texts[i]);
        assert_int_equal(r->type, YAML_MAP);
        assert_int_equal(r->n, 0);
        assert_int_equal(r->at.file, f->file);
    }
    assert_true(yaml_is_null(parsed(f, "~\n")));
    assert_int_equal(parsed(f, "[]")->type, YAML_LIST);
    assert_int_equal(parsed(f, "{}")->n, 0);
}

static void test_multi_byte(void **state) {
    struct fixture *f = *state;
    struct yaml_node *r = parsed(f, "\xC3\xA9t\xC3\xA9: na\xC3\xAFve \xE2\x82\xAC\n"
                                    "# \xF0\x9F\x94\xA5\n"
                                    "\"\xE6\x97\xA5\": [\xF0\x9F\x94\xA5, 'x\xC3\xA9y']\n"
                                    "z: &a \xC3\xBC\n"
                                    "last: \"\xC3\xA9\\n\"\n");
    assert_scalar(f, get(r, "\xC3\xA9t\xC3\xA9"), "na\xC3\xAFve \xE2\x82\xAC",
                  "na\xC3\xAFve \xE2\x82\xAC", true);
    struct yaml_node *list = get(r, "\xE6\x97\xA5");
    assert_str(source_at(f, list->at), "[\xF0\x9F\x94\xA5, 'x\xC3\xA9y']");
    assert_scalar(f, list->items[0], "\xF0\x9F\x94\xA5", "\xF0\x9F\x94\xA5", true);
    assert_scalar(f, list->items[1], "x\xC3\xA9y", "x\xC3\xA9y", true);
    assert_scalar(f, get(r, "z"), "\xC3\xBC", "\xC3\xBC", true);
    assert_scalar(f, get(r, "last"), "\xC3\xA9\n", "\xC3\xA9\\n", false);
}

static void test_bom_and_crlf(void **state) {
    struct fixture *f = *state;
    struct yaml_node *r = parsed(f, "\xEF\xBB\xBF"
                                    "a: 1\r\nb:\r\n  - x\r\n  - \xC3\xA9 y\r\nc: |\r\n  t\r\n");
    assert_scalar(f, get(r, "a"), "1", "1", true);
    assert_scalar(f, get(r, "b")->items[0], "x", "x", true);
    assert_scalar(f, get(r, "b")->items[1], "\xC3\xA9 y", "\xC3\xA9 y", true);
    assert_scalar(f, get(r, "c"), "t\n", "|\r\n  t", false);
    r = parsed(f, "\xEF\xBB\xBF"
                  "a: 1\r\nb: 2");
    assert_scalar(f, get(r, "b"), "2", "2", true);
}

static void test_anchors(void **state) {
    struct fixture *f = *state;
    struct yaml_node *r = parsed(f, "a: &x # why\n  k: [1, 2]\nb: *x\nc: &x !!str  text\nd: *x\n"
                                    "&key e: f\ng: {*key : h}\n? i\n: *x\n");
    assert_ptr_equal(get(r, "a"), get(r, "b"));
    assert_str(source_at(f, get(r, "b")->at), "k: [1, 2]");
    assert_int_equal(get(r, "a")->size, 5);
    assert_scalar(f, get(r, "d"), "text", "text", true);
    assert_int_equal(f->list.errors, 0);
    assert_int_equal(r->size, 1 + (1 + 5) + (1 + 5) + 2 + 2 + 2 + 4 + 2);
    (void)r;
}

/* One problem with its code, at the first `source` in the text. */
static void expect(struct fixture *f, const char *text, enum diag_code code, const char *source,
                   const char *message) {
    if (f->list.items.n != 1)
        fail_msg("%s: %u problems", text, f->list.items.n);
    const struct diag *d = f->list.items.at[0];
    if (d->code != code)
        fail_msg("%s: %s", text, diag_codes[d->code].id);
    str part = str_sub(sources_get(&f->sources, f->file)->text, d->at.start, d->at.end);
    if (!str_is(part, source))
        fail_msg("%s: at \"%.*s\" (%u)", text, STR_ARG(part), d->at.start);
    if (!str_contains(d->message, str_c(message)))
        fail_msg("%s: %.*s", text, STR_ARG(d->message));
}

static void test_duplicates(void **state) {
    struct fixture *f = *state;
    struct yaml_node *r = parse(f, "\xC3\xA9: 1\nb: 2\n\"\xC3\xA9\": 3\n");
    assert_non_null(r);
    expect(f, "duplicate", DIAG_DUPLICATE_KEY, "\xC3\xA9", "key `\xC3\xA9` is given twice");
    const struct diag *d = f->list.items.at[0];
    assert_int_equal(d->at.start, 12);
    assert_int_equal(d->nalso, 1);
    assert_int_equal(d->also[0].at.start, 0);
    assert_str(d->also[0].text, "first given here");
    assert_int_equal(r->n, 2);
    assert_str(get(r, "\xC3\xA9")->text, "1");
}

static void test_many_keys(void **state) {
    struct fixture *f = *state;
    struct buf b = BUF_INIT((size_t)16 << 20);
    for (unsigned i = 0; i < 100000; i++)
        buf_printf(&b, "key-%u: %u\n", i, i);
    BUF_LIT(&b, "key-77: again\nkey-99999: again\n");
    struct yaml_node *r = parse_str(f, buf_str(&b));
    assert_non_null(r);
    assert_int_equal(r->n, 100000);
    assert_int_equal(f->list.items.n, 2);
    assert_str(f->list.items.at[1]->message, "key `key-99999` is given twice");
    buf_done(&b);
}

static void test_nine_keys(void **state) {
    struct fixture *f = *state;
    struct yaml_node *r = parse(f, "a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1\nh: 1\na: 2\nb: 2\n");
    assert_int_equal(r->n, 8);
    assert_int_equal(f->list.errors, 2);
    r = parse(f, "a: 1\na: 2\na: 3\n");
    assert_int_equal(r->n, 1);
    assert_int_equal(f->list.errors, 2);
}

static void test_alias_bomb(void **state) {
    struct fixture *f = *state;
    struct buf b = BUF_INIT(1u << 20);
    BUF_LIT(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
        buf_printf(&b, "a%d: &a%d [", i, i);
        for (int k = 0; k < 9; k++)
            buf_printf(&b, "%s*a%d", k > 0 ? ", " : "", i - 1);
        BUF_LIT(&b, "]\n");
    }
    assert_null(parse_str(f, buf_str(&b)));
    expect(f, "bomb", DIAG_YAML_ALIAS, "*a6", "more than 8388608 values");
    buf_done(&b);
}

static void test_aliases(void **state) {
    struct fixture *f = *state;
    assert_null(parse(f, "a: &x [1, *x]\n"));
    expect(f, "cycle", DIAG_YAML_ALIAS, "*x", "stands inside of itself");
    assert_int_equal(f->list.items.at[0]->also[0].at.start, 6);
    assert_null(parse(f, "a: &x\n  b: {c: [*x]}\nd: &x 1\ne: *x\n"));
    assert_int_equal(f->list.errors, 1);
    assert_null(parse(f, "a: *nope\nb: *neither\n"));
    assert_int_equal(f->list.errors, 2);
    assert_str(f->list.items.at[0]->message, "alias `*nope` has no anchor");
    assert_null(parse(f, "*nope : 1\n"));
    assert_int_equal(f->list.errors, 1);
}

static void test_depth(void **state) {
    struct fixture *f = *state;
    char text[2 * YAML_DEPTH_MAX + 3];
    memset(text, '[', YAML_DEPTH_MAX);
    memset(text + YAML_DEPTH_MAX, ']', YAML_DEPTH_MAX);
    struct yaml_node *r = parse_str(f, (str){(unsigned char *)text, 2 * YAML_DEPTH_MAX});
    assert_non_null(r);
    assert_int_equal(r->size, YAML_DEPTH_MAX);
    memset(text, '[', YAML_DEPTH_MAX + 1);
    memset(text + YAML_DEPTH_MAX + 1, ']', YAML_DEPTH_MAX + 1);
    assert_null(parse_str(f, (str){(unsigned char *)text, 2 * YAML_DEPTH_MAX + 2}));
    expect(f, "depth", DIAG_YAML_DEPTH, "", "more than 64 deep");
    assert_int_equal(f->list.items.at[0]->at.start, YAML_DEPTH_MAX);
}

static void test_tags_and_keys(void **state) {
    struct fixture *f = *state;
    struct yaml_node *r = parse(f, "a: !secret x\nb: 1\n");
    expect(f, "tag", DIAG_YAML_TAG, "!secret", "tag `!secret` is not supported");
    assert_scalar(f, get(r, "a"), "x", "x", true);
    parse(f, "a: ! x\n");
    expect(f, "!", DIAG_YAML_TAG, "!", "not supported");
    parse(f, "a: &q !!binary x\n");
    expect(f, "!!binary", DIAG_YAML_TAG, "!!binary", "not supported");
    parse(f, "a: !!int [x]\n");
    expect(f, "!!int", DIAG_YAML_TAG, "!!int", "does not fit a list");
    parse(f, "a: !x!y z\n");
    expect(f, "handle", DIAG_YAML_TAG, "!", "not supported");
    r = parse(f, "a: &b {c: 1}\nd:\n  <<: *b\n  e: 2\n");
    expect(f, "merge", DIAG_YAML_TAG, "<<", "merge key");
    assert_int_equal(get(r, "d")->n, 1);
    parsed(f, "'<<': 1\n");
    r = parse(f, "[a]: 1\nb: 2\n");
    expect(f, "list as key", DIAG_YAML_KEY, "[a]", "a text on one line");
    assert_int_equal(r->n, 1);
    parse(f, "{a: b}: 1\n");
    expect(f, "map as key", DIAG_YAML_KEY, "{a: b}", "a text on one line");
    parse(f, "? |\n  x\n: 1\n");
    expect(f, "block as key", DIAG_YAML_KEY, "|\n  x", "a text on one line");
    parse(f, "? \n: 1\n");
    expect(f, "no key", DIAG_YAML_KEY, "", "a key is missing");
}

static void test_documents(void **state) {
    struct fixture *f = *state;
    struct yaml_node *r = parse(f, "a: 1\n---\nb: 2\n");
    expect(f, "two", DIAG_YAML_DOCUMENTS, "---", "second YAML document");
    assert_int_equal(r->n, 1);
    assert_non_null(get(r, "a"));
    parsed(f, "%YAML 1.1\n---\na: 1\n...\n");
}

static void test_several_problems(void **state) {
    struct fixture *f = *state;
    assert_null(parse(f, "a: {b: 1, b: 2}\nc: !x y\nd: *z\ne: [\n"));
    assert_int_equal(f->list.errors, 4);
    assert_int_equal(f->list.items.at[0]->code, DIAG_DUPLICATE_KEY);
    assert_int_equal(f->list.items.at[3]->code, DIAG_YAML_SYNTAX);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_scalars),        TEST(test_collections),
        TEST(test_null_and_names), TEST(test_empty_documents),
        TEST(test_multi_byte),     TEST(test_bom_and_crlf),
        TEST(test_anchors),        TEST(test_duplicates),
        TEST(test_many_keys),      TEST(test_nine_keys),
        TEST(test_alias_bomb),     TEST(test_aliases),
        TEST(test_depth),          TEST(test_tags_and_keys),
        TEST(test_documents),      TEST(test_several_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
