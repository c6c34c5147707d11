/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IAM_ALLOW_H
#define OPSC_IAM_ALLOW_H

#include "model/graph.h"

/*
 * allow: what IAM has to allow for the kinds that a graph has, and for no others, by the rows of
 * resource/: of reading (resource_call) and of writing (resource_write).
 *
 * A resource is limited to its ARN, or to all that begin with the project's prefix when its own
 * name does: "arn:aws:sns:eu-west-1:123456789012:reco-production-*". What is not known, such as
 * an account that ops.yaml does not say, or an id that AWS will choose, is "*" in it.
 */
struct allow_options {
    str partition, region;
    str account; /* empty: not known */
    str prefix;  /* what the names of all that is the project's begin with: "reco-production-" */
};

/* An action of IAM, on what, and on which condition. */
struct allow {
    const char *service; /* "cloudwatch", of `action` */
    str action;          /* "cloudwatch:PutMetricAlarm" */
    VEC(str) on;         /* sorted; {"*"}: it knows no resources */
    struct map seen;
    const char *test, *key; /* "StringEquals", "iam:PassedToService"; NULL: no condition */
    str value;
};

struct allows {
    VEC(struct allow *) items; /* by service, action, condition */
    struct map known;
};

/* What `opsc plan` and `opsc drift` ask. */
void allow_reading(struct arena *a, const struct graph *g, const struct allow_options *o,
                   struct allows *to);
/* What `opsc apply --prune` and `opsc destroy` ask beside that. */
void allow_pruning(struct arena *a, const struct graph *g, const struct allow_options *o,
                   struct allows *to);
/* By operations of these effects, or of one of them (enum resource_effect). */
void allow_effects(struct arena *a, const struct graph *g, const struct allow_options *o,
                   unsigned effects, struct allows *to);
/* Terraform's state, an object of S3: to read it, or else to write it, and the lock beside it. */
struct allow_state {
    str bucket, key;
    bool writes, lock;
};
void allow_state(struct arena *a, const struct allow_options *o, const struct allow_state *s,
                 struct allows *to);
/* The lock of who writes: an object of S3, and nothing else of its bucket. */
void allow_lock(struct arena *a, const struct allow_options *o, str bucket, str key,
                struct allows *to);
/* Sorts; before it is read, and after all was added. */
void allow_sort(struct allows *all);

#endif
