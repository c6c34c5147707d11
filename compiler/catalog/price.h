/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_PRICE_H
#define OPSC_CATALOG_PRICE_H

#include "catalog/catalog.h"

/*
 * price: what AWS asks for one unit, and what it does not charge for. US dollars, list prices on
 * demand, without taxes.
 *
 * What a price is of, and its tiers, is in catalog/tables/prices.yaml; the number in
 * prices/REGION.yaml, or for instances in class-prices/REGION.yaml, of which only those regions are
 * looked at that somebody asks for; free amounts are in allowances.yaml. A region without a number
 * has no price: none is ever taken from another region.
 *
 * What opsc.prices.lock has (catalog/price_lock.h, in the catalog's `lock`) comes before all that.
 */
enum { PRICE_TIERS_MAX = 8 };

/* An amount that is not charged, each month; several prices may share one. */
struct price_pool {
    str name;          /* "alarm-metrics" */
    struct num amount; /* in the unit of its prices */
    bool after;        /* a price's first tier begins after it, not with it */
    uint32_t index;    /* among those that were asked for */
};

struct price_tier {
    struct num from; /* units in a month */
    struct num usd;  /* for each unit above that */
};

struct price {
    str key;               /* "ec2.t3.micro.linux" */
    str region;            /* that was asked for */
    str unit;              /* "hour" */
    str service;           /* on the bill, with - for spaces: "EC2-Other" */
    str published, source; /* of its first tier; published may be empty: nobody says */
    struct price_tier tiers[PRICE_TIERS_MAX];
    uint32_t ntiers;
    struct price_pool *always, *legacy; /* NULL: none */
    bool known;                         /* there is such a key, if not for the region */
    bool locked;                        /* from opsc.prices.lock, not from the tables */
    uint32_t index;                     /* among those that were asked for */
};

/* The prices that were asked for. */
struct price_book {
    struct arena *arena;
    struct catalog *tables;
    struct map prices, pools;
};

/* The price, or NULL: there is no such key (`ret_known` false), or no price for the region. */
const struct price *price_find(struct price_book *b, str key, str region, bool *ret_known);
/* The same, but never NULL when the key is known: what it is of, if with no tiers. */
const struct price *price_about(struct price_book *b, str key, str region, bool *ret_known);

/* A row of allowances.yaml. */
const struct price_pool *price_pool(struct price_book *b, str name);
/* "7.59": to cents, half to even. */
void price_put_usd(struct buf *b, struct num usd);

/* What so many units cost, from the first one on. NUM_NAN when that is more than fits. */
struct num price_of(const struct price *p, struct num quantity);

/*
 * What a quantity in base units (bytes, things) is in the unit of the price, for a month: of what
 * is paid by the hour one thing is 730. False when it has another dimension than that.
 */
bool price_quantity(const struct price *p, struct quantity q, struct num *ret);
bool price_is_data(const struct price *p);
/* "data such as 4 GiB", "a number such as 10k": for messages. */
const char *price_takes(const struct price *p);

/* The hours of a month. */
#define PRICE_MONTH_HOURS 730
/* Such months in so many days. */
struct num price_months(int64_t days);

#endif
