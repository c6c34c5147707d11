/* SPDX-License-Identifier: MIT */
#include "prices/csv.h"

#include "base/buf.h"
#include "unit.h"

/* Rows as text: fields between <>, a row a line. */
static bool put_row(void *of, const str *fields, uint32_t n) {
    struct buf *b = of;
    for (uint32_t i = 0; i < n; i++)
        buf_printf(b, "<%.*s>", STR_ARG(fields[i]));
    buf_byte(b, '\n');
    return true;
}

static enum csv_problem read_pieces(str text, uint32_t piece, struct buf *b, uint64_t *ret_line) {
    static struct csv c;
    csv_open(&c, put_row, b);
    for (uint32_t at = 0; at < text.n && csv_feed(&c, str_sub(text, at, at + piece)); at += piece)
        continue;
    csv_close(&c);
    *ret_line = c.line;
    return c.problem;
}

/* The same in pieces of every size. */
static void reads(str text, const char *want, enum csv_problem problem, uint64_t line) {
    for (uint32_t piece = 1; piece <= text.n + 1; piece++) {
        struct buf b = BUF_INIT(1u << 20);
        uint64_t at;
        assert_int_equal(read_pieces(text, piece, &b, &at), problem);
        assert_true(str_is(buf_str(&b), want));
        if (line > 0)
            assert_int_equal(at, line);
        buf_done(&b);
    }
}

static void test_fields(void **state) {
    (void)state;
    reads(STR(""), "", CSV_FINE, 1);
    reads(STR("a,b\nc\n"), "<a><b>\n<c>\n", CSV_FINE, 0);
    reads(STR("a,\n,\n"), "<a><>\n<><>\n", CSV_FINE, 0);
    reads(STR("\n\na\n\n"), "<a>\n", CSV_FINE, 0);
    reads(STR("a,b\r\n\r\nc\r\n"), "<a><b>\n<c>\n", CSV_FINE, 0);
    reads(STR("a\rb\n"), "<a\rb>\n", CSV_FINE, 0);
    reads(STR("\"a\",\"b\"\n\"\",\"\"\n"), "<a><b>\n<><>\n", CSV_FINE, 0);
    reads(STR("\"a,b\nc\"\"d\"\r\n"), "<a,b\nc\"d>\n", CSV_FINE, 0);
    reads(STR("\"\"\"\"\n"), "<\">\n", CSV_FINE, 0);
    reads(STR("a\"b,c\"\n"), "<a\"b><c\">\n", CSV_FINE, 0);
}

/* AWS does not double all quotes within quotes. */
static void test_bare_quotes(void **state) {
    (void)state;
    reads(STR("\"a \"b\" c\",\"d\"\n"), "<a \"b\" c><d>\n", CSV_FINE, 0);
    reads(STR("\"a\"b\n\"\n"), "<a\"b\n>\n", CSV_FINE, 0);
    reads(STR("\"a\"\rb\"\n"), "<a\"\rb>\n", CSV_FINE, 0);
    reads(STR("\"a\"\r\"\n"), "<a\"\r>\n", CSV_FINE, 0);
    reads(STR("\"a\"\r\r\"\n"), "<a\"\r\r>\n", CSV_FINE, 0);
}

static void test_wrong(void **state) {
    (void)state;
    reads(STR("a\nb\0c\n"), "<a>\n", CSV_NUL, 2);
    reads(STR("a\n\"b\0c\n"), "<a>\n", CSV_NUL, 2);
    reads(STR("a\n\"b\nc"), "<a>\n", CSV_OPEN_QUOTE, 2);
    reads(STR("a\nb"), "<a>\n", CSV_CUT, 2);
    reads(STR("a\nb,"), "<a>\n", CSV_CUT, 2);
    reads(STR("a\n\"b\""), "<a>\n", CSV_CUT, 2);
    reads(STR("a\n\"b\"\r"), "<a>\n", CSV_CUT, 2);
}

static void test_limits(void **state) {
    struct arena *a = *state;
    for (int more = 0; more < 2; more++) {
        uint32_t n = CSV_ROW_MAX + (uint32_t)more;
        unsigned char *p = ARENA_ARRAY(a, unsigned char, n + 1);
        struct buf b = BUF_INIT(1u << 20);
        uint64_t line;
        memset(p, 'x', n);
        p[n] = '\n';
        assert_int_equal(read_pieces((str){p, n + 1}, 4096, &b, &line),
                         more ? CSV_LONG_ROW : CSV_FINE);
        buf_clear(&b);
        memset(p, ',', CSV_FIELDS_MAX + 1);
        p[CSV_FIELDS_MAX - 1 + more] = '\n';
        assert_int_equal(read_pieces((str){p, CSV_FIELDS_MAX + (uint32_t)more}, 4096, &b, &line),
                         more ? CSV_MANY_FIELDS : CSV_FINE);
        buf_done(&b);
    }
}

static bool stop(void *of, const str *fields, uint32_t n) {
    (void)fields, (void)n;
    return --*(int *)of > 0;
}

static void test_stopped(void **state) {
    static struct csv c;
    int left = 2;
    (void)state;
    csv_open(&c, stop, &left);
    assert_false(csv_feed(&c, STR("a\nb\nc\n")));
    assert_false(csv_feed(&c, STR("d\n")));
    assert_false(csv_close(&c));
    assert_int_equal(c.problem, CSV_STOPPED);
    assert_int_equal(left, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(test_fields), UNIT_TEST(test_bare_quotes), UNIT_TEST(test_wrong),
        UNIT_TEST(test_limits), UNIT_TEST(test_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
