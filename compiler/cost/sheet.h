/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COST_SHEET_H
#define OPSC_COST_SHEET_H

#include "cost/cost.h"

/*
 * sheet: a sheet while it is filled. Internal to cost/.
 */
struct cost_work {
    struct cost_run *run;
    struct ledger *ledger;
    struct cost_sheet *sheet;
    const struct config *cfg;
    const struct lower_result *low;
    struct map own; /* "db.backup" -> struct usage_entry, those of `cost.usage` */
};

/* What a line is for. */
struct cost_what {
    str of, item, note;
    str region;
    enum cost_source source;
    const struct watched *watched; /* COST_RESOURCE */
    span at;
};

/* Enters so much of what `key` is the price of, or the gap that there is no such price. */
void sheet_enter(struct cost_work *w, const struct cost_what *what, str key, struct quantity low,
                 struct quantity high);
/* The same of what costs something from a day on. */
void sheet_enter_from(struct cost_work *w, const struct cost_what *what, str key, struct quantity q,
                      str day);
/* What of it, from entry `first` of `dated` on, has begun by the day that is asked about. */
void sheet_begin(struct cost_work *w, const struct cost_what *what, uint32_t first);
void sheet_count(struct cost_work *w, const struct cost_what *what, str key, struct num n);
void sheet_gap(struct cost_work *w, const struct cost_what *what, str why, str key);
void sheet_free(struct cost_work *w, const struct cost_what *what, str why, uint32_t n);

/* The same, in the amount that `cost.usage` states for this cost of a resource; `what_of`: what has
 * to be stated, for people. */
void usage_enter_own(struct cost_work *w, const struct cost_what *what, str key, str what_of);
/* The amount itself, in base units, of what `key` is the price of; false when it is not stated, or
 * after a diagnostic. */
bool usage_own_amount(struct cost_work *w, const struct cost_what *what, str key,
                      struct quantity *low, struct quantity *high);
/* What is stated for this cost is no mistake, though it has no price. */
void usage_seen(struct cost_work *w, const struct cost_what *what);
/* Before the others: which keys of resources there are. After: reports those that are of nothing.
 */
void usage_open(struct cost_work *w);
void usage_close(struct cost_work *w);

/* The parts, in the order of the sheet. */
void sheet_resources(struct cost_work *w);
void sheet_lifecycle(struct cost_work *w);
struct lifecycle;
/* What rule `i` is called in keys and lines; empty when the bucket has no other. */
str sheet_rule_name(struct arena *a, const struct lifecycle *b, uint32_t i);
void sheet_made(struct cost_work *w);
void sheet_usage(struct cost_work *w);
/* `budgets:`, beside the sums of the lines. */
void sheet_budgets(struct cost_work *w);
/* What the lines of a sheet come to that the budget of a service counts. */
void sheet_budget_of(struct cost_run *r, const struct cost_sheet *s, const struct cfg_budget *c,
                     struct cost_range ret[COST_VIEWS]);
/* What has begun by a day that such a budget counts, at list price; `c` NULL: all. */
struct num sheet_begun(struct cost_run *r, const struct cost_sheet *s, const struct cfg_budget *c,
                       str day);
/* `cost.account`, checked. */
void account_read(struct cost_work *w);

#endif
