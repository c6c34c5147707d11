/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"

#define TEXT_MAX 4096
#define NAMES_SHOWN_MAX 6

struct names {
    VEC(str) list;
};

static void add_name(struct arena *a, struct names *n, str name) {
    for (uint32_t i = 0; i < n->list.n; i++) {
        if (str_eq(n->list.at[i], name))
            return;
    }
    VEC_PUSH(a, &n->list, name);
}

/* "`a`, `b` and `c`" */
static str names_text(struct arena *a, const struct names *n) {
    struct buf b = BUF_INIT(TEXT_MAX);
    uint32_t shown = n->list.n <= NAMES_SHOWN_MAX ? n->list.n : NAMES_SHOWN_MAX;
    for (uint32_t i = 0; i < shown; i++)
        buf_printf(&b, "%s`%.*s`",
                   i == 0               ? ""
                   : i + 1 == n->list.n ? " and "
                                        : ", ",
                   STR_ARG(n->list.at[i]));
    if (shown < n->list.n)
        buf_printf(&b, " and %u more", (unsigned)(n->list.n - shown));
    return buf_keep(&b, a);
}

/* The fields `$.name` of a filter pattern or a value. */
static void add_fields(struct arena *a, struct names *fields, str text) {
    for (uint32_t i = 0; i + 2 < text.n; i++) {
        if (text.p[i] != '$' || text.p[i + 1] != '.')
            continue;
        uint32_t end = i + 2;
        while (end < text.n && strchr(" =!<>&|})\"", text.p[end]) == NULL)
            end++;
        add_name(a, fields, str_sub(text, i + 2, end));
    }
}

/* The log that a series is made of; NULL: none. */
static const struct log *log_of(const struct lower *l, const struct series *s) {
    const struct log_metric *m = s->from_logs ? map_get(&l->log_metrics, s->metric) : NULL;
    return m != NULL ? m->log : NULL;
}

/* Names by what they are about; made in one pass over the alarms, as there may be many of both. */
static void add_about(struct arena *a, struct map *about, str what, str name) {
    struct names *n = map_get(about, what);
    if (n == NULL) {
        n = ARENA_NEW(a, struct names);
        map_add(a, about, what, n);
    }
    add_name(a, n, name);
}

static struct names names_about(const struct map *about, str what) {
    const struct names *n = map_get(about, what);
    return n != NULL ? *n : (struct names){0};
}

/* The key of the resource that has the files, when nobody gave it: "logs" of "${logs}". */
static str assumed_key(const struct watched *w) {
    for (uint32_t i = 0; i < w->kind->logs.files.n; i++) {
        str t = w->kind->logs.files.items[i].text;
        if (!str_starts(t, STR("${")) || t.n < 4)
            continue;
        str key = str_sub(t, 2, t.n - 1);
        const struct attribute_value *v = watched_attribute(w, key);
        if (v != NULL && v->is_default)
            return key;
    }
    return STR("");
}

static void hint_log(struct lower *l, struct diag *d, const struct log *log, str key,
                     const struct names *alarms) {
    struct names fields = {0};
    for (uint32_t i = 0; i < log->metrics.n; i++) {
        const struct log_metric *m = log->metrics.at[i];
        if (m->used) {
            add_fields(l->a, &fields, m->match.text);
            add_fields(l->a, &fields, m->value.text);
        }
    }
    str needs = STR("");
    if (fields.list.n > 0)
        needs = arena_printf(l->a, "Each line needs the field%s %.*s: without, %.*s %s no data.\n",
                             fields.list.n == 1 ? "" : "s", STR_ARG(names_text(l->a, &fields)),
                             STR_ARG(alarms->list.n > 0 ? names_text(l->a, alarms) : STR("graphs")),
                             alarms->list.n == 1 ? "has" : "have");
    diag_hint(l->dl, d,
              "%.*sSay where they are: `%.*s: [%.*s]`. With `%.*s: []` there is no log, nor what "
              "would be made of its lines.",
              STR_ARG(needs), STR_ARG(key), STR_ARG(log->files.items[0].text), STR_ARG(key));
}

static void check_log(struct lower *l, const struct log *log, const struct map *readers) {
    const struct watched *w = map_get(&l->watched_by_name, log->name);
    str key = assumed_key(w);
    if (key.n == 0)
        return;
    struct diag *d =
        diag_add(l->dl, DIAG_LOG_ASSUMED, w->at, "`%.*s` is taken to write %s to %.*s on `%.*s`",
                 STR_ARG(w->name), log->json ? "one JSON object a line" : "lines of text",
                 STR_ARG(log->files.items[0].text), STR_ARG(log->host->name));
    struct names alarms = names_about(readers, log->name);
    hint_log(l, d, log, key, &alarms);
}

/* The host whose agent or script the series comes from; NULL: none. */
static const struct watched *sender_of(struct lower *l, const struct series *s) {
    if (s->decl == NULL || s->from_logs)
        return NULL;
    if (s->decl->source.value == CAT_SOURCE_AGENT)
        return s->watched;
    if (s->decl->source.value == CAT_SOURCE_PROBE)
        return lower_host(l, s->watched, s->watched->kind->probe.host.text);
    return NULL;
}

/* What hangs on each log, and what goes off when a host may not send. */
struct dependents {
    struct map readers;  /* name of a log -> struct names */
    struct map silenced; /* name of a host -> struct names */
};

static void add_dependents(struct lower *l, struct dependents *d, const struct alarm *al) {
    const struct cond *c = al->plan;
    for (uint32_t i = 0; i < c->measure.series.n; i++) {
        const struct series *s = &c->measure.series.at[i];
        const struct log *log = log_of(l, s);
        const struct watched *host = c->missing == EXPR_MISSING_BREACHING ? sender_of(l, s) : NULL;
        if (log != NULL)
            add_about(l->a, &d->readers, log->name, al->name);
        if (host != NULL)
            add_about(l->a, &d->silenced, host->name, al->name);
    }
}

static void check_role(struct lower *l, const struct host *h, const struct map *silenced) {
    const struct watched *w = h->watched;
    if (watched_attribute(w, STR("role")) != NULL)
        return;
    struct names alarms = names_about(silenced, w->name);
    str until = STR("");
    if (alarms.list.n > 0)
        until = arena_printf(l->a, "\nUntil then %.*s %s in alarm, since no data is bad news.",
                             STR_ARG(names_text(l->a, &alarms)), alarms.list.n == 1 ? "is" : "are");
    struct diag *d = diag_add(l->dl, DIAG_ROLE_NOT_GIVEN, w->at,
                              "`%.*s` has no `role:` to attach the permissions of its agent and "
                              "script to",
                              STR_ARG(w->name));
    diag_hint(l->dl, d,
              "Give the name of the instance's IAM role, `role: NAME`, or attach the policy of "
              "Terraform's output `%.*s` to it by hand.%.*s",
              STR_ARG(h->policy_output), STR_ARG(until));
}

void lower_assumed(struct lower *l) {
    struct dependents d = {0};
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        if (l->alarms.at[i]->plan != NULL && !l->alarms.at[i]->left_out)
            add_dependents(l, &d, l->alarms.at[i]);
    }
    for (uint32_t i = 0; i < l->logs.n; i++) {
        if (l->logs.at[i]->inferred.n > 0)
            check_log(l, l->logs.at[i], &d.readers);
    }
    for (uint32_t i = 0; i < l->hosts.n; i++)
        check_role(l, l->hosts.at[i], &d.silenced);
}
