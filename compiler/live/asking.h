/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_ASKING_H
#define OPSC_LIVE_ASKING_H

#include "aws/aws_client.h"
#include "live/live.h"
#include "live/turn.h"
#include "model/value.h"
#include "resource/resource.h"

/*
 * asking: a call with all its pages. Each answer is handed on as a value, which stays in the arena;
 * with `scratch` until `take` returns: that arena is emptied then.
 */
struct asking {
    struct arena *a;
    struct arena *scratch; /* or NULL; of all questions that are asked at one time the same */
    struct aws_client *client;
    const struct resource_call *call;
    str region;
    str account;                /* what "${account}" in the row's input stands for */
    const struct value *params; /* MAP, beside the row's input */
    bool may_lack;              /* "not found" instead of a first page: there is none of it */
    /* False: further pages are not wanted. */
    bool (*take)(void *ctx, const struct value *answer);
    void (*failed)(void *ctx, const struct aws_error *e);
    /* An answer that is not understood; NULL: `failed` hears of it, as AWS_STRANGE. */
    void (*strange)(void *ctx, str why);
    void *ctx;
    struct turn turn; /* zero */
};

/* Starts it; what comes of it comes in aws_client_run(). `q` stays valid until then. */
void asking_begin(struct asking *q);

/* Notes what went wrong with a call. `want`: what it was asked for, or NULL. */
void asking_note(struct arena *a, struct live_result *ret, const struct resource_call *call,
                 str region, const struct node *want, const struct aws_error *e);
/* Asks who is calling, and waits for it: account and partition of `ret`. False: it is not known
 * (ret->errors). */
bool asking_caller(struct arena *a, struct aws_client *client, str region, struct live_result *ret);

#endif
