/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_DASHBOARD_H
#define OPSC_LOWER_DASHBOARD_H

#include "lower/cond.h"

/*
 * dashboard: rows of measured graphs, and how they become a dashboard body (the JSON of
 * "Dashboard Body Structure and Syntax" in CloudWatch's API reference).
 */
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

/* Notes which alarms watch which resource, for dashboard_alarms() and graph_alarms(). */
void dashboard_index_alarms(struct lower *l);
/* Adds the dashboard's node and its JSON file to the graph. */
void dashboard_emit(struct lower *l, const struct dashboard_view *d);
bool series_same_metric(const struct series *x, const struct series *y);
/* The alarms whose state a dashboard shows, in the order of all alarms. */
struct alarm **dashboard_alarms(struct lower *l, const struct dashboard_view *d, uint32_t *ret_n);
/* The alarms whose threshold is a line in this graph. */
struct alarm **graph_alarms(struct lower *l, const struct graph_view *g, uint32_t *ret_n);
void dashboard_check_limits(struct lower *l, const struct dashboard_view *d, uint32_t widgets,
                            uint32_t metrics);

#endif
