/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_TOPICS_H
#define OPSC_LOWER_TOPICS_H

#include "lower/context.h"

/*
 * topics: SNS topics of whom something tells. Those of alarms are made by topics.c itself, when an
 * alarm asks; other parts say what theirs are like.
 */
#define TOPIC_SENDERS_MAX 2

/* A service of AWS that may send to the topic, for things of this account only. */
struct topic_sender {
    const char *sid, *service;
    struct value *source; /* ARN of what it sends for, with * in it; NULL: any */
};

struct topic_form {
    str key;   /* of the topic, unique in its region: its name and label come of it */
    str doc;   /* "SNS topic that tells ops." */
    str title; /* what a telephone shows as the sender */
    const char *module;
    enum graph_region region;
    struct topic_sender senders[TOPIC_SENDERS_MAX];
    uint32_t nsenders;
    const struct cfg_texts *names; /* of `notify` */
    bool no_email, no_sms;         /* these endpoints are not told by it */
};

/* Makes the topic, its policy and its subscriptions. */
struct topic *topic_make(struct lower *l, const struct topic_form *f, span at);
/* Names of `notify` for a severity: its route, or everybody when there are no routes. */
struct cfg_texts topic_route(struct lower *l, enum cfg_severity severity);
/* "ops, oncall and owner"; who has no name (`notify: ops@example.com`) is called by the address. */
str topic_names_text(struct lower *l, const struct cfg_texts *names);
/* "notify-ops-and-oncall", for the prefix "notify-". */
str topic_names_key(struct lower *l, const char *prefix, const struct cfg_texts *names);
const struct cfg_notify *topic_notify(const struct lower *l, str name);
/*
 * The topic's ARN as `module` can name it, once in each: a variable when the topic is in another
 * module, which has an output of it.
 */
struct value *topic_arn(struct lower *l, const struct topic *t, const char *module, span at);

#endif
