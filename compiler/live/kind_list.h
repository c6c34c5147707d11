/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_KIND_LIST_H
#define OPSC_LIVE_KIND_LIST_H

#include "catalog/kind.h"
#include "live/listed.h"

/*
 * kind_list: which resources of kinds of the catalog an account has, as keys of ops.yaml.
 */
struct kind_item {
    const struct cat_kind *kind;
    struct cfg_pair *attributes; /* texts; only those that it has */
    uint32_t n;
    struct cfg_pairs tags;
    str region;
};

struct kind_asked;
struct kind_lists {
    struct listed listed;
    str region;                     /* of kinds that are in no one region */
    VEC(struct kind_item) items;    /* by kind, then by the texts: kind_lists_sort() */
    VEC(struct kind_asked *) asked; /* each with a question of its own */
};

/* Starts to list a kind, which has `list`; the answers come in aws_client_run(). Outside of the
 * partition aws a kind that is in one region is not asked for. */
void kind_lists_ask(struct kind_lists *to, const struct cat_kind *k);
/* Answers come in any order. */
void kind_lists_sort(struct kind_lists *to);

#endif
