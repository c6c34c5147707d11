/* SPDX-License-Identifier: MIT */
#include "net/http.h"

#include "net/curl_library.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define REDIRECTS_MAX 5L
#define SLOWEST_BYTES 100L /* a second: less is silence */
#define WHOLE_S 3600L      /* of one try */
#define RETRY_AFTER_MAX_S 60
#define BACKOFF_DOUBLINGS 6
#define SILENT_TRIES 2 /* of a server that says nothing: each has cost its whole silence */

struct http {
    struct arena *arena;
    struct http_options options;
    struct curl_library lib;
    CURL *easy;
    char message[CURL_ERROR_SIZE];
};

/* One try. */
struct transfer {
    struct http *http;
    const struct http_request *request;
    uint64_t bytes;
    bool framed; /* the answer says where it ends */
    bool too_big, stopped;
    unsigned retry_after_s;
};

static bool is_spoken(str url) {
    return http_is_clean(url) && (str_starts(url, STR("https://")) ||
                                  (str_starts(url, STR("http://")) && http_is_loopback(url)));
}

static unsigned answer_code(struct http *h) {
    long code = 0;
    h->lib.easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &code);
    return code > 0 ? (unsigned)code : 0;
}

/* As libcurl declares it. NOLINTNEXTLINE(readability-non-const-parameter) */
static size_t take_body(char *bytes, size_t size, size_t n, void *of) {
    struct transfer *t = of;
    (void)size; /* 1 */
    unsigned code = answer_code(t->http);
    if (code < 200 || code > 299)
        return n; /* the page of an error is not what was asked for */
    t->bytes += n;
    t->too_big = t->bytes > t->request->max_bytes;
    if (t->too_big)
        return 0;
    str piece = {(const unsigned char *)bytes, (uint32_t)n};
    t->stopped = t->request->on_body != NULL && !t->request->on_body(t->request->ctx, piece);
    return t->stopped ? 0 : n;
}

static unsigned small_number(str s) {
    unsigned v = 0;
    for (uint32_t i = 0; i < s.n && ascii_is_digit(s.p[i]) && v < RETRY_AFTER_MAX_S; i++)
        v = v * 10 + (s.p[i] - '0');
    return v < RETRY_AFTER_MAX_S ? v : RETRY_AFTER_MAX_S;
}

/* NOLINTNEXTLINE(readability-non-const-parameter) */
static size_t take_header(char *bytes, size_t size, size_t n, void *of) {
    struct transfer *t = of;
    (void)size; /* 1 */
    str value = {(const unsigned char *)bytes, (uint32_t)n};
    if (str_starts(value, STR("HTTP/"))) { /* of this answer, not of the redirect before it */
        t->framed = !str_starts(value, STR("HTTP/1")); /* later versions have frames */
        t->retry_after_s = 0;
        return n;
    }
    str name = str_split(&value, ':');
    if (str_is_nocase(name, "content-length") || str_is_nocase(name, "transfer-encoding"))
        t->framed = true;
    if (str_is_nocase(name, "retry-after"))
        t->retry_after_s = small_number(str_trim(value));
    return n;
}

static void close_http(void *of) {
    struct http *h = of;
    h->lib.easy_cleanup(h->easy);
}

struct http *http_open(struct arena *a, const struct http_options *options,
                       struct http_error *ret_error) {
    struct http *h = ARENA_NEW(a, struct http);
    *ret_error = (struct http_error){.status = HTTP_NO_LIBRARY};
    h->arena = a;
    h->options = *options;
    if (!curl_library_load(&h->lib))
        return NULL;
    h->easy = h->lib.easy_init();
    if (h->easy == NULL)
        return NULL;
    arena_at_end(a, close_http, h);
    ret_error->status = HTTP_OK;
    return h;
}

static bool set_redirects(struct http *h) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return h->lib.easy_setopt(h->easy, CURLOPT_REDIR_PROTOCOLS_STR, "https") == CURLE_OK;
#else
    return h->lib.easy_setopt(h->easy, CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_HTTPS) == CURLE_OK;
#endif
}

/* What keeps us safe: each has to work. */
static bool set_guards(struct http *h, str url) {
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_FOLLOWLOCATION, 1},
        {CURLOPT_MAXREDIRS, REDIRECTS_MAX},
        {CURLOPT_CONNECTTIMEOUT, (long)h->options.connect_s},
        {CURLOPT_LOW_SPEED_LIMIT, SLOWEST_BYTES},
        {CURLOPT_LOW_SPEED_TIME, (long)h->options.silence_s},
        {CURLOPT_TIMEOUT, WHOLE_S},
    };
    bool local = http_is_loopback(url);
    const char *ca =
        h->options.ca_file.n > 0 ? (const char *)arena_str(h->arena, h->options.ca_file).p : NULL;
    bool ok = curl_library_guard(&h->lib, h->easy, local, ca) && set_redirects(h);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        ok &= h->lib.easy_setopt(h->easy, numbers[i].option, numbers[i].value) == CURLE_OK;
    /* No proxy stands between this machine and itself. */
    return ok &&
           h->lib.easy_setopt(h->easy, CURLOPT_PROXY, local ? "" : (const char *)NULL) == CURLE_OK;
}

static void set_request(struct http *h, const struct http_request *r, struct transfer *t,
                        struct curl_slist *headers) {
    struct curl_library *c = &h->lib;
    c->easy_setopt(h->easy, CURLOPT_URL, (const char *)arena_str(h->arena, r->url).p);
    c->easy_setopt(h->easy, CURLOPT_HTTPHEADER, headers);
    if (r->body.n > 0) {
        c->easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
        c->easy_setopt(h->easy, CURLOPT_POSTFIELDS, (const char *)r->body.p);
    } else {
        c->easy_setopt(h->easy, CURLOPT_HTTPGET, 1L);
    }
    if (r->method.n > 0)
        c->easy_setopt(h->easy, CURLOPT_CUSTOMREQUEST,
                       (const char *)arena_str(h->arena, r->method).p);
    c->easy_setopt(h->easy, CURLOPT_USERAGENT, "opsc/" OPSC_VERSION);
    c->easy_setopt(h->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    c->easy_setopt(h->easy, CURLOPT_ERRORBUFFER, h->message);
    c->easy_setopt(h->easy, CURLOPT_WRITEFUNCTION, take_body);
    c->easy_setopt(h->easy, CURLOPT_WRITEDATA, t);
    c->easy_setopt(h->easy, CURLOPT_HEADERFUNCTION, take_header);
    c->easy_setopt(h->easy, CURLOPT_HEADERDATA, t);
}

static enum http_status status_of(CURLcode code, const struct transfer *t) {
    if (code != CURLE_WRITE_ERROR)
        return curl_library_status(code);
    return t->too_big ? HTTP_TOO_BIG : t->stopped ? HTTP_STOPPED : HTTP_CUT;
}

static void judge(struct transfer *t, CURLcode done, struct http_error *e) {
    struct http *h = t->http;
    e->status = status_of(done, t);
    e->code = answer_code(h);
    e->detail[0] = 0;
    if (e->status == HTTP_OK && (e->code < 200 || e->code > 299)) {
        e->status = HTTP_REFUSED;
    } else if (e->status == HTTP_OK && !t->framed && t->bytes > 0) {
        e->status = HTTP_CUT;
        curl_library_detail(e->detail, sizeof e->detail,
                            "the server does not say where the answer ends");
    } else if (done != CURLE_OK) {
        curl_library_detail(e->detail, sizeof e->detail,
                            h->message[0] != 0 ? h->message : h->lib.easy_strerror(done));
    }
}

static bool may_pass(const struct http_error *e) {
    return e->status == HTTP_UNREACHABLE || e->status == HTTP_TIMEOUT || e->status == HTTP_CUT ||
           (e->status == HTTP_REFUSED && (e->code == 429 || e->code >= 500));
}

static void wait_before(const struct http *h, unsigned tries, unsigned retry_after_s) {
    unsigned doublings = tries - 1 < BACKOFF_DOUBLINGS ? tries - 1 : BACKOFF_DOUBLINGS;
    uint64_t ms = (uint64_t)h->options.backoff_ms << doublings;
    if (ms < (uint64_t)retry_after_s * 1000)
        ms = (uint64_t)retry_after_s * 1000;
    struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

static struct curl_slist *header_list(struct http *h, const struct http_request *r) {
    struct curl_slist *list = NULL;
    for (uint32_t i = 0; i < r->nheaders; i++) {
        str line = arena_cat3(h->arena, r->headers[i].name, STR(": "), r->headers[i].value);
        list = h->lib.slist_append(list, (const char *)line.p);
    }
    return list;
}

bool http_send(struct http *h, const struct http_request *r, struct http_error *ret_error) {
    struct http_error *e = ret_error;
    *e = (struct http_error){.status = HTTP_BAD_URL};
    if (!is_spoken(r->url))
        return false;
    struct curl_slist *headers = header_list(h, r);
    for (unsigned tries = 1;; tries++) {
        struct transfer t = {.http = h, .request = r};
        h->message[0] = 0;
        *e = (struct http_error){.status = HTTP_NO_LIBRARY};
        if (!set_guards(h, r->url))
            break;
        set_request(h, r, &t, headers);
        judge(&t, h->lib.easy_perform(h->easy), e);
        e->tries = tries;
        unsigned most = e->status == HTTP_TIMEOUT && h->options.tries > SILENT_TRIES
                            ? SILENT_TRIES
                            : h->options.tries;
        if (tries >= most || !may_pass(e))
            break;
        wait_before(h, tries, t.retry_after_s);
        if (t.bytes > 0 && r->on_restart != NULL)
            r->on_restart(r->ctx);
    }
    h->lib.slist_free_all(headers);
    /* Points to what is gone now. */
    h->lib.easy_setopt(h->easy, CURLOPT_HTTPHEADER, (struct curl_slist *)NULL);
    h->lib.easy_setopt(h->easy, CURLOPT_CUSTOMREQUEST, (const char *)NULL);
    return e->status == HTTP_OK;
}
