/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_HELD_H
#define OPSC_APPLY_HELD_H

#include "diff/diff.h"

/*
 * held: what somebody else holds, and AWS does not delete while that is so: a policy that a role of
 * others has as well.
 */
struct held {
    const struct node *by; /* the first that holds it; NULL: AWS tells no more than a number */
    uint32_t more;         /* others, also those that AWS tells the number of alone */
};

/*
 * Who holds `node`, which is in `have`, beside what `d` has a wanted node for, and what `goes`.
 * False: nobody, or `have` is NULL.
 */
bool held_by_others(const struct graph *have, const struct diff *d, const struct node *node,
                    bool (*goes)(void *ctx, const struct diff_item *item), void *ctx,
                    struct held *ret);

#endif
