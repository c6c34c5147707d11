/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COST_DIFF_H
#define OPSC_COST_DIFF_H

#include "cost/cost.h"

/*
 * diff: what a change costs: two runs side by side, reckoned with the same prices.
 *
 * Environments are paired by name, lines by what they are of and their price, or by what they are
 * of alone. Both runs must live as long as the diff.
 */
struct cost_delta {
    const struct cost_line *before, *after; /* one may be NULL: added, removed */
};

struct cost_budget_delta {
    const struct cost_budget *before, *after;
    bool was_above, is_above; /* now, or when offers and credits have ended */
};

/* One environment. */
struct cost_pair {
    const struct cost_sheet *before, *after; /* one may be NULL: it is new, or gone */
    VEC(struct cost_delta) lines;            /* that changed, in the order of the sheets */
    uint32_t same;                           /* lines that did not */
    VEC(struct cost_budget_delta) budgets;   /* all */
    VEC(const struct cost_gap *) unknown;    /* what is not estimated and was not in that list */
    VEC(const struct cost_gap *) known;      /* what was not estimated, and is now */
};

struct cost_diff {
    struct arena *arena;
    str spec;             /* "infra/ops.yaml", as it was asked for */
    str revision, commit; /* "main", and its commit's digits */
    bool absent;          /* there was no spec at the revision */
    const struct cost_run *before, *after;
    VEC(struct cost_pair) pairs;
};

/* As it is after, or was before, if it is gone. */
const struct cost_sheet *cost_pair_sheet(const struct cost_pair *p);
/* Fills `pairs`; the rest is the caller's, and is there. */
void cost_diff_reckon(struct cost_diff *d);
/* The same line, environment or budget, to the last digit. */
bool cost_pair_is_same(const struct cost_pair *p);
/* What of something a month changes: +$3.00, of the low and of the high end of a range. */
void cost_put_change(struct buf *b, struct cost_range before, struct cost_range after);

void cost_diff_table(struct buf *b, const struct cost_diff *d);
void cost_diff_json(struct buf *b, const struct cost_diff *d);
/*
 * For one comment that is written anew: its first line is a mark that is the same for the spec
 * every time.
 */
void cost_diff_markdown(struct buf *b, const struct cost_diff *d);

/* ---- what the forms share. Internal to cost/. */
struct cell_row;
unsigned diff_columns(const struct cost_pair *p);
/* The rows of a table: head, one for each line, the sum. */
struct cell_row *diff_rows(struct arena *a, const struct cost_pair *p, uint32_t *ret_n);
/* "production, us-east-1", and what is to be said of all of it. */
str diff_title(struct arena *a, const struct cost_pair *p);
/* "$27.98 -> $41.41 of $30.00, above it by this change" */
str diff_budget(struct arena *a, const struct cost_pair *p, const struct cost_budget_delta *d);
/* "from 2027-03-01 on ": when the offers or credits of an account end; "later " without a day. */
void diff_put_from(struct buf *b, const struct cost_pair *p);
/* Whether there is something to say of it: it changed, or what counts in it. */
bool diff_has_budget(const struct cost_pair *p, const struct cost_budget_delta *d);
/* "main (3f2a9c1d0e55)" */
str diff_revision(struct arena *a, const struct cost_diff *d);
/* What was not there at the revision, or nothing: a sentence. */
void diff_put_absent(struct buf *b, const struct cost_diff *d, void (*put)(struct buf *, str));
/* The sum of all environments, when there are several. */
void diff_put_sum(struct buf *b, const struct cost_diff *d);
/* The environment by which is said where the prices are from, and how the regime ends. */
const struct cost_sheet *diff_priced(const struct cost_diff *d);

#endif
