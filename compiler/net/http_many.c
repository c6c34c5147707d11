/* SPDX-License-Identifier: MIT */
#include "net/http_many.h"

#include "base/buf.h"
#include "base/wipe.h"
#include "net/curl_library.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HEADERS_BYTES_MAX (256u << 10)
#define WAIT_MAX_MS 1000u
#define READ_BYTES 4096L /* of each transfer; libcurl's 16 KiB are more than most answers have */

struct transfer {
    struct transfer *next; /* of those that end without having begun, or of those that are free */
    struct http_many *many;
    struct arena *arena; /* of its own: gone when it is done */
    CURL *easy;
    struct curl_slist *list;
    struct buf body;
    VEC(struct http_header) headers;
    size_t header_bytes;
    uint64_t max_bytes;
    bool too_big, secret;
    bool framed; /* its length is known, or it says where it ends */
    bool bodiless;
    http_many_done_fn *done;
    void *ctx;
    char message[CURL_ERROR_SIZE];
};

struct http_many {
    struct arena *arena;
    struct http_many_options options;
    struct curl_library lib;
    CURLM *multi;
    uint32_t running;
    struct transfer *stillborn; /* could not begin */
    VEC(struct transfer *) open;
};

static bool has_control(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] < ' ' || s.p[i] == 0x7F)
            return true;
    }
    return false;
}

static bool is_spoken(const struct http_many_request *r) {
    for (uint32_t i = 0; i < r->nheaders; i++) {
        if (has_control(r->headers[i].name) || has_control(r->headers[i].value))
            return false;
    }
    return http_is_clean(r->url) && !has_control(r->method) &&
           (str_starts(r->url, STR("https://")) ||
            (str_starts(r->url, STR("http://")) && (r->plain || http_is_loopback(r->url))));
}

static bool is_of_the_link(str url) {
    return str_starts(url, STR("http://169.254.")) || str_starts(url, STR("http://[fd00:ec2:"));
}

static size_t take_body(const char *bytes, size_t size, size_t n, void *of) {
    struct transfer *t = of;
    (void)size; /* 1 */
    t->too_big = t->body.n + n > t->max_bytes;
    if (t->too_big)
        return 0;
    buf_put(&t->body, (str){(const unsigned char *)bytes, (uint32_t)n});
    return t->body.full ? 0 : n;
}

static size_t take_header(const char *bytes, size_t size, size_t n, void *of) {
    struct transfer *t = of;
    (void)size; /* 1 */
    str value = {(const unsigned char *)bytes, (uint32_t)n};
    if (str_starts(value, STR("HTTP/"))) { /* not of "100 Continue" or of a proxy before it */
        t->headers.n = 0;
        t->header_bytes = 0;
        t->framed = false;
        return n;
    }
    t->header_bytes += n;
    t->too_big = t->header_bytes > HEADERS_BYTES_MAX;
    if (t->too_big)
        return 0;
    value = arena_str(t->arena, str_trim(value));
    str name = str_split(&value, ':');
    t->framed |= str_is_nocase(name, "content-length") || str_is_nocase(name, "transfer-encoding");
    if (name.n > 0)
        VEC_PUSH(t->arena, &t->headers, (struct http_header){name, str_trim(value)});
    return n;
}

static void close_transfer(struct transfer *t) {
    struct curl_library *c = &t->many->lib;
    if (t->easy != NULL) {
        c->multi_remove_handle(t->many->multi, t->easy);
        c->easy_cleanup(t->easy);
    }
    for (struct curl_slist *l = t->secret ? t->list : NULL; l != NULL; l = l->next)
        wipe(l->data, strlen(l->data));
    c->slist_free_all(t->list);
    if (t->secret)
        wipe(t->body.p, t->body.cap);
    buf_done(&t->body);
    arena_free(t->arena);
}

static void close_many(void *of) {
    struct http_many *m = of;
    for (uint32_t i = 0; i < m->open.n; i++)
        close_transfer(m->open.at[i]);
    m->lib.multi_cleanup(m->multi);
}

struct http_many *http_many_open(struct arena *a, const struct http_many_options *options,
                                 struct http_error *ret_error) {
    struct http_many *m = ARENA_NEW(a, struct http_many);
    *ret_error = (struct http_error){.status = HTTP_NO_LIBRARY};
    m->arena = a;
    m->options = *options;
    if (!curl_library_load(&m->lib) || (m->multi = m->lib.multi_init()) == NULL)
        return NULL;
    long most = (long)options->connections_per_host;
    m->lib.multi_setopt(m->multi, CURLMOPT_MAX_HOST_CONNECTIONS, most);
    m->lib.multi_setopt(m->multi, CURLMOPT_MAXCONNECTS, 4 * most);
    arena_at_end(a, close_many, m);
    ret_error->status = HTTP_OK;
    return m;
}

/* What keeps us safe: each has to work. */
static bool set_guards(struct transfer *t, const struct http_many_request *r) {
    const struct curl_library *c = &t->many->lib;
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_PATH_AS_IS, 1}, /* what is signed is what is sent */
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_FRESH_CONNECT, r->once},
        {CURLOPT_CONNECTTIMEOUT_MS, (long)r->connect_ms},
        {CURLOPT_TIMEOUT_MS, (long)r->whole_ms},
    };
    bool local = http_is_loopback(r->url);
    str file = t->many->options.ca_file;
    const char *ca = file.n > 0 ? (const char *)arena_str(t->arena, file).p : NULL;
    bool ok = curl_library_guard(c, t->easy, str_starts(r->url, STR("http://")), ca);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        ok &= c->easy_setopt(t->easy, numbers[i].option, numbers[i].value) == CURLE_OK;
    if (local || is_of_the_link(r->url))
        ok &= c->easy_setopt(t->easy, CURLOPT_PROXY, "") == CURLE_OK;
    return ok;
}

static void set_headers(struct transfer *t, const struct http_many_request *r) {
    struct curl_library *c = &t->many->lib;
    for (uint32_t i = 0; i < r->nheaders; i++) {
        const struct http_header *h = &r->headers[i];
        /* A header without a value is one that libcurl would leave out; with ";" it is sent. */
        str line = h->value.n > 0 ? arena_cat3(t->arena, h->name, STR(": "), h->value)
                                  : arena_cat(t->arena, h->name, STR(";"));
        t->list = c->slist_append(t->list, (const char *)line.p);
    }
    /* Without what libcurl would add by itself. */
    t->list = c->slist_append(t->list, "Expect:");
    bool typed = false;
    for (uint32_t i = 0; i < r->nheaders; i++)
        typed |= str_is_nocase(r->headers[i].name, "content-type");
    if (!typed)
        t->list = c->slist_append(t->list, "Content-Type:");
    c->easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->list);
}

static void set_request(struct transfer *t, const struct http_many_request *r) {
    struct curl_library *c = &t->many->lib;
    bool bodiless = r->body.n == 0 && (str_is(r->method, "GET") || str_is(r->method, "DELETE"));
    c->easy_setopt(t->easy, CURLOPT_URL, (const char *)arena_str(t->arena, r->url).p);
    set_headers(t, r);
    if (str_is(r->method, "HEAD")) {
        c->easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
    } else if (!bodiless) {
        c->easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
        c->easy_setopt(t->easy, CURLOPT_COPYPOSTFIELDS,
                       (const char *)arena_str(t->arena, r->body).p);
    }
    c->easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, (const char *)arena_str(t->arena, r->method).p);
    c->easy_setopt(t->easy, CURLOPT_USERAGENT, "opsc/" OPSC_VERSION);
    c->easy_setopt(t->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    c->easy_setopt(t->easy, CURLOPT_BUFFERSIZE, READ_BYTES);
    c->easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->message);
    c->easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_body);
    c->easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    c->easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, take_header);
    c->easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    c->easy_setopt(t->easy, CURLOPT_PRIVATE, t);
}

void http_many_start(struct http_many *m, const struct http_many_request *r) {
    struct arena *own = arena_small(m->arena);
    if (r->secret)
        arena_keep_secret(own);
    struct transfer *t = ARENA_NEW(own, struct transfer);
    *t = (struct transfer){.many = m, .arena = own, .max_bytes = r->max_bytes, .done = r->done};
    t->ctx = r->ctx;
    t->secret = r->secret;
    t->bodiless = str_is(r->method, "HEAD");
    t->body = BUF_INIT((size_t)r->max_bytes + 1);
    t->easy = is_spoken(r) ? m->lib.easy_init() : NULL;
    m->running++;
    VEC_PUSH(m->arena, &m->open, t);
    bool ok = t->easy != NULL && set_guards(t, r);
    if (ok) {
        set_request(t, r);
        ok = m->lib.multi_add_handle(m->multi, t->easy) == CURLM_OK;
    }
    if (!ok) {
        t->next = m->stillborn;
        m->stillborn = t;
    }
}

/* Of an answer that says of no end a part looks like the whole. */
static bool is_whole(const struct transfer *t, long code) {
    return t->framed || t->bodiless || code == 204 || code == 304;
}

/* A proxy that was asked for a way to the server and gave none. */
static bool has_no_way(const struct transfer *t) {
    long connected = 0;
    return t->easy != NULL &&
           t->many->lib.easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &connected) == CURLE_OK &&
           connected >= 300;
}

static enum http_status status_of(CURLcode code, const struct transfer *t, long http_code,
                                  bool was_sent) {
    enum http_status s = curl_library_status(code);
    if (s == HTTP_OK && !is_whole(t, http_code))
        return HTTP_CUT;
    /* What libcurl says of an answer that is not in HTTP. */
    if (code == CURLE_UNSUPPORTED_PROTOCOL && was_sent)
        return HTTP_CUT;
    if (s == HTTP_CUT && has_no_way(t))
        return HTTP_UNREACHABLE;
    return s == HTTP_CUT && t->too_big ? HTTP_TOO_BIG : s;
}

static void leave(struct http_many *m, struct transfer *t) {
    for (uint32_t i = 0; i < m->open.n; i++) {
        if (m->open.at[i] == t)
            m->open.at[i] = m->open.at[--m->open.n];
    }
    m->running--;
}

static void finish(struct http_many *m, struct transfer *t, CURLcode code) {
    struct http_many_answer answer = {.status = HTTP_BAD_URL};
    long http_code = 0, sent = 0;
    if (t->easy != NULL) {
        m->lib.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &http_code);
        m->lib.easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
    }
    answer.code = http_code > 0 ? (unsigned)http_code : 0;
    answer.was_sent = sent > 0;
    answer.status = status_of(code, t, http_code, answer.was_sent);
    answer.headers = t->headers.at;
    answer.nheaders = t->headers.n;
    answer.body = buf_str(&t->body);
    if (code != CURLE_OK && answer.status != HTTP_TOO_BIG)
        curl_library_detail(answer.detail, sizeof answer.detail,
                            t->message[0] != 0 || t->easy == NULL ? t->message
                                                                  : m->lib.easy_strerror(code));
    leave(m, t);
    t->done(t->ctx, &answer);
    close_transfer(t);
}

uint32_t http_many_running(const struct http_many *m) {
    return m->running;
}

static void finish_all(struct http_many *m) {
    struct transfer *t = m->stillborn;
    m->stillborn = NULL;
    for (struct transfer *next = NULL; t != NULL; t = next) {
        next = t->next;
        finish(m, t, CURLE_URL_MALFORMAT);
    }
    CURLMsg *message = NULL;
    for (int left = 0; (message = m->lib.multi_info_read(m->multi, &left)) != NULL;) {
        char *of = NULL;
        CURLcode code = message->data.result;
        if (message->msg == CURLMSG_DONE &&
            m->lib.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &of) == CURLE_OK)
            finish(m, (struct transfer *)(void *)of, code);
    }
}

void http_many_wait(struct http_many *m, unsigned ms) {
    int busy = 0, ready = 0;
    uint32_t before = m->running;
    ms = ms < WAIT_MAX_MS ? ms : WAIT_MAX_MS;
    if (before == 0) {
        struct timespec t = {.tv_nsec = (long)(ms % 1000) * 1000000, .tv_sec = (time_t)(ms / 1000)};
        nanosleep(&t, NULL);
        return;
    }
    m->lib.multi_perform(m->multi, &busy);
    finish_all(m);
    if (m->running < before || m->stillborn != NULL)
        return;
    m->lib.multi_poll(m->multi, NULL, 0, (int)ms, &ready);
    m->lib.multi_perform(m->multi, &busy);
    finish_all(m);
}
