/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/buf.h"
#include "base/line_diff.h"

static void put_line(void *ctx, char sign, str line) {
    buf_printf(ctx, "%c%.*s;", sign, STR_ARG(line));
}

static void texts_are_compared_by_lines(void **state) {
    (void)state;
    static const struct {
        const char *before, *after;
        uint32_t context;
        const char *want;
    } cases[] = {
        {"", "", 3, ""},
        {"a\n", "a\n", 3, " a;"},
        {"a\n", "a", 3, " a;"},
        {"", "a\nb\n", 3, "+a;+b;"},
        {"a\nb\n", "", 3, "-a;-b;"},
        {"a\nb\nc\n", "a\nx\nc\n", 1, " a;-b;+x; c;"},
        {"a\nb\nc\n", "a\nx\nc\n", 0, "-b;+x;"},
        {"1\n2\n3\n4\n5\n", "1\n2\n3\n4\n5\n6\n", 2, " 4; 5;+6;"},
        {"1\n2\n3\n4\n", "1\n3\n4\n5\n", 0, "-2; 3; 4;+5;"},
        {"a\na\n", "a\n", 0, "-a;"},
        {"\n\n", "\n", 3, " ;-;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT(1024);
        struct line_diff d;
        line_diff_open(&d, str_c(cases[i].before), str_c(cases[i].after));
        line_diff_run(&d, cases[i].context, put_line, &b);
        line_diff_close(&d);
        assert_text(buf_str(&b), cases[i].want);
        buf_done(&b);
    }
}

/* A table of all lines with all lines would take a gigabyte. */
static void long_texts_are_replaced_whole(void **state) {
    (void)state;
    struct buf before = BUF_INIT(1u << 20), after = BUF_INIT(1u << 20), b = BUF_INIT(1u << 20);
    struct line_diff d;
    BUF_LIT(&before, "same\n");
    BUF_LIT(&after, "same\n");
    for (unsigned i = 0; i < 10000; i++) {
        buf_printf(&before, "%u\n", i);
        buf_printf(&after, "%u\n", i + 1);
    }
    line_diff_open(&d, buf_str(&before), buf_str(&after));
    line_diff_run(&d, 3, put_line, &b);
    line_diff_close(&d);
    assert_true(str_starts(buf_str(&b), STR(" same;-0;-1;-2;")));
    assert_true(str_ends(buf_str(&b), STR("+9999;+10000;")));
    buf_done(&before);
    buf_done(&after);
    buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_compared_by_lines),
        cmocka_unit_test(long_texts_are_replaced_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
