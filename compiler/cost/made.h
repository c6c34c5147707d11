/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COST_MADE_H
#define OPSC_COST_MADE_H

#include "cost/sheet.h"
#include "lower/dashboard.h"

/*
 * made: how many of what opsc makes there are under each price, as it is or as it would be when
 * some of it was changed. Internal to cost/.
 */

/* What people call a node: "high-cpu" of "shop-production-high-cpu". */
str made_name(const struct config *c, const struct node *n);

/* What would be otherwise with a node. */
struct made_change {
    bool gone;
    bool standard;  /* an alarm is not of high resolution, a dashboard not an extended one */
    uint32_t fewer; /* metrics of an alarm */
};

/* Under one price in one region. */
struct made_count {
    struct cost_what what;
    str key;
    uint32_t n;
};
struct made_counts {
    struct made_count *at;
    uint32_t n, cap;
};

/* `changes`: one for each node of the graph; NULL: none. In the order of the first node of each. */
void made_count(struct cost_work *w, const struct made_change *changes, struct made_counts *ret);

#endif
