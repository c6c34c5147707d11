/* SPDX-License-Identifier: MIT */
#include "catalog/table.h"

#include "base/embed.h"
#include "unit.h"

static void value_is(struct arena *a, struct table *t, const char *row, const char *column,
                     const char *want, bool known) {
    bool k;
    str v = table_value(a, t, str_c(row), str_c(column), &k);
    assert_true(str_is(v, want));
    assert_int_equal(k, known);
}

static void test_values(void **state) {
    struct table t;
    uint32_t bad;
    assert_true(table_open(
        STR("# head\ncolumns: [vcpus, memory, credits]\n\nrows:\n"
            "  # T types\n  t3.micro: 2 1  288\n  m5.large: 2 8 - # no credits\n  short: 7\n"
            "  none: \"- - -\" # what it has\n"),
        &t, &bad));
    value_is(*state, &t, "t3.micro", "vcpus", "2", true);
    value_is(*state, &t, "t3.micro", "credits", "288", true);
    value_is(*state, &t, "m5.large", "memory", "8", true);
    value_is(*state, &t, "m5.large", "credits", "", true);
    value_is(*state, &t, "short", "memory", "", true);
    value_is(*state, &t, "t3.micro", "price", "", true);
    value_is(*state, &t, "none", "vcpus", "", true);
    value_is(*state, &t, "none", "credits", "", true);
    for (int again = 0; again < 2; again++) {
        value_is(*state, &t, "t3", "vcpus", "", false);
        value_is(*state, &t, "short", "vcpus", "7", true);
    }
    /* What a user may write that is no name, but stands there. */
    static const char *const parts[] = {"", "# T types", "#", "t3.micro: 2", " short", "2 8 -"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        value_is(*state, &t, parts[i], "vcpus", "", false);
}

static void test_match(void **state) {
    (void)state;
    struct table t;
    uint32_t bad;
    assert_true(
        table_open(STR("columns: [a]\nrows:\n  x: 1\n  ec2.*.linux: 1\n  ec2.*: 2\n"), &t, &bad));
    static const char *const cases[][3] = {
        {"ec2.t3.micro.linux", "ec2.*.linux", "t3.micro"},
        {"ec2..linux", "ec2.*", ".linux"}, /* something has to stand there */
        {"ec2.linux", "ec2.*", "linux"},   /* its head and tail would overlap */
        {"ec2.x", "ec2.*", "x"},
        {"x", "", ""},
        {"rds.x", "", ""},
        {"", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str star = STR("");
        assert_text(table_match(&t, str_c(cases[i][0]), &star), cases[i][1]);
        assert_text(star, cases[i][2]);
    }
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
        uint32_t bad = 99;
        assert_false(table_check(*state, str_c(wrong[i].text), &bad));
        assert_int_equal(bad, wrong[i].bad);
    }
    uint32_t bad;
    assert_false(table_check(*state, STR("columns: [a]\n"), &bad)); /* no rows at all */
    assert_false(table_check(*state, STR(""), &bad));
}

static void test_tables_of_the_catalog(void **state) {
    uint32_t seen = 0;
    for (uint32_t i = 0; i < embed_nfiles; i++) {
        if (!str_starts(str_c(embed_files[i].path), STR("catalog/tables/")))
            continue;
        struct table t;
        uint32_t bad;
        str text = {embed_files[i].data, embed_files[i].size};
        assert_true(table_check(*state, text, &bad));
        assert_true(table_open(text, &t, &bad));
        struct table_row row;
        uint32_t rows = 0;
        for (str lines = t.rows; table_next(&lines, &row); rows++) {
            assert_true(row.name.n > 0);
            bool known;
            str first = row.values, value = table_value(*state, &t, row.name, t.columns[0], &known);
            first = str_split(&first, ' ');
            assert_true(known);
            assert_true(str_eq(value, str_is(first, "-") ? STR("") : first));
            str rest = row.values;
            uint32_t cells = 0;
            for (; rest.n > 0; cells++) {
                str cell = str_split(&rest, ' ');
                assert_int_equal(str_find(cell, '"'), cell.n);
                rest = str_trim(rest);
            }
            assert_int_equal(cells, t.ncolumns);
        }
        assert_true(rows > 10);
        seen++;
    }
    assert_true(seen >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(test_values),
        UNIT_TEST(test_match),
        UNIT_TEST(test_wrong_lines),
        UNIT_TEST(test_tables_of_the_catalog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
