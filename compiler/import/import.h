/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IMPORT_IMPORT_H
#define OPSC_IMPORT_IMPORT_H

#include "live/live.h"
#include "model/config.h"

/*
 * import: what an account has of operations, written as ops.yaml.
 *
 * What is written was compiled and compared with the account: a plan of it finds nothing to create
 * and nothing to change. What cannot be said so is left out and listed, with why.
 */
struct import_options {
    str region;
    str project, environment;
    str file;      /* the name of the spec, without folders: descriptions of alarms have it */
    str *prefixes; /* names begin with one of these; none: any */
    uint32_t nprefixes;
    struct cfg_pair *tags; /* has all of these */
    uint32_t ntags;
    str *services; /* import_services; none: all */
    uint32_t nservices;
};

/* Names that `services` takes, NULL-terminated. */
extern const char *const import_services[];

struct import_sum {
    const char *what; /* "alarms" */
    uint32_t covered, all;
};

struct import_left {
    const struct resource_kind *kind;
    str name, why;
};

struct import_result {
    struct live_result live;
    str text; /* of the spec; empty: the account was not read, or `problem` */
    VEC(struct import_sum) sums;
    VEC(struct import_left) left; /* by kind and name */
    uint32_t resources;
    str problem; /* what was written does not compile: a mistake of opsc's */
};

/* Everything in `ret` is in the arena. */
void import_account(struct arena *a, struct aws_client *c, const struct import_options *o,
                    struct import_result *ret);

#endif
