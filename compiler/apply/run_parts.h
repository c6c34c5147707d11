/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_RUN_PARTS_H
#define OPSC_APPLY_RUN_PARTS_H

#include "apply/input.h"
#include "apply/run.h"
#include "diff/known.h"

/*
 * run_parts: what the files of run share. For apply/ only.
 *
 * run.c has the order of all and the ends of steps, run_rows.c which calls a step takes, run_call.c
 * one call and its answer, run_batch.c one call for many steps.
 */
struct run {
    struct arena *a;
    struct aws_client *client;
    const struct run_options *o;
    struct steps *steps;
    struct run_result *ret;
    struct known known; /* with what was made */
    bool gathers;       /* deletions that one call does many of wait for each other */
    VEC(struct run_batch *) batches;
};

/* Turns to the next call of a step that runs, or ends it. */
void run_call_next(struct run *r, struct step *s);
/* Ends a step; what waits for it is left. */
void run_fail(struct run *r, struct step *s, const struct aws_error *e);
void run_fail_with(struct run *r, struct step *s, str why);
/* Whether nothing could go well after such an error. */
bool run_is_hopeless(enum aws_error_kind kind);
/* Asked before each call; false: all has been stopped. */
bool run_may_go_on(struct run *r);

/* The node that the calls are about. */
const struct node *step_node(const struct step *s);
/* Whether an operation is one of those that the step takes, as it is now. */
bool step_takes(const struct step *s, const struct resource_write *w);
/* The one after `row`, or the first; NULL: there is none. */
const struct resource_write *step_next_row(const struct step *s);
/* What differs and no operation of the kind changes; NULL: there is nothing. */
const char *step_left_over(const struct step *s);

/* Asks for what `row` says, for the item at `at`; the answer leads to run_call_next() or
 * run_fail(). */
void run_send(struct run *r, struct step *s, unsigned delay_ms);
/* Whether an answer with status 200 is one of the operation's that the step is at. */
bool run_is_plain_answer(struct run *r, const struct step *s, const struct aws_answer *answer);
/* While all deletions are begun: keeps one, with what it is asked with, to be asked for with others
 * of its row. False: it is none of these. */
bool run_gather(struct run *r, struct step *s, const struct value *params, str region);
/* Asks for all that were kept. What becomes of each comes as if it had been asked for alone. */
void run_send_gathered(struct run *r);
struct input_from run_input(struct run *r, const struct step *s);

#endif
