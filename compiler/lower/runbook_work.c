/* SPDX-License-Identifier: MIT */
/* What the procedures are about: backups, secrets, budgets. */
#include "lower/backup.h"
#include "lower/budgets.h"
#include "lower/deploy.h"
#include "lower/runbook.h"
#include "lower/secrets.h"

#define AMOUNT_MAX 128

static struct runbook_texts texts_of(struct lower *l, const struct cfg_texts *t) {
    struct runbook_texts r = {0};
    if (t == NULL)
        return r;
    r.items = ARENA_ARRAY(l->a, str, t->n + 1);
    for (uint32_t i = 0; i < t->n; i++)
        r.items[r.n++] = t->items[i].text;
    return r;
}

static void add_jobs(struct lower *l, struct runbook *r) {
    static const enum runbook_job_kind kinds[] = {
        [BACKUP_DUMP] = RUNBOOK_DUMP,
        [BACKUP_EXPORT] = RUNBOOK_EXPORT,
        [BACKUP_CONFIGURATION] = RUNBOOK_CONFIGURATION,
        [BACKUP_DRILL] = RUNBOOK_DRILL,
    };
    r->jobs = ARENA_ARRAY(l->a, struct runbook_job, l->backups.n + 1);
    for (uint32_t i = 0; i < l->backups.n; i++) {
        const struct backup_job *j = l->backups.at[i];
        r->jobs[r->njobs++] = (struct runbook_job){
            .kind = kinds[j->kind],
            .name = j->watched->name,
            .of = j->of != NULL ? j->of->name : STR(""),
            .database = j->database,
            .engine = j->engine,
            .host = j->host->name,
            .when = schedule_words_in(l->a, &j->schedule, l->catalog.language),
            .keep = j->keep_s > 0 ? runbook_duration(l, j->keep_s) : STR(""),
            .max_age = runbook_duration(l, j->max_age_s),
            .tables = texts_of(l, j->tables),
            .assertions = j->expect != NULL ? j->expect->n : 0,
            .sealed_by_age = j->kind == BACKUP_CONFIGURATION &&
                             given(l->cfg->backup.configuration.secrets.age.at),
        };
    }
    if (r->njobs > 0)
        r->bucket = l->cfg->backup.bucket.text;
}

static bool is_deployed(const struct lower *l, const struct secret *s) {
    for (uint32_t i = 0; l->deploy != NULL && i < l->deploy->secrets.n; i++) {
        if (l->deploy->secrets.at[i].item == s->watched)
            return true;
    }
    return false;
}

static void add_secrets(struct lower *l, struct runbook *r) {
    static const enum runbook_rotation by[] = {
        [SECRET_BY_HAND] = RUNBOOK_BY_HAND,
        [SECRET_BY_OTHERS] = RUNBOOK_BY_OTHERS,
        [SECRET_BY_RDS] = RUNBOOK_BY_RDS,
        [SECRET_BY_LAMBDA] = RUNBOOK_BY_LAMBDA,
    };
    r->secrets = ARENA_ARRAY(l->a, struct runbook_secret, l->secrets.n + 1);
    for (uint32_t i = 0; i < l->secrets.n; i++) {
        struct secret *s = l->secrets.at[i];
        struct runbook_secret *out = &r->secrets[r->nsecrets++];
        *out = (struct runbook_secret){.name = s->watched->name,
                                       .aws_name = s->name,
                                       .of = s->of != NULL ? s->of->name : STR(""),
                                       .user = s->cfg->user.text,
                                       .who = s->who,
                                       .every =
                                           s->every_s > 0 ? runbook_every(l, s->every_s) : STR(""),
                                       .max_age = runbook_duration(l, s->max_age_s),
                                       .by = by[s->by],
                                       .in_parameters = secret_in_parameters(s),
                                       .deployed = is_deployed(l, s)};
        if (s->by == SECRET_BY_LAMBDA)
            out->function = rotation_function(l, s);
        if (s->by == SECRET_BY_RDS)
            out->aws_name = watched_attribute(s->of, STR("id"))->text.text;
    }
    if (r->nsecrets > 0)
        r->ages_function = arena_cat(l->a, l->prefix, STR("-" SECRETS_AGE));
}

static void add_budget(struct lower *l, struct runbook *r, str name,
                       const struct cfg_quantity *limit) {
    struct buf b = BUF_INIT(AMOUNT_MAX);
    quantity_format(&b, limit->q);
    r->budgets[r->nbudgets++] = (struct runbook_budget){name, buf_keep(&b, l->a)};
}

static void add_budgets(struct lower *l, struct runbook *r) {
    const struct config *c = l->cfg;
    r->budgets = ARENA_ARRAY(l->a, struct runbook_budget, c->budgets.services.n + 1);
    if (given(c->budgets.monthly.limit.at))
        add_budget(l, r, STR(""), &c->budgets.monthly.limit);
    for (uint32_t i = 0; i < c->budgets.services.n; i++)
        add_budget(l, r, c->budgets.services.items[i].name.text,
                   &c->budgets.services.items[i].limit);
    r->anomalies = given(c->budgets.anomalies.above.at);
}

void runbook_work(struct lower *l, struct runbook *r) {
    add_jobs(l, r);
    add_secrets(l, r);
    add_budgets(l, r);
}
