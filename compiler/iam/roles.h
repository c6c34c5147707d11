/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IAM_ROLES_H
#define OPSC_IAM_ROLES_H

#include "iam/github.h"
#include "iam/policies.h"

/*
 * roles: policies, roles and GitHub's identity provider as nodes of a graph of their own, for a
 * root module that is applied before the project's.
 */
struct iam_role {
    const char *label; /* of Terraform: "drift" */
    str name;          /* "opsc-reco-production-drift" */
    const char *does;
    struct github_jobs which; /* that may take it */
    const struct iam_policies *policies;
};

struct iam_roles {
    struct graph *graph;
    struct github_repository repository;
    str partition, account; /* an empty account is not known */
    bool provider_exists;   /* it is looked up, not made */
    span at;
};

/* A managed policy for each of them; `label`: "drift" or, when there are several, "drift_2". */
void iam_add_policies(struct graph *g, const struct iam_policies *p, const char *label,
                      const char *does, span at);
/* The provider, and the roles with their policies. */
void iam_add_roles(const struct iam_roles *r, const struct iam_role *roles, uint32_t n);
/* The trust policy of one role; the provider is named by its ARN: the account is known. */
const struct value *iam_trust_of(struct arena *a, const struct iam_roles *r,
                                 const struct iam_role *role);

#endif
