/* SPDX-License-Identifier: MIT */
/* Any bytes as what AWS answers, and as ~/.aws/config: the first line says as what. */
#include "fuzz.h"

#include "aws/aws_request.h"
#include "aws/xml.h"

#define CEILING_BYTES (64u << 20)
#define KEY_BYTES 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(str s, const char *promise) {
    if (utf8_check(s) != s.n)
        fuzz_fail(promise, s);
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] < ' ' || s.p[i] == 0x7F)
            fuzz_fail(promise, s);
    }
}

static void read_error(struct arena *a, const struct aws_service *s, str body) {
    str first = str_split(&body, '\n');
    struct http_header headers[] = {{STR("x-amzn-errortype"), first},
                                    {STR("x-amzn-query-error"), str_sub(first, 1, first.n)},
                                    {STR("location"), first},
                                    {STR("server"), first}};
    struct aws_error e;
    uint32_t n = first.n % 5;
    unsigned status = 200 + (first.n * 7 + n) % 400;
    aws_error_read(a, s, STR("DescribeAlarms"), status, headers, n, body, &e);
    check_text(e.code, "a code is a line");
    check_text(e.message, "a message is a line");
    check_text(e.request_id, "a request's id is a line");
    check_text(aws_error_advice(a, &e), "advice is a line");
    if (e.kind == AWS_OK)
        fuzz_fail("an error is one", e.message);
    if (aws_error_retry(s, &e) != AWS_RETRY_NEVER && e.kind == AWS_QUOTA)
        fuzz_fail("a full quota is not tried again", e.code);
}

/* Nothing of a user, a password, a path or a query. */
static void read_url(struct arena *a, str url) {
    str origin = http_origin(a, url);
    for (uint32_t i = 0; i < origin.n; i++) {
        if (strchr("@?#\\", origin.p[i]) != NULL && origin.p[i] != 0)
            fuzz_fail("an origin has no more than a host", url);
    }
}

static void read_bucket(struct arena *a, str body) {
    struct http_header header = {STR("x-amz-bucket-region"), str_split(&body, '\n')};
    str region = aws_error_bucket_region(a, 301, &header, header.value.n > 0, body);
    for (uint32_t i = 0; i < region.n; i++) {
        if (strchr("./@:", region.p[i]) != NULL)
            fuzz_fail("a region is no host", region);
    }
}

static uint32_t count(const struct xml_node *n, unsigned depth) {
    uint32_t ret = 0;
    if (depth > XML_DEPTH_MAX)
        fuzz_fail("a tree is not deeper than it may be", STR(""));
    for (; n != NULL; n = n->next) {
        if (n->first != NULL && n->text.n > 0)
            fuzz_fail("only leaves have text", n->text);
        ret += 1 + count(n->first, depth + 1);
    }
    return ret;
}

static void read_xml(struct arena *a, str text) {
    const char *why = NULL;
    const struct xml_node *root = xml_parse(a, text, &why);
    if ((root == NULL) != (why != NULL))
        fuzz_fail("there is a tree, or a reason", text);
    if (root != NULL && count(root, 1) > text.n)
        fuzz_fail("an element takes bytes", text);
}

static void read_ini(struct arena *a, str text) {
    struct ini f;
    struct ini_words w;
    uint32_t line = 0;
    const char *why = NULL;
    ini_split_words(a, str_sub(text, 0, KEY_BYTES), &w);
    if (!ini_parse(a, text, &f, &line, &why)) {
        if (why == NULL)
            fuzz_fail("a file that is refused has a reason", text);
        return;
    }
    for (uint32_t i = 0; i < f.sections.n; i++) {
        const struct ini_section *s = f.sections.at[i];
        if (ini_find(&f, s->name) != s)
            fuzz_fail("a section is found by its name", s->name);
        ini_find_kind(a, &f, STR("profile"), s->name);
        for (uint32_t k = 0; k < s->entries.n; k++)
            ini_nested(s, s->entries.at[k].key, "endpoint_url");
    }
}

static void read_times(str text) {
    int64_t s = 0;
    char out[SIGV4_TIME_MAX];
    if ((aws_request_timestamp(text, &s) || aws_request_date(text, &s)) && s >= 0 &&
        !sigv4_time(s, out))
        fuzz_fail("a time can be told", text);
}

static void read_any(struct arena *a, str input) {
    str what = str_split(&input, '\n');
    if (str_is(what, "xml"))
        read_xml(a, input);
    else if (str_is(what, "ini"))
        read_ini(a, input);
    else if (str_is(what, "time"))
        read_times(input);
    else if (str_is(what, "url"))
        read_url(a, input);
    else if (str_is(what, "bucket"))
        read_bucket(a, input);
    else if (aws_service_find(what) != NULL)
        read_error(a, aws_service_find(what), input);
    else
        read_error(a, aws_service_find(what.n % 2 == 0 ? STR("sns") : STR("logs")), input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_run(read_any, CEILING_BYTES, data, size);
}
