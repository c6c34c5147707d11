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

static bool reads_log(struct lower *l, const struct cond *c, const struct log *log) {
    for (uint32_t i = 0; i < c->measure.series.n; i++) {
        if (log_of(l, &c->measure.series.at[i]) == log)
            return true;
    }
    return false;
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

static void hint_log(struct lower *l, struct diag *d, const struct log *log, str key) {
    struct names fields = {0}, alarms = {0};
    for (uint32_t i = 0; i < log->metrics.n; i++) {
        const struct log_metric *m = log->metrics.at[i];
        if (m->used) {
            add_fields(l->a, &fields, m->match.text);
            add_fields(l->a, &fields, m->value.text);
        }
    }
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        const struct alarm *al = l->alarms.at[i];
        if (al->plan != NULL && !al->left_out && reads_log(l, al->plan, log))
            add_name(l->a, &alarms, al->name);
    }
    str needs = STR("");
    if (fields.list.n > 0)
        needs = arena_printf(l->a, "Each line needs the field%s %.*s: without, %.*s %s no data.\n",
                             fields.list.n == 1 ? "" : "s", STR_ARG(names_text(l->a, &fields)),
                             STR_ARG(alarms.list.n > 0 ? names_text(l->a, &alarms) : STR("graphs")),
                             alarms.list.n == 1 ? "has" : "have");
    diag_hint(l->dl, d,
              "%.*sSay where they are: `%.*s: [%.*s]`. With `%.*s: []` there is no log, nor what "
              "would be made of its lines.",
              STR_ARG(needs), STR_ARG(key), STR_ARG(log->files.items[0].text), STR_ARG(key));
}

static void check_log(struct lower *l, const struct log *log) {
    const struct watched *w = map_get(&l->watched_by_name, log->name);
    str key = assumed_key(w);
    if (key.n == 0)
        return;
    struct diag *d =
        diag_add(l->dl, DIAG_LOG_ASSUMED, w->at, "`%.*s` is taken to write %s to %.*s on `%.*s`",
                 STR_ARG(w->name), log->json ? "one JSON object a line" : "lines of text",
                 STR_ARG(log->files.items[0].text), STR_ARG(log->host->name));
    hint_log(l, d, log, key);
}

/* Whether the series comes from this host's agent or script. */
static bool sent_by(struct lower *l, const struct series *s, const struct watched *host) {
    if (s->decl == NULL || s->from_logs)
        return false;
    if (s->decl->source.value == CAT_SOURCE_AGENT)
        return s->watched == host;
    return s->decl->source.value == CAT_SOURCE_PROBE &&
           lower_host(l, s->watched, s->watched->kind->probe.host.text) == host;
}

/* Alarms that go off when the host may not send. */
static void add_silenced(struct lower *l, const struct watched *host, struct names *n) {
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        const struct alarm *al = l->alarms.at[i];
        if (al->plan == NULL || al->left_out || al->plan->missing != EXPR_MISSING_BREACHING)
            continue;
        for (uint32_t k = 0; k < al->plan->measure.series.n; k++) {
            if (sent_by(l, &al->plan->measure.series.at[k], host))
                add_name(l->a, n, al->name);
        }
    }
}

static void check_role(struct lower *l, const struct host *h) {
    const struct watched *w = h->watched;
    if (watched_attribute(w, STR("role")) != NULL)
        return;
    struct names alarms = {0};
    add_silenced(l, w, &alarms);
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
    for (uint32_t i = 0; i < l->logs.n; i++) {
        if (l->logs.at[i]->inferred.n > 0)
            check_log(l, l->logs.at[i]);
    }
    for (uint32_t i = 0; i < l->hosts.n; i++)
        check_role(l, l->hosts.at[i]);
}
