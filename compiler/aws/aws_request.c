/* SPDX-License-Identifier: MIT */
#include "aws/aws_request.h"

#include "aws/endpoint.h"
#include "base/buf.h"

#define BODY_BYTES_MAX ((size_t)64 << 20)

/* ---- where */

static bool set_url(struct aws_request *r, str url) {
    uint32_t at = str_starts(url, STR("https://")) ? 8 : str_starts(url, STR("http://")) ? 7 : 0;
    str rest = str_sub(url, at, url.n);
    uint32_t end = 0;
    while (end < rest.n && rest.p[end] != '/')
        end++;
    r->host = str_sub(rest, 0, end);
    r->origin = str_sub(url, 0, at + end);
    r->path = str_sub(rest, end, rest.n);
    while (r->path.n > 0 && r->path.p[r->path.n - 1] == '/')
        r->path.n--;
    r->plain = at == 7;
    bool ok = at > 0 && r->host.n > 0;
    for (uint32_t i = 0; i < url.n; i++)
        ok &= url.p[i] > ' ' && url.p[i] < 0x7F && strchr("@?#\\", url.p[i]) == NULL;
    return ok;
}

/* Such a name can be part of a host, and of a certificate for one. */
static bool is_host_label(str bucket) {
    for (uint32_t i = 0; i < bucket.n; i++) {
        unsigned char c = bucket.p[i];
        if (!(ascii_is_lower(c) || ascii_is_digit(c) || (c == '-' && i > 0 && i + 1 < bucket.n)))
            return false;
    }
    return bucket.n >= 3 && bucket.n <= 63;
}

static bool find_host(struct arena *a, const struct aws_settings *s, const struct aws_call *call,
                      struct aws_request *r, struct aws_error *e) {
    struct aws_endpoint endpoint = {0};
    str given = aws_settings_endpoint(a, s, call->service);
    bool found = aws_endpoint_find(a, call->service, r->region, s->fips, s->dualstack, &endpoint);
    r->signing_region = found ? endpoint.signing_region : r->region;
    *e = (struct aws_error){.kind = AWS_NO_REGION, .message = STR("no region is given")};
    if (!aws_region_is_name(r->region))
        return false;
    if (given.n > 0) {
        e->kind = AWS_INVALID;
        e->message = arena_printf(a,
                                  "the endpoint URL that is configured for %s is not one: "
                                  "https://host or http://host, with a port and path or not",
                                  call->service->name);
        return set_url(r, given);
    }
    e->message = arena_printf(a, "%s has no host of this kind in %.*s", call->service->name,
                              STR_ARG(r->region));
    if (!found)
        return false;
    bool in_host = is_host_label(call->bucket);
    r->host = in_host ? arena_cat3(a, call->bucket, STR("."), endpoint.host) : endpoint.host;
    r->origin = arena_cat(a, STR("https://"), r->host);
    return true;
}

static str whole_path(struct arena *a, const struct aws_settings *s, const struct aws_call *call,
                      str before) {
    struct buf b = BUF_INIT(BODY_BYTES_MAX);
    bool elsewhere = aws_settings_endpoint(a, s, call->service).n > 0;
    buf_put(&b, before);
    bool in_path = call->bucket.n > 0 && (elsewhere || !is_host_label(call->bucket));
    if (in_path) {
        buf_byte(&b, '/');
        sigv4_encode(&b, call->bucket, false);
    }
    /* The bucket itself is "/bucket". */
    if (call->path.n > 1 || !in_path)
        buf_put(&b, call->path.n > 0 ? call->path : STR("/"));
    return buf_keep(&b, a);
}

/* ---- what */

static const char *content_type(enum aws_protocol p, bool has_body) {
    switch (p) {
    case AWS_JSON_1_0:
        return "application/x-amz-json-1.0";
    case AWS_JSON_1_1:
        return "application/x-amz-json-1.1";
    case AWS_REST_JSON:
        return has_body ? "application/json" : NULL;
    case AWS_REST_XML:
        return has_body ? "application/xml" : NULL;
    case AWS_QUERY:
    case AWS_EC2:
        break;
    }
    return "application/x-www-form-urlencoded; charset=utf-8";
}

static void add(struct arena *a, struct aws_request *r, const char *name, str value) {
    VEC_PUSH(a, &r->headers, (struct http_header){str_c(name), value});
}

static void put_protocol(struct arena *a, const struct aws_call *call, struct aws_request *r) {
    const struct aws_service *s = call->service;
    const char *type = content_type(s->protocol, call->body.n > 0);
    add(a, r, "Host", r->host);
    if (type != NULL && aws_header(call->headers, call->nheaders, "content-type").n == 0)
        add(a, r, "Content-Type", str_c(type));
    if (s->target != NULL)
        add(a, r, "X-Amz-Target", arena_printf(a, "%s.%.*s", s->target, STR_ARG(call->operation)));
    if (s->query_errors)
        add(a, r, "x-amzn-query-mode", STR("true"));
    for (uint32_t i = 0; i < call->nheaders; i++)
        VEC_PUSH(a, &r->headers, call->headers[i]);
    r->body = call->body;
    if (s->version == NULL)
        return;
    str action = arena_printf(a, "Action=%.*s&Version=%s", STR_ARG(call->operation), s->version);
    r->body = call->body.n > 0 ? arena_cat3(a, action, STR("&"), call->body) : action;
}

bool aws_request_make(struct arena *a, const struct aws_settings *s, const struct aws_call *call,
                      struct aws_request *ret, struct aws_error *ret_error) {
    struct aws_request r = {.method = call->method.n > 0 ? call->method : STR("POST"),
                            .query = call->query,
                            .region = call->region.n > 0 ? call->region : s->region};
    /* Where nothing says which, the region of what belongs to none will do: STS answers there. */
    if (r.region.n == 0 && strcmp(call->service->name, "sts") == 0)
        r.region = STR("us-east-1");
    if (!find_host(a, s, call, &r, ret_error))
        return false;
    r.path = whole_path(a, s, call, r.path);
    put_protocol(a, call, &r);
    *ret_error = (struct aws_error){.kind = AWS_OK};
    *ret = r;
    return true;
}

bool aws_request_sign(struct arena *a, const struct crypto_library *c, struct sigv4_cache *cache,
                      const struct aws_keys *keys, const struct aws_service *service,
                      const struct aws_request *r, int64_t time_s, const struct http_header **ret,
                      uint32_t *ret_n) {
    struct sigv4_signed s = {.nheaders = 0};
    bool s3 = strcmp(service->name, "s3") == 0;
    struct sigv4_scope scope = {.service = str_c(service->signing),
                                .region = r->signing_region,
                                .time_s = time_s,
                                .raw_path = s3,
                                .body_header = s3};
    struct sigv4_request request = {r->method,     r->path,      r->query,
                                    r->headers.at, r->headers.n, r->body};
    if (keys != NULL && !sigv4_sign(a, c, cache, keys, &scope, &request, &s))
        return false;
    struct http_header *all = ARENA_ARRAY(a, struct http_header, r->headers.n + s.nheaders);
    memcpy(all, r->headers.at, r->headers.n * sizeof *all);
    for (uint32_t i = 0; i < s.nheaders; i++)
        all[r->headers.n + i] = s.headers[i];
    *ret = all;
    *ret_n = r->headers.n + s.nheaders;
    return true;
}

/* ---- times */

static int64_t days_since_1970(int64_t y, int m, int d) {
    y -= m <= 2;
    int64_t era = y / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* So many digits, or -1. */
static int digits(str s, uint32_t at, uint32_t n) {
    int v = 0;
    if (at + n > s.n)
        return -1;
    for (uint32_t i = at; i < at + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return -1;
        v = v * 10 + (s.p[i] - '0');
    }
    return v;
}

static bool put_together(int y, int mon, int d, int h, int min, int s, int64_t *ret_s) {
    if (y < 1970 || mon < 1 || mon > 12 || d < 1 || d > 31 || h < 0 || h > 23 || min < 0 ||
        min > 59 || s < 0 || s > 60)
        return false;
    *ret_s = days_since_1970(y, mon, d) * 86400 + h * 3600 + min * 60 + s;
    return true;
}

bool aws_request_date(str date, int64_t *ret_s) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int mon = 0;
    if (date.n != 29 || !str_ends(date, STR(" GMT")))
        return false;
    for (int i = 0; i < 12; i++) {
        if (memcmp(date.p + 8, months + 3 * i, 3) == 0)
            mon = i + 1;
    }
    return put_together(digits(date, 12, 4), mon, digits(date, 5, 2), digits(date, 17, 2),
                        digits(date, 20, 2), digits(date, 23, 2), ret_s);
}

bool aws_request_timestamp(str text, int64_t *ret_s) {
    int64_t offset = 0;
    uint32_t at = 19;
    if (text.n < 19 || text.p[4] != '-' || (text.p[10] != 'T' && text.p[10] != ' ') ||
        !put_together(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2),
                      digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2), ret_s))
        return false;
    if (at < text.n && text.p[at] == '.') {
        do
            at++;
        while (at < text.n && ascii_is_digit(text.p[at]));
    }
    str zone = str_sub(text, at, text.n);
    if (zone.n == 6 && (zone.p[0] == '+' || zone.p[0] == '-') && digits(zone, 1, 2) >= 0 &&
        digits(zone, 4, 2) >= 0) {
        offset = digits(zone, 1, 2) * 3600 + digits(zone, 4, 2) * 60;
        *ret_s -= zone.p[0] == '+' ? offset : -offset;
        return true;
    }
    /* "UTC" is what old versions of the command line wrote. */
    return zone.n == 0 || str_is(zone, "Z") || str_is(zone, "UTC");
}

str aws_request_time(struct arena *a, int64_t s) {
    char t[SIGV4_TIME_MAX] = "";
    sigv4_time(s, t);
    return arena_printf(a, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t, t + 4, t + 6, t + 9, t + 11,
                        t + 13);
}
