/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"
#include "lower/coverage.h"

#define TEXT_MAX 4096
#define NAMES_SHOWN_MAX 6

/* The first of some names, and how many there are. */
struct names {
    str shown[NAMES_SHOWN_MAX];
    str last;
    uint32_t n;
};

/* One that comes again comes at once. */
static void add_name(struct names *n, str name) {
    if (n->n > 0 && str_eq(n->last, name))
        return;
    if (n->n < NAMES_SHOWN_MAX)
        n->shown[n->n] = name;
    n->last = name;
    n->n++;
}

/* "`a`, `b` and `c`" */
static str names_text(struct arena *a, const struct names *n) {
    struct buf b = BUF_INIT(TEXT_MAX);
    uint32_t shown = n->n <= NAMES_SHOWN_MAX ? n->n : NAMES_SHOWN_MAX;
    for (uint32_t i = 0; i < shown; i++)
        buf_printf(&b, "%s`%.*s`", list_gap(i, n->n, " and "), STR_ARG(n->shown[i]));
    if (shown < n->n)
        buf_printf(&b, " and %u more", (unsigned)(n->n - shown));
    return buf_keep(&b, a);
}

/* Logs that nobody spoke of, of one form; and what hangs on them. */
struct assumed_logs {
    VEC(const struct log *) list;
    struct names names, fields, alarms;
    struct map known; /* fields */
};

/* The fields `$.name` of a filter pattern or a value. */
static void add_fields(struct arena *a, struct assumed_logs *to, str text) {
    for (uint32_t i = 0; i + 2 < text.n; i++) {
        if (text.p[i] != '$' || text.p[i + 1] != '.')
            continue;
        uint32_t end = i + 2;
        while (end < text.n && strchr(" =!<>&|})\"", text.p[end]) == NULL)
            end++;
        str field = str_sub(text, i + 2, end);
        if (map_add(a, &to->known, field, to) == NULL)
            add_name(&to->fields, field);
    }
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

static void add_log(struct lower *l, struct assumed_logs *to, struct log *log) {
    log->assumed = assumed_key(map_get(&l->watched_by_name, log->name)).n > 0;
    if (!log->assumed)
        return;
    VEC_PUSH(l->scratch, &to->list, log);
    add_name(&to->names, log->name);
    for (uint32_t i = 0; i < log->metrics.n; i++) {
        const struct log_metric *m = log->metrics.at[i];
        if (m->used) {
            add_fields(l->scratch, to, m->match.text);
            add_fields(l->scratch, to, m->value.text);
        }
    }
}

static str needs_text(struct lower *l, const struct assumed_logs *logs) {
    const struct names *fields = &logs->fields, *alarms = &logs->alarms;
    if (fields->n == 0)
        return STR("");
    return arena_printf(l->scratch, "Each line needs the field%s %.*s: without, %.*s %s no data.\n",
                        fields->n == 1 ? "" : "s", STR_ARG(names_text(l->scratch, fields)),
                        STR_ARG(alarms->n > 0 ? names_text(l->scratch, alarms) : STR("graphs")),
                        alarms->n == 1 ? "has" : "have");
}

/* One note for all of a form: a note for each of a hundred says nothing new a hundred times. */
static void check_logs(struct lower *l, const struct assumed_logs *logs, const char *form) {
    if (logs->list.n == 0)
        return;
    const struct log *log = logs->list.at[0];
    const struct watched *w = map_get(&l->watched_by_name, log->name);
    str key = assumed_key(w), file = log->files.items[0].text;
    bool several = logs->list.n > 1;
    struct diag *d = diag_add(l->dl, DIAG_LOG_ASSUMED, w->at,
                              "%.*s %s taken to write %s%s%.*s%s to %.*s on `%.*s`",
                              STR_ARG(names_text(l->scratch, &logs->names)), several ? "are" : "is",
                              form, several ? ", `" : "", STR_ARG(several ? log->name : STR("")),
                              several ? "`" : "", STR_ARG(file), STR_ARG(log->host->name));
    diag_hint(l->dl, d,
              "%.*sSay where they are: `%.*s: [%.*s]`. With `%.*s: []` there is no log, nor what "
              "would be made of its lines.",
              STR_ARG(needs_text(l, logs)), STR_ARG(key), STR_ARG(file), STR_ARG(key));
}

/* The host whose agent or script the series comes from; NULL: none. */
static const struct watched *sender_of(struct lower *l, const struct series *s) {
    if (s->decl == NULL || s->logged != NULL)
        return NULL;
    if (s->decl->source.value == CAT_SOURCE_AGENT)
        return s->watched;
    if (s->decl->source.value == CAT_SOURCE_PROBE)
        return lower_host(l, s->watched, s->watched->kind->probe.host.text);
    return NULL;
}

/* Hosts that may not send, and what goes off then. */
struct silent {
    const struct host *first;
    struct names hosts, alarms;
};

static void add_host(struct lower *l, struct silent *to, const struct host *h) {
    const struct watched *w = h->watched;
    if (watched_attribute(w, STR("role")) != NULL || h->policy_outputs.n == 0)
        return;
    l->watched_uses.at[w->index].no_role = true;
    to->first = to->first == NULL ? h : to->first;
    add_name(&to->hosts, w->name);
}

/* One note for all hosts whose role is not known. */
static void check_roles(struct lower *l, const struct silent *s) {
    if (s->first == NULL)
        return;
    const struct names *alarms = &s->alarms;
    bool several = s->hosts.n > 1;
    str until = STR("");
    if (alarms->n > 0)
        until =
            arena_printf(l->scratch, "\nUntil then %.*s %s in alarm, since no data is bad news.",
                         STR_ARG(names_text(l->scratch, alarms)), alarms->n == 1 ? "is" : "are");
    struct diag *d = diag_add(l->dl, DIAG_ROLE_NOT_GIVEN, s->first->watched->at,
                              "%.*s %s no `role:` to attach the permissions of %s agent and "
                              "scripts to",
                              STR_ARG(names_text(l->scratch, &s->hosts)), several ? "have" : "has",
                              several ? "their" : "its");
    struct buf outputs = BUF_INIT(TEXT_MAX);
    uint32_t n = s->first->policy_outputs.n;
    for (uint32_t i = 0; i < n; i++)
        buf_printf(&outputs, "%s`%.*s`", list_gap(i, n, " and "),
                   STR_ARG(s->first->policy_outputs.at[i]));
    str list = buf_keep(&outputs, l->scratch);
    diag_hint(l->dl, d,
              "Give the name of %s instance's IAM role, `role: NAME`, or attach the %s of "
              "Terraform's %s %.*s%s to it by hand.%.*s",
              several ? "each" : "the", n > 1 ? "policies" : "policy", n > 1 ? "outputs" : "output",
              STR_ARG(list), several ? ", and those of the others," : "", STR_ARG(until));
}

void lower_note_hanging(struct lower *l, const struct alarm *al) {
    const struct cond *c = al->plan;
    for (uint32_t i = 0; i < c->measure.series.n; i++) {
        const struct series *s = &c->measure.series.at[i];
        const struct log *log = s->logged != NULL ? s->logged->log : NULL;
        const struct watched *host = c->missing == EXPR_MISSING_BREACHING ? sender_of(l, s) : NULL;
        if (log != NULL || host != NULL)
            VEC_PUSH(l->scratch, &l->hanging, (struct hanging){al->name, log, host});
    }
}

/* What alarms hang on that was assumed, or that cannot send. */
static void add_hanging(struct lower *l, struct assumed_logs *json, struct assumed_logs *text,
                        struct silent *silent) {
    for (uint32_t i = 0; i < l->hanging.n; i++) {
        const struct hanging *h = &l->hanging.at[i];
        if (h->log != NULL && h->log->assumed)
            add_name(h->log->json ? &json->alarms : &text->alarms, h->alarm);
        if (h->host != NULL && l->watched_uses.at[h->host->index].no_role)
            add_name(&silent->alarms, h->alarm);
    }
}

/* Whether alarms of the kind come by themselves where nobody speaks of them. */
static bool has_recommended(const struct watched *w) {
    for (uint32_t i = 0; i < w->kind->alarms.n; i++) {
        if (!w->kind->alarms.items[i].off.value)
            return true;
    }
    return false;
}

/* One alarm of one's own, and all recommended ones are gone: nobody expects it who has not read it.
 */
static void check_recommended(struct lower *l) {
    struct names names = {0};
    span said;
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        if (!lower_wants_recommended(l, w, &said) &&
            (w->cfg == NULL || !given(w->cfg->alarms.mode.at)) && has_recommended(w))
            add_name(&names, w->name);
    }
    if (names.n == 0 || given(l->cfg->alarms.recommended.at))
        return;
    struct diag *d =
        diag_add(l->dl, DIAG_RECOMMENDED_OFF, l->cfg->alarms.at,
                 "%.*s %s none of the recommended alarms: `alarms:` lists which "
                 "there are",
                 STR_ARG(names_text(l->scratch, &names)), names.n == 1 ? "has" : "have");
    diag_hint(l->dl, d,
              "`recommended: all` in `alarms:` adds them; `recommended: none` says that those "
              "listed are all that is wanted.");
}

void lower_assumed(struct lower *l) {
    struct assumed_logs json = {0}, text = {0};
    struct silent silent = {0};
    for (uint32_t i = 0; i < l->logs.n; i++) {
        if (l->logs.at[i]->inferred.n > 0)
            add_log(l, l->logs.at[i]->json ? &json : &text, l->logs.at[i]);
    }
    for (uint32_t i = 0; i < l->hosts.n; i++)
        add_host(l, &silent, l->hosts.at[i]);
    add_hanging(l, &json, &text, &silent);
    check_logs(l, &json, "one JSON object a line");
    check_logs(l, &text, "lines of text");
    check_roles(l, &silent);
    check_recommended(l);
}
