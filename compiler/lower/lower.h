/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_LOWER_H
#define OPSC_LOWER_LOWER_H

#include "catalog/catalog.h"
#include "diag/diag.h"
#include "io/io.h"
#include "model/config.h"
#include "model/coverage.h"
#include "model/delivery.h"
#include "model/engine.h"
#include "model/graph.h"
#include "model/runbook.h"

/*
 * lower: from what the user wrote to what AWS gets: names are bound, conditions become
 * alarms with period and counts, what was not said is inferred.
 *
 * The graph is complete and const afterwards. Problems are diagnostics; with errors the
 * graph must not be emitted. `file` is the spec, for names that are relative to it. `explain` gets,
 * when it is not NULL, what was inferred and why.
 */
/* Which AWS resource a resource of ops.yaml is. Kinds that AWS itself does not measure have none.
 */
struct lower_identity {
    str key; /* the same for the same one: kind, dimensions of its metrics, account and region */
    str name, title;      /* "web", "EC2 instance" */
    bool account_unknown; /* the account would tell it from others, and ops.yaml does not say it */
    span at;
};

struct lower;

/* What publishes metrics of its own, which CloudWatch bills for the hours in which they are sent.
 */
struct lower_published {
    str what;                    /* "agent on web" */
    struct num metrics;          /* series, each for the share of the hours in which it is sent */
    bool always;                 /* taken to be sent in all of them */
    struct num requests;         /* PutMetricData, in a month of 730 hours; 0: not by that */
    const struct watched *agent; /* the host whose agent it is; NULL: something else */
    span at;
};

/*
 * An alarm that needs values more often than what costs less would give them: of an agent below a
 * minute; of EC2's own metrics every minute, by what the user wrote.
 */
struct lower_quick {
    const struct watched *of;
    const struct node *node;
    bool agent;
};

/* What CloudWatch bills an alarm for. */
struct lower_alarm {
    uint32_t metrics; /* with those of a band; 0: no alarm on metrics */
    bool band, high;  /* of an anomaly; of high resolution */
    bool bill;        /* on what AWS bills */
};

struct lower_result {
    struct catalog *catalog;
    const struct watched *const *watched; /* `resources` of them, what is implied included */
    VEC(struct lower_published) published;
    VEC(struct lower_quick) quick;      /* in the order of their nodes */
    const struct lower_alarm *alarm_of; /* one for each node of the graph */
    const uint32_t *drawn;              /* series of each dashboard, in the order of their nodes */
    uint32_t own_groups,
        infrequent_groups;  /* log groups; those of them that are infrequent-access */
    int64_t retention_days; /* the longest of the log groups; 0: for ever, or there are none */
    struct cfg_text bucket; /* that is made for backups; not given: none */
    uint32_t dumps;         /* that are kept in it; 0: what is there cannot be reckoned */
    struct num dump_bytes;  /* of them, if each is as large as the storage of its database */
    const struct lifecycle *const *lifecycles; /* `nlifecycles` of them (lifecycle.h) */
    uint32_t nlifecycles;
    bool cdn_serves, cdn_bucket; /* CloudFront stands before an application; before a bucket */
    span budgets_at;             /* budgets of the whole account; not given: none */
    span monitor_at; /* the account's monitor of services, that is made; not given: none */
    str account;     /* empty: ops.yaml does not say it */
    str region;
    struct graph *graph;
    const struct delivery *delivery; /* NULL: nothing is deployed */
    const struct runbook *runbook;   /* NULL: ops.yaml wants none */
    const struct coverage *coverage; /* NULL: not asked for, or there were errors */
    uint32_t alarms, dashboards, log_groups, resources, budgets;
    VEC(struct lower_identity) identities; /* in the order of ops.yaml */
    VEC(struct engine) engines;            /* as well */
};

/* Binds the resources to their kinds: cfg_resource.rest is not needed afterwards. */
struct lower *lower_open(struct arena *a, struct diag_list *dl, const struct io *io,
                         const struct config *cfg, str file, struct buf *explain);
/* The result is to have the coverage, too. */
void lower_ask_coverage(struct lower *l);
/* All the rest; frees what is not of the graph, once. */
bool lower_close(struct lower *l, struct lower_result *ret);

/* Where Terraform's state is in its bucket, and in which region that is, also when nobody says. */
str lower_state_key(struct arena *a, const struct config *cfg);
str lower_state_region(const struct config *cfg);
/* The object that keeps two applies apart, and the region of its bucket; an empty bucket: none. */
str lower_lock_bucket(const struct config *cfg);
str lower_lock_key(struct arena *a, const struct config *cfg);
str lower_lock_region(const struct config *cfg);

#endif
