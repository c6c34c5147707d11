/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_COND_H
#define OPSC_LOWER_COND_H

#include "lower/measure.h"

/*
 * cond: a condition over metrics as the CloudWatch alarm that it means.
 *
 * The period is `over`, or how often the slowest metric is published; the counts
 * follow from `for`. What CloudWatch would refuse at deploy is refused here.
 */
#define COND_METRICS_MAX 10 /* metrics of one metric-math alarm (CloudWatch) */
/* An anomaly band is billed as two metrics beside those that it is around. */
#define COND_BAND_METRICS 2
#define COND_STANDARD_S 60 /* a period below is of high resolution (CloudWatch) */
#define COND_MATH_MAX 2048 /* bytes of its expression (CloudWatch) */

enum cond_form {
    COND_METRIC, /* one metric against a number */
    COND_MATH,   /* an expression against a number */
    COND_BAND    /* one metric or an expression against an anomaly band */
};

struct cond {
    enum cond_form form;
    enum expr_op op;
    enum expr_missing missing;
    enum graph_region region;
    int64_t period_s;
    uint32_t evaluations, datapoints; /* N and M */
    struct measure measure;
    struct num threshold;        /* in the metric's unit */
    struct quantity threshold_q; /* the same for people; dim and value of the right side */
    str math;                    /* MATH, BAND over an expression */
    str label;                   /* of the expression, for people */
    str band;                    /* BAND: deviations as text: "3" */
    const char *missing_why;     /* for people */
    bool samples_guard;
    bool boolean; /* the expression is 1 when it is bad, else 0 */
};

/* All that CloudWatch looks at, as bytes: two alarms with the same key ring together. It replaces
 * what is in `b`. */
void cond_put_key(struct buf *b, const struct cond *c);

/* CloudWatch's name of the operator: "GreaterThanThreshold". */
const char *cond_comparison(enum expr_op op);

/* What does not stand in the condition. */
struct cond_wish {
    enum expr_missing missing; /* by the key `missing:`; UNSET: not given */
    bool widen; /* `over` and `for` are lengthened to what the metrics allow, not refused: the
                   catalog's */
};

/*
 * Plans a condition that is not about alarms. `self` as in struct measure. NULL
 * after a diagnostic.
 */
struct cond *cond_plan(struct lower *l, const struct watched *self, const struct expr_condition *c,
                       struct cond_wish wish);

/* Whether the condition is about alarms (alarm(x) and ...) rather than metrics. */
bool cond_is_composite(const struct expr *e);

#endif
