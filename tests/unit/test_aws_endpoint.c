/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "aws/endpoint.h"

/* chatbot answers in four regions, and only in the partition "aws". */
static void regions_asked(void **state) {
    static const struct {
        const char *service, *region, *asked;
    } cases[] = {
        {"chatbot", "eu-west-1", "eu-west-1"},    {"chatbot", "ap-southeast-1", "ap-southeast-1"},
        {"chatbot", "eu-central-1", "us-west-2"}, {"chatbot", "us-east-1", "us-west-2"},
        {"chatbot", "cn-north-1", "cn-north-1"},  {"chatbot", "us-gov-west-1", "us-gov-west-1"},
        {"sns", "eu-central-1", "eu-central-1"},
    };
    (void)state;
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct aws_service *s = aws_service_find(str_c(cases[i].service));
        assert_non_null(s);
        assert_text(aws_region_asked(s, str_c(cases[i].region)), cases[i].asked);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(regions_asked)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
