/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IAM_STATEMENT_H
#define OPSC_IAM_STATEMENT_H

#include "model/value.h"

/*
 * statement: documents of IAM as values. "*" is for actions that know no resources.
 */

/* "IAM and AWS STS quotas": characters of a managed policy without white space. */
#define IAM_POLICY_MAX 6144

/* "sts:AssumeRole sts:TagSession" as a list. */
struct value *iam_actions(struct arena *a, const char *actions, span at);
/* An element of "Statement" that allows; `actions` and `resources` are a text or a list. `sid`
 * empty, `condition` NULL: it has none. */
struct value *iam_allow(struct arena *a, str sid, struct value *actions, struct value *resources,
                        struct value *condition, span at);
/* Of a policy that is a resource's own: `who` (a text or a list), of the kind "AWS" or "Federated".
 */
struct value *iam_trust(struct arena *a, str sid, const char *kind, struct value *who,
                        struct value *actions, struct value *condition, span at);
/* { test: { key: value } } */
struct value *iam_condition(struct arena *a, const char *test, str key, struct value *value,
                            span at);
/* A policy, as an attribute takes it: JSON. */
struct value *iam_document(struct arena *a, struct value *statements, span at);
/*
 * `s` with those of its characters that are in `means` taken for themselves: of "*?$", which mean
 * more in a pattern or, the last, anywhere in a policy (IAM User Guide, "Policy variables").
 */
str iam_literal(struct arena *a, str s, const char *means);

#endif
