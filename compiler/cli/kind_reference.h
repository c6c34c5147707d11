/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_KIND_REFERENCE_H
#define OPSC_CLI_KIND_REFERENCE_H

#include "catalog/catalog.h"

/*
 * kind_reference: kinds of the catalog as Markdown (docs/reference/catalog.md): keys, facts,
 * metrics and recommended alarms of each, as its file says them.
 */
void kind_reference_put(struct buf *b, const struct cat_kind *const *kinds, uint32_t n);

#endif
