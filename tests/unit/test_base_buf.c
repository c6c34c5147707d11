/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/json.h"

#include <cJSON.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static void writing(void **state) {
    (void)state;
    struct buf b = BUF_INIT(1000);
    BUF_LIT(&b, "a\0b");
    buf_byte(&b, 0xFF);
    buf_text(&b, "z");
    buf_repeat(&b, '.', 3);
    buf_repeat(&b, '.', 0);
    buf_put(&b, (str){NULL, 0});
    assert_int_equal(b.n, 8);
    assert_memory_equal(b.p, "a\0b\xFFz...", 8);
    buf_clear(&b);
    buf_uint(&b, UINT64_MAX);
    buf_byte(&b, ' ');
    buf_int(&b, INT64_MIN);
    buf_byte(&b, ' ');
    buf_int(&b, 0);
    buf_byte(&b, ' ');
    buf_num(&b, num_ratio(-1, 8));
    assert_text(buf_str(&b), "18446744073709551615 -9223372036854775808 0 -0.125");
    buf_done(&b);
    assert_null(b.p);
    assert_int_equal(b.max, 1000);
}

static void formatted_texts_of_any_length(void **state) {
    (void)state;
    for (int n = 250; n < 262; n++) {
        struct buf b = BUF_INIT(600);
        buf_text(&b, "x");
        buf_printf(&b, "%*d|", n, 7);
        buf_text(&b, "y");
        assert_false(b.full);
        assert_int_equal(b.n, n + 3);
        assert_memory_equal(b.p + n, "7|y", 3);
        buf_done(&b);
    }
}

#define AS_PRINTF(...)                                                                             \
    do {                                                                                           \
        char expected[200];                                                                        \
        struct buf b = BUF_INIT(1000);                                                             \
        int n = snprintf(expected, sizeof expected, __VA_ARGS__);                                  \
        buf_printf(&b, __VA_ARGS__);                                                               \
        assert_int_equal(b.n, n);                                                                  \
        assert_memory_equal(b.p, expected, b.n);                                                   \
        buf_done(&b);                                                                              \
    } while (0)

static void the_same_as_printf(void **state) {
    (void)state;
    AS_PRINTF("%s|%.2s|%.*s|%-5s|%5s|%%|%c", "text", "text", 3, "text", "ab", "ab", 'x');
    AS_PRINTF("%.*s|%s|%.9s", 9, "a\0b", "", "short");
    AS_PRINTF("%d|%i|%d|%d|%02d|%04d|%5d|%-5d|%05d", 0, 7, INT_MIN, INT_MAX, 3, -3, -3, -3, -33);
    AS_PRINTF("%u|%02u|%x|%08x|%02X|%03o", UINT_MAX, 7U, 0xBEEFU, 0xBEEFU, 0xAU, 8U);
    AS_PRINTF("%ld|%lu|%lld|%lld|%llu|%016llx|%zu", LONG_MIN, ULONG_MAX, LLONG_MIN, LLONG_MAX,
              ULLONG_MAX, 0xFEEDULL, SIZE_MAX);
    AS_PRINTF("%*d|%-*d|%100d", 4, 5, 4, 5, 1);
    /* Where the compiler does not see it: it warns of what is tested here. */
    const unsigned char *volatile nothing = NULL;
    str none = {nothing, 0};
    struct buf b = BUF_INIT(10);
    buf_printf(&b, "<%.*s>", STR_ARG(none));
    assert_memory_equal(b.p, "<>", 2);
    buf_done(&b);
}

static void a_full_buffer_stays_full(void **state) {
    (void)state;
    struct buf b = BUF_INIT(300);
    buf_repeat(&b, 'a', 299);
    assert_false(b.full);
    buf_text(&b, "bc");
    assert_true(b.full);
    /* Half of a write does not happen, and nothing after it. */
    assert_int_equal(b.n, 299);
    buf_byte(&b, 'd');
    buf_printf(&b, "%d", 1);
    buf_num(&b, num_int(1));
    assert_int_equal(b.n, 299);
    buf_clear(&b);
    assert_false(b.full);
    buf_repeat(&b, 'a', 300);
    assert_false(b.full);
    buf_byte(&b, 'a');
    assert_true(b.full);
    buf_done(&b);
}

static void sizes_that_cannot_be(void **state) {
    (void)state;
    struct buf b = BUF_INIT(SIZE_MAX); /* more than a str can say */
    buf_text(&b, "x");
    assert_true(b.full);
    buf_done(&b);
    struct buf small = BUF_INIT(16);
    assert_false(buf_reserve(&small, SIZE_MAX));
    assert_true(small.full);
    buf_done(&small);
    struct buf nothing = BUF_INIT(0);
    buf_byte(&nothing, 'x');
    assert_true(nothing.full);
    buf_done(&nothing);
}

/* ---- json */

static void a_document(void **state) {
    (void)state;
    struct buf b = BUF_INIT(4096);
    struct json j = json_to(&b, 2);
    json_object_begin(&j);
    json_kstr(&j, "name", STR("x"));
    json_key(&j, STR("empty"));
    json_object_begin(&j);
    json_object_end(&j);
    json_key(&j, STR("none"));
    json_array_begin(&j);
    json_array_end(&j);
    json_key(&j, STR("rows"));
    json_array_begin(&j);
    json_inline_begin(&j);
    json_array_begin(&j);
    json_int(&j, INT64_MIN);
    json_num(&j, num_ratio(324, 5));
    json_num(&j, NUM_NAN);
    json_object_begin(&j);
    json_kbool(&j, "a", true);
    json_kint(&j, "b", 2);
    json_object_end(&j);
    json_array_end(&j);
    json_inline_end(&j);
    json_null(&j);
    json_array_end(&j);
    json_object_end(&j);
    assert_text(buf_str(&b), "{\n"
                             "  \"name\": \"x\",\n"
                             "  \"empty\": {},\n"
                             "  \"none\": [],\n"
                             "  \"rows\": [\n"
                             "    [-9223372036854775808, 64.8, null, {\"a\": true, \"b\": 2}],\n"
                             "    null\n"
                             "  ]\n"
                             "}");
    buf_done(&b);
}

static void a_document_on_one_line(void **state) {
    (void)state;
    struct buf b = BUF_INIT(4096);
    struct json j = json_to(&b, 0);
    json_array_begin(&j);
    json_object_begin(&j);
    json_kint(&j, "a", 1);
    json_kint(&j, "b", 2);
    json_object_end(&j);
    json_bool(&j, false);
    json_array_end(&j);
    assert_text(buf_str(&b), "[{\"a\":1, \"b\":2}, false]");
    buf_done(&b);
}

static str escaped(struct arena *a, str s, bool template) {
    struct buf b = BUF_INIT(4096);
    json_escape(&b, s, template);
    str r = arena_str(a, buf_str(&b));
    buf_done(&b);
    return r;
}

static void special_characters(void **state) {
    struct arena *a = *state;
    assert_text(escaped(a, STR("\"\\/\b\f\n\r\t"), false), "\\\"\\\\/\\u0008\\u000c\\n\\r\\t");
    assert_text(escaped(a, STR("\0\x1f\x7f"), false), "\\u0000\\u001f\\u007f");
    assert_text(escaped(a, STR("\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA"), false),
                "\\u2028\\u2029\xE2\x80\xAA");
    assert_text(escaped(a, STR("\xC3\xA9\xF0\x9F\x98\x80"), false), "\xC3\xA9\xF0\x9F\x98\x80");
    /* What is not UTF-8 becomes the replacement character. */
    assert_text(escaped(a, STR("a\xFFz\xC3"), false), "a\\ufffdz\\ufffd");
    assert_text(escaped(a, STR("${x} %{y}"), false), "${x} %{y}");
    assert_text(escaped(a, STR("${x} %{y} $x $ { $$ $"), true),
                "\\u0024{x} \\u0025{y} $x $ { $$ $");
}

/* Every byte and every pair of special ones comes back from a reader as it was. */
static void a_reader_gets_what_was_written(void **state) {
    (void)state;
    static const char special[] = "\"\\/\n\r\t\x01\x1f\x7f${}%'<>&ab";
    for (size_t i = 0; i < sizeof special - 1; i++) {
        for (size_t k = 0; k < sizeof special - 1; k++) {
            const char text[3] = {special[i], special[k], 0};
            struct buf b = BUF_INIT(100);
            struct json j = json_to(&b, 0);
            json_str(&j, str_c(text));
            cJSON *back = cJSON_ParseWithLength((const char *)b.p, b.n);
            assert_non_null(back);
            assert_string_equal(back->valuestring, text);
            cJSON_Delete(back);
            buf_done(&b);
        }
    }
}

static void templates(void **state) {
    (void)state;
    struct buf b = BUF_INIT(4096);
    struct json j = json_to(&b, 0);
    j.hcl_template = true;
    json_str_open(&j);
    json_str_piece(&j, STR("a${x}\""));
    json_str_template(&j, STR("arn"));
    json_str_close(&j);
    assert_text(buf_str(&b), "\"a\\u0024{x}\\\"${arn}\"");
    buf_done(&b);
}

/* Small ones are copied, large ones handed over. */
static void kept_texts(void **state) {
    for (size_t n = 1; n <= (size_t)1 << 20; n *= 32) {
        struct buf b = BUF_INIT((size_t)2 << 20);
        buf_repeat(&b, 'x', n);
        str kept = buf_keep(&b, *state);
        assert_int_equal(b.n, 0);
        BUF_LIT(&b, "something else");
        assert_int_equal(kept.n, n);
        assert_int_equal(kept.p[0], 'x');
        assert_int_equal(kept.p[n - 1], 'x');
        buf_done(&b);
    }
}

static void a_text_that_lacks_a_part_is_not_kept(void **state) {
    (void)state;
    jmp_buf back;
    struct arena *a = unit_small_arena((size_t)1 << 20, &back);
    struct buf b = BUF_INIT(10);
    BUF_LIT(&b, "12345");
    BUF_LIT(&b, "678901");
    if (setjmp(back) == 0) {
        buf_keep(&b, a);
        fail();
    }
    buf_done(&b);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writing),
        cmocka_unit_test(formatted_texts_of_any_length),
        cmocka_unit_test(the_same_as_printf),
        cmocka_unit_test(a_full_buffer_stays_full),
        cmocka_unit_test(sizes_that_cannot_be),
        UNIT_TEST(kept_texts),
        cmocka_unit_test(a_text_that_lacks_a_part_is_not_kept),
        cmocka_unit_test(a_document),
        cmocka_unit_test(a_document_on_one_line),
        UNIT_TEST(special_characters),
        cmocka_unit_test(a_reader_gets_what_was_written),
        cmocka_unit_test(templates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
