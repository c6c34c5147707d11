/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_DASHBOARD_H
#define OPSC_LOWER_DASHBOARD_H

#include "lower/cond.h"

/*
 * dashboard: rows of measured graphs, and how they become a dashboard body (the JSON of
 * "Dashboard Body Structure and Syntax" in CloudWatch's API reference).
 */
/* One that draws more metrics is billed as an extended one (CloudWatch). */
#define DASHBOARD_BASIC_METRICS 50
#define DASHBOARD_COLUMNS 24 /* of the grid; the least wide graph has one */

struct curve {
    struct operand value;
    const struct expr *root;
    str label; /* empty: made from the expression */
};

struct graph_view {
    struct measure measure;
    struct curve *curves;
    uint32_t n;
    int64_t period_s;
    span at;
};

struct row_view {
    struct graph_view **graphs;
    uint32_t n;
};

struct section_view {
    str title;
    VEC(struct row_view) rows;
};

struct dashboard_view {
    str name, path;
    VEC(struct section_view) sections;
    bool all_alarms; /* shows the state of every alarm; else of those whose metrics it draws */
    span at;
};

/* Where an alarm fires, as a line across a graph, or as the band that it expects. */
struct dashboard_line {
    const struct alarm *alarm;
    struct num value; /* in the unit of the curve */
    bool above;       /* it fires above the line */
    bool band;        /* around `series` of the graph, alarm->plan->band wide; no value */
    uint32_t series;
};

struct dashboard_lines {
    struct dashboard_line *at;
    uint32_t n, cap;
};

/* The lines of the alarms that watch what the graph draws, in the order of all alarms. */
struct dashboard_lines dashboard_lines(struct lower *l, const struct graph_view *g);

/* dashboard_text.c: what people read */
str dashboard_title(struct lower *l, const struct graph_view *g);
str dashboard_label(struct lower *l, const struct graph_view *g, const struct curve *c);
/* Text that stays text in Markdown, on one line. */
str dashboard_markdown(struct lower *l, str text);

/* Notes which resources an alarm watches, for dashboard_alarms() and graph_alarms(). */
void dashboard_note_alarm(struct lower *l, struct alarm *al);
/* Adds the dashboard's node and its JSON file to the graph. */
void dashboard_emit(struct lower *l, const struct dashboard_view *d);
/* The alarms whose state a dashboard shows, in the order of all alarms. */
struct alarm **dashboard_alarms(struct lower *l, const struct dashboard_view *d, uint32_t *ret_n);
/* The dashboard draws the graph: alarms that share a metric with it, and have none yet, get it. */
void dashboard_note_drawn(struct lower *l, const struct graph_view *g, const struct node *n);
/* The alarms that share a metric with a graph, in the order of all alarms. */
struct alarm **graph_alarms(struct lower *l, const struct graph_view *g, uint32_t *ret_n);
void dashboard_check_limits(struct lower *l, const struct dashboard_view *d, uint32_t widgets,
                            uint32_t metrics);

#endif
