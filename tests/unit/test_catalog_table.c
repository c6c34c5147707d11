/* SPDX-License-Identifier: MIT */
#include "catalog/table.h"

#include "base/embed.h"
#include "unit.h"

static void value_is(const struct table *t, const char *row, const char *column, const char *want,
                     bool known) {
    bool k;
    str v = table_value(t, str_c(row), str_c(column), &k);
    assert_true(str_is(v, want));
    assert_int_equal(k, known);
}

static void test_values(void **state) {
    struct table t;
    uint32_t bad;
    assert_true(table_read(
        *state,
        STR("# head\ncolumns: [vcpus, memory, credits]\n\nrows:\n"
            "  # T types\n  t3.micro: 2 1  288\n  m5.large: 2 8 - # no credits\n  short: 7\n"
            "  none: \"- - -\" # what it has\n"),
        &t, &bad));
    value_is(&t, "t3.micro", "vcpus", "2", true);
    value_is(&t, "t3.micro", "credits", "288", true);
    value_is(&t, "m5.large", "memory", "8", true);
    value_is(&t, "m5.large", "credits", "", true);
    value_is(&t, "short", "memory", "", true);
    value_is(&t, "t3.micro", "price", "", true);
    value_is(&t, "none", "vcpus", "", true);
    value_is(&t, "none", "credits", "", true);
    value_is(&t, "t3", "vcpus", "", false);
}

static void test_wrong_lines(void **state) {
    static const struct {
        const char *text;
        uint32_t bad;
    } wrong[] = {
        {"rows:\n  a: 1\n", 0},                        /* no columns */
        {"columns: [a, b\nrows:\n", 0},                /* not closed */
        {"columns: []\nrows:\n", 0},                   /* none */
        {"columns: [a]\ncolumns: [b]\nrows:\n", 13},   /* twice */
        {"columns: [a]\n  x: 1\n", 13},                /* before `rows:` */
        {"columns: [a]\nrows:\n  x 1\n", 19},          /* no colon */
        {"columns: [a]\nrows:\n  x:\n", 19},           /* no value */
        {"columns: [a]\nrows:\nx: 1\n", 19},           /* not below `rows:` */
        {"columns: [a]\nrows:\n  x: 1\n  x: 2\n", 26}, /* twice */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct table t;
        uint32_t bad = 99;
        assert_false(table_read(*state, str_c(wrong[i].text), &t, &bad));
        assert_int_equal(bad, wrong[i].bad);
    }
    struct table t;
    uint32_t bad;
    assert_false(table_read(*state, STR("columns: [a]\n"), &t, &bad)); /* no rows at all */
    assert_false(table_read(*state, STR(""), &t, &bad));
}

static void test_tables_of_the_catalog(void **state) {
    uint32_t seen = 0;
    for (uint32_t i = 0; i < embed_nfiles; i++) {
        if (!str_starts(str_c(embed_files[i].path), STR("catalog/tables/")))
            continue;
        struct table t;
        uint32_t bad;
        str text = {embed_files[i].data, embed_files[i].size};
        assert_true(table_read(*state, text, &t, &bad));
        assert_true(t.rows.n > 10);
        for (uint32_t r = 0; r < t.rows.n; r++) {
            str rest = *(const str *)t.rows.entries[r].value;
            uint32_t cells = 0;
            for (; rest.n > 0; cells++) {
                str cell = str_split(&rest, ' ');
                assert_int_equal(str_find(cell, '"'), cell.n);
                rest = str_trim(rest);
            }
            assert_int_equal(cells, t.ncolumns);
        }
        seen++;
    }
    assert_true(seen >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(test_values),
        UNIT_TEST(test_wrong_lines),
        UNIT_TEST(test_tables_of_the_catalog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
