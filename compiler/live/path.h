/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_PATH_H
#define OPSC_LIVE_PATH_H

#include "model/value.h"

/*
 * path: where something is in an answer.
 *
 *     "MetricStat/Stat"                            a member of a member
 *     "../Name"                                    of what this was found in
 *     "$Bucket"                                    of what was asked for
 *     "Subscribers[SubscriptionType=EMAIL]/Address"  of those items that have this there
 *     ""                                           the thing itself
 *     "Name|$Bucket"                               the first of these that is there
 *
 * Through a list a path leads to a list, of what it leads to in each item. A text on the way is a
 * document of JSON, percent-encoded or not.
 */

/* What stands in what, from what was asked for (a MAP) over the answer down to the item. */
struct path_scope {
    const struct path_scope *up;
    const struct value *v;
};

/* NULL when there is nothing. */
const struct value *path_find(struct arena *a, const struct path_scope *at, str path);
/* A text as a document; NULL when it is none. IAM sends them percent-encoded. */
struct value *path_document(struct arena *a, str text);

#endif
