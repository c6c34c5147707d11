/* SPDX-License-Identifier: MIT */
/* Signatures that botocore's signer gives for the same requests; the suite has more of them. */
#include "unit.h"

#include "aws/sigv4.h"

#include <string.h>

#define WHEN 1440938160 /* 2015-08-30T12:36:00Z */

static const struct aws_keys keys = {
    STR_INIT("AKIDEXAMPLE"), STR_INIT("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {NULL, 0}};

static const struct row {
    const char *method, *path, *query, *body, *service, *region;
    bool raw_path;
    const char *session, *signature;
} rows[] = {
    {"POST", "/", "", "{\"a\":1}", "monitoring", "us-east-1", false, "",
     "c84ab34b08bd0647e4b98de926b8bf4bd9514279b8930768ef3f32120cce4871"},
    {"GET", "/", "", "", "iam", "us-east-1", false, "",
     "f838dc07ab1cf7cc6816f9efe4d7d6d7210e1da6406767c165dae5ead5810b93"},
    {"GET", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af/policy",
     "Qualifier=2&Marker=%2B%2F%3D", "", "lambda", "eu-west-1", false,
     "TOKEN/+=", "d5773252a1590782379eddd497a42a51a0b17010f00a0ae0dae4b4a564335c32"},
    {"GET", "/a//b/../c/./", "b=2&a=1&a=0&policy", "", "scheduler", "eu-west-1", false, "",
     "744434ae9f9b300fa42441b10c078bfa6b5fbbd601dcb44b926d58b480879d5a"},
    {"GET", "/my%20key/%C3%A9//x/../y", "policy", "", "s3", "eu-central-1", true, "",
     "66e58ff28621351d0b40a1cd75e70176f7333aa44f9c41e63dee87aa9ae3219b"},
    {"PUT", "/k", "x-id=Put%20Object&list-type=2", "<a/>", "s3", "eu-central-1", true, "TOKEN",
     "702bb0a03f90d221855969fd8c30eb101619699c70a9b01bbb784c3f525f9677"},
};

static struct crypto_library load(void) {
    struct crypto_library c;
    assert_true(crypto_library_load(&c));
    return c;
}

static bool sign_row(struct arena *a, const struct row *r, struct sigv4_cache *cache,
                     struct sigv4_signed *ret) {
    struct crypto_library c = load();
    struct http_header headers[] = {{STR("Host"), STR("example.amazonaws.com")},
                                    {STR("X-Twice"), STR(" b \t c ")},
                                    {STR("User-Agent"), STR("opsc")},
                                    {STR("x-twice"), STR("a")}};
    struct aws_keys k = keys;
    k.session = str_c(r->session);
    struct sigv4_scope scope = {.service = str_c(r->service),
                                .region = str_c(r->region),
                                .time_s = WHEN,
                                .raw_path = r->raw_path,
                                .body_header = r->raw_path};
    struct sigv4_request request = {str_c(r->method), str_c(r->path), str_c(r->query), headers, 4,
                                    str_c(r->body)};
    return sigv4_sign(a, &c, cache, &k, &scope, &request, ret);
}

static void signatures(void **state) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sigv4_signed s;
        assert_true(sign_row(*state, &rows[i], NULL, &s));
        assert_text(s.signature, rows[i].signature);
    }
}

/* More scopes than the cache has room for, each twice: the second time from the cache or not. */
static void a_cache_changes_nothing(void **state) {
    struct arena *a = *state;
    struct sigv4_cache cache = {.next = 0};
    struct row r = rows[0];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 40; i++) {
            struct sigv4_signed with, without;
            r.region = (const char *)arena_printf(a, "region-%d", i % (round == 0 ? 3 : 40)).p;
            assert_true(sign_row(a, &r, &cache, &with));
            assert_true(sign_row(a, &r, NULL, &without));
            assert_true(str_eq(with.signature, without.signature));
        }
    }
    sigv4_forget(&cache);
    static const struct sigv4_cache none;
    assert_memory_equal(&cache, &none, sizeof cache);
}

static void what_cannot_be_signed(void **state) {
    struct sigv4_signed s;
    struct row r = rows[0];
    r.region = "";
    assert_false(sign_row(*state, &r, NULL, &s));
    r.region = "eu-west-1\nX: y";
    assert_false(sign_row(*state, &r, NULL, &s));
    r.region = "eu-west-1/x";
    assert_false(sign_row(*state, &r, NULL, &s));
    r.region = "eu-west-1";
    r.service = "";
    assert_false(sign_row(*state, &r, NULL, &s));
}

static void times(void **state) {
    static const struct {
        int64_t s;
        const char *text;
    } times_of[] = {{0, "19700101T000000Z"},          {951782399, "20000228T235959Z"},
                    {951782400, "20000229T000000Z"},  {951868800, "20000301T000000Z"},
                    {1440938160, "20150830T123600Z"}, {4107542399, "21000228T235959Z"},
                    {4107542400, "21000301T000000Z"}, {253402300799, "99991231T235959Z"}};
    (void)state;
    char out[SIGV4_TIME_MAX];
    for (size_t i = 0; i < sizeof times_of / sizeof *times_of; i++) {
        assert_true(sigv4_time(times_of[i].s, out));
        assert_string_equal(out, times_of[i].text);
    }
    assert_false(sigv4_time(-1, out));
    assert_false(sigv4_time(253402300800, out));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(signatures),
        UNIT_TEST(a_cache_changes_nothing),
        UNIT_TEST(what_cannot_be_signed),
        UNIT_TEST(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
