/* SPDX-License-Identifier: MIT */
#include "aws/sigv4.h"

#include "base/buf.h"
#include "base/wipe.h"

#include <stdio.h>
#include <stdlib.h>

#define CANONICAL_BYTES_MAX ((size_t)4 << 20)
#define ALGORITHM "AWS4-HMAC-SHA256"
#define DAY_S 86400
#define LAST_S INT64_C(253402300799) /* of the year 9999 */
#define DATE_N 8

/* Proxies and libcurl itself may change, add or drop these. */
static const char *const unsigned_headers[] = {"authorization",
                                               "connection",
                                               "expect",
                                               "keep-alive",
                                               "proxy-authenticate",
                                               "proxy-authorization",
                                               "te",
                                               "trailer",
                                               "transfer-encoding",
                                               "upgrade",
                                               "user-agent",
                                               "x-amzn-trace-id"};

/* ---- time */

/* Days since 1970 as a date: years of 400 have the same number of days. */
static void civil(int64_t days, int *ret_y, int *ret_m, int *ret_d) {
    int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *ret_d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *ret_m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *ret_y = (int)(yoe + era * 400 + (*ret_m <= 2));
}

bool sigv4_time(int64_t time_s, char out[SIGV4_TIME_MAX]) {
    int y = 0, m = 0, d = 0;
    if (time_s < 0 || time_s > LAST_S)
        return false;
    int s = (int)(time_s % DAY_S);
    civil(time_s / DAY_S, &y, &m, &d);
    char text[64];
    snprintf(text, sizeof text, "%04d%02d%02dT%02d%02d%02dZ", y, m, d, s / 3600, s / 60 % 60,
             s % 60);
    memcpy(out, text, SIGV4_TIME_MAX);
    return true;
}

/* ---- path and query */

static bool is_plain(unsigned char c) {
    return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static void encode_byte(struct buf *b, unsigned char c) {
    static const char digits[] = "0123456789ABCDEF";
    buf_byte(b, '%');
    buf_byte(b, (unsigned char)digits[c >> 4]);
    buf_byte(b, (unsigned char)digits[c & 15]);
}

void sigv4_encode(struct buf *b, str s, bool keep_slash) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (is_plain(s.p[i]) || (keep_slash && s.p[i] == '/'))
            buf_byte(b, s.p[i]);
        else
            encode_byte(b, s.p[i]);
    }
}

static int hex_digit(unsigned char c) {
    return ascii_is_digit(c)      ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* What is encoded already stays so; what is not, is. */
static str canonical_part(struct arena *a, str s) {
    struct buf b = BUF_INIT(CANONICAL_BYTES_MAX);
    for (uint32_t i = 0; i < s.n; i++) {
        int high = i + 2 < s.n && s.p[i] == '%' ? hex_digit(s.p[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(s.p[i + 2]) : -1;
        unsigned char c = low >= 0 ? (unsigned char)(high * 16 + low) : s.p[i];
        i += low >= 0 ? 2 : 0;
        sigv4_encode(&b, (str){&c, 1}, false);
    }
    return buf_keep(&b, a);
}

/* Without empty segments, "." and "..". */
static str normal_path(struct arena *a, str path) {
    VEC(str) kept = {0};
    str rest = path;
    bool slash = path.n > 0 && path.p[path.n - 1] == '/';
    while (rest.n > 0) {
        str part = str_split(&rest, '/');
        bool up = str_is(part, ".."), none = part.n == 0 || str_is(part, ".");
        slash |= rest.n == 0 && (up || str_is(part, "."));
        if (up && kept.n > 0)
            kept.n--;
        else if (!up && !none)
            VEC_PUSH(a, &kept, part);
    }
    struct buf b = BUF_INIT(CANONICAL_BYTES_MAX);
    for (uint32_t i = 0; i < kept.n; i++) {
        buf_byte(&b, '/');
        buf_put(&b, kept.at[i]);
    }
    if (kept.n == 0 || slash)
        buf_byte(&b, '/');
    return buf_keep(&b, a);
}

static str canonical_path(struct arena *a, const struct sigv4_scope *scope, str path) {
    if (path.n == 0)
        return STR("/");
    if (scope->raw_path)
        return path;
    struct buf b = BUF_INIT(CANONICAL_BYTES_MAX);
    sigv4_encode(&b, scope->keep_path ? path : normal_path(a, path), true);
    return buf_keep(&b, a);
}

struct pair {
    str name, value;
};

static int by_name_and_value(const void *x, const void *y) {
    const struct pair *a = x, *b = y;
    int order = str_cmp(a->name, b->name);
    return order != 0 ? order : str_cmp(a->value, b->value);
}

static void put_query(struct arena *a, struct buf *out, str query) {
    VEC(struct pair) pairs = {0};
    while (query.n > 0) {
        str value = str_split(&query, '&');
        if (value.n == 0)
            continue;
        str name = str_split(&value, '=');
        struct pair p = {canonical_part(a, name), canonical_part(a, value)};
        VEC_PUSH(a, &pairs, p);
    }
    if (pairs.n > 0)
        qsort(pairs.at, pairs.n, sizeof *pairs.at, by_name_and_value);
    for (uint32_t i = 0; i < pairs.n; i++) {
        buf_text(out, i == 0 ? "" : "&");
        buf_put(out, pairs.at[i].name);
        buf_byte(out, '=');
        buf_put(out, pairs.at[i].value);
    }
}

/* ---- headers */

struct header {
    str name, value;
    uint32_t seq; /* values of one name keep their order */
};

static int by_name(const void *x, const void *y) {
    const struct header *a = x, *b = y;
    int order = str_cmp(a->name, b->name);
    return order != 0 ? order : a->seq < b->seq ? -1 : a->seq > b->seq;
}

static bool is_signed(str name) {
    for (size_t i = 0; i < sizeof unsigned_headers / sizeof *unsigned_headers; i++) {
        if (str_is(name, unsigned_headers[i]))
            return false;
    }
    return true;
}

/* Runs of spaces, tabs and line ends inside are one space. */
static void put_value(struct buf *b, str value) {
    bool gap = false;
    value = str_trim(value);
    for (uint32_t i = 0; i < value.n; i++) {
        unsigned char c = value.p[i];
        bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!space && gap)
            buf_byte(b, ' ');
        if (!space)
            buf_byte(b, c);
        gap = space;
    }
}

/* What is signed of the headers, in order; `ret_names` is "host;x-amz-date". */
static void put_headers(struct arena *a, struct buf *out, const struct sigv4_request *r,
                        const struct sigv4_signed *own, str *ret_names) {
    VEC(struct header) all = {0};
    for (uint32_t i = 0; i < r->nheaders + own->nheaders; i++) {
        const struct http_header *h =
            i < r->nheaders ? &r->headers[i] : &own->headers[i - r->nheaders];
        struct header lower = {arena_fold_case(a, h->name), h->value, i};
        if (is_signed(lower.name))
            VEC_PUSH(a, &all, lower);
    }
    if (all.n > 0)
        qsort(all.at, all.n, sizeof *all.at, by_name);
    struct buf names = BUF_INIT(CANONICAL_BYTES_MAX);
    for (uint32_t i = 0; i < all.n; i++) {
        bool again = i > 0 && str_eq(all.at[i].name, all.at[i - 1].name);
        buf_text(out, again ? "," : i > 0 ? "\n" : "");
        if (!again) {
            buf_text(&names, i > 0 ? ";" : "");
            buf_put(&names, all.at[i].name);
            buf_put(out, all.at[i].name);
            buf_byte(out, ':');
        }
        put_value(out, all.at[i].value);
    }
    buf_text(out, all.n > 0 ? "\n" : "");
    *ret_names = buf_keep(&names, a);
}

/* ---- the key and the signature */

static bool derive(const struct crypto_library *c, const struct aws_keys *keys, str date,
                   const struct sigv4_scope *scope, unsigned char out[CRYPTO_SHA256_BYTES]) {
    struct buf first = BUF_INIT(64u << 10);
    unsigned char key[CRYPTO_SHA256_BYTES];
    const str parts[] = {scope->region, scope->service, STR("aws4_request")};
    buf_text(&first, "AWS4");
    buf_put(&first, keys->secret);
    bool ok = !first.full && crypto_hmac_sha256(c, buf_str(&first), date, key);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && ok; i++)
        ok = crypto_hmac_sha256(c, (str){key, sizeof key}, parts[i], out) &&
             memcpy(key, out, sizeof key) != NULL;
    wipe(first.p, first.cap);
    wipe(key, sizeof key);
    buf_done(&first);
    return ok;
}

static bool signing_key(const struct crypto_library *c, struct sigv4_cache *cache,
                        const struct aws_keys *keys, str date, const struct sigv4_scope *scope,
                        unsigned char out[CRYPTO_SHA256_BYTES]) {
    char name[sizeof cache->keys[0].scope];
    int n = snprintf(name, sizeof name, "%.*s/%.*s/%.*s", STR_ARG(date), STR_ARG(scope->region),
                     STR_ARG(scope->service));
    if (cache == NULL || n < 0 || (size_t)n >= sizeof name)
        return derive(c, keys, date, scope, out);
    for (uint32_t i = 0; i < SIGV4_CACHED; i++) {
        if (strcmp(cache->keys[i].scope, name) == 0) {
            memcpy(out, cache->keys[i].key, CRYPTO_SHA256_BYTES);
            return true;
        }
    }
    if (!derive(c, keys, date, scope, out))
        return false;
    struct sigv4_key *k = &cache->keys[cache->next++ % SIGV4_CACHED];
    memcpy(k->scope, name, sizeof name);
    memcpy(k->key, out, CRYPTO_SHA256_BYTES);
    return true;
}

void sigv4_forget(struct sigv4_cache *cache) {
    wipe(cache, sizeof *cache);
}

static bool hash_hex(const struct crypto_library *c, str s, char out[CRYPTO_HEX_MAX]) {
    unsigned char sum[CRYPTO_SHA256_BYTES];
    if (!crypto_sha256(c, s, sum))
        return false;
    crypto_hex(sum, sizeof sum, out);
    return true;
}

static void add_header(struct sigv4_signed *s, const char *name, str value) {
    s->headers[s->nheaders++] = (struct http_header){str_c(name), value};
}

static bool is_word(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (!is_plain(s.p[i]))
            return false;
    }
    return s.n > 0;
}

/* The request as AWS will spell it, and its own headers but for the last. */
static bool make_canonical(struct arena *a, const struct crypto_library *c, str token, str time,
                           const struct sigv4_scope *scope, const struct sigv4_request *r,
                           struct sigv4_signed *s, str *ret_names) {
    char body[CRYPTO_HEX_MAX];
    if (!hash_hex(c, r->body, body))
        return false;
    add_header(s, "X-Amz-Date", time);
    if (scope->body_header)
        add_header(s, "X-Amz-Content-Sha256", arena_str(a, str_c(body)));
    if (token.n > 0 && !scope->token_unsigned)
        add_header(s, "X-Amz-Security-Token", token);
    struct buf b = BUF_INIT(CANONICAL_BYTES_MAX);
    buf_put(&b, r->method);
    buf_byte(&b, '\n');
    buf_put(&b, canonical_path(a, scope, r->path));
    buf_byte(&b, '\n');
    put_query(a, &b, r->query);
    buf_byte(&b, '\n');
    put_headers(a, &b, r, s, ret_names);
    buf_byte(&b, '\n');
    buf_put(&b, *ret_names);
    buf_byte(&b, '\n');
    buf_text(&b, body);
    s->canonical = buf_keep(&b, a);
    return true;
}

bool sigv4_sign(struct arena *a, const struct crypto_library *c, struct sigv4_cache *cache,
                const struct aws_keys *keys, const struct sigv4_scope *scope,
                const struct sigv4_request *request, struct sigv4_signed *ret) {
    struct sigv4_signed s = {.nheaders = 0};
    char time[SIGV4_TIME_MAX], sum[CRYPTO_HEX_MAX];
    unsigned char key[CRYPTO_SHA256_BYTES], signature[CRYPTO_SHA256_BYTES];
    str names = {0};
    if (!is_word(scope->region) || !is_word(scope->service) || !sigv4_time(scope->time_s, time))
        return false;
    str when = arena_str(a, str_c(time)), date = str_sub(when, 0, DATE_N);
    if (!make_canonical(a, c, keys->session, when, scope, request, &s, &names) ||
        !hash_hex(c, s.canonical, sum))
        return false;
    str in = arena_printf(a, "%.*s/%.*s/%.*s/aws4_request", STR_ARG(date), STR_ARG(scope->region),
                          STR_ARG(scope->service));
    s.string_to_sign = arena_printf(a, ALGORITHM "\n%s\n%.*s\n%s", time, STR_ARG(in), sum);
    bool ok = signing_key(c, cache, keys, date, scope, key) &&
              crypto_hmac_sha256(c, (str){key, sizeof key}, s.string_to_sign, signature);
    wipe(key, sizeof key);
    if (!ok)
        return false;
    crypto_hex(signature, sizeof signature, sum);
    s.signature = arena_str(a, str_c(sum));
    if (keys->session.n > 0 && scope->token_unsigned)
        add_header(&s, "X-Amz-Security-Token", keys->session);
    add_header(&s, "Authorization",
               arena_printf(a, ALGORITHM " Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%s",
                            STR_ARG(keys->access), STR_ARG(in), STR_ARG(names), sum));
    *ret = s;
    return true;
}
