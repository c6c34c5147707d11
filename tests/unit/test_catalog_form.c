/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "catalog/form.h"

#include <regex.h>
#include <stdio.h>

static void honest_forms_pass(void **state) {
    (void)state;
    static const char *const forms[] = {
        "",
        "i-([0-9a-f]{8}|[0-9a-f]{17})",
        "[]a]{1,63}",
        "[^]{9999}]*",
        "[[:alnum:]{9999}]+",
        "\\{9999\\}",
        "([a-z]{1,63}\\.){1,10}",
        "arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/app/.{1,64}",
    };
    for (unsigned i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!form_is_small(str_c(forms[i])))
            fail_msg("%s was refused", forms[i]);
    }
}

static void bombs_do_not(void **state) {
    (void)state;
    static const char *const forms[] = {
        "((a{1,255}){1,255}){1,255}",
        "((((a{9}){9}){9}){9}){9}",
        "a{99}{99}{99}",
        "(a{4000}b{4000})",
        "a{99999999999999999999999}",
        "(a*)\\1",
        "[^a]]{5000}",
        "([[:alpha:]]{255}){255}",
    };
    for (unsigned i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (form_is_small(str_c(forms[i])))
            fail_msg("%s was taken", forms[i]);
    }
    assert_false(form_is_small(STR("a\0b")));
}

static void any_text_ends(void **state) {
    (void)state;
    static const char alphabet[] = "(){}[]^:.=\\,19a*|";
    char text[FORM_BYTES_MAX + 1];
    uint64_t seed = 7;
    for (int i = 0; i < 20000; i++) {
        uint32_t n = (uint32_t)(i % FORM_BYTES_MAX);
        for (uint32_t k = 0; k < n; k++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            text[k] = alphabet[(seed >> 33) % (sizeof alphabet - 1)];
        }
        text[n] = 0;
        regex_t re;
        if (form_is_small(str_c(text)) && regcomp(&re, text, REG_EXTENDED | REG_NOSUB) == 0)
            regfree(&re);
    }
    memset(text, '(', FORM_BYTES_MAX);
    assert_true(form_is_small((str){(unsigned char *)text, FORM_BYTES_MAX}));
    assert_false(form_is_small((str){(unsigned char *)alphabet, FORM_BYTES_MAX + 1}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_forms_pass),
        cmocka_unit_test(bombs_do_not),
        cmocka_unit_test(any_text_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
