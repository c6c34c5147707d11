/* SPDX-License-Identifier: MIT */
#include "cost/made.h"

#include "resource/resource.h"

/* Metrics are billed for the hours in which they are sent. */
#define EVERY_HOUR "as if they were sent in every hour of the month"
#define ITS_HOURS "in the hours in which they are sent, when all runs are those of the schedule"

struct counting {
    struct cost_work *work;
    const struct made_change *changes; /* by node; NULL: none */
    struct made_counts *counts;
    uint32_t dashboards, last;
};

static bool is_count(const struct made_count *k, const struct cost_what *what, str key) {
    return str_eq(k->key, key) && str_eq(k->what.region, what->region) &&
           str_eq(k->what.of, what->of);
}

/* There are few prices; of thousands of alarms most are of the one before. */
static void count(struct counting *c, const struct cost_what *what, str key, uint32_t n) {
    struct made_counts *all = c->counts;
    if (c->last >= all->n || !is_count(&all->at[c->last], what, key)) {
        for (c->last = 0; c->last < all->n && !is_count(&all->at[c->last], what, key);)
            c->last++;
    }
    if (c->last == all->n)
        VEC_PUSH(c->work->run->arena, all, (struct made_count){*what, key, 0});
    all->at[c->last].n += n;
}

str made_name(const struct config *c, const struct node *n) {
    uint32_t skip = c->project.text.n + 1 + c->environment.text.n + 1;
    return skip < n->name.n ? str_sub(n->name, skip, n->name.n) : n->name;
}

static void count_alarm(struct counting *c, const struct lower_alarm *e, struct made_change change,
                        struct cost_what *what) {
    bool high = e->high && !change.standard;
    what->item = high ? STR("high resolution") : STR("standard");
    count(c, what,
          high ? STR("cloudwatch.alarm.high_resolution") : str_c(resource_metric_alarm.price),
          e->metrics - change.fewer);
}

static void count_dashboard(struct counting *c, const struct node *n, struct made_change change,
                            struct cost_what *what) {
    uint32_t drawn = c->work->low->drawn[c->dashboards++];
    bool basic = change.standard || drawn <= DASHBOARD_BASIC_METRICS;
    what->item = basic ? STR("up to " TEXT_OF(DASHBOARD_BASIC_METRICS) " metrics")
                       : STR("over " TEXT_OF(DASHBOARD_BASIC_METRICS) " metrics");
    if (!change.gone)
        count(c, what, basic ? str_c(n->kind->price) : STR("cloudwatch.dashboard.extended"), 1);
}

static struct cost_what what_of(const struct cost_work *w, const struct node *n) {
    const struct resource_kind *k = n->kind;
    return (struct cost_what){.of = str_c(k->title),
                              .region = n->region == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME)
                                                                         : w->cfg->aws.region.text,
                              .note = k == &resource_log_metric_filter ? STR(EVERY_HOUR) : STR(""),
                              .at = n->at};
}

static void count_node(struct counting *c, uint32_t i, struct made_change change) {
    const struct node *n = c->work->low->graph->nodes.at[i];
    const struct resource_kind *k = n->kind;
    struct cost_what what = what_of(c->work, n);
    if (k == &resource_dashboard)
        count_dashboard(c, n, change, &what);
    else if (change.gone)
        return;
    else if (k == &resource_metric_alarm)
        count_alarm(c, &c->work->low->alarm_of[i], change, &what);
    else
        count(c, &what, str_c(k->price), 1);
}

void made_count(struct cost_work *w, const struct made_change *changes, struct made_counts *ret) {
    struct counting c = {.work = w, .counts = ret};
    const struct graph *g = w->low->graph;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = g->nodes.at[i];
        if (n->kind->price != NULL && !n->data)
            count_node(&c, i, changes != NULL ? changes[i] : (struct made_change){0});
    }
}

static void note_kind(struct cost_work *w, const struct node *first, uint32_t n) {
    const struct resource_kind *k = first->kind;
    struct cost_what what = what_of(w, first);
    if (k->unpriced != NULL)
        sheet_gap(w, &what, str_c(k->unpriced), STR(""));
    if (k->free != NULL)
        sheet_free(w, &what, str_c(k->free), n);
}

/* What costs nothing and what is not known: said of a kind, whatever there is of it. */
static void note_kinds(struct cost_work *w) {
    const struct graph *g = w->low->graph;
    for (uint32_t i = 0, end; i < g->nodes.n; i = end) {
        const struct node *n = g->nodes.at[i];
        for (end = i + 1; end < g->nodes.n && g->nodes.at[end]->kind == n->kind;)
            end++;
        if (!n->data && (n->kind->unpriced != NULL || n->kind->free != NULL))
            note_kind(w, n, end - i);
    }
}

/* Metrics of agents, probes and jobs, and the calls by which they are sent. */
static void enter_published(struct cost_work *w) {
    struct num requests = num_int(0);
    for (uint32_t i = 0; i < w->low->published.n; i++) {
        const struct lower_published *p = &w->low->published.at[i];
        struct cost_what what = {.of = p->what,
                                 .item = STR("metrics"),
                                 .note = p->always ? STR(EVERY_HOUR) : STR(ITS_HOURS),
                                 .region = w->cfg->aws.region.text,
                                 .source = COST_PUBLISHED,
                                 .at = p->at};
        sheet_count(w, &what, STR("cloudwatch.metric.custom"), p->metrics);
        requests = num_add(requests, p->requests);
    }
    if (w->low->published.n == 0)
        return;
    struct cost_what what = {.of = STR("PutMetricData"),
                             .item = STR("requests"),
                             .region = w->cfg->aws.region.text,
                             .source = COST_PUBLISHED,
                             .at = w->cfg->at};
    sheet_count(w, &what, STR("cloudwatch.api.request"), requests);
}

void sheet_made(struct cost_work *w) {
    struct made_counts *counts = ARENA_NEW(w->run->arena, struct made_counts);
    note_kinds(w);
    made_count(w, NULL, counts);
    w->sheet->made = counts;
    for (uint32_t i = 0; i < counts->n; i++) {
        struct made_count *k = &counts->at[i];
        k->what.source = COST_MADE;
        sheet_count(w, &k->what, k->key, num_int(k->n));
    }
    enter_published(w);
}
