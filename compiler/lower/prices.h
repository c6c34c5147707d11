/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_PRICES_H
#define OPSC_LOWER_PRICES_H

#include "catalog/price.h"
#include "lower/context.h"

/*
 * prices: what AWS asks in aws.region, for notes and explanations. What all comes to is for cost/.
 */

/* Dollars for `n` units of a row of catalog/tables/prices.yaml, from the first on; NUM_NAN: there
 * is no price for the region. */
struct num lower_price(struct lower *l, const char *key, int64_t n);
/* The same as text for people, "$0.10", in l's arena; "an unknown price". */
str lower_price_text(struct lower *l, const char *key, int64_t n);

#endif
