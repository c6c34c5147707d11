/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_LIFECYCLE_H
#define OPSC_LOWER_LIFECYCLE_H

#include "lower/context.h"

/*
 * lifecycle: `cost.lifecycle`: rules of buckets that are there already. S3 moves objects to
 * cheaper storage classes and deletes them; ages are in days, as S3 has them.
 */
#define OPTIMIZATION_MODULE "cost_optimization"

/* A storage class that rules move objects to. */
struct lifecycle_class {
    const char *key;    /* of a rule: "glacier_after" */
    const char *title;  /* for people */
    const char *api;    /* to S3: "GLACIER" */
    const char *price;  /* of its storage, in catalog/tables/prices.yaml */
    const char *move;   /* of moving an object there */
    int64_t least_days; /* that are billed for at least */
    bool extra;         /* each object takes LIFECYCLE_INDEX and LIFECYCLE_NAME more */
    size_t after;       /* of struct cfg_lifecycle */
};
enum { LIFECYCLE_CLASSES = 4 };

/* Where objects are before. */
#define LIFECYCLE_FIRST_PRICE "s3.standard.storage"
/* "Amazon S3 pricing": bytes at the price of the archive and, for its name, at that of Standard. */
#define LIFECYCLE_INDEX (32 * 1024)
#define LIFECYCLE_NAME (8 * 1024)

struct lifecycle_step {
    const struct lifecycle_class *to;
    int64_t day; /* of an object's life on which it moves */
};

struct lifecycle_rule {
    const struct cfg_lifecycle *cfg;
    struct lifecycle_step steps[LIFECYCLE_CLASSES];
    uint32_t n;
    int64_t expires; /* 0: never */
};

/* All rules of a bucket. */
struct lifecycle {
    const struct watched *bucket;
    str name; /* what S3 calls it */
    VEC(struct lifecycle_rule) rules;
    uint32_t made; /* rules of S3's that these are */
    span at;
};

/* How long an object is in the class of step `i`; 0: for ever. */
int64_t lifecycle_stay(const struct lifecycle_rule *r, uint32_t i);

/* Binds and checks the rules, also against `cost.cleanup`: l->lifecycles. */
void lower_lifecycle(struct lower *l);
/* Terraform. */
void lower_lifecycle_nodes(struct lower *l);
void lower_lifecycle_result(const struct lower *l, struct lower_result *ret);
/* endpoints.c: `cost.endpoints`. */
void lower_endpoints(struct lower *l);
/* log_retention.c: `cost.log_retention`, when all log groups of opsc's own are made. */
void lower_log_retention(struct lower *l);
/* Whether rules are for the resource: it is not there for alarms alone. */
bool lifecycle_needs(const struct lower *l, const struct watched *w);

/* lifecycle_cleanup.c: whether `cost.cleanup` and the rules go together. */
void lifecycle_check_cleanup(struct lower *l);

#endif
