/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COST_COST_H
#define OPSC_COST_COST_H

#include "base/date.h"
#include "cost/ledger.h"
#include "lower/lower.h"

/*
 * cost: what a system costs a month: the resources that ops.yaml names (catalog's `costs:`), what
 * opsc makes for them (resource/'s `price`), and the use that `cost.usage` states.
 *
 * What is not known is listed, never guessed. There is no clock here: what changes on a day is
 * given with that day, before and after.
 */
enum cost_source {
    COST_USE,      /* what is used of the whole system */
    COST_RESOURCE, /* a resource of ops.yaml */
    COST_MADE,     /* what opsc makes */
    COST_PUBLISHED /* metrics that are sent, and the calls for it */
};

struct cost_line {
    str of, item; /* "web", "instance" */
    enum cost_source source;
    const struct watched *watched; /* COST_RESOURCE */
    const struct price *price;
    struct cost_range quantity; /* in the unit of the price */
    struct ledger_entry cost;
    str note; /* what was assumed; may be empty */
    span at;
};

/* What is not estimated. */
struct cost_gap {
    str of, item, why;
    str key; /* of ops.yaml, which would tell; empty: there is none */
    span at;
};

/* What begins to cost something on a day; not in the sums unless it has begun. Of several that
 * follow each other for one thing, which are next to each other, each takes the place of the one
 * before it. */
struct cost_dated {
    str of, item, day; /* "2026-03-01" */
    const struct price *price;
    struct num quantity, usd; /* a month's, list price */
    bool begun;               /* by the day that is asked about: the last of them is a line */
    span at;
};
/* What begins years from now is no matter of today. opsc has no clock: what is told are the days
 * before the second year after its table of them was made (catalog/tables/rds-support.yaml). */
#define COST_TOLD_BEFORE STR("2028-01-01")

/* What costs nothing. */
struct cost_free {
    str of, item, why;
    uint32_t n; /* of such */
};

/* Where a rule of model/savings.def applies, and what it would save: all that is billed in the
 * account, less all that was billed then. */
struct cost_saving {
    enum cfg_saving rule;
    str names; /* "`web` and `db`", bounded */
    uint32_t n;
    str unknown; /* why no amount can be said; empty: `usd` has it */
    bool dated;  /* of something of `dated`: the names have the amounts */
    struct cost_range usd[COST_VIEWS];
    span at; /* of the first */
};

/* A budget of `budgets:`, and what the lines that it counts come to. */
struct cost_budget {
    str name; /* of the service; "the month" */
    struct num limit;
    struct cost_range usd[COST_VIEWS];
    str from; /* the first day from which it is not enough, for something begins; empty: none */
    struct cost_range from_usd;
};

struct cost_account {
    enum cfg_regime regime;
    struct date since;  /* year 0: not given */
    struct date ends;   /* the first day after the regime's offers or credits; else year 0 */
    struct num credits; /* NUM_NAN: not given */
};

/* One environment. */
struct cost_sheet {
    str environment, region;
    const struct config *cfg;
    const struct lower_result *low;
    struct ledger *ledger;          /* of its account */
    const struct made_counts *made; /* what opsc makes, as it is (made.h) */
    str context;                    /* of its diagnostics */
    struct cost_account account;
    VEC(struct cost_line) lines;
    VEC(struct cost_gap) gaps;
    VEC(struct cost_dated) dated; /* by their order in ops.yaml */
    VEC(struct cost_free) free;
    struct cost_range total[COST_VIEWS];
    VEC(struct cost_budget) budgets;
    VEC(struct cost_saving) savings;     /* by cost_savings() */
    struct cost_range saved[COST_VIEWS]; /* by all of them: not their sum, for some save the same */
    str oldest, newest; /* days on which the prices that were used were published; may be empty */
    bool undated;       /* of one of them nobody says when */
    bool beyond;        /* of something there is too much to reckon with: it is among the gaps */
    uint32_t locked;    /* lines whose price is of opsc.prices.lock */
    str lock_oldest, lock_newest; /* the days of those */
};

struct cost_run {
    struct arena *arena;
    struct diag_list *dl;
    str on; /* the day that is asked about, "2026-12-01"; empty: none */
    struct catalog tables;
    struct map ledgers; /* by the number of the account: environments share what is free */
    VEC(struct cost_sheet *) sheets;
    bool asked; /* somebody wants to see the sheets: what could be given up is looked for as well */
};

void cost_init(struct cost_run *r, struct arena *a, struct diag_list *dl);
/* Adds the sheet of an environment. Problems with `cost:` are diagnostics. */
void cost_add(struct cost_run *r, const struct config *cfg, const struct lower_result *low);

/*
 * Finds what could be saved, when all environments are there: into their sheets, and as notes what
 * build and lint are to tell. `cost.accept` has what is not to be told.
 */
void cost_savings(struct cost_run *r);
/* Warns of budgets that are less than what the system comes to, and of alarms on the bill that go
 * off every month: after cost_savings(). */
void cost_agree(struct cost_run *r);
/* Whether the sum of what could be saved is more than nothing; of some the amount is not known. */
bool cost_has_saved(const struct cost_sheet *s);
/* "$1.50 a month", and from which day on another amount. */
void cost_put_saved(struct buf *b, const struct cost_sheet *s, const struct cost_range *usd);
/* "alarm `x` is of high resolution: a period of 60 s saves $1.50 a month", or an unknown amount. */
void cost_put_saving(struct buf *b, const struct cost_sheet *s, const struct cost_saving *v);
/* "alarm `x` is of high resolution" */
void cost_put_saving_where(struct buf *b, const struct cost_saving *v);
/* Something is given up for it: it is not in `saved`. */
bool cost_saving_gives_up(enum cfg_saving rule);
/* "high-resolution"; what to write. */
const char *cost_saving_name(enum cfg_saving rule);
const char *cost_saving_advice(enum cfg_saving rule);

/* What is to be paid now, and when the regime's offers or credits have ended. */
struct cost_range cost_now(const struct cost_sheet *s);
struct cost_range cost_later(const struct cost_sheet *s);
/* The view that a line's part of either is in. */
enum cost_view cost_view_now(const struct cost_sheet *s);
/* Credits pay it all, as long as they last. */
bool cost_is_covered(const struct cost_sheet *s);
/* What is to be paid now of something (by view), credits of a free plan set against it. */
struct cost_range cost_pay(const struct cost_sheet *s, const struct cost_range usd[COST_VIEWS]);
/* The most that all environments come to, now or when offers and credits have ended; NUM_NAN: more
 * than can be reckoned with. */
struct num cost_most(const struct cost_run *r);
/* Whether an amount, to cents as it is shown, is more than a limit. */
bool cost_is_above(struct num usd, struct num limit);
/* Months that the credits last, at the high end of the range; NUM_NAN: not given, or nothing to
 * pay. */
struct num cost_credit_months(const struct cost_sheet *s);

/* What is said in place of an amount that is none. */
#define COST_BEYOND "more than can be reckoned with"
/* To cents, half to even: as it is shown. Of what cannot be reckoned with NUM_NAN. */
struct num cost_cents(struct num usd);
/* "$7.59", "$0.00..1.98": to cents, half to even; or that it is more than can be reckoned with. */
void cost_put_money(struct buf *b, struct cost_range r);
/* "730", "1..4" */
void cost_put_quantity(struct buf *b, struct cost_range r);
/* "2026-07-14" */

/* How the regime and its credits end, in a sentence; nothing when they do not. */
void cost_put_outlook(struct buf *b, const struct cost_sheet *s);
/* "$146.00 a month from 2026-03-01 on" */
void cost_put_dated(struct buf *b, const struct cost_dated *d);
/* What is still to begin. */
bool cost_has_dated(const struct cost_sheet *s);
/* What is to be paid from such a day on, of all or of what a budget counts. */
struct cost_range cost_pay_from(const struct cost_sheet *s, const struct cost_range usd[COST_VIEWS],
                                struct num begun, str day);
/* "$205.41 a month from 2026-08-01 on, $376.23 from 2028-08-01 on": all of it, for each day. */
void cost_put_from(struct buf *b, struct cost_run *r, const struct cost_sheet *s);
/* Which prices they are and how old, in a sentence. */
void cost_put_prices(struct buf *b, const struct cost_sheet *s);

/* What people read, JSON, and Markdown for a pull request. */
void cost_table(struct buf *b, struct cost_run *r);
void cost_json(struct buf *b, const struct cost_run *r);
void cost_markdown(struct buf *b, struct cost_run *r);

#endif
