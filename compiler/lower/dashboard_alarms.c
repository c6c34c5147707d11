/* SPDX-License-Identifier: MIT */
#include "lower/dashboard.h"

#include <stdlib.h>

void dashboard_note_alarm(struct lower *l, struct alarm *al) {
    const struct measure *m = &al->plan->measure;
    for (uint32_t i = 0; i < m->series.n; i++) {
        struct alarm_list *list = &l->watched_uses.at[m->series.at[i].watched->index].alarms;
        if (list->alarms.n == 0 || *VEC_LAST(&list->alarms) != al)
            VEC_PUSH(l->scratch, &list->alarms, al);
    }
}

static bool graph_draws(const struct graph_view *g, const struct cond *c) {
    for (uint32_t i = 0; i < g->measure.series.n; i++) {
        for (uint32_t k = 0; k < c->measure.series.n; k++) {
            if (series_same_metric(&g->measure.series.at[i], &c->measure.series.at[k]))
                return true;
        }
    }
    return false;
}

static int by_index(const void *x, const void *y) {
    uint32_t a = (*(struct alarm *const *)x)->index, b = (*(struct alarm *const *)y)->index;
    return a < b ? -1 : a > b;
}

/* Adds the alarms that share a metric with a graph; some may come twice. */
static void find_drawn(struct lower *l, const struct graph_view *g, struct alarm_list *into) {
    for (uint32_t i = 0; i < g->measure.series.n; i++) {
        const struct watched *w = g->measure.series.at[i].watched;
        const struct alarm_list *list = &l->watched_uses.at[w->index].alarms;
        if (i > 0 && g->measure.series.at[i - 1].watched == w)
            continue;
        for (uint32_t k = 0; k < list->alarms.n; k++) {
            if (graph_draws(g, list->alarms.at[k]->plan))
                VEC_PUSH(l->scratch, &into->alarms, list->alarms.at[k]);
        }
    }
}

/* In the order of all alarms, each once. */
static struct alarm **in_order(struct alarm_list *list, uint32_t *ret_n) {
    struct alarm **at = list->alarms.at;
    uint32_t n = 0;
    if (list->alarms.n > 1)
        qsort(at, list->alarms.n, sizeof(struct alarm *), by_index);
    for (uint32_t i = 0; i < list->alarms.n; i++) {
        if (n == 0 || at[i] != at[n - 1])
            at[n++] = at[i];
    }
    *ret_n = n;
    return at;
}

struct alarm **dashboard_alarms(struct lower *l, const struct dashboard_view *d, uint32_t *ret_n) {
    struct alarm_list list = {0};
    for (uint32_t i = 0; i < l->alarms.n && d->all_alarms; i++) {
        if (l->alarms.at[i]->node != NULL)
            VEC_PUSH(l->scratch, &list.alarms, l->alarms.at[i]);
    }
    for (uint32_t s = 0; s < d->sections.n && !d->all_alarms; s++) {
        for (uint32_t r = 0; r < d->sections.at[s].rows.n; r++) {
            const struct row_view *row = &d->sections.at[s].rows.at[r];
            for (uint32_t g = 0; g < row->n; g++)
                find_drawn(l, row->graphs[g], &list);
        }
    }
    return in_order(&list, ret_n);
}

struct alarm **graph_alarms(struct lower *l, const struct graph_view *g, uint32_t *ret_n) {
    struct alarm_list drawn = {0};
    find_drawn(l, g, &drawn);
    return in_order(&drawn, ret_n);
}

void dashboard_note_drawn(struct lower *l, const struct graph_view *g, const struct node *n) {
    uint32_t nalarms;
    struct alarm **alarms = graph_alarms(l, g, &nalarms);
    for (uint32_t i = 0; i < nalarms; i++)
        alarms[i]->dashboard = alarms[i]->dashboard != NULL ? alarms[i]->dashboard : n;
}
