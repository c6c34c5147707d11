/* SPDX-License-Identifier: MIT */
#ifndef OPSC_PRICES_UPDATE_H
#define OPSC_PRICES_UPDATE_H

#include "catalog/price.h"
#include "catalog/price_lock.h"
#include "prices/fetch.h"

/*
 * update: a new opsc.prices.lock from AWS's price list. All or nothing: what cannot be read fails
 * the whole, so that no lock is half of one version and half of another.
 *
 * A price that the list does not have exactly once stays what it was, and so does one that jumped:
 * that is more than half as much again, or less than half, or has fewer tiers, unless that is
 * accepted.
 */
enum update_fate {
    UPDATE_SAME,
    UPDATE_CHANGED,
    UPDATE_NEW,  /* there was none */
    UPDATE_JUMP, /* not taken */
    UPDATE_KEPT, /* not found: `why` */
    UPDATE_FATES
};

struct update_entry {
    str region, key;
    enum update_fate fate;
    const char *why;
    struct num old, now; /* US dollars, of the first tier that differs */
};

struct update_options {
    const str *regions;
    uint32_t nregions;
    str service; /* AWS's code: this one alone; empty: all */
    bool accept; /* jumps too; and lists are read whose version is the known one */
};

struct update_report {
    VEC(struct update_entry) entries; /* by region and key */
    uint32_t counts[UPDATE_FATES];
    uint32_t read, same, absent; /* lists */
    str problem;                 /* why it failed */
};

/* `old`: the lock that there is, or NULL; `tables` has it too. NULL: it failed. */
struct price_lock *update_prices(struct arena *a, struct catalog *tables,
                                 const struct fetch_source *source,
                                 const struct update_options *opt, const struct price_lock *old,
                                 struct update_report *ret);
/* Whether price_list.yaml has the service. */
bool update_knows_service(struct arena *a, str service);

#endif
