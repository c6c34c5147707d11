/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_BUDGETS_H
#define OPSC_LOWER_BUDGETS_H

#include "lower/lower.h"
#include "lower/topics.h"

/*
 * budgets: the section `budgets:` as budgets of AWS, and the monitor of unusual costs. E-mail is
 * sent by AWS Budgets itself; whoever else is told is told by a topic.
 */
#define BUDGETS_MODULE "billing"
#define BUDGET_FILTER_VALUES_MAX 8

/* What people call a service, and how budgets filter it. */
struct budget_service {
    const char *name;                             /* "Data Transfer" */
    const char *also;                             /* other words for it, by "|"; or NULL */
    const char *filter;                           /* AWS's name of the filter: "Service" */
    const char *values[BUDGET_FILTER_VALUES_MAX]; /* any of these counts; NULL after the last */
};
/* The service of that name, in any letter case, with or without Amazon or AWS; NULL: there is none.
 */
const struct budget_service *budget_service_named(struct arena *a, str name);
/* The same; NULL after a diagnostic. */
const struct budget_service *budget_service_find(struct lower *l, const struct cfg_text *name);

/* Who is told of something: filled by budget_tell(). */
struct budget_told {
    struct value *emails;      /* a list; NULL: none */
    const struct topic *topic; /* of all others; NULL: none */
};
/* Whom, and what for. */
struct budget_wish {
    const struct cfg_texts *names; /* of `notify` */
    bool sms;
    bool routed;      /* nobody said who is told: the routes of alarms do */
    const char *what; /* "budget" or "anomaly": begins the names of topics */
    struct topic_sender sender;
    span at;
};
/* False after a diagnostic. Topics are made once for the same names. */
bool budget_tell(struct lower *l, const struct budget_wish *w, struct budget_told *ret);
/* The ARN of what a sender sends for: arn:aws:SERVICE::ACCOUNT:REST. */
struct value *budget_source(struct lower *l, const char *service, const char *rest, span at);

/* Everything of the section; alarms are there already. */
void lower_budgets(struct lower *l);
/* anomalies.c */
void lower_anomalies(struct lower *l);
/* budgets_check.c: what does not go together. */
void budget_check(struct lower *l);
/* What other environments must not make as well. */
void lower_budgets_result(const struct lower *l, struct lower_result *ret);

#endif
