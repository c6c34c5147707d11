/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_PRICE_LOCK_H
#define OPSC_CATALOG_PRICE_LOCK_H

#include "base/map.h"
#include "base/num.h"
#include "diag/diag.h"
#include "io/io.h"

/*
 * price_lock: prices that a project took from AWS's price list, in the file opsc.prices.lock beside
 * its spec. `opsc prices update` writes it; price_find() takes prices from it before those that are
 * built in. Its rows are those of a table (catalog/table.h), a tier each:
 *
 *     opsc_prices: 1
 *     sha256: of all that is below this line
 *     lists:
 *       eu-west-1/AmazonEC2: VERSION DAY SHA256
 *     columns: [usd, from, service, published]
 *     rows:
 *       eu-west-1/ec2.t3.micro.linux: 0.0114 0 AmazonEC2 -
 *
 * `published` is - when it is the day of the list; of a price that was kept from an older list it
 * is that one's. A price of all regions is in `global`.
 */
#define PRICE_LOCK_NAME "opsc.prices.lock"
#define PRICE_LOCK_BYTES_MAX (64u << 20)
#define PRICE_LOCK_GLOBAL "global"

struct price_lock_list {
    str name; /* "eu-west-1/AmazonEC2" */
    str version, published, sha256;
};

struct price_lock_row {
    str name; /* "eu-west-1/ec2.t3.micro.linux", with +1, +2 ... for further tiers */
    struct num usd, from;
    str service;   /* AWS's code */
    str published; /* a day */
    span at;
};

struct price_lock {
    VEC(struct price_lock_list *) lists; /* both in the order of the file: sorted by bytes */
    VEC(struct price_lock_row *) rows;
    struct map lists_by_name, rows_by_name;
};

/*
 * Reads the file of this name. False after a diagnostic; `ret` is NULL when there is none, which is
 * no mistake.
 */
bool price_lock_read(struct arena *a, struct diag_list *dl, const struct io *io, str path,
                     struct price_lock **ret);
/* The file's name for a spec's. */
str price_lock_path(struct arena *a, str spec_file);
/* Fills the maps of a lock whose lists and rows are there. */
void price_lock_index(struct arena *a, struct price_lock *l);
/* The file's text; sorts lists and rows. */
void price_lock_put(struct buf *b, struct price_lock *l);
/* The row, or NULL. `tier`: from 0. */
const struct price_lock_row *price_lock_find(const struct price_lock *l, struct arena *a,
                                             str region, str key, uint32_t tier);
/* Whether it is written as a day is: 2026-10-01. How many a month has is not looked at. */
bool price_is_date(str s);

#endif
