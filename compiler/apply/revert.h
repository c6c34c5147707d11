/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_REVERT_H
#define OPSC_APPLY_REVERT_H

#include "apply/steps.h"

/*
 * revert: the steps that take back what other steps did.
 *
 * What they created is deleted, what they changed or replaced becomes what it was, as far as AWS
 * had told it. What they deleted stays deleted.
 */

/* What was there before, of all that the steps have touched, as a graph that is wanted. */
struct graph *revert_graph(struct arena *a, const struct steps *done);
/* `now`: what the spec wants, compared with the account as it is; `before`: revert_graph(),
 * compared with the same. */
void revert_make(struct arena *a, const struct graph *graph, const struct steps *done,
                 const struct diff *now, const struct diff *before, struct steps *ret);

#endif
