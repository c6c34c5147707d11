/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COST_SAVINGS_H
#define OPSC_COST_SAVINGS_H

#include "cost/bill.h"

/*
 * savings: the rules of model/savings.def at work. Internal to cost/.
 *
 * A rule says where it applies, and changes the bill to what it would be then. It begins with what
 * those before it have left when all are summed, so it looks at the bill and the changes, and not
 * only at ops.yaml. Who calls it reckons what is saved.
 */
struct saver {
    struct cost_work *work; /* of the environment */
    struct arena *arena;    /* goes when the rule has been reckoned */
    struct bill *bill;
    const struct made_alarm *extents; /* one for each node; of what is no metric alarm zero */
    const struct made_change *before; /* the same: by other rules; NULL: none */
    struct made_change *changes;      /* the same: with those of this rule; NULL: none */
    struct cost_saving *found;
    VEC(str) names;
};

/* It applies to something with such a name. */
void saving_found(struct saver *s, str name, span at);
/* How much is not known, and why: a clause. */
void saving_unknown(struct saver *s, str why);
/* What is changed of a node already; what this rule changes of it. */
struct made_change saving_changed(const struct saver *s, uint32_t node);
struct made_change *saving_change(struct saver *s, uint32_t node);
/* What people call a node: "high-cpu" of "shop-production-high-cpu". */
str saving_node_name(const struct saver *s, const struct node *n);

#define SAVING(id, ...) void saving_##id(struct saver *s);
#include "model/savings.def"
#undef SAVING

#endif
