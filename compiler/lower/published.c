/* SPDX-License-Identifier: MIT */
#include "lower/backup.h"
#include "lower/cond.h"
#include "lower/free_tier.h"
#include "schema/schema.h"

/* Of 730 hours, as AWS's own calculator has it. */
#define MONTH_S ((int64_t)730 * 3600)
#define PROBE_EVERY_S 60
#define MINUTE_S 60
#define BASIC_S 300 /* EC2's basic monitoring */
#define HOUR_S 3600

/* What the agent measures for each disk or CPU it sends added up for the instance only. */
static uint32_t agent_series(struct lower *l, const struct host *h) {
    struct map seen = {0};
    for (uint32_t i = 0; i < h->agent.n; i++) {
        const struct cat_metric *m = h->agent.at[i];
        map_add(l->a, &seen,
                arena_cat3(l->a, m->agent.section.text, STR(" "), m->agent.measurement.text), l);
    }
    return seen.n;
}

static void add(struct lower *l, struct lower_result *r, struct lower_published p) {
    if (p.metrics.n > 0)
        VEC_PUSH(l->a, &r->published, p);
}

static void add_hosts(struct lower *l, struct lower_result *r) {
    for (uint32_t i = 0; i < l->hosts.n; i++) {
        const struct host *h = l->hosts.at[i];
        const struct attribute_value *every = watched_attribute(h->watched, STR("agent_interval"));
        struct num agent = every != NULL ? every->quantity.value : num_int(60);
        add(l, r,
            (struct lower_published){.what = arena_cat(l->a, STR("agent on "), h->watched->name),
                                     .metrics = num_int(agent_series(l, h)),
                                     .always = true,
                                     .requests = num_div(num_int(MONTH_S), agent),
                                     .agent = h->watched,
                                     .at = h->watched->at});
        add(l, r,
            (struct lower_published){.what = arena_cat(l->a, STR("probes on "), h->watched->name),
                                     .metrics = num_int(h->probes.n),
                                     .always = true,
                                     .requests = num_int(MONTH_S / PROBE_EVERY_S),
                                     .at = h->watched->at});
    }
}

static const struct backup_job *job_of(const struct lower *l, const struct watched *w) {
    for (uint32_t i = 0; i < l->backups.n; i++) {
        if (l->backups.at[i]->watched == w)
            return l->backups.at[i];
    }
    return NULL;
}

/* How often a month; of a job that is not ours nobody knows: all the time. */
static struct num runs_of(const struct lower *l, const struct watched *w) {
    const struct backup_job *j = job_of(l, w);
    if (j == NULL)
        return num_int(MONTH_S / HOUR_S);
    return j->schedule.unit == SCHEDULE_MONTH ? num_int(1)
                                              : num_ratio(MONTH_S, schedule_every_s(&j->schedule));
}

/* A metric is billed for the hours in which it is sent. Periods of jobs are hours. */
static struct num times_sent(struct lower *l, const struct watched *w, const struct cat_metric *m) {
    if (m->per_run.value)
        return runs_of(l, w);
    struct quantity q;
    str period = watched_choice(&l->catalog, w, &m->period);
    bool ok = schema_quantity(SCHEMA_DURATION, period, &q);
    struct num hours = num_int(MONTH_S / HOUR_S);
    struct num times = ok ? num_div(num_int(MONTH_S), q.value) : hours;
    return num_ok(times) && num_cmp(times, hours) < 0 ? times : hours;
}

struct num lower_job_share(struct lower *l, const struct watched *w, const struct cat_metric *m) {
    return num_div(times_sent(l, w, m), num_int(MONTH_S / HOUR_S));
}

/* What jobs of ours measure when they run, and what they tell of the last one all the time. */
static void add_jobs(struct lower *l, struct lower_result *r) {
    struct lower_published jobs = {
        .what = STR("jobs"), .metrics = num_int(0), .requests = num_int(0), .at = l->cfg->at};
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        struct num most = num_int(0);
        for (uint32_t k = 0; k < w->kind->metrics.n; k++) {
            const struct cat_metric *m = &w->kind->metrics.items[k];
            if (m->source.value != CAT_SOURCE_JOB || !watched_if(&l->catalog, w, &m->when) ||
                !free_tier_has_job_metric(l, w, m))
                continue;
            struct num times = times_sent(l, w, m);
            most = num_cmp(times, most) > 0 ? times : most;
            jobs.metrics = num_add(jobs.metrics, lower_job_share(l, w, m));
        }
        jobs.requests = num_add(jobs.requests, most);
    }
    add(l, r, jobs);
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
    return s->watched != NULL && s->decl != NULL && s->decl->period.n == 0 && s->logged == NULL &&
           s->decl->source.value == CAT_SOURCE_SERVICE && s->published_s == MINUTE_S &&
           watched_attribute(s->watched, STR("monitoring")) != NULL;
}

static bool is_agents(const struct series *s) {
    return s->decl != NULL && s->logged == NULL && s->decl->source.value == CAT_SOURCE_AGENT;
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
    r->alarm_of = lower_alarm_bills(l);
    r->catalog = &l->catalog;
    r->watched = (const struct watched *const *)l->watched.at;
    r->drawn = l->drawn.at;
}
