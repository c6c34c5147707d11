/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_WATCH_H
#define OPSC_APPLY_WATCH_H

#include "aws/aws_client.h"
#include "model/graph.h"

/*
 * watch: in which state the alarms of a graph are, asked again and again.
 *
 *     watch_init(a, graph, &w);
 *     watch_poll(a, client, region, &w, &error);    each time `changed` says which are in another
 */
enum watch_state {
    WATCH_NONE, /* it is not there */
    WATCH_OK,
    WATCH_ALARM,
    WATCH_NO_DATA,
    WATCH_STATES
};

struct watch_alarm {
    const struct node *node;
    enum watch_state state, first; /* `first`: of the first poll */
    bool changed;                  /* since the poll before */
    str reason;                    /* AWS's words; on one line */
};

struct watch {
    VEC(struct watch_alarm) items; /* in the order of the graph */
    struct map names;              /* region and name -> its place + 1 */
    uint32_t sums[WATCH_STATES];
    bool begun; /* there was a poll */
};

void watch_init(struct arena *a, const struct graph *g, struct watch *ret);
/* One question for each hundred alarms. False: it failed (ret), and states are as they were. */
bool watch_poll(struct arena *a, struct aws_client *c, str region, struct watch *w,
                struct aws_error *ret);
/* "in alarm" */
const char *watch_state_text(enum watch_state s);

#endif
