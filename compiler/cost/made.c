/* SPDX-License-Identifier: MIT */
#include "cost/sheet.h"

#include "lower/cond.h"
#include "resource/resource.h"

/* CloudWatch's: a period below is of high resolution; a dashboard above is an extended one. */
#define STANDARD_PERIOD_S 60
#define BASIC_DASHBOARD_METRICS 50
/* Metrics are billed for the hours in which they are sent. */
#define EVERY_HOUR "as if they were sent in every hour of the month"

/* What is counted under one price in one region. */
struct count {
    struct cost_what what;
    str key;
    uint32_t n;
};

struct counting {
    struct cost_work *work;
    struct map counts; /* "key region" -> struct count */
    uint32_t dashboards;
};

static void count(struct counting *c, const struct cost_what *what, str key, uint32_t n) {
    struct arena *a = c->work->run->arena;
    str name =
        arena_printf(a, "%.*s %.*s %.*s", STR_ARG(key), STR_ARG(what->region), STR_ARG(what->of));
    struct count *k = map_get(&c->counts, name);
    if (k == NULL) {
        k = ARENA_NEW(a, struct count);
        *k = (struct count){*what, key, 0};
        map_add(a, &c->counts, name, k);
    }
    k->n += n;
}

static int64_t whole(const struct value *v, int64_t otherwise) {
    return v != NULL && v->type == VALUE_NUM ? num_floor(v->number) : otherwise;
}

/* The attribute of a block, by its name in the rows of the block. */
static const struct value *in_block(const struct resource_attr *rows, uint32_t n,
                                    const struct value *block, const char *name) {
    int i = block != NULL ? resource_attr_index(rows, n, name) : -1;
    return i >= 0 ? block->block.attrs[i] : NULL;
}

struct alarm_extent {
    uint32_t metrics;
    int64_t period_s; /* the shortest */
};

static void add_queries(const struct node *n, struct alarm_extent *e) {
    const struct value *list = node_get(n, "metric_query");
    int at = resource_attr_index(n->kind->attrs, n->kind->nattrs, "metric_query");
    const struct resource_attr *query = &n->kind->attrs[at];
    int metric_at = resource_attr_index(query->block, query->nblock, "metric");
    const struct resource_attr *metric = &query->block[metric_at];
    for (uint32_t i = 0; list != NULL && i < list->list.n; i++) {
        const struct value *m =
            in_block(query->block, query->nblock, list->list.items[i], "metric");
        if (m == NULL)
            continue;
        int64_t s = whole(in_block(metric->block, metric->nblock, m, "period"), STANDARD_PERIOD_S);
        e->period_s = s < e->period_s ? s : e->period_s;
        e->metrics++;
    }
}

static void count_alarm(struct counting *c, const struct node *n, struct cost_what *what) {
    struct alarm_extent e = {0, INT64_MAX};
    bool band = node_get(n, "threshold_metric_id") != NULL;
    if (node_get(n, "metric_name") != NULL)
        e = (struct alarm_extent){1, whole(node_get(n, "period"), STANDARD_PERIOD_S)};
    add_queries(n, &e);
    bool high = e.period_s < STANDARD_PERIOD_S;
    what->item = high ? STR("high resolution") : STR("standard");
    count(c, what, high ? STR("cloudwatch.alarm.high_resolution") : str_c(n->kind->price),
          e.metrics + (band ? COND_BAND_METRICS : 0));
}

static void count_dashboard(struct counting *c, const struct node *n, struct cost_what *what) {
    bool basic = c->work->low->drawn[c->dashboards++] <= BASIC_DASHBOARD_METRICS;
    what->item = basic ? STR("up to 50 metrics") : STR("over 50 metrics");
    count(c, what, basic ? str_c(n->kind->price) : STR("cloudwatch.dashboard.extended"), 1);
}

static void count_node(struct counting *c, const struct node *n) {
    const struct resource_kind *k = n->kind;
    struct cost_what what = {.of = str_c(k->title),
                             .region = n->region == GRAPH_REGION_GLOBAL
                                           ? STR(GRAPH_GLOBAL_NAME)
                                           : c->work->cfg->aws.region.text,
                             .at = n->at};
    if (n->data)
        return;
    if (k == &resource_log_metric_filter)
        what.note = STR(EVERY_HOUR);
    if (k == &resource_metric_alarm)
        count_alarm(c, n, &what);
    else if (k == &resource_dashboard)
        count_dashboard(c, n, &what);
    else if (k->price != NULL)
        count(c, &what, str_c(k->price), 1);
    if (k->unpriced != NULL)
        sheet_gap(c->work, &what, str_c(k->unpriced), STR(""));
    if (k->free != NULL)
        sheet_free(c->work, &what, str_c(k->free));
}

/* Metrics of agents, probes and jobs, and the calls by which they are sent. */
static void enter_published(struct cost_work *w) {
    struct num requests = num_int(0);
    for (uint32_t i = 0; i < w->low->published.n; i++) {
        const struct lower_published *p = &w->low->published.at[i];
        struct cost_what what = {.of = p->what,
                                 .item = STR("metrics"),
                                 .note = STR(EVERY_HOUR),
                                 .region = w->cfg->aws.region.text,
                                 .at = p->at};
        sheet_count(w, &what, STR("cloudwatch.metric.custom"), num_int(p->metrics));
        requests = num_add(requests, p->requests);
    }
    if (w->low->published.n == 0)
        return;
    struct cost_what what = {.of = STR("PutMetricData"),
                             .item = STR("requests"),
                             .region = w->cfg->aws.region.text,
                             .at = w->cfg->at};
    sheet_count(w, &what, STR("cloudwatch.api.request"), requests);
}

void sheet_made(struct cost_work *w) {
    struct counting c = {.work = w};
    const struct graph *g = w->low->graph;
    for (uint32_t i = 0; i < g->nodes.n; i++)
        count_node(&c, g->nodes.at[i]);
    for (uint32_t i = 0; i < c.counts.n; i++) {
        const struct count *k = c.counts.entries[i].value;
        sheet_count(w, &k->what, k->key, num_int(k->n));
    }
    enter_published(w);
}
