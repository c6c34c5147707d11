/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_DEPLOY_PARTS_H
#define OPSC_LOWER_DEPLOY_PARTS_H

#include "lower/deploy.h"
#include "lower/policy.h"

/*
 * deploy_parts: Terraform of `deploy:`, in parts. They are of l->deploy, which is there, but for
 * deploy_policies.
 */

/* What fetching an image needs, on its repository: "IAM permissions for ... Amazon ECR". */
#define DEPLOY_PULL "ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer"

/* deploy_nodes.c */
struct node *deploy_node(struct lower *l, const struct resource_kind *kind, str label, str name);
/* Of the module and of the root. */
void deploy_output(struct lower *l, const char *name, const char *doc, struct value *is);
/* `made`: the repository; NULL: another Terraform has it. */
struct value *deploy_repository_arn(struct lower *l, const struct node *made);

/* deploy_github.c: the roles of jobs on GitHub, and the identity provider. */
void deploy_roles(struct lower *l, const struct node *repository);
/* deploy_document.c: what a host may be told by Systems Manager. */
struct node *deploy_document(struct lower *l);
/* deploy_iam.c: what the scripts on the hosts may do, also of `cost.cleanup` alone. */
void deploy_policies(struct lower *l, const struct node *repository);

#endif
