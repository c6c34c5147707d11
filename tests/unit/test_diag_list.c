/* SPDX-License-Identifier: MIT */
#include "diag/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct sources sources;
    struct diag_list list;
};

static int setup(void **state) {
    struct arena *a = arena_new((size_t)256 << 20, NULL, NULL);
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

static void assert_str(str s, const char *z) {
    if (!str_is(s, z))
        fail_msg("got \"%.*s\", wanted \"%s\"", STR_ARG(s), z);
}

static void assert_place(struct sources *s, uint32_t file, uint32_t at, uint32_t line,
                         uint32_t col) {
    struct place p = sources_place(s, file, at);
    if (p.line != line || p.col != col)
        fail_msg("offset %u is %u:%u, wanted %u:%u", at, p.line, p.col, line, col);
}

static void test_places(void **state) {
    struct sources *s = &((struct fixture *)*state)->sources;
    uint32_t f = sources_add(s, STR("a.yaml"), STR("ab\n\xC3\xA9\xE2\x82\xACx\r\n\nend"), false);
    assert_int_equal(f, 1);
    assert_place(s, f, 0, 1, 1);
    assert_place(s, f, 2, 1, 3);
    assert_place(s, f, 3, 2, 1);
    assert_place(s, f, 5, 2, 2);
    assert_place(s, f, 8, 2, 3);
    assert_place(s, f, 11, 3, 1);
    assert_place(s, f, 12, 4, 1);
    assert_place(s, f, 15, 4, 4);
    assert_place(s, f, 999, 4, 4);
    assert_str(sources_place(s, f, 0).file, "a.yaml");
    assert_str(sources_line(s, f, 1), "ab");
    assert_str(sources_line(s, f, 2), "\xC3\xA9\xE2\x82\xACx");
    assert_str(sources_line(s, f, 3), "");
    assert_str(sources_line(s, f, 4), "end");
    assert_str(sources_line(s, f, 5), "");
    assert_str(sources_line(s, f, 0), "");
}

static void test_nowhere(void **state) {
    struct sources *s = &((struct fixture *)*state)->sources;
    uint32_t f = sources_add(s, STR("empty"), (str){0}, true);
    assert_place(s, f, 0, 1, 1);
    assert_true(sources_get(s, f)->builtin);
    assert_str(sources_line(s, f, 1), "");
    assert_str(sources_get(s, 0)->name, "");
    assert_str(sources_get(s, 77)->name, "");
    assert_place(s, 77, 5, 1, 1);
}

static void test_span_join(void **state) {
    (void)state;
    span s = span_join((span){1, 2, 5}, (span){1, 8, 9});
    assert_int_equal(s.start, 2);
    assert_int_equal(s.end, 9);
    s = span_join(SPAN_NONE, (span){1, 8, 9});
    assert_int_equal(s.start, 8);
    s = span_join((span){1, 2, 5}, SPAN_NONE);
    assert_int_equal(s.end, 5);
}

static void test_codes(void **state) {
    (void)state;
    for (size_t c = 0; c < DIAG_COUNT; c++) {
        char name[DIAG_NAME_MAX];
        diag_code_name((enum diag_code)c, name);
        assert_true(name[0] >= 'a' && name[0] <= 'z');
        assert_null(strpbrk(name, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
        assert_int_equal(diag_find_code(str_c(name)), c);
        assert_int_equal(diag_find_code(str_c(diag_codes[c].id)), c);
        assert_int_equal(strlen(diag_codes[c].id), strlen("OPS-1001"));
        if (c > 0)
            assert_true(strcmp(diag_codes[c - 1].id, diag_codes[c].id) < 0);
    }
    assert_string_equal(diag_codes[DIAG_FILE_UNREADABLE].id, "OPS-1001");
    assert_int_equal(diag_find_code(STR("ops-1007")), DIAG_DUPLICATE_KEY);
    assert_int_equal(diag_find_code(STR("1007")), DIAG_DUPLICATE_KEY);
    assert_int_equal(diag_find_code(STR("duplicate-key")), DIAG_DUPLICATE_KEY);
    assert_int_equal(diag_find_code(STR("")), DIAG_COUNT);
    assert_int_equal(diag_find_code(STR("OPS-")), DIAG_COUNT);
    assert_int_equal(diag_find_code(STR("100")), DIAG_COUNT);
    assert_int_equal(diag_find_code(STR("OPS-10071")), DIAG_COUNT);
}

static void test_sort_and_repeats(void **state) {
    struct diag_list *dl = &((struct fixture *)*state)->list;
    diag_add(dl, DIAG_YAML_KEY, (span){2, 5, 6}, "five");
    diag_add(dl, DIAG_YAML_KEY, (span){1, 9, 9}, "nine");
    diag_add(dl, DIAG_YAML_KEY, (span){1, 4, 6}, "first at four");
    diag_add(dl, DIAG_YAML_KEY, (span){1, 4, 6}, "second at four");
    diag_add(dl, DIAG_YAML_KEY, (span){1, 4, 6}, "first at four");
    struct diag *d = diag_add(dl, DIAG_YAML_KEY, (span){1, 4, 6}, "first at four");
    diag_hint(dl, d, "With a hint it is another one.");
    diag_add(dl, DIAG_YAML_TAG, SPAN_NONE, "nowhere");
    diag_add(dl, DIAG_YAML_KEY, (span){1, 4, 5}, "shorter");
    assert_int_equal(dl->errors, 8);
    diag_sort(dl);
    assert_int_equal(dl->errors, 7);
    static const char *const wanted[] = {
        "nowhere", "shorter", "first at four", "second at four", "first at four", "nine", "five"};
    assert_int_equal(dl->items.n, 7);
    for (uint32_t i = 0; i < 7; i++)
        assert_str(dl->items.at[i]->message, wanted[i]);
    diag_sort(dl);
    assert_int_equal(dl->errors, 7);
}

static void test_many(void **state) {
    struct diag_list *dl = &((struct fixture *)*state)->list;
    for (uint32_t i = 0; i < DIAG_KEPT_MAX + 500; i++) {
        struct diag *d = diag_add(dl, DIAG_YAML_KEY, (span){1, i, i}, "number %u", i);
        assert_non_null(d);
        diag_hint(dl, d, "hint");
        diag_label(dl, d, "label");
        for (int k = 0; k < DIAG_LABELS_MAX + 2; k++)
            diag_also(dl, d, (span){1, 0, 0}, "also %d", k);
        assert_true(d->nalso <= DIAG_LABELS_MAX);
    }
    assert_int_equal(dl->items.n, DIAG_KEPT_MAX);
    assert_int_equal(dl->errors, DIAG_KEPT_MAX + 500);
    diag_sort(dl);
    assert_int_equal(dl->items.n, DIAG_KEPT_MAX);
    assert_int_equal(dl->errors, DIAG_KEPT_MAX + 500);
}

static void test_long_text(void **state) {
    struct fixture *f = *state;
    str text = {ARENA_ARRAY(f->arena, unsigned char, 9000), 9000};
    for (uint32_t i = 0; i < text.n; i++)
        ((unsigned char *)text.p)[i] = i % 2 == 0 ? 0xC3 : 0xA9;
    struct diag *d = diag_add(&f->list, DIAG_YAML_KEY, SPAN_NONE, "x%.*s", STR_ARG(text));
    assert_true(d->message.n <= DIAG_TEXT_MAX);
    assert_true(str_ends(d->message, STR("\xA9...")));
    assert_int_equal(utf8_check(d->message), d->message.n);
}

static str best(const char *wanted, const char *const *names) {
    struct suggest s = suggest_for(str_c(wanted));
    for (; *names != NULL; names++)
        suggest_offer(&s, str_c(*names));
    return s.best;
}

static void test_suggest(void **state) {
    (void)state;
    const char *const keys[] = {"severity", "threshold", "when", "notify", "for", NULL};
    assert_str(best("treshold", keys), "threshold");
    assert_str(best("thresholds", keys), "threshold");
    assert_str(best("hwen", keys), "when");
    assert_str(best("fro", keys), "for");
    assert_str(best("ntofiy", keys), "notify");
    assert_str(best("dashboards", keys), "");
    assert_str(best("", keys), "");
    const char *const metrics[] = {"CPUUtilization", "CPUCreditUsage", NULL};
    assert_str(best("cpuutilization", metrics), "CPUUtilization");
    const char *const ties[] = {"cat", "bat", NULL};
    assert_str(best("hat", ties), "cat");
    const char *const one[] = {"x", NULL};
    assert_str(best("y", one), "");
    char longest[66] = {0};
    memset(longest, 'a', 64);
    const char *const longs[] = {longest, NULL};
    assert_str(best(longest, longs), longest);
    longest[64] = 'a';
    assert_str(best(longest, longs), "");
}

static void test_contexts(void **state) {
    struct diag_list *dl = &((struct fixture *)*state)->list;
    const char *const names[] = {"a", "b", "c"};
    diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "general");
    for (unsigned i = 0; i < 3; i++) {
        diag_context(dl, str_c(names[i]));
        diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "general");
        diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "all");
        diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "all");
        if (i != 1)
            diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "some");
        if (i == 0)
            diag_add(dl, DIAG_UNKNOWN_CLASS, SPAN_NONE, "warning");
    }
    diag_context(dl, STR(""));
    diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "after");
    diag_sort(dl);
    assert_int_equal(dl->items.n, 5);
    assert_int_equal(dl->errors, 4);
    assert_str(dl->items.at[0]->message, "general");
    assert_false(diag_is_partial(dl, dl->items.at[0]));
    assert_str(dl->items.at[1]->message, "all");
    assert_int_equal(dl->items.at[1]->contexts.n, 3);
    assert_false(diag_is_partial(dl, dl->items.at[1]));
    assert_str(dl->items.at[2]->message, "some");
    assert_true(diag_is_partial(dl, dl->items.at[2]));
    assert_int_equal(dl->items.at[2]->contexts.n, 2);
    assert_str(dl->items.at[2]->contexts.at[0], "a");
    assert_str(dl->items.at[2]->contexts.at[1], "c");
    /* The errors may have kept it from being found in the others. */
    assert_str(dl->items.at[3]->message, "warning");
    assert_false(diag_is_partial(dl, dl->items.at[3]));
    assert_false(diag_is_partial(dl, dl->items.at[4]));
}

/* Of a value that was told as wrong, and of no other, even one in a text that is no file's. */
static void test_told(void **state) {
    struct fixture *f = *state;
    diag_add(&f->list, DIAG_BAD_VALUE, SPAN_TOLD, "told before");
    assert_int_equal(f->list.items.n, 0);
    assert_int_equal(f->list.errors, 0);
    diag_add(&f->list, DIAG_BAD_VALUE, SPAN_NONE, "nowhere");
    diag_add(&f->list, DIAG_BAD_VALUE, (span){0, 1, 1}, "at a byte of nowhere");
    assert_int_equal(f->list.items.n, 2);
    assert_int_equal(f->list.errors, 2);
}

static void test_context_again(void **state) {
    struct diag_list *dl = &((struct fixture *)*state)->list;
    diag_context(dl, STR("a"));
    diag_context(dl, STR("b"));
    diag_context(dl, STR("a"));
    diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "of a");
    diag_context(dl, STR("b"));
    assert_int_equal(dl->contexts.n, 2);
    assert_true(diag_is_partial(dl, dl->items.at[0]));
    diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "of a");
    diag_sort(dl);
    assert_int_equal(dl->items.at[0]->contexts.n, 2);
    assert_false(diag_is_partial(dl, dl->items.at[0]));
}

static void test_context_alone(void **state) {
    struct diag_list *dl = &((struct fixture *)*state)->list;
    diag_context(dl, STR("only"));
    diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "x");
    assert_false(diag_is_partial(dl, dl->items.at[0]));
    diag_context(dl, STR("other"));
    assert_true(diag_is_partial(dl, dl->items.at[0]));
    for (unsigned i = 0; i < DIAG_KEPT_MAX; i++)
        diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "%u", i);
    /* That of "other" may be among those which are not kept. */
    assert_false(diag_is_partial(dl, dl->items.at[0]));
}

static void test_file_again(void **state) {
    struct sources *s = &((struct fixture *)*state)->sources;
    uint32_t f = sources_add(s, STR("a.yaml"), STR("a"), false);
    assert_int_equal(sources_add(s, STR("a.yaml"), STR("a"), false), f);
    assert_int_not_equal(sources_add(s, STR("a.yaml"), STR("b"), false), f);
    assert_int_not_equal(sources_add(s, STR("b.yaml"), STR("a"), false), f);
    assert_int_not_equal(sources_add(s, STR("a.yaml"), STR("a"), true), f);
}

static void test_suggest_hint(void **state) {
    struct diag_list *dl = &((struct fixture *)*state)->list;
    struct diag *d = diag_add(dl, DIAG_YAML_KEY, SPAN_NONE, "unknown key `treshold`");
    struct suggest s = suggest_for(STR("treshold"));
    assert_false(diag_suggest(dl, d, &s));
    assert_int_equal(d->hint.n, 0);
    suggest_offer(&s, STR("threshold"));
    assert_true(diag_suggest(dl, d, &s));
    assert_str(d->hint, "Did you mean `threshold`?");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_places),           TEST(test_nowhere),
        TEST(test_span_join),        TEST(test_codes),
        TEST(test_sort_and_repeats), TEST(test_many),
        TEST(test_long_text),        TEST(test_suggest),
        TEST(test_suggest_hint),     TEST(test_contexts),
        TEST(test_context_again),    TEST(test_context_alone),
        TEST(test_file_again),       TEST(test_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
