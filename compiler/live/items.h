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
 * Nodes of one identity are one: what another answer has of it is added. Where several calls tell
 * of one attribute, the kind's first row that does counts, whichever answer comes first.
 */
struct items {
    struct graph *into; /* what nodes hold is copied to its arena */
    struct arena *own;  /* of the maps */
    struct map nodes;   /* by identity */
    /* What many nodes hold is there once: texts, numbers, and lists of the same values. */
    struct map texts, numbers, lists;
};

struct items_from {
    const struct resource_kind *kind;
    const struct resource_read *read; /* of the kind */
    enum graph_region region;
    const struct node *data;   /* the data source that it was asked for; NULL: none */
    const struct value *asked; /* MAP: the parameters */
    const struct value *answer;
};

/* Adds the nodes that an answer holds, and takes `scratch` for what is not needed after it. False:
 * `ret_why`, which is there too, says what is strange about it. */
bool items_add(struct items *to, struct arena *scratch, const struct items_from *from,
               str *ret_why);
/* A map, or a list of names and values in one of the forms in which AWS's services have them, as a
 * map of what is there; NULL: it is neither. */
struct value *items_map(struct arena *a, const struct value *v);

#endif
