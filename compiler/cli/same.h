/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_SAME_H
#define OPSC_CLI_SAME_H

#include "lower/lower.h"

/*
 * same: whether one AWS resource is watched more than once, by one environment or by several. Each
 * environment is compiled on its own; this is what is remembered of the earlier ones.
 */
struct same {
    struct map seen;    /* key of an identity -> the first that had it */
    struct map buckets; /* name of a bucket that is made -> the environment that makes it */
    struct map once;    /* what an account has once, as text -> the environment that makes it */
};

/*
 * Reports what two environments make and only one can: a bucket, a repository of ECR, an account's
 * identity provider, the lifecycle rules of a bucket, a route to a gateway endpoint, a name of
 * CloudFront's, the time for which a log group keeps lines. Warns of budgets of one account, and of
 * what was seen before, once for each resource, and remembers the rest. `environment` is empty when
 * the spec has none.
 */
void same_check(struct arena *a, struct diag_list *dl, struct same *same,
                const struct lower_result *low, str environment);

#endif
