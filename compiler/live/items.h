/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_ITEMS_H
#define OPSC_LIVE_ITEMS_H

#include "model/graph.h"
#include "resource/resource.h"

/*
 * items: an answer as nodes of a graph, by the rows of the resource table.
 *
 * All attributes that the answer has are set, as literal values; nothing is assumed. An answer that
 * is not as the rows say is refused, so that nothing passes for equal that was not understood.
 */

/* Adds the nodes of `kind` that an answer holds. False: `ret_why` says what is strange about it. */
bool items_add(struct graph *g, const struct resource_kind *kind, enum graph_region region,
               const struct value *answer, str *ret_why);
/* What follows the last `after` (0: all) of a text. */
str items_after(str s, char after);

#endif
