/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_ARNS_H
#define OPSC_LOWER_ARNS_H

#include "lower/policy.h"

/*
 * arns: ARNs of what is in aws.region and the account of one environment, for a statement of a
 * policy in `module`: each once.
 */
struct arns {
    struct lower *l;
    const char *module;
    struct value *list;
    struct map seen;
};

/* "arn:aws:rds:eu-west-1:<account>:db:shop"; `type` is "db:", with what is before the name. */
struct value *arn_of(struct lower *l, const char *module, const char *service, const char *type,
                     str name, span at);
/* For `room` ARNs at most. */
struct arns arns_new(struct lower *l, const char *module, uint32_t room, span at);
void arns_add(struct arns *to, const char *service, const char *type, str name, span at);
/* Of Parameter Store: "/reco/production/db" or "db". */
void arns_add_parameter(struct arns *to, str id, span at);
/* Of Secrets Manager, by its name. */
void arns_add_secret(struct arns *to, str id, span at);
/* The master password of an RDS instance, which RDS keeps. */
void arns_add_master(struct arns *to, const struct watched *of);
/* Allows it, unless there are none. */
void arns_allow(struct policy *p, const char *sid, const char *actions, const struct arns *on);

#endif
