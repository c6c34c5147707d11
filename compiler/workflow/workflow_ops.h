/* SPDX-License-Identifier: MIT */
#ifndef OPSC_WORKFLOW_WORKFLOW_OPS_H
#define OPSC_WORKFLOW_WORKFLOW_OPS_H

#include "workflow/workflow.h"

/*
 * workflow_ops: ops.yml, which holds the project against its spec: lint, build --check, and a plan
 * of Terraform for each environment with a `terraform.plan_role`. It is made when there is a `ci:`
 * or such a role. `out` may be NULL: only checks then.
 */
void workflow_ops(struct workflows *w, struct output *out);

#endif
