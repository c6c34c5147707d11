/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/glob.h"

static void patterns_mean_all_of_a_name(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *s;
        bool fits;
    } cases[] = {
        {"shop", "shop", true},
        {"shop", "shops", false},
        {"shops", "shop", false},
        {"*", "", true},
        {"*", "anything", true},
        {"shop-*", "shop-", true},
        {"shop-*", "shop", false},
        {"*-warning", "a-b-warning", true},
        {"*-warning", "warning", false},
        {"a*b*c", "abc", true},
        {"a*b*c", "a-b-b-c", true},
        {"a*b*c", "acb", false},
        {"a**c", "abc", true},
        {"?hop", "shop", true},
        {"?hop", "hop", false},
        {"shop?", "shop", false},
        {"", "", true},
        {"", "a", false},
        {"[a]", "a", false},
        {"[a]", "[a]", true},
        {"a*", "b", false},
        {"*a", "aaaaaaaaaaab", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (glob_fits(str_c(cases[i].pattern), str_c(cases[i].s)) != cases[i].fits)
            fail_msg("`%s` of `%s`", cases[i].pattern, cases[i].s);
    }
}

/* With a try for each star, 40 of them would never end. */
static void many_stars_end(void **state) {
    (void)state;
    char pattern[81], s[2001];
    for (int i = 0; i < 40; i++) {
        pattern[2 * i] = '*';
        pattern[2 * i + 1] = 'a';
    }
    pattern[80] = 0;
    memset(s, 'a', 2000);
    s[2000] = 0;
    assert_true(glob_fits(str_c(pattern), str_c(s)));
    s[1999] = 'b';
    assert_false(glob_fits(str_c(pattern), str_c(s)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_mean_all_of_a_name),
        cmocka_unit_test(many_stars_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
