/* SPDX-License-Identifier: MIT */
/* The procedures that apply: restore, roll back, rotate, a bill that grows. */
#include "runbook/pages.h"

static void add(struct pages *p, const char *name, struct map *values) {
    str path = arena_printf(p->a, "procedures/%s", name);
    pages_common(p, values);
    pages_add(p, path, pages_template(p, name), values);
    arena_clear(p->page);
}

/* ---- restore */

static void set_job(struct pages *p, struct map *v, const struct runbook_job *j) {
    pages_set(p, v, "job", j->name);
    pages_set(p, v, "of", j->of);
    pages_set(p, v, "database", j->database);
    pages_flag(p, v, "postgres", str_is(j->engine, "postgres"));
    pages_set(p, v, "host", j->host);
    pages_set(p, v, "when", j->when);
    pages_set(p, v, "keep", j->keep);
    pages_set(p, v, "max_age", j->max_age);
    pages_set(p, v, "new_database", arena_cat(p->page, j->database, STR("_restored")));
    pages_flag(p, v, "age", j->sealed_by_age);
    pages_flag(p, v, "has_assertions", j->assertions > 0);
    pages_set(p, v, "assertions", arena_printf(p->page, "%u", j->assertions));
    pages_texts(p, v, "tables", "table", &j->tables);
}

static void set_jobs(struct pages *p, struct map *v, const char *name, const char *has,
                     enum runbook_job_kind kind) {
    struct map *items = ARENA_ARRAY(p->page, struct map, p->r->njobs + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->r->njobs; i++) {
        if (p->r->jobs[i].kind == kind)
            set_job(p, &items[n++], &p->r->jobs[i]);
    }
    tmpl_set_list(p->page, v, name, items, n);
    pages_flag(p, v, has, n > 0);
}

static void restore(struct pages *p) {
    struct map v = {0};
    set_jobs(p, &v, "dumps", "has_dumps", RUNBOOK_DUMP);
    set_jobs(p, &v, "exports", "has_exports", RUNBOOK_EXPORT);
    set_jobs(p, &v, "configurations", "has_configurations", RUNBOOK_CONFIGURATION);
    set_jobs(p, &v, "drills", "has_drills", RUNBOOK_DRILL);
    pages_set(p, &v, "bucket", p->r->bucket);
    add(p, "restore", &v);
}

/* ---- roll back */

static void set_host(struct pages *p, struct map *v, const struct delivery_host *h) {
    pages_set(p, v, "host", h->name);
    pages_set(p, v, "address", h->address);
    pages_set(p, v, "variable", h->variable);
    pages_set(p, v, "instance", h->instance);
}

static void rollback(struct pages *p) {
    const struct delivery *d = p->r->delivery;
    struct map v = {0}, *hosts = ARENA_ARRAY(p->page, struct map, d->nhosts + 1);
    for (uint32_t i = 0; i < d->nhosts; i++)
        set_host(p, &hosts[i], &d->hosts[i]);
    tmpl_set_list(p->page, &v, "hosts", hosts, d->nhosts);
    pages_set(p, &v, "app", d->app);
    pages_set(p, &v, "image", d->image);
    pages_flag(p, &v, "migrates", given(d->cfg->migrate.at));
    pages_flag(p, &v, "ssm", d->cfg->via.value == CFG_VIA_SSM);
    add(p, "rollback", &v);
}

/* ---- rotate */

static void set_secret(struct pages *p, struct map *v, const struct runbook_secret *s) {
    static const char *const by[] = {[RUNBOOK_BY_HAND] = "by_hand",
                                     [RUNBOOK_BY_OTHERS] = "by_others",
                                     [RUNBOOK_BY_RDS] = "by_rds",
                                     [RUNBOOK_BY_LAMBDA] = "by_lambda"};
    for (unsigned i = 0; i < sizeof by / sizeof *by; i++)
        pages_flag(p, v, by[i], s->by == i);
    pages_set(p, v, "secret", s->name);
    pages_set(p, v, "aws_name", s->aws_name);
    pages_set(p, v, "of", s->of);
    pages_set(p, v, "user", s->user);
    pages_set(p, v, "who", s->who);
    pages_set(p, v, "function", s->function);
    pages_set(p, v, "function_log", arena_cat(p->page, STR("/aws/lambda/"), s->function));
    pages_set(p, v, "every", s->every);
    pages_set(p, v, "max_age", s->max_age);
    pages_flag(p, v, "in_parameters", s->in_parameters);
    pages_flag(p, v, "deployed", s->deployed);
    bool told = s->by == RUNBOOK_BY_HAND || s->by == RUNBOOK_BY_OTHERS;
    pages_flag(p, v, "put_parameter", told && s->in_parameters);
    pages_flag(p, v, "put_secret", told && !s->in_parameters);
    pages_flag(p, v, "rotate_secret", s->by == RUNBOOK_BY_LAMBDA && !s->in_parameters);
    pages_flag(p, v, "looks_hourly", s->by == RUNBOOK_BY_LAMBDA && s->in_parameters);
}

static void rotation(struct pages *p) {
    const struct runbook *r = p->r;
    struct map v = {0}, *items = ARENA_ARRAY(p->page, struct map, r->nsecrets + 1);
    for (uint32_t i = 0; i < r->nsecrets; i++)
        set_secret(p, &items[i], &r->secrets[i]);
    tmpl_set_list(p->page, &v, "secrets", items, r->nsecrets);
    pages_set(p, &v, "ages_function", r->ages_function);
    add(p, "rotation", &v);
}

/* ---- a bill that grows */

static void cost(struct pages *p) {
    const struct runbook *r = p->r;
    struct map v = {0}, *budgets = ARENA_ARRAY(p->page, struct map, r->nbudgets + 1),
               *alarms = ARENA_ARRAY(p->page, struct map, r->nalarms + 1);
    struct runbook_texts groups = {.items = ARENA_ARRAY(p->page, str, r->nlogs + 1)};
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->nbudgets; i++) {
        pages_set(p, &budgets[i], "service", r->budgets[i].name);
        pages_set(p, &budgets[i], "limit", r->budgets[i].limit);
    }
    for (uint32_t i = 0; i < r->nalarms; i++) {
        if (!r->alarms[i].cost)
            continue;
        pages_set(p, &alarms[n], "name", r->alarms[i].name);
        pages_set(p, &alarms[n++], "condition", r->alarms[i].condition);
    }
    for (uint32_t i = 0; i < r->nlogs; i++)
        groups.items[groups.n++] = r->logs[i].group;
    tmpl_set_list(p->page, &v, "budgets", budgets, r->nbudgets);
    tmpl_set_list(p->page, &v, "alarms", alarms, n);
    pages_flag(p, &v, "anomalies", r->anomalies);
    pages_texts(p, &v, "groups", "group", &groups);
    pages_flag(p, &v, "has_groups", groups.n > 0);
    add(p, "cost", &v);
}

void pages_procedures(struct pages *p) {
    if (p->r->njobs > 0)
        restore(p);
    if (p->r->delivery != NULL)
        rollback(p);
    if (p->r->nsecrets > 0)
        rotation(p);
    if (p->bill)
        cost(p);
}
