/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>

static const str none = {NULL, 0};

static void empty_slices(void **state) {
    (void)state;
    assert_int_equal(str_c(NULL).n, 0);
    assert_int_equal(str_c("").n, 0);
    assert_true(str_eq(none, STR("")));
    assert_true(str_starts(none, none));
    assert_true(str_ends(STR("a"), none));
    assert_false(str_starts(none, STR("a")));
    assert_int_equal(str_cmp(none, STR("")), 0);
    assert_int_equal(str_find(none, 'a'), 0);
    assert_true(str_contains(none, none));
    assert_false(str_contains(none, STR("a")));
    assert_int_equal(str_trim(none).n, 0);
    assert_int_equal(str_sub(none, 0, 9).n, 0);
    assert_int_equal(str_hash(none), str_hash(STR("")));
    assert_int_equal(utf8_check(none), 0);
    assert_int_equal(utf8_next(none, 0), 0);
}

static void comparing(void **state) {
    (void)state;
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_false(str_eq(STR("a"), STR("ab")));
    assert_false(str_is(STR("a\0b"), "a"));
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("ab"), STR("a")) > 0);
    /* By bytes: 0x80 and more come after ASCII, whether or not char is signed. */
    assert_true(str_cmp(STR("z"), STR("\xC3\xA9")) < 0);
    assert_true(str_cmp(STR("Z"), STR("a")) < 0);
}

/* From first to last. */
static void either_case(void **state) {
    (void)state;
    assert_true(str_is_nocase(STR("OPS-1042"), "ops-1042"));
    assert_true(str_is_nocase(STR(""), ""));
    assert_false(str_is_nocase(STR("ops"), "ops-"));
    assert_false(str_is_nocase(STR("ops-"), "ops"));
    /* Not letters, though they differ in the same bit. */
    assert_false(str_is_nocase(STR("a["), "a{"));
    assert_false(str_is_nocase(STR("@"), "`"));
}

static void cutting(void **state) {
    (void)state;
    assert_text(str_sub(STR("hello"), 1, 3), "el");
    assert_text(str_sub(STR("hello"), 1, UINT32_MAX), "ello");
    assert_text(str_sub(STR("hello"), 9, 2), "");
    assert_text(str_sub(STR("hello"), 4, 2), "");
    assert_text(str_trim(STR(" \t\r\n a b \n")), "a b");
    assert_text(str_trim(STR(" \t\r\n ")), "");
    assert_text(str_trim(STR("\xC2\xA0x\x0B")), "\xC2\xA0x\x0B");
    str rest = STR("a,,b");
    assert_text(str_split(&rest, ','), "a");
    assert_text(str_split(&rest, ','), "");
    assert_text(str_split(&rest, ','), "b");
    assert_text(str_split(&rest, ','), "");
    assert_int_equal(rest.n, 0);
}

static void finding(void **state) {
    (void)state;
    assert_int_equal(str_find(STR("abc"), 'c'), 2);
    assert_int_equal(str_find(STR("abc"), 'd'), 3);
    assert_int_equal(str_find(STR("a\0c"), 0), 1);
    assert_true(str_contains(STR("abcabd"), STR("abd")));
    assert_false(str_contains(STR("abcab"), STR("abd")));
    assert_false(str_contains(STR("ab"), STR("abc")));
    /* A length near the largest must not wrap around. */
    assert_false(str_contains(STR("ab"), (str){(const unsigned char *)"a", UINT32_MAX}));
    assert_true(str_ends(STR("a.yaml"), STR(".yaml")));
    assert_false(str_ends(STR("yaml"), STR(".yaml")));
}

/* Every byte at every place of what is looked at many bytes at a time. */
static void what_is_plain(void **state) {
    (void)state;
    unsigned char t[40];
    for (unsigned c = 0; c < 256; c++) {
        bool plain = c >= 0x20 && c < 0x7F && strchr("\"$%\\", (int)c) == NULL;
        for (uint32_t i = 0; i < sizeof t; i++) {
            memset(t, '~', sizeof t);
            t[i] = (unsigned char)c;
            assert_int_equal(str_skip_plain((str){t, sizeof t}, 0), plain ? sizeof t : i);
            assert_int_equal(str_skip_plain((str){t, i}, 0), i);
            assert_int_equal(str_skip_plain((str){t, sizeof t}, i), plain ? sizeof t : i);
        }
    }
}

/* At every place, also where a part of it is before `from` or behind the end. */
static void pairs_are_found(void **state) {
    (void)state;
    unsigned char t[45];
    for (uint32_t at = 0; at + 1 < sizeof t; at++) {
        memset(t, '{', sizeof t);
        for (uint32_t i = 0; i < sizeof t; i += 2)
            t[i] = '}';
        t[at] = '<';
        t[at + 1] = '>';
        for (uint32_t n = 0; n <= sizeof t; n++) {
            assert_int_equal(str_find_pair((str){t, n}, 0, '<', '>'), at + 2 <= n ? at : n);
            assert_int_equal(str_find_pair((str){t, n}, n, '<', '>'), n);
        }
        assert_int_equal(str_find_pair((str){t, sizeof t}, at, '<', '>'), at);
        assert_int_equal(str_find_pair((str){t, sizeof t}, at + 1, '<', '>'), sizeof t);
    }
    assert_int_equal(str_find_pair(STR("aaa"), 1, 'a', 'a'), 1);
    assert_int_equal(str_find_pair(STR(""), 0, 'a', 'a'), 0);
}

/* The same on every machine: it is in the manifests of users. */
static void hashes_are_fixed(void **state) {
    (void)state;
    char text[64];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)str_hash(STR("")));
    assert_text(str_c(text), "873e6848283318eb");
    snprintf(text, sizeof text, "%016llx", (unsigned long long)str_hash(STR("opsc.yaml")));
    assert_text(str_c(text), "0fc295b3f50e8f16");
    assert_true(str_hash(STR("a")) != str_hash(STR("a\0")));
    assert_true(str_hash(STR("\0")) != str_hash(STR("\0\0")));
    assert_true(str_hash(STR("12345678a")) != str_hash(STR("12345678b")));
}

static void hashes_of_texts(void **state) {
    (void)state;
    unsigned char text[200];
    memset(text, 'a', sizeof text);
    uint64_t seen[2 * sizeof text];
    uint32_t n = 0;
    for (uint32_t i = 0; i < sizeof text; i++) {
        seen[n++] = str_hash_text((str){text, i});
        text[i] = 'b';
        seen[n++] = str_hash_text((str){text, sizeof text});
        text[i] = 'a';
    }
    /* Every length and every byte counts, wherever it stands. */
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < i; k++)
            assert_true(seen[i] != seen[k]);
    char hex[17];
    snprintf(hex, sizeof hex, "%016llx", (unsigned long long)seen[n - 1]);
    assert_text(str_c(hex), "4bea56c24ea87913");
}

static void utf8(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t good; /* bytes that are */
    } rows[] = {
        {"plain", 5},
        {"\xC2\x80\xDF\xBF", 4},
        {"\xE0\xA0\x80\xEF\xBF\xBF", 6},
        {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 8},
        {"a\x80", 1},             /* a continuation alone */
        {"a\xC1\xBF", 1},         /* overlong */
        {"a\xE0\x9F\xBF", 1},     /* overlong */
        {"a\xF0\x8F\xBF\xBF", 1}, /* overlong */
        {"a\xED\xA0\x80", 1},     /* a surrogate */
        {"a\xF4\x90\x80\x80", 1}, /* beyond U+10FFFF */
        {"a\xF5\x80\x80\x80", 1},
        {"a\xFF", 1},
        {"a\xC3", 1}, /* cut off */
        {"a\xE2\x82", 1},
        {"a\xF0\x9F\x98", 1},
        {"a\xC3(", 1},
        {"a\xE2\x82(", 1},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(utf8_check(str_c(rows[i].text)), rows[i].good);
    assert_int_equal(utf8_next(STR("a"), 1), 0);
    /* A slice that ends inside of a character, whatever comes after it. */
    assert_int_equal(utf8_check(str_sub(STR("\xC3\xA9"), 0, 1)), 0);
    static const char *const cut[] = {
        "",          "a",         "a",         "a\xC3\xA9",
        "a\xC3\xA9", "a\xC3\xA9", "a\xC3\xA9", "a\xC3\xA9\xF0\x9F\x98\x80"};
    for (uint32_t i = 0; i < sizeof cut / sizeof *cut; i++)
        assert_true(str_is(utf8_cut(STR("a\xC3\xA9\xF0\x9F\x98\x80"), i), cut[i]));
    assert_int_equal(utf8_cut(STR("\xA9\xA9\xA9"), 2).n, 0);
    assert_int_equal(utf8_count(STR("a\xC3\xA9\xF0\x9F\x98\x80")), 3);
    assert_int_equal(utf8_count(STR("\xFF\xFF"
                                    "a")),
                     3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_slices),     cmocka_unit_test(comparing),
        cmocka_unit_test(either_case),      cmocka_unit_test(cutting),
        cmocka_unit_test(finding),          cmocka_unit_test(utf8),
        cmocka_unit_test(hashes_are_fixed), cmocka_unit_test(hashes_of_texts),
        cmocka_unit_test(what_is_plain),    cmocka_unit_test(pairs_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
