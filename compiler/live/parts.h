/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_PARTS_H
#define OPSC_LIVE_PARTS_H

#include "diff/known.h"
#include "live/items.h"
#include "live/live.h"
#include "resource/resource.h"

/*
 * parts: what the files of live share. For live/ only.
 */

struct live {
    struct arena *a;       /* of the result */
    struct arena *own;     /* of what is not needed when all is read: questions, and maps */
    struct arena *scratch; /* emptied after each answer */
    struct arena *names;   /* what `known` has */
    struct aws_client *client;
    const struct graph *want;
    const struct live_options *o;
    struct live_result *ret;
    struct items items;
    struct diff_options known_options;
    struct known known; /* with the data sources that were found */
    VEC(struct need *) needs;
    struct map tagged; /* ARNs that have all the tags */
    struct map owned;  /* of options.whole: ARNs that opsc made -> struct live_owned */
    /* What nobody wants and is not called as ours are, as nodes with an identity alone; and by name
     * and ARN. */
    VEC(struct node *) unwanted;
    struct map unwanted_ids;
    VEC(struct node *) unnamed; /* without a name: its id, and its tags */
};

/* What the index says opsc made for this graph, which may be gone. */
struct live_owned {
    str arn;
    const struct value *tags; /* MAP */
    enum graph_region region; /* where it is */
};

/* A call that tells of something that is wanted. */
struct need {
    struct live *l;
    const struct resource_call *call;
    enum graph_region region;
    const struct node *want; /* the first that it tells of */
    bool data;               /* it is asked for this one alone */
    bool of_none;            /* nobody wants what it tells of: it may be refused */
    /* What is wanted of what it tells of, when it is asked for each; unless it must be asked for
     * all, because that is not known. */
    struct map names;
    bool all;
    /* What is done with an answer; NULL: it has nodes, and what others ask for each of. */
    void (*take)(struct need *n, const struct value *answer);
    struct node *have; /* for `take` */
};

/* What is there, and what that makes known. */
void live_know(struct live *l);
/* Asks what a need is about; `asked`, a MAP, are its parameters. */
void live_begin(struct need *n, const struct value *asked);
/* The same about one thing, which may be gone since it was listed. */
void live_begin_one(struct need *n, const struct value *asked);
/* Asks for a list, as far as it can have something that is wanted. */
void live_begin_list(struct need *n);
struct need *live_need_new(struct live *l, const struct resource_call *c, const struct node *want);
/* The need of a call, made at the first node that it tells of. */
struct need *live_need_of(struct live *l, const struct resource_call *c, const struct node *want);
/* Notes an answer that is not understood; other calls are given up. */
void live_strange(struct need *n, str why);
/* Whether something went wrong that ends it. */
bool live_is_over(const struct live *l);
/* Whether a name begins as all of this project's do. */
bool live_is_of_project(const struct live_options *o, str name);

/* Whether it is asked only where a name is not there (resource_call.late). */
bool live_is_late(const struct resource_call *c);
/* What is wanted and has lost what names it. After all that has a name was read. */
void live_read_unnamed(struct live *l);
/* Data sources: each is asked for by its attributes, which may be of another one. */
void live_read_data(struct live *l);
/* Which ARNs have all the tags that are wanted: begun beside all other calls. */
void live_begin_tags(struct live *l);
/* Asks the same and what else opsc has made, where that is to be looked for, and waits for it.
 * False: that is not so. */
bool live_read_owned(struct live *l);
/* Of one that may be deleted: whether it is known by its tags alone. */
void live_note_unwanted(struct live *l, struct node *have);
/* Of what was found by that and has no tags yet: sets those of the index. */
void live_mark_owned(struct live *l);
/* Whether somebody wants it to have tags. */
bool live_has_tags(const struct node *n);
/* Parameters of the index: those that have every one of the tags; `is`: for which this is so. */
const struct value *live_tag_filters(struct live *l, bool (*is)(str name));
/* An attribute of one that is there, if it is a text, or follows from the others; or NULL. */
const struct value *live_text_of(struct live *l, const struct node *have, const char *name);
/* Of what has not: what tags it has. After all that is there was read. */
void live_read_tags(struct live *l);
/* Of one that is there; `want`: what it was asked for. */
void live_ask_tags(struct live *l, const struct node *want, struct node *have);

#endif
