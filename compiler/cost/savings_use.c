/* SPDX-License-Identifier: MIT */
/* rules about logs, what is sent, and what is beyond the free amounts */
#include "cost/savings.h"

#include "catalog/watched.h"
#include "resource/resource.h"

/* ---- logs */

/* A group of ours, which `cost.usage.log_ingest` speaks of. */
static bool is_log(const struct node *n) {
    return n->kind == &resource_log_group &&
           (str_starts(n->path, STR("logs.")) || n->comment.n > 0);
}

static int64_t days_of(const struct node *n) {
    const struct value *v = node_get(n, "retention_in_days");
    return v != NULL && v->type == VALUE_NUM ? num_floor(v->number) : 0;
}

/* The line of all logs with such a price; the number of lines: there is none. */
static uint32_t line_of_logs(const struct saver *s, const char *item) {
    uint32_t i = 0;
    while (i < s->before->n &&
           !(saving_is(s, i, COST_USE) && str_is(saving_line(s, i)->of, "logs") &&
             str_is(saving_line(s, i)->item, item)))
        i++;
    return i;
}

/* The longest retention when those that are too long are enough. */
static int64_t shortened(struct saver *s) {
    const struct graph *g = s->work->low->graph;
    int64_t longest = SAVING_ENOUGH_DAYS;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = g->nodes.at[i];
        int64_t days = is_log(n) ? days_of(n) : 0;
        if (days > SAVING_LONG_DAYS)
            saving_found(s, n->label, n->at);
        else if (days > longest)
            longest = days;
    }
    return longest;
}

/* What is kept is reckoned of what comes in (usage.c), unless it is stated. */
void saving_LOG_RETENTION(struct saver *s) {
    uint32_t line = line_of_logs(s, "storage");
    int64_t now = s->work->low->retention_days;
    if (line == s->before->n || given(s->work->cfg->cost.usage.log_storage.at) ||
        now <= SAVING_LONG_DAYS)
        return;
    struct num share = num_ratio(shortened(s), now);
    struct cost_range q = saving_line(s, line)->quantity;
    saving_set(s, line, (struct cost_range){num_mul(q.low, share), num_mul(q.high, share)});
}

/* How much comes into which group is not said: all of them, or nothing is known. */
void saving_LOG_CLASS(struct saver *s) {
    const struct graph *g = s->work->low->graph;
    uint32_t line = line_of_logs(s, "ingestion");
    if (line == s->before->n || graph_has(g, &resource_log_metric_filter) ||
        !saving_reprice(s, line, STR("cloudwatch.logs.ingest.ia")))
        return;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        if (is_log(g->nodes.at[i]) && node_get(g->nodes.at[i], "log_group_class") == NULL)
            saving_found(s, g->nodes.at[i]->label, g->nodes.at[i]->at);
    }
}

/* ---- agents */

#define API_REQUEST "cloudwatch.api.request"

/* Calls that an agent needs less when it measures every minute. */
static struct num fewer_calls(struct saver *s) {
    struct num sum = num_int(0), minutes = num_int((int64_t)PRICE_MONTH_HOURS * 60);
    for (uint32_t i = 0; i < s->work->low->published.n; i++) {
        const struct lower_published *p = &s->work->low->published.at[i];
        if (p->agent == NULL || num_cmp(p->requests, minutes) <= 0)
            continue;
        sum = num_add(sum, num_sub(p->requests, minutes));
        saving_found(s, p->agent->name, p->agent->at);
    }
    return sum;
}

/* Alarms whose period is that of an agent; they stand in the order of the nodes. */
static void slow_down_alarms(struct saver *s) {
    const struct lower_result *low = s->work->low;
    uint32_t q = 0;
    for (uint32_t i = 0; i < low->graph->nodes.n && q < low->quick.n; i++) {
        if (low->quick.at[q].node != low->graph->nodes.at[i])
            continue;
        if (low->quick.at[q++].agent && !saving_changed(s, i).gone)
            saving_change(s, i)->standard = true;
    }
}

/* Whether any calls are paid for. */
static bool pays_calls(const struct saver *s) {
    struct num left = price_pool(&s->work->ledger->book, STR("api-requests"))->amount;
    for (uint32_t i = 0; i < s->before->n && num_ok(left); i++) {
        const struct bill_line *l = saving_line(s, i);
        if (str_is(l->price->key, API_REQUEST))
            left = num_sub(left, l->quantity.high);
    }
    return !num_ok(left) || left.n < 0;
}

/* While calls are free it is the alarms alone that cost, and another rule speaks of them. */
void saving_AGENT_INTERVAL(struct saver *s) {
    if (!pays_calls(s))
        return;
    struct num fewer = fewer_calls(s);
    if (s->found->n == 0)
        return;
    slow_down_alarms(s);
    for (uint32_t i = 0; i < s->before->n; i++) {
        const struct bill_line *l = saving_line(s, i);
        if (!saving_is(s, i, COST_PUBLISHED) || !str_is(l->price->key, API_REQUEST))
            continue;
        saving_set(
            s, i,
            (struct cost_range){num_sub(l->quantity.low, fewer), num_sub(l->quantity.high, fewer)});
    }
}

/* ---- what is beyond the free amounts */

static struct num least(struct num a, struct num b) {
    return num_cmp(a, b) < 0 ? a : b;
}

/*
 * All lines of the environment with this free amount have what is left of it when it is their
 * turn.
 */
static void keep_free(struct saver *s, str pool, const char *what) {
    struct cost_work *w = s->work;
    struct num left = price_pool(&w->ledger->book, pool)->amount, all = left, beyond = num_int(0);
    for (uint32_t i = 0; i < s->before->n; i++) {
        const struct bill_line *l = saving_line(s, i);
        if (l->price->always == NULL || !str_eq(l->price->always->name, pool))
            continue;
        struct num has = l->quantity.high, free = least(has, left);
        left = num_sub(left, free);
        if (l->sheet != w->sheet || num_cmp(has, free) == 0)
            continue;
        beyond = num_add(beyond, num_sub(has, free));
        saving_set(s, i, (struct cost_range){free, free});
    }
    if (num_ok(beyond) && beyond.n > 0)
        saving_found_words(s,
                           arena_printf(w->run->arena, "%lld %s beyond the %lld that are free",
                                        (long long)num_floor(beyond), what,
                                        (long long)num_floor(all)),
                           w->cfg->at);
}

void saving_ALARMS(struct saver *s) {
    keep_free(s, STR("alarm-metrics"), "alarm metrics");
}

void saving_METRICS(struct saver *s) {
    keep_free(s, STR("custom-metrics"), "custom metrics");
}

void saving_DASHBOARDS(struct saver *s) {
    keep_free(s, STR("dashboards"), "dashboards");
}
