/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_OTHERS_H
#define OPSC_LIVE_OTHERS_H

#include "live/live.h"

/*
 * others: what the names of other projects' and environments' resources begin with, as far as tags
 * in the account say that there are such: "shop-production-eu-" beside "shop-production-".
 */
struct others {
    VEC(str) prefixes; /* only those that begin with `prefix` of the options, and are longer */
};

/* Asks for all values of the tags `project` and `environment`, in the project's region and in
 * GRAPH_GLOBAL_NAME. What goes wrong is in `ret->errors`. */
void live_read_others(struct arena *a, struct aws_client *c, const struct live_options *o,
                      struct live_result *ret, struct others *ret_others);

#endif
