/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_FUNCTION_H
#define OPSC_LOWER_FUNCTION_H

#include "lower/policy.h"

/*
 * function: a Lambda function in Python as Terraform has it: the function, a role of its own with
 * one policy, a log group that forgets; and schedules that call it.
 */
#define FUNCTION_RUNTIME "python3.13"

struct function {
    str module; /* of Terraform: "secrets_rotation" */
    str label;  /* "secrets-age": of its nodes, and after the project's prefix its name */
    str path;   /* where ops.yaml says it: "secrets" */
    str description;
    str archive;         /* a zip file in the module's folder */
    const char *handler; /* "age.handler" */
    int64_t timeout_s;
    struct value *environment;               /* MAP; or NULL */
    struct value *subnets, *security_groups; /* lists of ids; NULL: in no network of ours */
    struct value *vpc; /* id of it, when the lists are references that Terraform fills; or NULL */
    span at;
};

/*
 * Adds its nodes; the function's is returned. `p` has what it may do beside writing its log and,
 * in a network, having an interface there: those statements are added.
 */
struct node *function_add(struct lower *l, const struct function *f, struct policy *p);

/* Calls `fn` with `input` (a map) by EventBridge Scheduler; `when` is its expression, in UTC. */
void function_schedule(struct lower *l, const struct function *f, struct node *fn, const char *when,
                       struct value *input);

#endif
