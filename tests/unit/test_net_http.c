/* SPDX-License-Identifier: MIT */
/* What is decided before a byte is sent; the rest is tests/suite_prices.py's. */
#include "net/http.h"

#include "unit.h"

static void test_loopback(void **state) {
    static const char *const local[] = {"http://127.0.0.1",   "http://127.0.0.1:80/x",
                                        "https://localhost/", "http://LOCALHOST:8080?x",
                                        "http://[::1]/x",     "https://[::1]:443#x",
                                        "http://127.0.0.1/@x"};
    static const char *const other[] = {"",
                                        "http://",
                                        "127.0.0.1",
                                        "ftp://127.0.0.1",
                                        "http://127.0.0.1@example.com",
                                        "http://127.0.0.1:80@example.com/",
                                        "http://user:127.0.0.1@localhost.example.com",
                                        "http://127.0.0.1.example.com",
                                        "http://localhost.example.com",
                                        "http://127.0.0.2",
                                        "http://[::1",
                                        "http://[::2]/",
                                        "http://example.com/127.0.0.1",
                                        "http://example.com\\127.0.0.1"};
    (void)state;
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        assert_true(http_is_loopback(str_c(local[i])));
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_false(http_is_loopback(str_c(other[i])));
}

static void test_not_spoken(void **state) {
    static const char *const urls[] = {"",
                                       "example.com",
                                       "http://example.com/",
                                       "file:///etc/passwd",
                                       "ftp://127.0.0.1/",
                                       "HTTPS://example.com",
                                       "https://example.com/a b",
                                       "https://example.com/\n",
                                       "https://example.com/\xC3\xA9"};
    const struct http_options options = {.connect_s = 1, .silence_s = 1, .tries = 1};
    struct http_error e;
    struct http *h = http_open(*state, &options, &e);
    if (h == NULL)
        skip();
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        const struct http_request r = {.url = str_c(urls[i])};
        assert_false(http_send(h, &r, &e));
        assert_int_equal(e.status, HTTP_BAD_URL);
        assert_int_equal(e.tries, 0);
    }
}

/* Port 1 of this machine: nobody listens there. */
static void test_unreachable(void **state) {
    const struct http_options options = {.connect_s = 5, .silence_s = 5, .tries = 3};
    const struct http_request r = {.url = STR("http://127.0.0.1:1/"),
                                   .headers = &(struct http_header){STR("X-Test"), STR("1")},
                                   .nheaders = 1};
    struct http_error e;
    struct http *h = http_open(*state, &options, &e);
    if (h == NULL)
        skip();
    assert_false(http_send(h, &r, &e));
    assert_int_equal(e.status, HTTP_UNREACHABLE);
    assert_int_equal(e.tries, 3);
    assert_true(e.detail[0] != 0);
}

static void test_origin(void **state) {
    static const char *const rows[][2] = {
        {"https://host/path", "https://host"},
        {"http://user:pass@word@host:80?query=1", "http://host:80"},
        {"https://a@[::1]:4566", "https://[::1]:4566"},
        {"https://host#@x", "https://host"},
        {"user:secret@host", "host"},
        {"user:secret@host://x", "host:"},
        {"https://", "https://"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(str_is(http_origin(*state, str_c(rows[i][0])), rows[i][1]));
}

static void test_texts(void **state) {
    (void)state;
    for (int s = HTTP_OK; s <= HTTP_STOPPED; s++)
        assert_true(strlen(http_status_text((enum http_status)s)) > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(test_loopback), UNIT_TEST(test_not_spoken), UNIT_TEST(test_unreachable),
        UNIT_TEST(test_origin),   UNIT_TEST(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
