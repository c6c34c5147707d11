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
 * one call and its answer.
 */
struct run {
    struct arena *a;
    struct aws_client *client;
    const struct run_options *o;
    struct steps *steps;
    struct run_result *ret;
    struct known known; /* with what was made */
};

/* Turns to the next call of a step that runs, or ends it. */
void run_call_next(struct run *r, struct step *s);
/* Ends a step; what waits for it is left. */
void run_fail(struct run *r, struct step *s, const struct aws_error *e);
void run_fail_with(struct run *r, struct step *s, str why);
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
struct input_from run_input(struct run *r, const struct step *s);

#endif
