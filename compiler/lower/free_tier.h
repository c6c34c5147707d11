/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_FREE_TIER_H
#define OPSC_LOWER_FREE_TIER_H

#include "lower/context.h"

/*
 * free_tier: what the profile free-tier does with what costs money: one row for each case.
 *
 * What is left out is told in three places, in the same words: a note, --explain, and a comment in
 * Terraform where it would stand. Of what several things have free together (alarm metrics, custom
 * metrics, dashboards) the most important ones stay. What was asked for in so many
 * words and has no free form stays, and its price is told.
 *
 * With the profile full nothing of this happens.
 */
enum free_tier_case {
    FREE_ALARM_BEYOND,
    FREE_ALARM_METRICS, /* on a custom metric that is not free */
    FREE_ALARM_COMPOSITE,
    FREE_ALARM_ANOMALY,
    FREE_ALARM_HIGH_RESOLUTION,
    FREE_METRIC,
    FREE_DASHBOARD,
    FREE_DASHBOARD_METRICS, /* graphs beyond those of a standard dashboard */
    FREE_KEY,
    FREE_SECRETS,
    FREE_IMAGES,
    FREE_SMS,
    FREE_CASES
};

struct left_out {
    enum free_tier_case why;
    str name;         /* "high-cpu" */
    str is;           /* its condition, or what else it is; may be empty */
    struct num units; /* of the price */
    span at;
    const struct resource_kind *kind; /* in whose file it would stand */
};

bool free_tier(const struct lower *l);
/* What of an allowance there is: of "alarm-metrics", 10. */
int64_t free_tier_amount(struct lower *l, const char *allowance);
/* It is not made: told, and commented before what is added to the graph next. */
void free_tier_leave_out(struct lower *l, const struct left_out *o);

/*
 * Custom metrics, which are taken from the free ones by who asks first: alarms by their
 * importance, jobs that tell something now and then, graphs, then what is published anyway. A
 * metric that was taken stays, one that was refused is left out for good.
 */
bool free_tier_has_series(struct lower *l, const struct series *s);
/* The same of a metric that is made of log lines. */
bool free_tier_has_log(struct lower *l, const struct log_metric *m);
/* The same of a job's metric. */
bool free_tier_has_job_metric(struct lower *l, const struct watched *w, const struct cat_metric *m);
/*
 * What jobs publish is decided: `rare`, when alarms have theirs: those that are sent in few hours
 * take little of what is free, and tell much; else, when all other metrics have been decided, the
 * rest.
 */
void free_tier_jobs(struct lower *l, bool rare);
/* Whether all custom metrics of an alarm can be had; they are taken then. */
bool free_tier_take(struct lower *l, const struct cond *plan);

/* Begins; before alarms are looked at. */
void free_tier_open(struct lower *l);
/* When all is made: the notes of what was left out, and of what was not. */
void free_tier_close(struct lower *l);

#endif
