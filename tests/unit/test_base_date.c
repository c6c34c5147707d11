/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/date.h"

#define DAY_MS (INT64_C(86400) * 1000)

static void days_that_there_are(void **state) {
    static const char *const there[] = {"2026-01-01", "2024-02-29", "2000-02-29", "9999-12-31"};
    (void)state;
    for (unsigned i = 0; i < sizeof there / sizeof *there; i++) {
        struct date d;
        struct buf b = BUF_INIT(32);
        assert_true(date_read(str_c(there[i]), &d));
        date_put(&b, d);
        assert_true(str_is(buf_str(&b), there[i]));
        buf_done(&b);
    }
}

static void days_that_there_are_not(void **state) {
    static const char *const not [] = {"2026-02-29", "1900-02-29",  "2026-13-01", "2026-00-01",
                                       "2026-04-31", "2026-01-00",  "0000-01-01", "2026-1-01",
                                       "2026-01-1",  "2026-01-011", "2026/01/01", "",
                                       "yyyy-mm-dd", "-026-01-01"};
    (void)state;
    for (unsigned i = 0; i < sizeof not / sizeof *not ; i++) {
        struct date d = {1, 2, 3};
        assert_false(date_read(str_c(not [i]), &d));
        assert_int_equal(d.year, 1);
    }
}

static void days_have_an_order(void **state) {
    const struct date d = {2026, 6, 15};
    (void)state;
    assert_int_equal(date_cmp(d, d), 0);
    assert_true(date_cmp(d, (struct date){2027, 1, 1}) < 0);
    assert_true(date_cmp(d, (struct date){2026, 5, 30}) > 0);
    assert_true(date_cmp(d, (struct date){2026, 6, 16}) < 0);
}

/* Every day of eight centuries, one after the other. */
static void moments_are_days(void **state) {
    struct date d = {1970, 1, 1};
    (void)state;
    for (int64_t day = 0; day < 292194; day++) {
        assert_int_equal(date_cmp(date_of_ms(day * DAY_MS), d), 0);
        d.day++;
        if (d.day > date_days_in(d.year, d.month)) {
            d.day = 1;
            d.month++;
        }
        if (d.month > 12) {
            d.month = 1;
            d.year++;
        }
    }
    assert_int_equal(d.year, 2770);
    assert_int_equal(date_cmp(date_of_ms(DAY_MS - 1), (struct date){1970, 1, 1}), 0);
    assert_int_equal(date_cmp(date_of_ms(-1), (struct date){1970, 1, 1}), 0);
    assert_int_equal(date_cmp(date_of_ms(INT64_MAX), (struct date){9999, 12, 31}), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_that_there_are),
        cmocka_unit_test(days_that_there_are_not),
        cmocka_unit_test(days_have_an_order),
        cmocka_unit_test(moments_are_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
