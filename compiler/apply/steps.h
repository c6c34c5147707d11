/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_STEPS_H
#define OPSC_APPLY_STEPS_H

#include "apply/held.h"
#include "aws/aws_error.h"
#include "diff/diff.h"
#include "resource/resource_write.h"

/*
 * steps: what is to be done to make an account equal to a graph, from their differences: which
 * resources, in which order, and what is not touched.
 */
enum step_action { STEP_CREATE, STEP_CHANGE, STEP_REPLACE, STEP_DELETE, STEP_ACTIONS };

enum step_state {
    STEP_WAITS,
    STEP_RUNS,
    STEP_DONE,
    STEP_SAME,   /* what it waited for has made it equal, so that there was nothing to do */
    STEP_FAILED, /* `operation` and `error` say why; what was done of it, `calls` */
    STEP_LEFT    /* not begun: `because` failed, or all was stopped */
};

struct step {
    enum step_action action;
    const struct node *want, *have; /* one may be NULL */
    enum step_state state;
    uint32_t calls; /* that changed something */
    const char *operation;
    const char *service; /* of IAM's actions */
    struct aws_error error;
    const struct step *because; /* NULL: all was stopped */
    /* Of who runs them (run.h): */
    VEC(struct step *) then;          /* those that wait for it */
    uint32_t waits;                   /* for so many that are not done */
    const struct resource_write *row; /* that is being called; NULL: none was yet */
    const struct value *items;        /* it is called for each of these; NULL: for none */
    uint32_t at;                      /* among them */
    const struct value *first;        /* what was told before it is called; NULL: nothing */
    bool deleting;                    /* of STEP_REPLACE: the old one is not gone yet */
    struct diff_item item;
    unsigned waited_ms; /* for something that AWS has not taken notice of yet */
    void *run;
};

/* What is not done, and why. */
struct step_refusal {
    enum step_action action;
    const struct node *want, *have;
    const char *why;  /* "it was not made for this project", ... */
    const char *flag; /* that allows it: "--adopt"; NULL: nothing does */
    struct held held; /* of what is held by others: by whom */
};

struct steps_options {
    const struct graph *have; /* all that is there; NULL: others hold none of it */
    bool prune;               /* what is ours and not wanted is deleted */
    bool destroy;             /* all that is ours is, wanted or not */
    bool destroy_data;        /* also what holds something that cannot be made again */
    bool adopt;               /* what has a name of ours and not our tags is taken over */
    bool made; /* what goes was made by this run of opsc: its tags are not looked at */
    /* Whether one is this environment's by its name, or its tags alone; NULL: each is. */
    bool (*is_named)(void *ctx, const struct node *have);
    void *ctx;
    const str *others; /* names that begin so are another environment's, or may be */
    uint32_t nothers;
    uint32_t most; /* so many are deleted at most; 0: ten, or a tenth of what is there */
};

struct steps {
    VEC(struct step *) items;         /* in the order of the differences */
    VEC(struct step_refusal) refused; /* in the same */
    uint32_t sums[STEP_ACTIONS];
    uint32_t most; /* that may be deleted; more than that: nothing is done at all */
};

/*
 * `d` is of `want`. Of what is to be deleted tags have to be what AWS says now. All in the arena.
 */
void steps_make(struct arena *a, const struct graph *want, const struct diff *d,
                const struct steps_options *o, struct steps *ret);
/* Whether one that is there is to be deleted, as far as it may be. */
bool steps_goes(const struct steps_options *o, const struct diff_item *i);
/* Whether one that goes, and is not wanted, has nothing but its name to say whose it is. */
bool steps_is_named_only(const struct node *have);
/* Whether one that is there has the tags by which it is known to be ours; true of a kind that can
 * have none, and of all when ops.yaml gives no such tags: then nothing is deleted. */
bool steps_is_ours(const struct graph *want, const struct node *have);

#endif
