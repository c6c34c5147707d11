/* SPDX-License-Identifier: MIT */
#include "aws/aws_client.h"

#include "aws/aws_log.h"
#include "aws/aws_request.h"
#include "aws/credentials.h"
#include "aws/throttle.h"
#include "net/http_many.h"

#include <stdio.h>

#define CONNECTIONS_PER_HOST 16
#define RUNNING_MAX 64
/* Others of the account read as well, dashboards and tools; it is written to by one. */
#define SHARE_OF_READS 0.8
#define CONNECT_MS 6000
#define TRY_MS 60000
#define DEADLINE_S 120
#define BODY_BYTES_MAX ((uint64_t)32 << 20)
#define TRIES 8
#define TRIES_STRANGE 3  /* of what is answered with a page of HTML, or by who knows whom */
#define RETRY_TOKENS 500 /* the SDKs' ceiling on tries while all of AWS is down */
#define RETRY_COST 14
#define SKEW_MS (4 * 60 * 1000) /* AWS allows 5 minutes */
#define SKEW_TOLD_MS 10000
#define ROUND_TRIP_MS (15 * 60 * 1000) /* longer ones say nothing about the clock */
#define RETRY_AFTER_MAX_MS 20000
#define IDLE_MS 1000

/* A call on its way. */
struct pending {
    struct aws_client *client;
    struct arena *arena; /* gone with it */
    struct aws_call call;
    struct aws_request request;
    struct bucket *bucket;
    int64_t due_ms, begun_ms, sent_ms, sent_at_ms; /* the last by the machine's clock */
    int64_t queued_ms;                             /* from when it was due until it was sent */
    int64_t signed_skew_ms;
    unsigned tries, generation;
    bool refreshed;         /* the credentials, because AWS said that they have expired */
    bool moved;             /* to the region that S3 named */
    struct aws_error error; /* of the last try */
};

/* What shares a host: all operations of a service in a region. */
struct place {
    const struct aws_service *service;
    str region;
    unsigned running;
};

/* What shares a quota. */
struct bucket {
    struct place *place;
    str operation;
    struct throttle throttle;
    int64_t next_ms; /* nothing passes before: saves to ask for every call that waits */
};

struct tick {
    aws_tick_fn *tick;
    void *ctx;
};

struct aws_client {
    struct arena *arena;
    const struct aws_settings *settings;
    struct crypto_library crypto;
    struct http_many *http;
    struct aws_chain *chain;     /* NULL: `keys` */
    const struct aws_keys *keys; /* of a client that the chain itself uses */
    struct sigv4_cache cache;
    unsigned generation; /* of the credentials that the cache is of */
    VEC(struct place *) places;
    VEC(struct bucket *) buckets;
    VEC(struct pending *) waiting, going;
    int64_t skew_ms; /* AWS's clock less this machine's */
    int64_t told_skew_ms;
    int retry_tokens;
    uint32_t random;
    struct aws_sums sums;
    int64_t end_ms; /* nothing goes on after; 0: no end */
    bool stopped;
    aws_watch_fn *watch; /* or NULL */
    void *watch_ctx;
    VEC(struct tick) ticks;
};

static int64_t steady_ms(const struct aws_client *c) {
    return c->settings->host.clock.steady_ms(c->settings->host.clock.ctx);
}

static int64_t now_ms(const struct aws_client *c) {
    return c->settings->host.clock.now_ms(c->settings->host.clock.ctx);
}

static uint32_t next_random(struct aws_client *c) {
    c->random = c->random * 1664525u + 1013904223u;
    return c->random >> 8;
}

/* ---- opening */

static void forget(void *of) {
    struct aws_client *c = of;
    sigv4_forget(&c->cache);
}

struct aws_client *aws_client_open_as(struct arena *a, const struct aws_settings *s,
                                      const struct aws_keys *keys, struct aws_error *ret) {
    struct aws_client *c = ARENA_NEW(a, struct aws_client);
    struct http_error e;
    struct http_many_options o = {s->ca_file, CONNECTIONS_PER_HOST};
    c->arena = a;
    c->settings = s;
    c->keys = keys;
    c->retry_tokens = RETRY_TOKENS;
    c->random = (uint32_t)now_ms(c) ^ (uint32_t)steady_ms(c);
    bool has_crypto = crypto_library_load(&c->crypto);
    c->http = has_crypto ? http_many_open(a, &o, &e) : NULL;
    *ret = (struct aws_error){.kind = AWS_OK};
    if (c->http == NULL) {
        *ret = (struct aws_error){.kind = AWS_NO_LIBRARY,
                                  .message = has_crypto ? str_c(http_status_text(HTTP_NO_LIBRARY))
                                                        : STR("OpenSSL is not on this machine")};
        return NULL;
    }
    arena_at_end(a, forget, c);
    return c;
}

struct aws_client *aws_client_open(struct arena *a, const struct aws_settings *s,
                                   struct aws_error *ret) {
    struct aws_client *c = aws_client_open_as(a, s, NULL, ret);
    if (c != NULL)
        c->chain = aws_chain_open(a, s);
    return c;
}

static struct place *place_of(struct aws_client *c, const struct pending *p) {
    for (uint32_t i = 0; i < c->places.n; i++) {
        struct place *x = c->places.at[i];
        if (x->service == p->call.service && str_eq(x->region, p->request.region))
            return x;
    }
    struct place *x = ARENA_NEW(c->arena, struct place);
    *x = (struct place){p->call.service, arena_str(c->arena, p->request.region), 0};
    VEC_PUSH(c->arena, &c->places, x);
    return x;
}

static struct bucket *bucket_of(struct aws_client *c, const struct pending *p) {
    struct place *place = place_of(c, p);
    for (uint32_t i = 0; i < c->buckets.n; i++) {
        struct bucket *b = c->buckets.at[i];
        if (b->place == place && str_eq(b->operation, p->call.operation))
            return b;
    }
    struct bucket *b = ARENA_NEW(c->arena, struct bucket);
    b->place = place;
    b->operation = arena_str(c->arena, p->call.operation);
    bool reads = p->call.effect == AWS_READS;
    struct aws_quota quota = aws_quota_of(place->service, b->operation, reads);
    b->throttle = throttle_of(reads ? SHARE_OF_READS : 1, quota.per_s, quota.most_per_s,
                              quota.at_once, steady_ms(c));
    VEC_PUSH(c->arena, &c->buckets, b);
    return b;
}

void aws_client_start(struct aws_client *c, const struct aws_call *call) {
    struct arena *a = arena_small(c->arena);
    arena_keep_secret(a);
    struct pending *p = ARENA_NEW(a, struct pending);
    p->client = c;
    p->arena = a;
    p->call = *call;
    str *copied[] = {&p->call.operation, &p->call.region, &p->call.method, &p->call.path,
                     &p->call.query,     &p->call.bucket, &p->call.body};
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
        *copied[i] = arena_str(a, *copied[i]);
    struct http_header *headers = ARENA_ARRAY(a, struct http_header, call->nheaders + 1);
    for (uint32_t i = 0; i < call->nheaders; i++)
        headers[i] = (struct http_header){arena_str(a, call->headers[i].name),
                                          arena_str(a, call->headers[i].value)};
    p->call.headers = headers;
    p->due_ms = steady_ms(c) + call->delay_ms;
    if (aws_request_make(a, c->settings, &p->call, &p->request, &p->error))
        p->bucket = bucket_of(c, p);
    VEC_PUSH(c->arena, &c->waiting, p);
    c->sums.started++;
}

/* ---- ends of calls */

static void show(const struct aws_client *c, const struct pending *p) {
    if (c->watch != NULL)
        c->watch(c->watch_ctx, c, &p->call);
}

static void log_try(const struct aws_client *c, const struct pending *p,
                    const struct http_many_answer *h, bool again) {
    str id = aws_header(h->headers, h->nheaders, "x-amzn-requestid");
    int64_t now = steady_ms(c);
    struct aws_try t = {.service = p->call.service->name,
                        .operation = p->call.operation,
                        .region = p->request.region,
                        .host = p->request.host,
                        .number = p->tries,
                        .queued_ms = p->queued_ms,
                        .took_ms = now - p->sent_ms,
                        .status = h->code,
                        .sent_bytes = p->request.body.n,
                        .received_bytes = h->body.n,
                        .request_id =
                            id.n > 0 ? id : aws_header(h->headers, h->nheaders, "x-amz-request-id"),
                        .error = &p->error,
                        .again_ms = !again             ? -1
                                    : p->due_ms <= now ? 0
                                                       : p->due_ms - now};
    aws_log_try(&c->settings->host, p->arena, &t);
}

static void end_call(struct aws_client *c, struct pending *p, struct aws_answer *answer) {
    answer->error = p->error;
    answer->tries = p->tries;
    c->sums.calls++;
    c->sums.failed += p->error.kind != AWS_OK;
    show(c, p);
    p->call.done(p->call.ctx, c, answer);
    arena_free(p->arena);
}

static void fail_call(struct aws_client *c, struct pending *p) {
    struct aws_answer none = {.status = p->error.status};
    end_call(c, p, &none);
}

static unsigned deadline_s(const struct pending *p) {
    return p->call.deadline_s > 0 ? p->call.deadline_s : DEADLINE_S;
}

static int64_t left_ms(const struct aws_client *c, const struct pending *p) {
    int64_t now = steady_ms(c), end = (p->tries == 0 ? now : p->begun_ms) + deadline_s(p) * 1000LL;
    bool sooner = c->end_ms > 0 && c->end_ms < end && !p->call.always;
    return (sooner ? c->end_ms : end) - now;
}

/* ---- another try */

static int64_t number_of(str s, int64_t most) {
    int64_t v = 0;
    for (uint32_t i = 0; i < s.n && ascii_is_digit(s.p[i]) && v < most; i++)
        v = v * 10 + (s.p[i] - '0');
    return s.n == 0 ? -1 : v < most ? v : most;
}

/* What AWS asks for, within bounds. */
static int64_t wait_ms(struct aws_client *c, const struct pending *p, bool too_fast,
                       const struct http_many_answer *h) {
    int64_t own = throttle_backoff_ms(p->tries, too_fast, next_random(c));
    int64_t asked =
        number_of(aws_header(h->headers, h->nheaders, "x-amz-retry-after"), RETRY_AFTER_MAX_MS);
    if (asked >= 0)
        return asked < own ? own : asked > own + 5000 ? own + 5000 : asked;
    asked =
        number_of(aws_header(h->headers, h->nheaders, "retry-after"), RETRY_AFTER_MAX_MS / 1000);
    return asked * 1000 > own ? asked * 1000 : own;
}

static bool may_repeat(const struct pending *p, enum aws_retry retry, bool was_sent) {
    return p->call.effect != AWS_MAKES_ONCE || retry != AWS_RETRY_TRANSIENT || !was_sent;
}

/* S3 was asked in a region that the bucket is not in: the request is made anew for its own. */
static bool follow(struct aws_client *c, struct pending *p, const struct http_many_answer *h) {
    if (p->moved || p->call.bucket.n == 0 || h->status != HTTP_OK)
        return false;
    str region = aws_error_bucket_region(p->arena, h->code, h->headers, h->nheaders, h->body);
    struct aws_call call = p->call;
    struct aws_error e;
    if (region.n == 0 || str_eq(region, p->request.region))
        return false;
    call.region = arena_str(p->arena, region);
    if (!aws_request_make(p->arena, c->settings, &call, &p->request, &e))
        return false;
    p->moved = true;
    p->call = call;
    p->bucket = bucket_of(c, p);
    p->due_ms = steady_ms(c);
    return true;
}

static bool is_worth_it(struct aws_client *c, struct pending *p, const struct http_many_answer *h) {
    enum aws_retry retry = aws_error_retry(p->call.service, &p->error);
    unsigned most = c->settings->tries > 0 ? c->settings->tries : TRIES;
    int64_t off = c->skew_ms - p->signed_skew_ms;
    if ((p->error.kind == AWS_STRANGE || p->error.kind == AWS_UNTRUSTED) && most > TRIES_STRANGE)
        most = TRIES_STRANGE;
    if (p->error.kind == AWS_EXPIRED && !p->refreshed && c->chain != NULL &&
        aws_chain_reject(c->chain, p->generation)) {
        p->refreshed = true;
        return true;
    }
    if (retry == AWS_RETRY_CLOCK && off < SKEW_MS && off > -SKEW_MS)
        return false;
    if (retry == AWS_RETRY_NEVER || p->tries >= most || !may_repeat(p, retry, h->was_sent))
        return false;
    if (retry == AWS_RETRY_TRANSIENT && c->retry_tokens < RETRY_COST)
        return false;
    if (retry == AWS_RETRY_TRANSIENT)
        c->retry_tokens -= RETRY_COST;
    p->due_ms = steady_ms(c);
    if (retry != AWS_RETRY_CLOCK)
        p->due_ms += wait_ms(c, p, retry == AWS_RETRY_THROTTLE, h);
    return p->due_ms - steady_ms(c) < left_ms(c, p);
}

/* ---- answers */

static void learn_skew(struct aws_client *c, const struct pending *p,
                       const struct http_many_answer *h) {
    int64_t date = 0, took = steady_ms(c) - p->sent_ms;
    if (took > ROUND_TRIP_MS || aws_header(h->headers, h->nheaders, "age").n > 0 ||
        !aws_request_date(aws_header(h->headers, h->nheaders, "date"), &date))
        return;
    c->skew_ms = date * 1000 - (p->sent_at_ms + took / 2);
    int64_t off = c->skew_ms - c->told_skew_ms;
    if (off < SKEW_TOLD_MS && off > -SKEW_TOLD_MS)
        return;
    c->told_skew_ms = c->skew_ms;
    aws_log(&c->settings->host, p->arena, "the clock of this machine is %lld s %s AWS's",
            (long long)(c->skew_ms < 0 ? -c->skew_ms : c->skew_ms) / 1000,
            c->skew_ms < 0 ? "ahead of" : "behind");
}

static void read_failure(struct pending *p, const struct http_many_answer *h) {
    static const enum aws_error_kind kinds[] = {[HTTP_NO_LIBRARY] = AWS_NO_LIBRARY,
                                                [HTTP_BAD_URL] = AWS_INVALID,
                                                [HTTP_UNREACHABLE] = AWS_UNREACHABLE,
                                                [HTTP_UNTRUSTED] = AWS_UNTRUSTED,
                                                [HTTP_TIMEOUT] = AWS_TIMEOUT,
                                                [HTTP_CUT] = AWS_CUT,
                                                [HTTP_REFUSED] = AWS_CUT,
                                                [HTTP_TOO_BIG] = AWS_TOO_BIG,
                                                [HTTP_STOPPED] = AWS_CUT};
    p->error = (struct aws_error){
        .kind = kinds[h->status],
        .maybe_done = p->call.effect != AWS_READS && h->was_sent,
        .message =
            arena_printf(p->arena, "%.*s: %s%s%s", STR_ARG(p->request.host),
                         http_status_text(h->status), h->detail[0] != 0 ? ": " : "", h->detail)};
}

/* XML says itself in what it is; JSON is UTF-8. */
static bool is_text(const struct pending *p, const struct http_many_answer *h) {
    enum aws_protocol is = p->call.service->protocol;
    bool json = is == AWS_JSON_1_0 || is == AWS_JSON_1_1 || is == AWS_REST_JSON;
    return !json || utf8_check(h->body) == h->body.n;
}

static void take_answer(void *ctx, const struct http_many_answer *h) {
    struct pending *p = ctx;
    struct aws_client *c = p->client;
    p->error = (struct aws_error){.kind = AWS_OK, .status = h->code};
    p->bucket->place->running--;
    c->sums.received_bytes += h->body.n;
    if (h->status != HTTP_OK) {
        read_failure(p, h);
    } else {
        learn_skew(c, p, h);
        if (h->code < 200 || h->code > 299 || aws_error_is_page(h->body))
            aws_error_read(p->arena, p->call.service, p->call.operation, h->code, h->headers,
                           h->nheaders, h->body, &p->error);
        else if (!is_text(p, h))
            p->error = (struct aws_error){.kind = AWS_STRANGE,
                                          .status = h->code,
                                          .message = STR("the answer is not in UTF-8")};
    }
    if (p->error.kind == AWS_THROTTLED) {
        c->sums.throttled++;
        throttle_slow(&p->bucket->throttle, p->sent_ms, steady_ms(c));
    }
    bool again = p->error.kind != AWS_OK && (follow(c, p, h) || is_worth_it(c, p, h));
    log_try(c, p, h, again);
    if (again) {
        VEC_PUSH(c->arena, &c->waiting, p);
        return;
    }
    if (p->error.kind == AWS_OK && c->retry_tokens < RETRY_TOKENS)
        c->retry_tokens++;
    struct aws_answer answer = {
        .status = h->code, .headers = h->headers, .nheaders = h->nheaders, .body = h->body};
    end_call(c, p, &answer);
}

/* ---- sending */

/* False: there are none (p->error). */
static bool find_keys(struct aws_client *c, struct pending *p, struct aws_keys *keys) {
    if (c->chain == NULL) {
        if (c->keys != NULL)
            *keys = *c->keys;
        return c->keys != NULL;
    }
    if (!aws_chain_keys(c->chain, now_ms(c) + c->skew_ms, keys, &p->generation, &p->error))
        return false;
    if (p->generation != c->generation)
        sigv4_forget(&c->cache);
    c->generation = p->generation;
    return true;
}

static bool sign(struct aws_client *c, struct pending *p, const struct http_header **headers,
                 uint32_t *n) {
    struct aws_keys keys = {0};
    if (!p->call.unsigned_call && !find_keys(c, p, &keys))
        return false;
    p->signed_skew_ms = c->skew_ms;
    bool ok =
        aws_request_sign(p->arena, &c->crypto, &c->cache, p->call.unsigned_call ? NULL : &keys,
                         p->call.service, &p->request, (now_ms(c) + c->skew_ms) / 1000, headers, n);
    if (!ok)
        p->error = (struct aws_error){.kind = AWS_INVALID,
                                      .message = STR("OpenSSL does not sign the request")};
    return ok;
}

static void send_call(struct aws_client *c, struct pending *p) {
    const struct http_header *headers = NULL;
    const struct aws_request *r = &p->request;
    uint32_t n = 0;
    if (p->bucket == NULL || !sign(c, p, &headers, &n)) {
        fail_call(c, p);
        return;
    }
    int64_t left = left_ms(c, p);
    p->sent_ms = steady_ms(c);
    p->sent_at_ms = now_ms(c);
    p->queued_ms = p->sent_ms - p->due_ms;
    if (p->tries++ == 0)
        p->begun_ms = p->sent_ms;
    str url = r->query.n == 0 ? arena_cat(p->arena, r->origin, r->path)
                              : arena_cat3(p->arena, arena_cat(p->arena, r->origin, r->path),
                                           STR("?"), r->query);
    struct http_many_request request = {.method = r->method,
                                        .url = url,
                                        .headers = headers,
                                        .nheaders = n,
                                        .body = r->body,
                                        .max_bytes = p->call.max_bytes > 0 ? p->call.max_bytes
                                                                           : BODY_BYTES_MAX,
                                        .connect_ms = CONNECT_MS,
                                        .whole_ms = left < 1        ? 1
                                                    : left < TRY_MS ? (unsigned)left
                                                                    : TRY_MS,
                                        .plain = r->plain,
                                        .once = p->call.effect == AWS_MAKES_ONCE,
                                        .secret = true,
                                        .done = take_answer,
                                        .ctx = p};
    p->bucket->place->running++;
    c->sums.requests++;
    c->sums.sent_bytes += r->body.n;
    show(c, p);
    http_many_start(c->http, &request);
}

/* Whether it may go now; otherwise `next` is brought down to when it may. */
static bool may_go(struct aws_client *c, struct pending *p, int64_t now, int64_t *next) {
    int64_t more = 0, due = p->due_ms;
    if (p->bucket == NULL)
        return true;
    if (due <= now && p->bucket->next_ms <= now) {
        if (p->bucket->place->running >= CONNECTIONS_PER_HOST ||
            http_many_running(c->http) >= RUNNING_MAX)
            return false;
        if (throttle_take(&p->bucket->throttle, now, &more))
            return true;
        p->bucket->next_ms = now + more;
    }
    due = due > p->bucket->next_ms ? due : p->bucket->next_ms;
    *next = due < *next ? due : *next;
    return false;
}

/* Sends all that may go; when the next one may. */
static int64_t send_what_may_go(struct aws_client *c) {
    int64_t now = steady_ms(c), next = now + IDLE_MS;
    uint32_t n = c->waiting.n, kept = 0;
    struct pending **was = c->waiting.at;
    c->going.n = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct pending *p = was[i];
        bool over = c->end_ms > 0 && now >= c->end_ms;
        if (!p->call.always && (over || (c->stopped && p->tries == 0))) {
            p->error =
                (struct aws_error){.kind = over ? AWS_TIMEOUT : AWS_GIVEN_UP,
                                   .maybe_done = p->error.maybe_done,
                                   .message = over ? STR("the time for all calls together is over")
                                                   : STR("it was given up before it was begun")};
            p->bucket = NULL;
        }
        if (may_go(c, p, now, &next))
            VEC_PUSH(c->arena, &c->going, p);
        else
            was[kept++] = p;
    }
    c->waiting.n = kept;
    /* A call that ends here may start others. */
    for (uint32_t i = 0; i < c->going.n; i++)
        send_call(c, c->going.at[i]);
    return next - now;
}

static bool has_calls(const struct aws_client *c) {
    return c->waiting.n > 0 || http_many_running(c->http) > 0;
}

/* One round, of so long at most; without calls it is over at once, unless `idle`. */
static void one_round(struct aws_client *c, int64_t most_ms, bool idle) {
    for (uint32_t i = 0; i < c->ticks.n; i++)
        c->ticks.at[i].tick(c->ticks.at[i].ctx, c);
    int64_t wait = send_what_may_go(c);
    wait = wait < most_ms ? wait : most_ms;
    if (idle || has_calls(c))
        http_many_wait(c->http, wait > 0 ? (unsigned)wait : 1);
}

void aws_client_run(struct aws_client *c) {
    while (has_calls(c))
        one_round(c, IDLE_MS, false);
}

void aws_client_wait(struct aws_client *c, unsigned ms) {
    int64_t end = steady_ms(c) + ms;
    for (int64_t now = steady_ms(c); now < end && !c->stopped; now = steady_ms(c))
        one_round(c, end - now, true);
}

str aws_client_region(const struct aws_client *c) {
    return c->settings->region;
}

void aws_client_limit(struct aws_client *c, unsigned s) {
    c->end_ms = steady_ms(c) + s * 1000LL;
}

void aws_client_stop(struct aws_client *c) {
    c->stopped = true;
}

void aws_client_go_on(struct aws_client *c) {
    c->stopped = false;
}

void aws_client_watch(struct aws_client *c, aws_watch_fn *watch, void *ctx) {
    c->watch = watch;
    c->watch_ctx = ctx;
}

void aws_client_tick(struct aws_client *c, aws_tick_fn *tick, void *ctx) {
    VEC_PUSH(c->arena, &c->ticks, (struct tick){tick, ctx});
}

void aws_client_untick(struct aws_client *c, aws_tick_fn *tick, void *ctx) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->ticks.n; i++) {
        if (c->ticks.at[i].tick != tick || c->ticks.at[i].ctx != ctx)
            c->ticks.at[kept++] = c->ticks.at[i];
    }
    c->ticks.n = kept;
}

struct aws_sums aws_client_sums(const struct aws_client *c) {
    return c->sums;
}

int64_t aws_client_now_s(const struct aws_client *c) {
    return (now_ms(c) + c->skew_ms) / 1000;
}

int64_t aws_client_steady_ms(const struct aws_client *c) {
    return steady_ms(c);
}

str aws_client_today(const struct aws_client *c, struct arena *a) {
    char time[SIGV4_TIME_MAX];
    return !sigv4_time(aws_client_now_s(c), time)
               ? STR("9999-12-31")
               : arena_printf(a, "%.4s-%.2s-%.2s", time, time + 4, time + 6);
}

str aws_client_source(const struct aws_client *c) {
    return c->chain == NULL ? (str){NULL, 0} : aws_chain_source(c->chain);
}
