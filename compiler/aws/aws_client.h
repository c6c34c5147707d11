/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_AWS_CLIENT_H
#define OPSC_AWS_AWS_CLIENT_H

#include "aws/aws_error.h"
#include "aws/settings.h"
#include "aws/sigv4.h"

/*
 * aws_client: calls to AWS, many at once.
 *
 *     struct aws_settings *s = aws_settings_read(a, &host, &choice, &error);
 *     struct aws_client *c = aws_client_open(a, s, &error);
 *     aws_client_start(c, &call);    as many as there are; each has a function for its answer
 *     aws_client_run(c);             until all have their answer, also those started by answers
 *
 * One thread, one pool of connections. Each call waits for its turn: a bucket per service,
 * operation and region lets 80% of AWS's published quota pass, of what writes all of it, and half
 * of that after AWS was asked too fast all the same, from where it grows again. It is signed anew
 * for each try and tried again as the SDKs do (waits of up to 20 s that grow, x-amz-retry-after,
 * Retry-After), within its deadline. A clock that is off is found by the Date of answers, and
 * corrected for. A bucket that is in another region is asked for there, as S3 says it. Credentials
 * are found when the first call needs them, and found anew before they expire.
 *
 * Answers come in any order. Their memory is gone when the function returns.
 */
struct aws_client;

enum aws_effect {
    AWS_READS,     /* changes nothing: tried again after any failure that may pass */
    AWS_SETS,      /* changes, and may be said twice: the same */
    AWS_MAKES_ONCE /* must not be said twice: again only when it surely was not carried out */
};

struct aws_answer {
    struct aws_error error; /* AWS_OK: it worked */
    unsigned status;
    const struct http_header *headers;
    uint32_t nheaders;
    str body;
    unsigned tries;
};
typedef void aws_done_fn(void *ctx, struct aws_client *c, const struct aws_answer *answer);

struct aws_call {
    const struct aws_service *service;
    str operation; /* "DescribeAlarms" */
    str region;    /* empty: that of the settings */
    enum aws_effect effect;
    str method; /* empty: POST */
    str path;   /* percent-encoded as it is to be sent; empty: "/" */
    str query;  /* without "?", encoded; may be empty */
    str bucket; /* of S3: part of the host, or of the path where that cannot be; may be empty */
    const struct http_header *headers; /* beyond what protocol and signing take */
    uint32_t nheaders;
    /*
     * JSON; or XML; or the parameters of a form without Action and Version ("Names.member.1=x").
     */
    str body;
    unsigned deadline_s; /* with all tries and waits; 0: 120 */
    unsigned delay_ms;   /* it is not sent earlier than so long from now */
    uint64_t max_bytes;  /* of the answer; 0: 32 MiB */
    bool unsigned_call;  /* without credentials: AssumeRoleWithWebIdentity and SSO */
    bool always;         /* neither aws_client_stop() nor aws_client_limit() ends it */
    aws_done_fn *done;
    void *ctx;
};

/* What was done so far. */
struct aws_sums {
    uint32_t started;    /* calls, with those that have no answer yet */
    uint32_t calls;      /* that have their answer */
    uint32_t requests;   /* with all tries */
    uint32_t throttled;  /* of those, refused as too fast */
    uint32_t failed;     /* calls that ended in an error */
    uint64_t sent_bytes; /* of bodies */
    uint64_t received_bytes;
};

/* NULL when libcurl or OpenSSL cannot be had (ret). Closed with the arena: keys are wiped then. */
struct aws_client *aws_client_open(struct arena *a, const struct aws_settings *s,
                                   struct aws_error *ret);
/* The same with these keys (NULL: only calls that are not signed), which live as long. */
struct aws_client *aws_client_open_as(struct arena *a, const struct aws_settings *s,
                                      const struct aws_keys *keys, struct aws_error *ret);
/* All that `call` points to is copied. `done` is called by aws_client_run(), never from here. */
void aws_client_start(struct aws_client *c, const struct aws_call *call);
void aws_client_run(struct aws_client *c);
/* One call, and its answer in the arena; `done` and `ctx` are not used. Not from a `done`. */
void aws_client_call(struct aws_client *c, struct arena *a, const struct aws_call *call,
                     struct aws_answer *ret);
/* That of the settings; may be empty. */
str aws_client_region(const struct aws_client *c);
/*
 * Whatever is not done so long from now ends with AWS_TIMEOUT. Without it only each call has an
 * end, and a list that never ends has none.
 */
void aws_client_limit(struct aws_client *c, unsigned s);
/* Calls that are not begun are given up: they end with AWS_GIVEN_UP; those that run end as usual.
 */
void aws_client_stop(struct aws_client *c);
/* Calls are taken again, after all that were given up have ended. */
void aws_client_go_on(struct aws_client *c);
/*
 * What is to be done from time to time: called at least once a second while the client runs, and
 * may start calls. There may be several; one is taken away by what it was given with.
 */
typedef void aws_tick_fn(void *ctx, struct aws_client *c);
void aws_client_tick(struct aws_client *c, aws_tick_fn *tick, void *ctx);
void aws_client_untick(struct aws_client *c, aws_tick_fn *tick, void *ctx);
/* Runs for so long, also without calls, or until it is stopped. Calls that have no answer then have
 * it from the next run. */
void aws_client_wait(struct aws_client *c, unsigned ms);
/* Who wants to see it go on: called when a try is sent and when a call has its answer, with the
 * call. NULL: nobody. */
typedef void aws_watch_fn(void *ctx, const struct aws_client *c, const struct aws_call *call);
void aws_client_watch(struct aws_client *c, aws_watch_fn *watch, void *ctx);
struct aws_sums aws_client_sums(const struct aws_client *c);
/* Seconds since 1970 by the Date of AWS's answers; before the first one by this machine's clock. */
int64_t aws_client_now_s(const struct aws_client *c);
/* The clock that it waits by: milliseconds since some moment. */
int64_t aws_client_steady_ms(const struct aws_client *c);
/* The day in UTC, "2026-10-01", by the same clock as aws_client_now_s(). */
str aws_client_today(const struct aws_client *c, struct arena *a);
/* "environment", "profile deploy (assumed role)", ...: where the credentials came from; may be
 * empty before the first call. */
str aws_client_source(const struct aws_client *c);

#endif
