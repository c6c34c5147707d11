/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_APPLY_PARTS_H
#define OPSC_CLI_APPLY_PARTS_H

#include "apply/next.h"
#include "apply/run.h"
#include "apply/steps.h"
#include "cli/account_lock.h"
#include "cli/compared.h"
#include "io/clock.h"

/*
 * apply_parts: what apply, destroy and try share: what is to be done, shown, done and told.
 */
struct apply_progress {
    struct io_clock clock;
    bool watched, visible;
    uint32_t done;     /* steps that have come to their end */
    const char *doing; /* what was asked last */
    int64_t shown_ms;  /* when it was written last; at first when it began */
};

struct apply_run {
    struct cli *c;
    struct compared r;
    struct report report;
    struct steps_options options;
    struct steps steps;
    struct run_result result, all; /* of this round, of all */
    uint32_t sums[STEP_ACTIONS];   /* what was done, of all rounds */
    int64_t took_ms;               /* doing it */
    bool unstoppable;              /* Ctrl-C is not heard: what was begun is taken back */
    struct account_lock lock;
    struct apply_progress progress;
    bool json;                      /* one object at the end, and nothing before it */
    VEC(const struct step *) ended; /* of all rounds */
    struct next_list next;
};

/* "created", ... of enum step_action. */
extern const char *const apply_done[STEP_ACTIONS];
/* "CloudWatch alarm shop-production-cpu": as it is wanted, else as it is there. */
str apply_title(struct apply_run *a, const struct node *want, const struct node *have);
/* The lock of the environment. Not CLI_OK after a message: nothing may be written. */
enum cli_exit apply_lock(struct apply_run *a);
/* Lets go of it; a signal that came meanwhile ends opsc then. */
void apply_unlock(struct apply_run *a);
/* While somebody is asked; `ctx` is the run. */
void apply_keep_lock(void *ctx);
/* Reads, compares, and finds what is to be done. False after a message. */
bool apply_find(struct apply_run *a, enum cli_exit *ret_status);
/* The plan, what is deleted, what is not done and why, and the sums. */
enum cli_exit apply_show(struct apply_run *a);
/* Does it; each step that is done has its line. Signals are held. */
void apply_do(struct apply_run *a);
/* The same of `steps` alone, which are of this graph: without another round. */
void apply_do_steps(struct apply_run *a, const struct graph *want, const struct diff_options *o);
/* What failed, what was not begun, and the sums. */
enum cli_exit apply_tell(struct apply_run *a);
/* One line on a terminal that is written over, as account_progress's, while it is done; of a step
 * that has come to its end; out of the way of what is printed. */
void apply_progress_begin(struct apply_run *a, struct io_clock clock);
void apply_progress_step(struct apply_run *a);
void apply_progress_hide(struct apply_run *a);
void apply_progress_end(struct apply_run *a);
/* "ops.yaml:42", or nothing. */
str apply_place(struct apply_run *a, const struct node *want);
/* Prints what became of it as JSON. The status, or that it could not be printed. */
enum cli_exit apply_put_json(struct apply_run *a, enum cli_exit status);
/* Whether somebody said yes, or has said it by an option. False after a message. */
bool apply_is_wanted(struct apply_run *a, const char *question);

#endif
