/* SPDX-License-Identifier: MIT */
#include "lower/backup.h"
#include "lower/free_tier.h"
#include "tmpl/tmpl.h"

#define TEXT_MAX (4u << 20)
#define DUMP_AT_MOST_S (12 * 3600)
#define REPORT_AT_MOST_S 300

static void put_setting(struct buf *b, const char *name, str value) {
    buf_printf(b, "  %s=", name);
    tmpl_shell(b, value);
    buf_byte(b, '\n');
}

static void put_seconds(struct buf *b, const char *name, int64_t s) {
    buf_printf(b, "  %s=%lld\n", name, (long long)s);
}

static void put_array(struct buf *b, const char *name, const struct cfg_texts *values) {
    buf_printf(b, "  %s=(", name);
    for (uint32_t i = 0; i < values->n; i++) {
        BUF_LIT(b, "\n    ");
        tmpl_shell(b, values->items[i].text);
    }
    buf_text(b, values->n > 0 ? "\n  )\n" : ")\n");
}

/* As a text: ports are numbers in ops.yaml. */
static str attribute_text(const struct watched *w, const char *name) {
    const struct attribute_value *v = watched_attribute(w, str_c(name));
    return v != NULL ? v->text.text : STR("");
}

static void put_server(struct buf *b, const struct backup_job *j) {
    bool rds = str_is(j->of->kind->kind.text, "rds");
    str host = attribute_text(j->of, "host");
    put_setting(b, "ENGINE", j->engine);
    str cluster = attribute_text(j->of, "cluster");
    put_setting(b, "RDS", rds && cluster.n == 0 ? attribute_text(j->of, "id") : STR(""));
    put_setting(b, "CLUSTER", cluster);
    put_setting(b, "HOST", rds ? STR("") : host.n > 0 ? host : STR("127.0.0.1"));
    put_setting(b, "PORT", attribute_text(j->of, "port"));
    put_setting(b, "DATABASE", j->database);
    put_setting(b, "USER_NAME", j->user);
    const struct attribute_value *tls = watched_attribute(j->of, STR("tls"));
    put_setting(b, "TLS", tls != NULL && tls->boolean ? STR("require") : STR(""));
    put_setting(b, "PASSWORD_STORE", j->store);
    put_setting(b, "PASSWORD_ID", j->password_id);
}

static void put_configuration(struct buf *b, const struct lower *l, const struct backup_job *j) {
    const struct cfg_configuration *c = &l->cfg->backup.configuration;
    bool state = c->terraform_state.value;
    put_setting(b, "STATE_BUCKET", state ? l->cfg->terraform.state.bucket.text : STR(""));
    put_setting(b, "STATE_KEY", state ? lower_state_key(l->passing, l->cfg) : STR(""));
    put_setting(b, "STATE_REGION", state ? lower_state_region(l->cfg) : STR(""));
    put_setting(b, "PARAMETERS", c->parameters.text);
    put_setting(b, "RECIPIENT", c->secrets.age.text);
    put_setting(b, "SEAL_KEY", backup_makes_key(l) ? backup_key(l) : STR(""));
    BUF_LIT(b, "  SECRETS=(");
    for (uint32_t i = 0; i < j->secrets.n; i++) {
        BUF_LIT(b, "\n    ");
        tmpl_shell(b, watched_attribute(j->secrets.at[i], STR("id"))->text.text);
    }
    buf_text(b, j->secrets.n > 0 ? "\n  )\n" : ")\n");
}

/* Of what the profile leaves nothing out, all is published. */
static void put_published(struct buf *b, struct lower *l, const struct watched *w) {
    if (!free_tier(l))
        return;
    BUF_LIT(b, "  PUBLISHED=(");
    const char *gap = "";
    for (uint32_t i = 0; i < w->kind->metrics.n; i++) {
        const struct cat_metric *m = &w->kind->metrics.items[i];
        if (m->source.value != CAT_SOURCE_JOB || !free_tier_has_job_metric(l, w, m))
            continue;
        buf_text(b, gap);
        tmpl_shell(b, arena_cat3(l->passing, w->name, STR("."), m->name.text));
        gap = " ";
    }
    BUF_LIT(b, ")\n");
}

/* The arm of a job in the scripts' function `settings`. */
static void put_job(struct buf *b, struct lower *l, const struct backup_job *j) {
    tmpl_shell(b, j->watched->name);
    BUF_LIT(b, ")\n");
    put_setting(b, "KIND", str_c(backup_kinds[j->kind].word));
    put_setting(b, "METRIC", j->watched->name);
    put_published(b, l, j->watched);
    put_seconds(b, "EVERY_S", schedule_every_s(&j->schedule));
    put_seconds(b, "MAX_AGE_S", j->max_age_s);
    if (j->kind == BACKUP_DRILL) {
        put_setting(b, "OF", j->dump->watched->name);
        put_array(b, "ASSERTIONS", j->expect);
    } else if (j->kind == BACKUP_CONFIGURATION) {
        put_configuration(b, l, j);
        put_seconds(b, "KEEP_S", j->keep_s);
    } else {
        put_server(b, j);
        put_seconds(b, "KEEP_S", j->keep_s);
        put_array(b, "TABLES", j->tables);
    }
    BUF_LIT(b, "  ;;\n");
}

static bool runs_on(const struct backup_job *j, const struct host *h) {
    return j->host == h->watched;
}

/* The jobs of a host that a script is for, and all settings that they need. */
static void set_jobs(struct lower *l, const struct host *h, bool drills, struct map *v) {
    struct buf names = BUF_INIT(TEXT_MAX), settings = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < l->backups.n; i++) {
        const struct backup_job *j = l->backups.at[i];
        if (!runs_on(j, h))
            continue;
        put_job(&settings, l, j);
        if ((j->kind == BACKUP_DRILL) != drills)
            continue;
        tmpl_shell(&names, j->watched->name);
        buf_byte(&names, '\n');
    }
    tmpl_set(l->passing, v, "names", buf_keep(&names, l->passing));
    tmpl_set(l->passing, v, "settings", buf_keep(&settings, l->passing));
}

static void add_script(struct lower *l, struct host *h, const char *name, bool drills) {
    static const char *const lock_modes[] = {"GOVERNANCE", "COMPLIANCE"};
    static const char *const parts[] = {
        "host/process",    "host/cloud",       "backup/common",        "backup/aws",
        "backup/database", "backup/restoring", "backup/configuration", "backup/jobs"};
    const struct config *c = l->cfg;
    bool locked = given(c->backup.lock.keep.at);
    int64_t days = locked ? num_floor(c->backup.lock.keep.q.value) / DAY_S : 0;
    struct map v = {0};
    tmpl_set(l->passing, &v, "namespace", l->namespace_);
    tmpl_set(l->passing, &v, "bucket", c->backup.bucket.text);
    tmpl_set(l->passing, &v, "kms_key", c->backup.kms_key.text);
    tmpl_set(l->passing, &v, "lock",
             locked ? str_c(lock_modes[c->backup.lock.mode.value]) : STR(""));
    tmpl_set(l->passing, &v, "lock_days", arena_printf(l->passing, "%lld", (long long)days));
    set_jobs(l, h, drills, &v);
    struct host_template from = {"backup", name, parts, sizeof parts / sizeof *parts};
    host_add_template(l, h, HOST_SCRIPT, &from, str_c(name), &v);
}

static void add_timer(struct lower *l, struct host *h, const struct backup_job *j) {
    const struct backup_kind_row *kind = &backup_kinds[j->kind];
    str of = j->of != NULL ? j->of->name : STR("the configuration");
    struct host_job job = {.name = j->watched->name,
                           .script = kind->script,
                           .arguments = j->watched->name,
                           .does = arena_printf(l->a, "%s %.*s", kind->does, STR_ARG(of)),
                           .when = schedule_calendar(l->a, &j->schedule),
                           .at_most_s = DUMP_AT_MOST_S};
    host_add_job(l, h, &job);
    lower_explain(l, "%.*s on %.*s: %.*s, %.*s; overdue after %lld hours",
                  STR_ARG(j->watched->name), STR_ARG(h->watched->name), STR_ARG(job.does),
                  STR_ARG(schedule_words(l->a, &j->schedule)), (long long)(j->max_age_s / 3600));
}

/* The ages are published every hour, whether the job runs or not. */
static void add_report(struct lower *l, struct host *h, const char *name, const char *script,
                       const char *does) {
    struct host_job job = {.name = str_c(name),
                           .script = script,
                           .arguments = STR("--report"),
                           .does = str_c(does),
                           .when = STR("*-*-* *:07:00"),
                           .at_most_s = REPORT_AT_MOST_S};
    host_add_job(l, h, &job);
}

void backup_scripts(struct lower *l, struct host *h) {
    if (!h->backups)
        return;
    bool drills = false;
    for (uint32_t i = 0; i < l->backups.n; i++)
        drills |= runs_on(l->backups.at[i], h) && l->backups.at[i]->kind == BACKUP_DRILL;
    add_script(l, h, "backup_rds_to_s3.sh", false);
    add_script(l, h, "restore_from_backup.sh", false);
    add_report(l, h, "backup-report", "backup_rds_to_s3.sh", "Publish the ages of backups");
    if (drills) {
        add_script(l, h, "restore_drill.sh", true);
        add_report(l, h, "drill-report", "restore_drill.sh",
                   "Publish the age of the restore drill");
    }
    for (uint32_t i = 0; i < l->backups.n; i++) {
        if (runs_on(l->backups.at[i], h))
            add_timer(l, h, l->backups.at[i]);
    }
}
