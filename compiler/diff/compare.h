/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DIFF_COMPARE_H
#define OPSC_DIFF_COMPARE_H

#include "diff/known.h"
#include "resource/resource.h"

/*
 * compare: attributes, by the rows of their table. Parts of diff; diff/diff.h is for the others.
 */
struct compare_path {
    const struct compare_path *up; /* NULL: an attribute of the node */
    str name;                      /* "period"; or what stands in brackets */
    bool bracket;
};

struct compare {
    struct arena *a;
    struct known *k;
    const struct node *of;  /* the wanted node */
    struct diff_item *into; /* NULL: only whether they are equal is asked */
    bool secret, replaces;  /* of the attribute that is being compared */
    bool whole_lists;       /* of a list that differs all is told, not which element */
    bool unordered;         /* a list of a document is a set, and an empty one says nothing */
};

/* All attributes of two nodes or two blocks (arrays by the rows, NULL: all unset). */
bool compare_attrs(struct compare *c, const struct compare_path *up,
                   const struct resource_attr *rows, uint32_t n, struct value *const *want,
                   struct value *const *have);
/* Two JSON documents. */
bool compare_documents(struct compare *c, const struct compare_path *at, const struct value *want,
                       const struct value *have);
/* Two policies of IAM, in any of their forms. */
bool compare_policies(struct compare *c, const struct compare_path *at, const struct value *want,
                      const struct value *have);
/* Adds what differs, unless only asked; false. */
bool compare_differs(struct compare *c, const struct compare_path *at, const struct value *want,
                     const struct value *have);
/* The items of a list, or a single value as a list of one; sorted by text, each once. */
struct value *compare_set(struct arena *a, const struct value *v);
/* Numbers by value, texts by bytes; false of anything else. */
bool compare_scalars(const struct value *x, const struct value *y);
/* Not there, or with nothing inside. */
bool compare_is_empty(const struct value *v);

#endif
