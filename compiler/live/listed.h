/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_LISTED_H
#define OPSC_LIVE_LISTED_H

#include "live/live.h"
#include "live/path.h"
#include "resource/resource.h"

/*
 * listed: what an account has, whatever ops.yaml says: the items of list operations, page by page.
 *
 * Each call is a question that is asked once in its region. An item is handed on as it stands in
 * the answer; what values point to stays in the arena. What goes wrong is in `ret`, as of
 * live_read(): when there is anything, something may be missing.
 */
struct listed {
    struct arena *a;
    struct aws_client *client;
    struct live_result *ret; /* its errors, account and partition are used */
};

typedef void listed_item(void *ctx, const struct value *item);

struct listed_call {
    struct resource_call call; /* `each`: a list of texts; it is asked for each of them... */
    const char *each_as;       /* ... as this parameter */
    str items;                 /* path to what is listed in an answer */
    str region;
    listed_item *take;
    void *ctx;
    const struct listed_call *same; /* takes from the same answers, with other items; or NULL */
};

/* Asks who is calling. False: it is not known (ret->errors). */
bool listed_caller(struct listed *l, str region);
/* Starts a question; the answers come in aws_client_run(). `c` stays valid until then. */
void listed_ask(struct listed *l, const struct listed_call *c);

#endif
