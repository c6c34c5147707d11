/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DIFF_DIFF_H
#define OPSC_DIFF_DIFF_H

#include "model/graph.h"

/*
 * diff: two graphs, what is wanted and what is there, compared as AWS means it.
 *
 * All that is known of kinds and attributes are the rows of the resource table. Nodes are the same
 * when kind, region and the attributes with ATTR_IDENTITY are. Of what is wanted references are
 * followed: to an attribute that was written, to what was read of the node, or to what AWS will
 * make of it (`made`).
 *
 * Equal are: what is not given and its default; what is not given and what is empty; 25 and 25.0;
 * sets in any order; JSON documents with the same content; policies of IAM in any of their forms.
 * Not compared are attributes that AWS computes, that are Terraform's own, and that are never read.
 */
struct diff_file {
    str path; /* below the module's folder, as VALUE_FILE says */
    str text;
};

struct diff_options {
    str partition, region, account; /* of what is wanted; an empty account is not known */
    /* Why nodes like `want` were not read; NULL: they were, all that there are. */
    const char *(*unread)(void *ctx, const struct node *want);
    /* Whether what is there and not wanted belongs to this project; NULL: nothing does. */
    bool (*ours)(void *ctx, const struct node *have);
    bool parts; /* and what that consists of: the policies of a role that is not wanted */
    /* The text of a file of the module, or the empty one. */
    str (*file)(void *ctx, const struct node *of, str path);
    void *ctx;
};

enum diff_action {
    DIFF_SAME,
    DIFF_CREATE,
    DIFF_CHANGE,
    DIFF_REPLACE, /* an attribute that cannot be changed in place */
    DIFF_ORPHAN,  /* there, ours, and not wanted */
    DIFF_LOST,    /* a data source that finds nothing, or more than one: `why` */
    DIFF_UNREAD   /* not compared: `why` */
};

struct diff_change {
    str path; /* "metric_query[cpu].metric.period", "policy.Statement[Publish].Action" */
    const struct value *want, *have; /* NULL: not there, nor a default */
    span at;                         /* in ops.yaml */
    bool secret;                     /* neither is to be shown */
    bool unknown;  /* `want` depends on what is not there yet, or was not read: it may be the same
                    */
    bool replaces; /* the node has to be made anew */
};

struct diff_item {
    enum diff_action action;
    const struct node *want, *have; /* one may be NULL */
    const char *why;
    VEC(struct diff_change) changes; /* with those that are unknown, which alone change nothing */
};

struct diff {
    VEC(struct diff_item) items; /* as in `want`, of data sources those that are lost; then
                                    orphans */
    uint32_t sums[DIFF_UNREAD + 1];
    uint32_t unknown; /* attributes that could not be compared */
};

/* Everything in `ret` lives as long as the arena and both graphs. */
void diff_graphs(struct arena *a, const struct graph *want, const struct graph *have,
                 const struct diff_options *o, struct diff *ret);
struct known;
/* What has become of a wanted node: compared with the one that `k` has for it now. */
struct diff_item diff_node(struct known *k, const struct node *want);
/* Whether a block that is wanted of an attribute is the same as one that is there. */
bool diff_is_block(struct known *k, const struct node *of, const struct resource_attr *row,
                   const struct value *want, const struct value *have);
/* What its changes come to, of an item that is there and wanted: DIFF_SAME to DIFF_REPLACE. */
enum diff_action diff_action_of(const struct diff_item *item);

#endif
