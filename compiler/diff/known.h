/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DIFF_KNOWN_H
#define OPSC_DIFF_KNOWN_H

#include "diff/diff.h"

/*
 * known: which node that is there is which that is wanted, and what the values that are wanted come
 * to in this account.
 */
struct known {
    struct arena *a;
    struct arena *scratch; /* for who looks whether something differs; or NULL */
    const struct diff_options *o;
    const struct graph *want, *have;
    struct map nodes; /* by the address of a wanted node -> struct known_node */
    struct map there; /* by identity -> node of the account */
};

enum known_state { KNOWN_NEW, KNOWN_ASKED, KNOWN_DONE };
struct known_node {
    const struct node *want, *have; /* have: NULL when there is none */
    enum known_state state;
    bool unclear; /* its identity depends on what is not known */
};

void known_init(struct known *k, struct arena *a, const struct graph *want,
                const struct graph *have, const struct diff_options *o);
/* A pointer to a node as the key of a map: it points to `*n`, which stays where it is. */
str known_address(const struct node *const *n);
/* The pair of a wanted node. */
struct known_node *known_pair(struct known *k, const struct node *want);
/*
 * A value without references, variables and files. What cannot be known stands there as it was
 * (REF, VAR, FILE, TEXT). `of`: the node it belongs to. NULL stays NULL.
 */
const struct value *known_value(struct known *k, const struct node *of, const struct value *v);
/* The node by whose identity this one is known: itself, or the alias of a key; NULL: none. */
const struct node *known_namer(struct known *k, const struct node *n);
/* Whether a part of it is not known. */
bool known_lacks(const struct value *v);
/* What the identity of a node is: kind, region and attributes, or the place of a data source in
 * Terraform; empty when it is not known, or has none. */
str known_key(struct known *k, const struct node *n);

#endif
