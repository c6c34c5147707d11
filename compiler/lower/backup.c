/* SPDX-License-Identifier: MIT */
#include "lower/backup.h"

#include "lower/account.h"
#include "lower/cond.h"
#include "lower/implied.h"
#include "lower/prices.h"
#include "lower/words.h"

#define KEEP_S (35 * DAY_S)

#define BACKUP_SCRIPT "backup_rds_to_s3.sh"

const struct backup_kind_row backup_kinds[] = {
    [BACKUP_DUMP] = {"-backup", "dump", BACKUP_SCRIPT, "Back up"},
    [BACKUP_EXPORT] = {"-export", "export", BACKUP_SCRIPT, "Export tables of"},
    [BACKUP_CONFIGURATION] = {"-backup", "configuration", BACKUP_SCRIPT, "Back up"},
    [BACKUP_DRILL] = {"-drill", "drill", "restore_drill.sh", "Restore a backup, as a drill, of"},
};

static const struct watched *host_problem(struct lower *l, span at, str name) {
    struct diag *d =
        name.n > 0
            ? diag_add(l->dl, DIAG_BACKUP_HOST, at, "`%.*s` is no host of kind ec2", STR_ARG(name))
            : diag_add(l->dl, DIAG_BACKUP_HOST, at, "nothing says which host makes the backups");
    diag_hint(l->dl, d,
              "Backups are made by scripts on an instance that reaches the databases: name a "
              "resource of kind ec2 under `on` of `backup`.");
    return NULL;
}

/* The instance on which a database runs, when it is one of ours. */
static const struct watched *own_host(struct lower *l, const struct watched *of) {
    const struct attribute_value *on = of != NULL ? watched_attribute(of, STR("on")) : NULL;
    return on != NULL ? map_get(&l->watched_by_name, on->text.text) : NULL;
}

/* Whether only programs on the same host reach it. */
static bool is_loopback(const struct watched *of) {
    const struct attribute_value *host = watched_attribute(of, STR("host"));
    return !str_is(of->kind->kind.text, "rds") &&
           (host == NULL || host->text.text.p[0] == '/' ||
            str_starts(host->text.text, STR("127.")) || str_is(host->text.text, "localhost") ||
            str_is(host->text.text, "::1"));
}

/*
 * The host that runs a job: `on`, else the one that the database runs on, else the only one. NULL
 * after a diagnostic. `of` may be NULL.
 */
static const struct watched *find_host(struct lower *l, const struct watched *of, span at) {
    const struct cfg_text *on = &l->cfg->backup.on;
    const struct watched *own = own_host(l, of);
    const struct watched *w = given(on->at) ? map_get(&l->watched_by_name, on->text)
                              : own != NULL ? own
                                            : lower_only_host(l);
    if (w == NULL && given(on->at))
        return lower_find_watched(l, on->text, on->at);
    if (w == NULL)
        return host_problem(l, at, STR(""));
    if (!str_is(w->kind->kind.text, "ec2"))
        return host_problem(l, given(on->at) ? on->at : at, w->name);
    if (own == NULL || own == w || !is_loopback(of))
        return w;
    struct diag *d = diag_add(l->dl, DIAG_BACKUP_HOST, at,
                              "`%.*s` is reached on its own host `%.*s` only, not from `%.*s`",
                              STR_ARG(of->name), STR_ARG(own->name), STR_ARG(w->name));
    diag_hint(l->dl, d,
              "Leave `on` of `backup` out: it is then backed up from the host it runs on. Or "
              "give `%.*s` the `host` address that others reach.",
              STR_ARG(of->name));
    return NULL;
}

static void keep_problem(struct lower *l, span at, const char *what, const char *hint) {
    struct diag *d = diag_add(l->dl, DIAG_BACKUP_KEEP, at, "%s", what);
    diag_hint(l->dl, d, "%s", hint);
}

/* How long they are kept and how old the newest may become; 0 takes the default. */
static void read_times(struct lower *l, struct backup_job *j, const struct cfg_quantity *keep,
                       const struct cfg_quantity *max_age) {
    int64_t every_s = schedule_every_s(&j->schedule);
    j->max_age_s = given(max_age->at) ? num_floor(max_age->q.value) : every_s + DAY_S;
    if (j->max_age_s < every_s)
        keep_problem(l, max_age->at, "the newest is always older than that before the next comes",
                     "Make `max_age` at least the time between two, and how long one takes.");
    if (keep == NULL)
        return;
    j->keep_s = given(keep->at)        ? num_floor(keep->q.value)
                : KEEP_S > 2 * every_s ? KEEP_S
                                       : 2 * every_s;
    if (j->keep_s < every_s)
        keep_problem(l, keep->at, "each is gone before the next one is made",
                     "Keep them at least as long as the time between two; twice that leaves one to "
                     "go back to when the newest is bad.");
    else if (j->keep_s % DAY_S != 0)
        keep_problem(l, keep->at, "backups are kept for whole days", "Write `7d` or `8 weeks`.");
}

/* The job as a resource that is watched. */
static bool watch(struct lower *l, struct backup_job *j, struct cfg_text key,
                  const struct cfg_recommended *alarms) {
    key.text = arena_cat(l->a, j->name, str_c(backup_kinds[j->kind].suffix));
    struct cfg_resource *r =
        implied_new(l, j->kind == BACKUP_DRILL ? "drill" : "backup", key, alarms, 4);
    implied_seconds(l, r, "max_age", j->max_age_s, j->at);
    implied_key(l, r, "of",
                j->of != NULL ? j->of->name : str_c(word(l->catalog.language, WORD_CONFIGURATION)),
                j->at);
    implied_key(l, r, "on", j->host->name, j->at);
    implied_key(l, r, "unit",
                arena_printf(l->a, "opsc-%.*s-%.*s.service", STR_ARG(l->prefix), STR_ARG(key.text)),
                j->at);
    j->watched = implied_watch(l, r, j->path, "the backup");
    return j->watched != NULL;
}

/* An export of something, and of nothing twice. */
static bool check_tables(struct lower *l, const struct cfg_texts *tables) {
    struct diag *d;
    for (uint32_t i = 0; i < tables->n; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (!str_eq(tables->items[i].text, tables->items[k].text))
                continue;
            d = diag_add(l->dl, DIAG_BAD_VALUE, tables->items[i].at, "`%.*s` is named twice",
                         STR_ARG(tables->items[i].text));
            diag_hint(l->dl, d, "Name each table once.");
            return false;
        }
    }
    if (tables->n > 0 || !given(tables->at))
        return true;
    d = diag_add(l->dl, DIAG_BAD_VALUE, tables->at, "an export of no tables");
    diag_hint(l->dl, d, "Name the tables: `tables: [orders, other_schema.customers]`.");
    return false;
}

static void bind(struct lower *l, const struct cfg_backup *c, enum backup_kind kind) {
    struct backup_job *j = ARENA_NEW(l->a, struct backup_job);
    *j = (struct backup_job){.kind = kind, .name = c->name.text, .at = c->name.at};
    j->path = arena_cat(
        l->a, kind == BACKUP_DUMP ? STR("backup.snapshots.") : STR("backup.exports."), j->name);
    j->tables = &c->tables;
    const struct cfg_text *from = given(c->from.at) ? &c->from : &c->name;
    j->of = lower_find_watched(l, from->text, from->at);
    bool ok = schedule_read(l, &c->every, &j->schedule);
    if (ok)
        read_times(l, j, &c->keep, &c->max_age);
    ok &= kind != BACKUP_EXPORT || check_tables(l, &c->tables);
    ok &= j->of != NULL && backup_login(l, c, j);
    if (j->of != NULL)
        j->host = find_host(l, j->of, j->at);
    if (ok && j->host != NULL && watch(l, j, c->name, &c->alarms))
        VEC_PUSH(l->a, &l->backups, j);
}

static void bind_configuration(struct lower *l) {
    const struct cfg_configuration *c = &l->cfg->backup.configuration;
    struct backup_job *j = ARENA_NEW(l->a, struct backup_job);
    *j = (struct backup_job){.kind = BACKUP_CONFIGURATION,
                             .name = STR("configuration"),
                             .path = STR("backup.configuration"),
                             .at = c->at};
    bool ok = schedule_read(l, &c->every, &j->schedule);
    if (ok)
        read_times(l, j, &c->keep, &c->max_age);
    ok &= backup_configuration(l, j);
    struct cfg_text name = {j->name, c->at, NULL};
    j->host = find_host(l, NULL, c->at);
    if (ok && j->host != NULL && watch(l, j, name, &c->alarms))
        VEC_PUSH(l->a, &l->backups, j);
}

static const struct backup_job *find_dump(const struct lower *l, str name) {
    for (uint32_t i = 0; i < l->backups.n; i++) {
        if (l->backups.at[i]->kind == BACKUP_DUMP && str_eq(l->backups.at[i]->name, name))
            return l->backups.at[i];
    }
    return NULL;
}

/* Whether `snapshots` has it, well or badly written. */
static bool has_snapshot(const struct lower *l, str name) {
    for (uint32_t i = 0; i < l->cfg->backup.snapshots.n; i++) {
        if (str_eq(l->cfg->backup.snapshots.items[i].name.text, name))
            return true;
    }
    return false;
}

/* A drill makes a database, and a replica takes none. */
static bool check_replica(struct lower *l, const struct backup_job *j) {
    const struct attribute_value *replica = watched_attribute(j->of, STR("replica"));
    if (replica == NULL || !replica->boolean)
        return true;
    struct diag *d = diag_add(l->dl, DIAG_WRONG_KIND, j->at,
                              "`%.*s` is a replica, in which no drill can make a database",
                              STR_ARG(j->of->name));
    diag_hint(l->dl, d, "Back up and restore what it is a replica of, or leave the drill out.");
    return false;
}

static void bind_drill(struct lower *l) {
    const struct cfg_drill *c = &l->cfg->backup.drill;
    struct backup_job *j = ARENA_NEW(l->a, struct backup_job);
    *j = (struct backup_job){.kind = BACKUP_DRILL,
                             .name = c->restore.text,
                             .expect = &c->expect,
                             .path = STR("backup.drill"),
                             .at = c->restore.at};
    if (!given(c->restore.at))
        return; /* it is required, and was missed already */
    j->dump = find_dump(l, c->restore.text);
    if (!has_snapshot(l, c->restore.text)) {
        struct diag *d = diag_add(l->dl, DIAG_UNKNOWN_RESOURCE, c->restore.at,
                                  "`snapshots` has no `%.*s`", STR_ARG(c->restore.text));
        diag_hint(l->dl, d, "Name one of the backups under `snapshots`.");
    }
    if (!schedule_read(l, &c->every, &j->schedule) || j->dump == NULL)
        return;
    read_times(l, j, NULL, &c->max_age);
    j->of = j->dump->of;
    j->host = j->dump->host;
    if (check_replica(l, j) && watch(l, j, c->restore, &c->alarms))
        VEC_PUSH(l->a, &l->backups, j);
}

static void check_lock(struct lower *l) {
    const struct cfg_quantity *q = &l->cfg->backup.lock.keep;
    if (!given(q->at))
        return;
    int64_t s = num_floor(q->q.value);
    if (s < DAY_S || s % DAY_S != 0)
        keep_problem(l, q->at, "objects are locked for whole days", "Write `30d`.");
    for (uint32_t i = 0; i < l->backups.n; i++) {
        const struct backup_job *j = l->backups.at[i];
        if (j->kind != BACKUP_DRILL && j->keep_s < s) {
            keep_problem(l, q->at, "the lock lasts longer than backups are kept",
                         "Nothing can expire while it is locked: make `lock` at most the shortest "
                         "`keep`.");
            return;
        }
    }
}

/* The bucket is for backups and nothing else: its lifecycle would remove what others keep there. */
static void check_bucket(struct lower *l) {
    const struct cfg_text *bucket = &l->cfg->backup.bucket,
                          *state = &l->cfg->terraform.state.bucket;
    if (!given(bucket->at) || !given(state->at) || !str_eq(bucket->text, state->text))
        return;
    struct diag *d = diag_add(l->dl, DIAG_BACKUP_BUCKET, bucket->at, "`%.*s` has Terraform's state",
                              STR_ARG(bucket->text));
    diag_also(l->dl, d, state->at, "said here");
    diag_hint(l->dl, d, "Give backups a bucket of their own.");
}

static void check_empty(struct lower *l) {
    const struct config *c = l->cfg;
    if (c->backup.snapshots.n > 0 || c->backup.exports.n > 0 || given(c->backup.configuration.at) ||
        given(c->backup.drill.at))
        return;
    struct diag *d = diag_add(l->dl, DIAG_BAD_VALUE, c->backup.at, "`backup` backs nothing up");
    diag_hint(l->dl, d,
              "Add `snapshots: { DATABASE: { every: week } }`, `exports` or "
              "`configuration`.");
}

void lower_backup(struct lower *l) {
    if (!given(l->cfg->backup.at))
        return;
    check_empty(l);
    check_bucket(l);
    account_check_key(l, &l->cfg->backup.kms_key);
    for (uint32_t i = 0; i < l->cfg->backup.snapshots.n; i++)
        bind(l, &l->cfg->backup.snapshots.items[i], BACKUP_DUMP);
    for (uint32_t i = 0; i < l->cfg->backup.exports.n; i++)
        bind(l, &l->cfg->backup.exports.items[i], BACKUP_EXPORT);
    if (given(l->cfg->backup.configuration.at))
        bind_configuration(l);
    if (given(l->cfg->backup.drill.at))
        bind_drill(l);
    check_lock(l);
}

static bool is_proved(const struct lower *l, const struct backup_job *dump) {
    for (uint32_t i = 0; i < l->backups.n; i++) {
        if (l->backups.at[i]->dump == dump)
            return true;
    }
    return false;
}

/* An alarm on its age, or one that the free tier left out and told of. */
static bool is_heard(const struct lower *l, const struct watched *w) {
    const struct alarm_list *list = &l->watched_uses.at[w->index].alarms;
    for (uint32_t i = 0; i < list->alarms.n; i++) {
        const struct alarm *al = list->alarms.at[i];
        for (uint32_t k = 0; al->plan != NULL && k < al->plan->measure.series.n; k++) {
            const struct cat_metric *decl = al->plan->measure.series.at[k].decl;
            if (decl != NULL && str_is(decl->name.text, "age"))
                return true;
        }
    }
    return false;
}

void lower_backup_unheard(struct lower *l) {
    for (uint32_t i = 0; i < l->backups.n; i++) {
        const struct backup_job *j = l->backups.at[i];
        struct diag *d;
        if (!is_heard(l, j->watched)) {
            d = diag_add(l->dl, DIAG_BACKUP_UNHEARD, j->at, "no alarm is on the age of `%.*s`",
                         STR_ARG(j->watched->name));
            diag_hint(l->dl, d,
                      "When it stops, nobody learns of it until it is needed. Leave its alarm on, "
                      "or write one: `when: max(%.*s.age) > 8d over 1h`.",
                      STR_ARG(j->watched->name));
        }
        if (j->kind == BACKUP_DUMP && !is_proved(l, j)) {
            d = diag_add(l->dl, DIAG_BACKUP_NOT_PROVED, j->at,
                         "nothing proves that the backups of `%.*s` can be restored",
                         STR_ARG(j->name));
            if (given(l->cfg->backup.drill.at))
                diag_hint(l->dl, d,
                          "There is one drill, and it restores another. Restore this one by hand "
                          "now and then: `restore_from_backup.sh restore %.*s --to-database NEW`.",
                          STR_ARG(j->watched->name));
            else
                diag_hint(l->dl, d, "Add to `backup`: `drill: { every: month, restore: %.*s }`.",
                          STR_ARG(j->name));
        }
    }
}

void lower_backups_result(struct lower *l, struct lower_result *ret) {
    static const struct cfg_text storage = {.text = STR_INIT("storage")};
    uint32_t dumps = 0;
    struct num bytes = num_int(0);
    for (uint32_t i = 0; i < l->backups.n; i++) {
        const struct backup_job *j = l->backups.at[i];
        /* Tables that are exported have a size that nobody says; secrets are a few kilobytes. */
        if (j->kind == BACKUP_EXPORT)
            return;
        if (j->kind != BACKUP_DUMP || j->of == NULL)
            continue;
        int64_t every_s = schedule_every_s(&j->schedule);
        int64_t kept = (j->keep_s + every_s - 1) / every_s;
        struct num each = watched_compute(&l->catalog, j->of, &storage);
        bytes = num_add(bytes, num_mul(each, num_int(kept)));
        dumps += (uint32_t)kept;
    }
    if (!num_ok(bytes))
        return;
    ret->dumps = dumps;
    ret->dump_bytes = bytes;
}
