/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_RUN_H
#define OPSC_APPLY_RUN_H

#include "apply/steps.h"
#include "aws/aws_client.h"

/*
 * run: steps are done, many at once: what others refer to first, then what is not wanted any more,
 * parts before what they are parts of. How fast is the client's business.
 *
 * Nothing is taken back. What cannot be done is told in its step, and whatever waits for it is not
 * begun; the rest goes on, unless nothing could go well any more (expired credentials, no network).
 * Run again from what is in the account then, it goes on where it ended.
 */
struct run_options {
    const struct diff_options *diff; /* the one by which the steps were found */
    str run; /* what no other run has: by it AWS knows a call that is said again */
    /* Called when a step has come to its end; or NULL. */
    void (*told)(void *ctx, const struct step *s);
    /* Asked before each call: false ends it all, as far as it is not begun. NULL: true. */
    bool (*may_go_on)(void *ctx);
    void *ctx;
};

struct run_result {
    uint32_t done, failed, left;
    uint32_t calls; /* that were to change something */
    bool stopped;   /* by `may_go_on`, or because nothing could go well any more */
    bool replaced;  /* something was: what AWS has deleted with it is told by another comparison */
};

void run_steps(struct arena *a, struct aws_client *client, const struct graph *want,
               const struct graph *have, struct steps *steps, const struct run_options *o,
               struct run_result *ret);

#endif
