/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_KIND_JSON_H
#define OPSC_CLI_KIND_JSON_H

#include "catalog/catalog.h"

/*
 * kind_json: kinds of the catalog as JSON, for editors and tests: what the file says,
 * with the defaults of the format filled in. Lists keep the file's order; `if` is a mapping from
 * attributes to lists of values; what may be a choice is always a list of { if, is }.
 */
void kind_json_put(struct buf *b, const struct cat_kind *k);
/* One object for each: kind, title, doc, numbers of metrics and alarms, the file of an own one. */
void kind_json_list(struct buf *b, const struct catalog *c, const struct cat_kind *const *kinds,
                    uint32_t n);

#endif
