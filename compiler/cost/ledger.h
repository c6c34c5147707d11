/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COST_LEDGER_H
#define OPSC_COST_LEDGER_H

#include "catalog/price.h"

/*
 * ledger: what an account has used so far of each price and each free amount, and what more of it
 * costs. Amounts are ranges: everything is reckoned twice, with the least and with the most.
 *
 * Free amounts go to whoever comes first: of prices that share one, in the order of the lines.
 * Nothing is rounded. Adding to a quantity never makes the whole cheaper.
 */
struct cost_range {
    struct num low, high;
};
#define COST_NOTHING ((struct cost_range){{0, 1}, {0, 1}})

/* What is reckoned: the list price; after what everybody has free; after the legacy offers too. */
enum cost_view { COST_LIST, COST_PAID, COST_LEGACY, COST_VIEWS };

void cost_clear(struct cost_range usd[COST_VIEWS]);
/* Adds in every view; false, and some are NUM_NAN, when a sum is too much to reckon with. */
bool cost_add_to(struct cost_range sum[COST_VIEWS], const struct cost_range usd[COST_VIEWS]);

/* How much was used, in one view. */
struct ledger_page {
    struct num *all, *charged; /* by index of the price */
    struct num *free;          /* by index of the pool */
    uint32_t nprices, npools;  /* room */
};

struct ledger {
    struct price_book book;
    struct ledger_page pages[COST_VIEWS][2]; /* least, most */
};

/* What a line costs, and how much of it was free. */
struct ledger_entry {
    struct cost_range usd[COST_VIEWS], free[COST_VIEWS];
};

/* `tables`: where the prices are. */
void ledger_init(struct ledger *l, struct arena *a, struct catalog *tables);
/* Enters a quantity, in the unit of the price; false, and nothing is entered, when it is too much
 * to reckon with. */
bool ledger_enter(struct ledger *l, const struct price *p, struct cost_range quantity,
                  struct ledger_entry *ret);

#endif
