/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COST_BILL_H
#define OPSC_COST_BILL_H

#include "cost/made.h"

/*
 * bill: all lines of an account as they would be when something was otherwise, and what they come
 * to then: with free amounts that are shared, the difference of one line is not what is saved.
 * Internal to cost/.
 */
struct bill_line {
    const struct cost_sheet *sheet;
    str of, item;
    enum cost_source source;
    const struct watched *watched;
    const struct price *price;
    struct cost_range quantity;
};

struct bill {
    struct arena *arena;
    struct ledger *ledger; /* of the account, with the prices */
    struct bill_line *lines;
    uint32_t n, room;
};

/* The lines of all environments of the account as they are. */
void bill_open(struct bill *b, struct arena *a, const struct cost_run *r,
               const struct cost_sheet *s);
/* A copy that is changed apart. */
struct bill bill_copy(const struct bill *b, struct arena *a);
/* What opsc makes for the environment of `w` is counted anew; false when something
 * of which there would be more or less has no price. */
bool bill_count(struct bill *b, struct cost_work *w, const struct made_change *changes);
/* False when it is too much to reckon with. */
bool bill_total(const struct bill *b, struct cost_range ret[COST_VIEWS]);

#endif
