/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IAM_ARN_H
#define OPSC_IAM_ARN_H

#include "diff/known.h"
#include "iam/allow.h"

/*
 * arn: forms of ARNs, as rows of resource/ have them, for a node: "${}" filled in. Internal to
 * iam/.
 */
struct arns_of {
    struct arena *a;
    const struct allow_options *o;
    struct known known;
    struct diff_options context; /* of `known` */
};

struct arn_list {
    VEC(str) items;
};

void arn_init(struct arns_of *f, struct arena *a, const struct graph *g,
              const struct allow_options *o);
/* What `form` comes to for a node, ARN by ARN; nothing when the node lacks an attribute of it. */
void arn_of_node(struct arns_of *f, const struct node *n, const char *form, struct arn_list *ret);
/* For all of a kind that begin with the prefix: "${}" of attributes stands for any of them. */
void arn_of_prefix(struct arns_of *f, const struct node *like, const char *form,
                   struct arn_list *ret);
/* Whether the node has the attribute, "target.role_arn" one of a block. */
bool arn_has(const struct node *n, const char *path);

#endif
