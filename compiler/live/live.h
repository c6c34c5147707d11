/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_LIVE_H
#define OPSC_LIVE_LIVE_H

#include "aws/aws_client.h"
#include "model/graph.h"

/*
 * live: the account as a graph, of the kinds that another graph has.
 *
 * Each operation is asked once per region, for as many pages as there are, all at the same time;
 * what tells of one thing only is asked for what is wanted, and for what begins with `prefix`.
 * Before that it is asked who is calling, and for the data sources. Nothing is changed by it.
 */
struct live_options {
    str region;  /* of the project */
    str prefix;  /* what the names of all that is the project's begin with: "reco-production-" */
    str path;    /* what those begin with that are paths: "/reco/production/"; empty: as `prefix` */
    str account; /* of another one nothing is asked; empty: of any */
    bool whole;  /* also kinds of which the graph has none are asked for: whether there are some of
                    an earlier one; and, by the tags, what has another name */
};

struct live_error {
    const char *service; /* of IAM's actions: "cloudwatch" */
    str operation, region;
    const struct node *want; /* one that it was asked for; NULL: who is calling */
    struct aws_error error;
};

/* Of `whole`: what could not be looked for, as it was not allowed. */
struct live_unseen {
    const struct resource_kind *kind; /* NULL: what is known by its tags, of any kind */
    str name;                         /* of one that nobody wants; empty: all that nobody wants */
    str action;                       /* of IAM: "s3:ListAllMyBuckets" */
};

struct live_result {
    struct graph *have;
    str account, partition; /* of who is calling */
    /* When there are any, `have` lacks something, and nothing can be said of what differs. */
    VEC(struct live_error) errors;
    VEC(struct live_unseen) unseen; /* each kind once */
};

/* Everything in `ret` is in the arena. Of another account than the one asked for only `account` is
 * set. */
void live_read(struct arena *a, struct aws_client *c, const struct graph *want,
               const struct live_options *o, struct live_result *ret);
/*
 * Asks again, of the services themselves, which tags these nodes of `ret->have` have, and sets them
 * there: the index of all tags, by which live_read() knows most, is minutes behind. What goes wrong
 * is in `ret->errors`; but of one that nobody wants, and that has no name of the project's, they
 * are VALUE_UNSET when nobody may ask for them.
 */
void live_read_tags_of(struct arena *a, struct aws_client *c, const struct graph *want,
                       const struct live_options *o, const struct node *const *nodes, uint32_t n,
                       struct live_result *ret);
/* Why nodes like this are not read; NULL: they are. */
const char *live_unread(const struct node *want);

#endif
