/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_IAM_PARTS_H
#define OPSC_CLI_IAM_PARTS_H

#include "cli/cli.h"
#include "cli/compile.h"
#include "iam/roles.h"

/* iam_parts: what the actions of `opsc iam` share, and how they show it. Internal to it. */
enum { IAM_DRIFT, IAM_PLAN, IAM_APPLY, IAM_WHATS };

struct iam_run {
    struct cli *c;
    struct diag_list *dl;
    const struct compile_graph *of;
    struct iam_policies policies[IAM_WHATS];
    struct iam_role roles[IAM_WHATS]; /* with `policies` */
    struct iam_roles trust;
};

/* Policies alone, of one of IAM_*; or the provider and all roles. */
void iam_put_policies_text(struct buf *b, const struct iam_run *r, int what);
void iam_put_policies_json(struct buf *b, const struct iam_run *r, int what);
void iam_put_roles_text(struct buf *b, const struct iam_run *r);
void iam_put_roles_json(struct buf *b, const struct iam_run *r);

#endif
