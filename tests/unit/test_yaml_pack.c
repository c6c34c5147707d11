/* SPDX-License-Identifier: MIT */
#include "yaml/yaml_pack.h"

#include <stdlib.h>

#include "base/embed.h"
#include "unit.h"

struct fixture {
    struct arena *arena;
    struct sources sources;
    struct diag_list list;
};

static struct fixture fixture_of(struct arena *a) {
    struct fixture f = {.arena = a};
    return f;
}

/* The tree of a text without mistakes, and its file. */
static struct yaml_node *parsed(struct fixture *f, str text, uint32_t *ret_file) {
    sources_init(&f->sources, f->arena);
    diag_list_init(&f->list, f->arena, &f->sources);
    sources_add(&f->sources, STR("other"), STR("first"), false); /* so that it is not file 1 */
    *ret_file = sources_add(&f->sources, STR("x.yaml"), text, false);
    struct yaml_node *root = yaml_parse(f->arena, f->arena, &f->list, *ret_file);
    assert_non_null(root);
    assert_int_equal(f->list.errors, 0);
    return root;
}

/* Node by node; texts from the file must be the file's own bytes. */
static void assert_same(const struct yaml_node *got, const struct yaml_node *want) {
    assert_non_null(got);
    assert_int_equal(got->type, want->type);
    assert_int_equal(got->style, want->style);
    assert_int_equal(got->at.file, want->at.file);
    assert_int_equal(got->at.start, want->at.start);
    assert_int_equal(got->at.end, want->at.end);
    assert_int_equal(got->size, want->size);
    assert_int_equal(got->n, want->n);
    assert_ptr_equal(got->origin, want->origin);
    assert_int_equal(got->broken, want->broken);
    assert_true(str_eq(got->text, want->text));
    if (want->origin == &text_verbatim)
        assert_ptr_equal(got->text.p, want->text.p);
    for (uint32_t i = 0; i < want->n; i++) {
        if (want->type == YAML_MAP) {
            assert_same(got->pairs[i].key, want->pairs[i].key);
            assert_same(got->pairs[i].value, want->pairs[i].value);
        } else {
            assert_same(got->items[i], want->items[i]);
        }
    }
}

static str packed(struct arena *a, const struct yaml_node *root) {
    struct buf b = BUF_INIT(1u << 20);
    yaml_pack(&b, root);
    assert_false(b.full);
    return buf_keep(&b, a);
}

static void test_kinds_of_the_catalog(void **state) {
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < embed_nfiles; i++) {
        const struct embed_file *e = &embed_files[i];
        str path = str_c(e->path);
        bool kind = str_starts(path, STR("catalog/")) && !str_starts(path, STR("catalog/tables/"));
        assert_int_equal(e->tree_size > 0, kind);
        if (!kind)
            continue;
        struct fixture f = fixture_of(*state);
        uint32_t file;
        const struct yaml_node *want = parsed(&f, (str){e->data, e->size}, &file);
        str tree = {e->tree, e->tree_size};
        assert_true(str_eq(packed(*state, want), tree));
        assert_same(yaml_unpack(*state, &f.sources, file, tree), want);
        kinds++;
    }
    assert_true(kinds >= 20);
}

/* Every type and style, texts of their own, aliases that share a node, what is empty, UTF-8. */
static const char every_form[] =
    "\xEF\xBB\xBF# head\nplain: a b\n'single': 'it''s'\ndouble: \"t\\tx\"\nliteral: |\n  x\n  y\n"
    "folded: >-\n  a\n  b\nempty:\nquotes: ''\nnone: []\nnothing: {}\n\xC3\xA4: \xE2\x82\xAC\n"
    "base: &b {k: [1, [2, ~]]}\nagain: [*b, *b]\ntag: !!str null\n"
    "long: 'a text that is longer than one hundred and twenty-seven bytes, so that its length "
    "takes "
    "two bytes in the packed form, ''quoted'' once'\n";

static void test_every_form(void **state) {
    static const char *const texts[] = {every_form, "", "# nothing\n", "x", "[]", "- a\n- b\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fixture f = fixture_of(*state);
        uint32_t file;
        const struct yaml_node *want = parsed(&f, str_c(texts[i]), &file);
        assert_same(yaml_unpack(*state, &f.sources, file, packed(*state, want)), want);
    }
}

/* Counts the nodes and looks at every byte, so that a sanitizer sees what is not there. */
static uint32_t walk(const struct yaml_node *n, uint32_t *sum) {
    uint32_t nodes = 1;
    for (uint32_t i = 0; i < n->text.n; i++)
        *sum += n->text.p[i];
    for (uint32_t i = 0; i < n->n; i++) {
        if (n->type == YAML_MAP)
            nodes += walk(n->pairs[i].key, sum) + walk(n->pairs[i].value, sum);
        else
            nodes += walk(n->items[i], sum);
    }
    return nodes;
}

/* In memory of exactly its size. */
static struct yaml_node *unpack_copy(struct fixture *f, uint32_t file, str tree) {
    unsigned char *copy = malloc(tree.n > 0 ? tree.n : 1);
    assert_non_null(copy);
    if (tree.n > 0)
        memcpy(copy, tree.p, tree.n);
    arena_adopt(f->arena, copy, tree.n);
    return yaml_unpack(f->arena, &f->sources, file, (str){copy, tree.n});
}

static void test_cut(void **state) {
    struct fixture f = fixture_of(*state);
    uint32_t file;
    str tree = packed(*state, parsed(&f, str_c(every_form), &file));
    for (uint32_t n = 0; n < tree.n; n++)
        assert_null(unpack_copy(&f, file, str_sub(tree, 0, n)));
    assert_null(unpack_copy(&f, file, arena_cat(*state, tree, STR("x"))));
    assert_non_null(unpack_copy(&f, file, tree));
    /* The file of another tree. */
    assert_null(unpack_copy(&f, sources_add(&f.sources, STR("y"), STR("a: b\n"), false), tree));
}

/* Each byte with each of its bits turned, and as the extremes. */
static void test_damaged(void **state) {
    struct fixture f = fixture_of(*state);
    uint32_t file, sum = 0, refused = 0;
    str tree = packed(*state, parsed(&f, str_c(every_form), &file));
    for (uint32_t i = 0; i < tree.n; i++) {
        for (unsigned how = 0; how < 10; how++) {
            struct arena *a = arena_new((size_t)1 << 24, NULL, NULL);
            struct fixture copy = {.arena = a, .sources = f.sources};
            unsigned char *bytes = ARENA_ARRAY(a, unsigned char, tree.n);
            memcpy(bytes, tree.p, tree.n);
            bytes[i] = (unsigned char)(how < 8 ? bytes[i] ^ 1u << how : how == 8 ? 0 : 0xFF);
            const struct yaml_node *n = unpack_copy(&copy, file, (str){bytes, tree.n});
            refused += n == NULL;
            if (n != NULL)
                assert_int_equal(walk(n, &sum), n->size);
            arena_free(a);
        }
    }
    assert_true(refused > tree.n);
    assert_true(sum > 0);
}

static void test_too_deep(void **state) {
    struct fixture f = fixture_of(*state);
    sources_init(&f.sources, f.arena);
    uint32_t file = sources_add(&f.sources, STR("x"), STR("x"), false);
    for (uint32_t depth = YAML_DEPTH_MAX; depth <= YAML_DEPTH_MAX + 1; depth++) {
        struct buf b = BUF_INIT(1u << 12);
        buf_byte(&b, (unsigned char)(depth + 1)); /* nodes */
        buf_byte(&b, (unsigned char)depth);       /* items */
        buf_byte(&b, 0);
        for (uint32_t i = 0; i < depth; i++)
            buf_put(&b, (str){(const unsigned char *)"\1\0\0\1", 4}); /* a list of one */
        buf_put(&b, (str){(const unsigned char *)"\0\0\1", 3});
        const struct yaml_node *n = yaml_unpack(f.arena, &f.sources, file, buf_str(&b));
        assert_int_equal(n != NULL, depth == YAML_DEPTH_MAX);
        buf_done(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(test_kinds_of_the_catalog),
        UNIT_TEST(test_every_form),
        UNIT_TEST(test_cut),
        UNIT_TEST(test_damaged),
        UNIT_TEST(test_too_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
