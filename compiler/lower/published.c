/* SPDX-License-Identifier: MIT */
#include "lower/context.h"

/* Of 730 hours, as AWS's own calculator has it. */
#define MONTH_S ((int64_t)730 * 3600)
#define PROBE_EVERY_S 60
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

static void add(struct lower *l, struct lower_result *r, str what, uint32_t n, struct num requests,
                span at) {
    if (n > 0)
        VEC_PUSH(l->a, &r->published, (struct lower_published){what, n, requests, at});
}

static void add_hosts(struct lower *l, struct lower_result *r) {
    for (uint32_t i = 0; i < l->hosts.n; i++) {
        const struct host *h = l->hosts.at[i];
        const struct attribute_value *every = watched_attribute(h->watched, STR("agent_interval"));
        struct num agent = every != NULL ? every->quantity.value : num_int(60);
        add(l, r, arena_cat(l->a, STR("agent on "), h->watched->name), agent_series(l, h),
            num_div(num_int(MONTH_S), agent), h->watched->at);
        add(l, r, arena_cat(l->a, STR("probes on "), h->watched->name), h->probes.n,
            num_int(MONTH_S / PROBE_EVERY_S), h->watched->at);
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
    add(l, r, STR("jobs"), n, num_int(MONTH_S / JOB_EVERY_S * jobs), l->cfg->at);
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

void lower_billed(struct lower *l, struct lower_result *r) {
    add_hosts(l, r);
    add_jobs(l, r);
    add_logs(l, r);
    r->catalog = &l->catalog;
    r->watched = (const struct watched *const *)l->watched.at;
    r->drawn = l->drawn.at;
}
