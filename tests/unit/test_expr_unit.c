/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/buf.h"
#include "expr/expr.h"

#include <stdio.h>
#include <string.h>

static const struct dim time_ = {.time = 1}, data = {.data = 1}, money = {.money = 1};

static struct quantity scan(const char *z, uint32_t used) {
    struct quantity q = {.value = NUM_NAN};
    uint32_t bad_unit = 99;
    uint32_t n = quantity_scan(str_c(z), &q, &bad_unit);
    if (n != used || bad_unit != 0)
        fail_msg("`%s`: read %u bytes of %u, bad unit %u", z, n, used, bad_unit);
    return q;
}

static struct quantity all(const char *z) {
    return scan(z, (uint32_t)strlen(z));
}

static void assert_quantity(const char *z, int64_t n, int64_t d, struct dim dim) {
    struct quantity q = all(z);
    if (q.value.n != n || q.value.d != d || !dim_eq(q.dim, dim))
        fail_msg("`%s` is %lld/%lld", z, (long long)q.value.n, (long long)q.value.d);
}

static void every_unit_is_read(void **state) {
    (void)state;
    for (uint32_t i = 0; i < units_n; i++) {
        char text[64];
        snprintf(text, sizeof text, "3%s", units[i].name);
        struct quantity q = all(text);
        assert_true(dim_eq(q.dim, units[i].dim));
        assert_int_equal(num_cmp(q.value, num_mul(num_int(3), units[i].scale)), 0);
        assert_true(units[i].doc[0] != 0);
        assert_ptr_equal(unit_find(str_c(units[i].name)), &units[i]);
    }
    for (uint32_t i = 0; i < metric_units_n; i++) {
        assert_ptr_equal(metric_unit_find(str_c(metric_units[i].name)), &metric_units[i]);
        assert_true(num_ok(metric_units[i].scale) && metric_units[i].doc[0] != 0);
    }
    assert_null(unit_find(STR("")));
    assert_null(unit_find(STR("S")));
    assert_null(metric_unit_find(STR("percent")));
}

static void quantities(void **state) {
    (void)state;
    assert_quantity("80%", 4, 5, DIM_NONE);
    assert_quantity("80 %", 4, 5, DIM_NONE);
    assert_quantity("0.5ms", 1, 2000, time_);
    assert_quantity("16 GiB", INT64_C(17179869184), 1, data);
    assert_quantity("$25.50", 51, 2, money);
    assert_quantity("5/min", 1, 12, (struct dim){.count = 1, .time = -1});
    assert_quantity("2628 kB/month", 1, 1, (struct dim){.data = 1, .time = -1});
    assert_quantity("$73/month", 1, 36000, (struct dim){.money = 1, .time = -1});
    assert_quantity("3k", 3000, 1, DIM_NONE);
    assert_true(all("80%").percent && !all("80%").bare);
    assert_true(all("3k").bare && all("12").bare && !all("5m").bare && !all("$5").bare);
}

static void where_a_quantity_ends(void **state) {
    (void)state;
    scan("3 of 5m", 1);
    scan("5 m", 3);
    scan("5  m", 1);
    scan("5 k", 1); /* a multiplier touches its number */
    scan("5/min(x)", 1);
    scan("5/min (x)", 1);
    scan("5/m.x", 1);
    scan("5/miles", 1);
    scan("5s/min", 2);
    scan("5 / min", 1);
    scan("80%/min", 3);
    scan("5 minutes_ago", 1);
    scan("1.5.2", 3);
    scan("5\xC2\xB5s", 1);
    /* A slice is not read beyond its end. */
    struct quantity q;
    uint32_t bad;
    assert_int_equal(quantity_scan(str_sub(STR("5ms"), 0, 2), &q, &bad), 2);
    assert_int_equal(q.value.n, 300);
    assert_int_equal(quantity_scan(str_sub(STR("5/min"), 0, 2), &q, &bad), 1);
}

static void what_is_no_quantity(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t used, bad;
    } rows[] = {
        {"5foo", 4, 3}, {"5ms2", 4, 3}, {"5_000", 1, 0}, {"$5m", 3, 1}, {"$5_", 3, 1},
        {"$", 0, 0},    {"$x", 0, 0},   {"", 0, 0},      {"m", 0, 0},   {"-5", 0, 0},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct quantity q;
        uint32_t bad = 99, used = quantity_scan(str_c(rows[i].text), &q, &bad);
        if (used != rows[i].used || bad != rows[i].bad)
            fail_msg("`%s`: %u read, bad unit %u", rows[i].text, used, bad);
    }
    assert_false(num_ok(all("99999999999999999999s").value));
    assert_false(num_ok(all("9223372036854775807 TiB").value));
}

static void how_quantities_are_written(void **state) {
    struct arena *a = *state;
    static const char *const rows[][2] = {
        {"80%", "80%"},
        {"0.001%", "0.001%"},
        {"2000ms", "2s"},
        {"90s", "90s"},
        {"150s", "2.5m"},
        {"95s", "95s"},
        {"36h", "36h"},
        {"1500us", "1.5ms"},
        {"86400s", "1d"},
        {"0s", "0s"},
        {"0 B", "0 B"},
        {"0.5us", "0.5us"},
        {"1024 MiB", "1 GiB"},
        {"1000 MB", "1 GB"},
        {"64 kB", "64 kB"},
        {"0.5 GiB", "512 MiB"},
        {"1.25 GiB", "1.25 GiB"},
        {"1234567 B", "1234567 B"},
        {"$25.50", "$25.5"},
        {"60/min", "1/s"},
        {"5/min", "5/min"},
        {"1/h", "1/h"},
        {"0.1/h", "0.1/h"},
        {"4 GiB/month", "4 GiB/month"},
        {"$3/week", "$3/week"},
        {"9000000000000000000s", "2500000000000000h"},
        {"12", "12"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = BUF_INIT(100);
        quantity_format(&b, all(rows[i][0]));
        assert_text(arena_str(a, buf_str(&b)), rows[i][1]);
        buf_done(&b);
        assert_int_equal(num_cmp(all(rows[i][0]).value, all(rows[i][1]).value), 0);
    }
}

static void dimensions(void **state) {
    (void)state;
    assert_true(dim_eq(dim_mul(time_, data), (struct dim){.time = 1, .data = 1}));
    assert_true(dim_eq(dim_div(data, time_), (struct dim){.time = -1, .data = 1}));
    assert_false(dim_eq(data, time_));
    assert_string_equal(dim_describe(dim_div(data, time_)), "data per time");
    assert_string_equal(dim_describe(dim_mul(data, data)), "something else");
    /* An example has the dimension of what it is an example for. */
    const struct dim known[] = {
        DIM_NONE, time_, data, money, {.count = 1, .time = -1}, {.data = 1, .time = -1}};
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
        assert_true(dim_eq(all(dim_example(known[i])).dim, known[i]));
}

static void statistics(void **state) {
    struct arena *a = *state;
    struct num n;
    for (uint32_t i = 0; i < expr_stats_n; i++) {
        assert_true(expr_stats[i].doc[0] != 0);
        if (!expr_stats[i].numbered)
            assert_ptr_equal(expr_stat_find(str_c(expr_stats[i].name), &n), &expr_stats[i]);
    }
    assert_string_equal(expr_stat_find(STR("p99.9"), &n)->name, "p");
    assert_int_equal(num_cmp(n, num_ratio(999, 10)), 0);
    assert_non_null(expr_stat_find(STR("p50.1234567891"), &n));
    assert_null(expr_stat_find(STR("p50.12345678912"), &n)); /* CloudWatch takes ten decimals */
    assert_non_null(expr_stat_find(STR("tm0"), &n));
    assert_non_null(expr_stat_find(STR("p100"), &n));
    assert_null(expr_stat_find(STR("p100.1"), &n));
    assert_null(expr_stat_find(STR("p"), &n));
    assert_null(expr_stat_find(STR("p99x"), &n));
    assert_null(expr_stat_find(STR("p-1"), &n));
    assert_null(expr_stat_find(STR("p99999999999999999999"), &n));
    assert_null(expr_stat_find(STR(""), &n));
    assert_null(expr_stat_find(STR("Average"), &n));
    assert_text(expr_stat_cloudwatch(a, STR("avg")), "Average");
    assert_text(expr_stat_cloudwatch(a, STR("p99.9")), "p99.9");
    assert_text(expr_stat_cloudwatch(a, STR("tm099.50")), "tm99.5");
    assert_text(expr_stat_cloudwatch(a, STR("p100.0")), "p100");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_is_read),
        cmocka_unit_test(quantities),
        cmocka_unit_test(where_a_quantity_ends),
        cmocka_unit_test(what_is_no_quantity),
        UNIT_TEST(how_quantities_are_written),
        cmocka_unit_test(dimensions),
        UNIT_TEST(statistics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
