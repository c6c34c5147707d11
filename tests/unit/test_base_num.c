/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/num.h"

#define BIG INT64_C(9223372036854775807)

static str format(struct num v) {
    static _Thread_local char text[NUM_TEXT_MAX];
    uint32_t n = num_format(v, text);
    assert_true(n <= NUM_TEXT_MAX);
    return (str){(unsigned char *)text, n};
}

static struct num scan(const char *z) {
    struct num v;
    assert_int_equal(num_scan(str_c(z), &v), strlen(z));
    return v;
}

static void assert_num(struct num v, int64_t n, int64_t d) {
    assert_int_equal(v.n, n);
    assert_int_equal(v.d, d);
}

static void ratios_are_in_lowest_terms(void **state) {
    (void)state;
    assert_num(num_ratio(6, 4), 3, 2);
    assert_num(num_ratio(-6, 4), -3, 2);
    assert_num(num_ratio(6, -4), -3, 2);
    assert_num(num_ratio(-6, -4), 3, 2);
    assert_num(num_ratio(0, -7), 0, 1);
    assert_num(num_ratio(BIG, BIG), 1, 1);
    assert_num(num_ratio(-BIG, BIG), -1, 1);
}

static void arithmetic_is_exact(void **state) {
    (void)state;
    assert_num(num_add(num_ratio(1, 10), num_ratio(2, 10)), 3, 10);
    assert_num(num_sub(num_ratio(1, 3), num_ratio(1, 3)), 0, 1);
    assert_num(num_mul(num_ratio(80, 100), num_int(81)), 324, 5);
    assert_num(num_div(num_int(1), num_ratio(-1, 3)), -3, 1);
    assert_num(num_neg(num_ratio(1, 3)), -1, 3);
    /* Factors that cancel do not overflow. */
    assert_num(num_mul(num_ratio(BIG, 2), num_ratio(2, BIG)), 1, 1);
    assert_num(num_add(num_ratio(1, BIG), num_ratio(1, BIG)), 2, BIG);
}

static void what_does_not_fit_is_not_a_number(void **state) {
    (void)state;
    struct num big = num_int(BIG), small = num_int(INT64_MIN);
    assert_false(num_ok(NUM_NAN));
    assert_false(num_ok(num_ratio(1, 0)));
    assert_false(num_ok(num_ratio(INT64_MIN, 2)));
    assert_false(num_ok(num_ratio(2, INT64_MIN)));
    assert_false(num_ok(num_add(big, num_int(1))));
    assert_false(num_ok(num_sub(num_int(-BIG), num_int(2))));
    assert_false(num_ok(num_mul(big, num_int(2))));
    assert_false(num_ok(num_mul(num_ratio(1, BIG), num_ratio(1, 2))));
    assert_false(num_ok(num_div(big, num_ratio(1, 2))));
    assert_false(num_ok(num_div(num_int(1), num_int(0))));
    assert_false(num_ok(num_neg(small)));
    assert_false(num_ok(num_div(num_int(1), small)));
    assert_false(num_ok(num_add(NUM_NAN, num_int(1))));
    assert_false(num_ok(num_mul(num_int(0), NUM_NAN)));
    assert_false(num_ok(num_div(NUM_NAN, num_int(1))));
    assert_false(num_ok(num_neg(NUM_NAN)));
    assert_false(num_is_int(NUM_NAN));
    assert_int_equal(num_floor(NUM_NAN), 0);
    assert_text(format(NUM_NAN), "nan");
    assert_text(format(small), "-9223372036854775808");
}

static void order(void **state) {
    (void)state;
    /* From the smallest to the largest; products of neighbours overflow 64 bits. */
    const struct num v[] = {
        {-BIG, 1},
        {-BIG, 2},
        {-BIG, INT64_C(3) << 60},
        {-2, 1},
        {-1, 1},
        {-1, 2},
        {-1, BIG},
        {0, 1},
        {1, BIG},
        {1, BIG - 1},
        {BIG - 2, BIG - 1},
        {BIG - 1, BIG},
        {1, 1},
        {BIG, BIG - 1},
        {BIG - 1, BIG - 2},
        {BIG, 2},
        {BIG, 1},
    };
    const int n = sizeof v / sizeof *v;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++)
            assert_int_equal(num_cmp(v[i], v[k]), i < k ? -1 : i > k);
    }
}

static void floor_goes_down(void **state) {
    (void)state;
    assert_int_equal(num_floor(num_ratio(7, 2)), 3);
    assert_int_equal(num_floor(num_ratio(-7, 2)), -4);
    assert_int_equal(num_floor(num_int(-7)), -7);
    assert_int_equal(num_floor(num_ratio(-1, BIG)), -1);
    assert_int_equal(num_floor(num_int(BIG)), BIG);
}

static void numbers_are_scanned(void **state) {
    (void)state;
    struct num v;
    assert_num(scan("0"), 0, 1);
    assert_num(scan("007"), 7, 1);
    assert_num(scan("0.5"), 1, 2);
    assert_num(scan("12.340"), 617, 50);
    assert_num(scan("9223372036854775807"), BIG, 1);
    assert_num(scan("0.000000000000000001"), 1, INT64_C(1000000000000000000));
    assert_num(scan("1.0000000000000000000000000"), 1, 1);
    /* What is read ends where the number ends. */
    assert_int_equal(num_scan(STR("12abc"), &v), 2);
    assert_int_equal(num_scan(STR("1_000"), &v), 1);
    assert_int_equal(num_scan(STR("1.2.3"), &v), 3);
    assert_int_equal(num_scan(STR("1."), &v), 1);
    assert_int_equal(num_scan(STR("1.x"), &v), 1);
    assert_int_equal(num_scan(str_sub(STR("1.5"), 0, 2), &v), 1);
    assert_int_equal(num_scan(str_sub(STR("15"), 0, 1), &v), 1);
    assert_num(v, 1, 1);
    assert_int_equal(num_scan(STR("1e5"), &v), 1);
    assert_int_equal(num_scan(STR("1,5"), &v), 1);
    assert_int_equal(num_scan(STR(".5"), &v), 0);
    assert_int_equal(num_scan(STR("-5"), &v), 0);
    assert_int_equal(num_scan(STR("+5"), &v), 0);
    assert_int_equal(num_scan(STR(" 5"), &v), 0);
    assert_int_equal(num_scan(STR(""), &v), 0);
    assert_int_equal(num_scan(STR("\xD9\xA1"), &v), 0); /* an Arabic digit */
    /* All of it, or none. */
    assert_num(num_of(STR("1.50")), 3, 2);
    assert_false(num_ok(num_of(STR("12abc"))));
    assert_false(num_ok(num_of(STR("9223372036854775808"))));
    assert_false(num_ok(num_of(STR(""))));
}

static void numbers_that_do_not_fit_are_covered(void **state) {
    (void)state;
    assert_false(num_ok(scan("9223372036854775808")));
    assert_false(num_ok(scan("99999999999999999999999999999999999999999999999999")));
    assert_false(num_ok(scan("0.0000000000000000001")));
    assert_false(num_ok(scan("12345678901234567890.5")));
}

static void numbers_are_written(void **state) {
    (void)state;
    assert_text(format(num_int(0)), "0");
    assert_text(format(num_int(BIG)), "9223372036854775807");
    assert_text(format(num_ratio(324, 5)), "64.8");
    assert_text(format(num_ratio(-324, 5)), "-64.8");
    assert_text(format(num_ratio(1, 1024)), "0.0009765625");
    assert_text(format(num_ratio(-1, 1000)), "-0.001");
    assert_text(format(num_ratio(1, INT64_C(1000000000000000000))), "0.000000000000000001");
    assert_text(format(num_ratio(BIG, INT64_C(1000000000000000000))), "9.223372036854775807");
}

static void endless_numbers_are_rounded(void **state) {
    (void)state;
    assert_text(format(num_ratio(1, 3)), "0.3333333333");
    assert_text(format(num_ratio(2, 3)), "0.6666666667");
    assert_text(format(num_ratio(-2, 3)), "-0.6666666667");
    /* Rounding carries into the whole part, and zeros at the end go. */
    assert_text(format(num_ratio(INT64_C(29999999999999), INT64_C(30000000000000))), "1");
    assert_text(format(num_ratio(INT64_C(-299999999999999), INT64_C(3000000000000))), "-100");
    /* What rounds to nothing has no sign. */
    assert_text(format(num_ratio(-1, INT64_C(3000000000000000))), "0");
    assert_text(format(num_ratio(1, BIG)), "0");
}

static void decimals(void **state) {
    (void)state;
    assert_true(num_is_decimal(num_ratio(1, 1024)));
    assert_true(num_is_decimal(num_int(0)));
    assert_true(num_is_decimal(num_ratio(1, INT64_C(1) << 18)));
    assert_false(num_is_decimal(num_ratio(1, INT64_C(1) << 19)));
    assert_false(num_is_decimal(num_ratio(1, 3)));
    assert_false(num_is_decimal(num_ratio(1, 60)));
    assert_false(num_is_decimal(NUM_NAN));
}

/* What num_format() writes num_scan() reads. */
static void text_and_number_are_one(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int64_t places = 1;
        for (unsigned k = (unsigned)(seed >> 59) % 19; k > 0; k--)
            places *= 10;
        struct num v = num_ratio((int64_t)(seed >> 1) >> (seed & 63), places), back;
        str text = format(v);
        assert_int_equal(num_scan(text, &back), text.n);
        assert_num(back, v.n, v.d);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratios_are_in_lowest_terms),
        cmocka_unit_test(arithmetic_is_exact),
        cmocka_unit_test(what_does_not_fit_is_not_a_number),
        cmocka_unit_test(order),
        cmocka_unit_test(floor_goes_down),
        cmocka_unit_test(numbers_are_scanned),
        cmocka_unit_test(numbers_that_do_not_fit_are_covered),
        cmocka_unit_test(numbers_are_written),
        cmocka_unit_test(endless_numbers_are_rounded),
        cmocka_unit_test(decimals),
        cmocka_unit_test(text_and_number_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
