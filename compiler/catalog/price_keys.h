/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_PRICE_KEYS_H
#define OPSC_CATALOG_PRICE_KEYS_H

#include "catalog/price.h"

/*
 * price_keys: the keys of all prices that may be there for a region: those of prices.yaml, classes
 * of instances that the region has, and what the catalog's lock has besides. Sorted, each once.
 */
str *price_keys(struct arena *a, struct catalog *tables, str region, uint32_t *ret_n);

#endif
