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
/* Days that logs are kept: of more it is told, and so many are advised. */
#define SAVING_LONG_DAYS 90
#define SAVING_ENOUGH_DAYS 30

struct saver {
    struct cost_work *work;            /* of the environment */
    struct arena *arena;               /* goes when the environment has been reckoned */
    const struct bill *before;         /* all lines of the account */
    struct bill *after;                /* with what this rule changes of them; NULL: nothing */
    const struct made_change *changed; /* the same: by other rules; NULL: none */
    struct made_change *changes;       /* the same: with those of this rule; NULL: none */
    struct cost_saving *found;
    VEC(str) names;
};

/* It applies to something with such a name. */
void saving_found(struct saver *s, str name, span at);
/* The same in words of its own: "5 metrics beyond the ten that are free". */
void saving_found_words(struct saver *s, str words, span at);
/* How much is not known, and why: a clause. */
void saving_unknown(struct saver *s, str why);

/* What is changed of a node already; what this rule changes of it. */
struct made_change saving_changed(const struct saver *s, uint32_t node);
struct made_change *saving_change(struct saver *s, uint32_t node);
str saving_node_name(const struct saver *s, const struct node *n);

/* The bill that this rule changes. */
struct bill *saving_bill(struct saver *s);
/* The line `i` of the bill. */
const struct bill_line *saving_line(const struct saver *s, uint32_t i);
/* Whether line `i` is one of the environment, of such a source; and of such a cost of a kind. */
bool saving_is(const struct saver *s, uint32_t i, enum cost_source source);
bool saving_is_of(const struct saver *s, uint32_t i, const char *kind, const char *item);
/* Line `i` gets another price, if there is one for its region that is lower. */
bool saving_reprice(struct saver *s, uint32_t i, str key);
/* Another amount of it, of a unit of the price. */
void saving_set(struct saver *s, uint32_t i, struct cost_range quantity);

#define SAVING(id, ...) void saving_##id(struct saver *s);
#include "model/savings.def"
#undef SAVING

#endif
