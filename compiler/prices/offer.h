/* SPDX-License-Identifier: MIT */
#ifndef OPSC_PRICES_OFFER_H
#define OPSC_PRICES_OFFER_H

#include "base/map.h"
#include "base/sha256.h"
#include "catalog/price.h"
#include "catalog/price_lock.h"
#include "prices/csv.h"
#include "prices/price_list.h"

/*
 * offer: the price list of one service in one region, as CSV that comes in pieces: what it asks for
 * the keys of price_list.yaml. Constant memory but for what is found.
 *
 * A price is found when exactly one product (SKU) of the list fits its row, on demand, in US
 * dollars, in the unit that the row expects, with numbers that are numbers and tiers that follow
 * on each other. What is not so has `trouble` instead.
 */
struct offer_price {
    str key;
    const struct list_row *row;
    str sku;
    const char *trouble; /* why it has no price; NULL: it has */
    struct price_tier tiers[PRICE_TIERS_MAX];
    struct num ends[PRICE_TIERS_MAX]; /* NUM_NAN: never */
    uint32_t ntiers;                  /* sorted, from 0, after offer_close() */
};

/* Columns that every row is read by. */
enum offer_column {
    OFFER_SKU,
    OFFER_TERM,
    OFFER_FROM,
    OFFER_TO,
    OFFER_UNIT,
    OFFER_USD,
    OFFER_CURRENCY,
    OFFER_FAMILY,
    OFFER_USAGE,
    OFFER_OPERATION,
    OFFER_COLUMNS
};

struct offer {
    str version, published; /* "20261001120000", "2026-10-01" */
    char sha256[SHA256_HEX + 1];
    VEC(struct offer_price *) prices;
    bool same;         /* its version is `known`: no more of it is read */
    char problem[160]; /* why it cannot be read; empty: it can */
    /* internal from here on */
    struct arena *arena;
    const struct price_list *list;
    struct list_prefixes prefixes;
    str service, code, known;
    struct map found, exact; /* key -> struct offer_price; usage -> struct list_use */
    VEC(const struct list_row *) patterns;
    uint32_t columns[OFFER_COLUMNS], ncolumns; /* ncolumns 0: before the header */
    struct map headers;                        /* name -> its number + 1 */
    unsigned heads;                            /* rows before the header */
    struct sha256 sum;
    struct csv csv;
};

/* `known`: a version that need not be read; empty: none. */
void offer_open(struct offer *o, struct arena *a, const struct price_list *list, str service,
                const struct list_prefixes *prefixes, str known);
/* False when no more is wanted: it is no price list of the service (`problem`), or the `same`. */
bool offer_feed(struct offer *o, str piece);
bool offer_close(struct offer *o);

#endif
