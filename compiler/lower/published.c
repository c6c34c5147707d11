/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"
#include "lower/context.h"

/* Of 730 hours, as AWS's own calculator has it. */
#define MONTH_S ((int64_t)730 * 3600)
#define PROBE_EVERY_S 60
#define MINUTE_S 60
#define BASIC_S 300 /* EC2's basic monitoring */
#define JOB_EVERY_S 3600

/*
 * Series of one measurement of the agent. What it measures for each disk or CPU has further
 * dimensions, and is there once more added up for the instance (aggregation_dimensions).
 */
static uint32_t series_of(struct lower *l, const struct watched *host, const struct cat_metric *m) {
    if (given(m->agent.resources.at)) {
        struct cfg_text one = m->agent.resources;
        const struct cfg_texts list = {.items = &one, .n = 1};
        return watched_texts(l->a, host, &list).n + 1;
    }
    return str_is(m->agent.section.text, "cpu") ? 2 : 1;
}

static uint32_t agent_series(struct lower *l, const struct host *h) {
    uint32_t n = 0;
    struct map seen = {0};
    for (uint32_t i = 0; i < h->agent.n; i++) {
        const struct cat_metric *m = h->agent.at[i];
        str name = arena_cat3(l->a, m->agent.section.text, STR(" "), m->agent.measurement.text);
        if (map_add(l->a, &seen, name, l) == NULL)
            n += series_of(l, h->watched, m);
    }
    return n;
}

static void add(struct lower *l, struct lower_result *r, struct lower_published p) {
    if (p.metrics > 0)
        VEC_PUSH(l->a, &r->published, p);
}

static void add_hosts(struct lower *l, struct lower_result *r) {
    for (uint32_t i = 0; i < l->hosts.n; i++) {
        const struct host *h = l->hosts.at[i];
        const struct attribute_value *every = watched_attribute(h->watched, STR("agent_interval"));
        struct num agent = every != NULL ? every->quantity.value : num_int(60);
        add(l, r,
            (struct lower_published){.what = arena_cat(l->a, STR("agent on "), h->watched->name),
                                     .metrics = agent_series(l, h),
                                     .requests = num_div(num_int(MONTH_S), agent),
                                     .agent = h->watched,
                                     .at = h->watched->at});
        add(l, r,
            (struct lower_published){.what = arena_cat(l->a, STR("probes on "), h->watched->name),
                                     .metrics = h->probes.n,
                                     .requests = num_int(MONTH_S / PROBE_EVERY_S),
                                     .at = h->watched->at});
    }
}

/* Jobs of ours send all that their kind has; what they found last is sent again every hour. */
static void add_jobs(struct lower *l, struct lower_result *r) {
    uint32_t jobs = 0, n = 0;
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        uint32_t before = n;
        for (uint32_t k = 0; k < w->kind->metrics.n; k++) {
            const struct cat_metric *m = &w->kind->metrics.items[k];
            n += m->source.value == CAT_SOURCE_JOB && watched_if(&l->catalog, w, &m->when);
        }
        jobs += n > before;
    }
    add(l, r,
        (struct lower_published){.what = STR("jobs"),
                                 .metrics = n,
                                 .requests = num_int(MONTH_S / JOB_EVERY_S * jobs),
                                 .at = l->cfg->at});
}

static void add_logs(struct lower *l, struct lower_result *r) {
    bool for_ever = false;
    for (uint32_t i = 0; i < l->logs.n; i++) {
        const struct log *log = l->logs.at[i];
        r->own_groups++;
        r->infrequent_groups += log->infrequent;
        for_ever |= log->retention_days == 0;
        if (log->retention_days > r->retention_days)
            r->retention_days = log->retention_days;
    }
    if (for_ever)
        r->retention_days = 0;
}

/* EC2's own metric, which comes every minute and would come every five. */
static bool is_detailed(const struct series *s) {
    const struct attribute_value *v =
        s->watched != NULL ? watched_attribute(s->watched, STR("monitoring")) : NULL;
    return v != NULL && s->decl != NULL && s->decl->period.n == 0 && !s->from_logs &&
           s->decl->source.value == CAT_SOURCE_SERVICE && s->published_s == MINUTE_S;
}

static bool is_agents(const struct series *s) {
    return s->decl != NULL && !s->from_logs && s->decl->source.value == CAT_SOURCE_AGENT;
}

/* Whether `for` or `over` is no multiple of five minutes. */
static bool is_uneven(struct lower *l, struct alarm *al) {
    const struct expr_condition *c = al->origin == ALARM_USER ? lower_condition(l, al) : NULL;
    return c != NULL && (c->clauses.for_s % BASIC_S != 0 || c->clauses.over_s % BASIC_S != 0);
}

static void add_quick(struct lower *l, struct lower_result *r, struct alarm *al) {
    const struct cond *c = al->plan;
    bool fast = c->period_s < MINUTE_S;
    for (uint32_t i = 0; i < c->measure.series.n; i++) {
        const struct series *s = &c->measure.series.at[i];
        bool agent = fast && is_agents(s);
        if (!agent && !(is_detailed(s) && is_uneven(l, al)))
            continue;
        VEC_PUSH(l->a, &r->quick, (struct lower_quick){s->watched, al->node, agent});
        return;
    }
}

void lower_billed(struct lower *l, struct lower_result *r) {
    add_hosts(l, r);
    add_jobs(l, r);
    add_logs(l, r);
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        struct alarm *al = l->alarms.at[i];
        if (al->plan != NULL && al->node != NULL)
            add_quick(l, r, al);
    }
    r->catalog = &l->catalog;
    r->watched = (const struct watched *const *)l->watched.at;
    r->drawn = l->drawn.at;
}
