/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_POLICY_H
#define OPSC_LOWER_POLICY_H

#include "lower/context.h"

/*
 * policy: documents of IAM, statement by statement. Every statement has a name and says what it
 * is about; "*" is for actions that know no resources.
 */
#define POLICY_STATEMENTS_MAX 12

struct policy {
    struct lower *l;
    struct value *statements;
    span at;
};

void policy_begin(struct policy *p, struct lower *l, span at);
/* The same, of so many statements at most. */
void policy_begin_for(struct policy *p, struct lower *l, uint32_t statements, span at);
/*
 * Allows `actions`, separated by spaces, on `resources` (a text or a list); `condition` may be
 * NULL.
 */
void policy_allow(struct policy *p, const char *sid, const char *actions, struct value *resources,
                  struct value *condition);
/*
 * Of a policy that is a resource's own: allows them to `who` (a text or a list), of the kind
 * "AWS" or "Federated"; `sid` may be NULL.
 */
void policy_allow_to(struct policy *p, const char *sid, const char *kind, struct value *who,
                     const char *actions, struct value *condition);
/* { test: { key: value } } */
struct value *policy_condition(struct lower *l, const char *test, const char *key,
                               struct value *value, span at);
/*
 * `s` with those of its characters that are in `means` taken for themselves: of "*?$", which mean
 * more in a pattern or, the last, anywhere in a policy (IAM User Guide, "Policy variables").
 */
str policy_literal(struct lower *l, str s, const char *means);
/* As an attribute takes it: JSON. */
struct value *policy_document(const struct policy *p);
/* Who may take a role: an AWS service. */
struct value *policy_assumed_by(struct lower *l, const char *service, span at);
/*
 * What scripts on a host may do, as a policy of its own named `name` in `module`: attached to the
 * host's role when ops.yaml has that, and its ARN an output anyway.
 */
void policy_for_host(const struct policy *p, struct host *host, const char *module, str name,
                     str path, const char *whose);

#endif
