/* SPDX-License-Identifier: MIT */
#include "lower/measure.h"

struct log_metric *resolve_log_metric(struct lower *l, const struct watched *w, str name) {
    unsigned char key[LOG_METRIC_NAME_MAX];
    if (w->name.n + name.n + 1 > sizeof key)
        return NULL;
    memcpy(key, w->name.p, w->name.n);
    key[w->name.n] = '.';
    memcpy(key + w->name.n + 1, name.p, name.n);
    return map_get(&l->log_metrics, (str){key, w->name.n + 1 + name.n});
}

/* Who knows a metric by CloudWatch's name ("CPUUtilization") is told ours ("cpu"); empty: none. */
static str ours_of(const struct cat_kind *k, str name) {
    for (uint32_t m = 0; m < k->metrics.n; m++) {
        const struct cat_choice *theirs = &k->metrics.items[m].metric;
        for (uint32_t i = 0; i < theirs->n; i++) {
            if (str_eq(theirs->items[i].is.text, name))
                return k->metrics.items[m].name.text;
        }
    }
    return STR("");
}

static str ours_for(const struct lower *l, str name) {
    for (uint32_t i = 0; i < l->watched.n; i++) {
        str ours = ours_of(l->watched.at[i]->kind, name);
        if (ours.n > 0)
            return ours;
    }
    return name;
}

/* A bare name in ops.yaml: which resources have a metric of this name, or did a dash stand for the
 * dot? */
static void bare_name(struct measure *m, const struct expr *ref) {
    struct lower *l = m->l;
    str name = ref->name;
    struct diag *d = diag_add(l->dl, DIAG_UNKNOWN_METRIC, ref->at,
                              "`%.*s` does not say of which resource", STR_ARG(name));
    uint32_t dash = str_find(name, '-');
    str head = str_sub(name, 0, dash), tail = str_sub(name, dash + 1, name.n);
    struct buf b = BUF_INIT(1024);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < l->watched.n && shown < 3; i++) {
        const struct watched *w = l->watched.at[i];
        bool dashed = str_eq(w->name, head) && tail.n > 0;
        if (!dashed && kind_metric(w->kind, name) == NULL)
            continue;
        buf_printf(&b, "%s`%.*s.%.*s`", shown++ > 0 ? " or " : "", STR_ARG(w->name),
                   STR_ARG(dashed ? tail : name));
    }
    if (shown > 0)
        diag_hint(l->dl, d, "Write %.*s.", STR_ARG(buf_str(&b)));
    else
        diag_hint(l->dl, d, "Write `<resource>.%.*s`.", STR_ARG(ours_for(l, name)));
    buf_done(&b);
}

/* The resource that a name begins with; of a bare one m->self. NULL after a diagnostic. */
static const struct watched *resource_of(struct measure *m, const struct expr *ref) {
    if (ref->resource.n > 0) {
        span at = ref->at;
        if (ref->name_at.start > at.start)
            at.end = ref->name_at.start - 1;
        return lower_find_watched(m->l, ref->resource, at);
    }
    if (m->self == NULL)
        bare_name(m, ref);
    return m->self;
}

static void unknown_metric(struct measure *m, const struct watched *w, const struct expr *ref) {
    struct lower *l = m->l;
    struct diag *d = diag_add(l->dl, DIAG_UNKNOWN_METRIC, ref->name_at,
                              "%.*s `%.*s` has no metric or fact `%.*s`",
                              STR_ARG(w->kind->kind.text), STR_ARG(w->name), STR_ARG(ref->name));
    struct suggest near = suggest_for(ref->name);
    for (uint32_t i = 0; i < w->kind->metrics.n; i++)
        suggest_offer(&near, w->kind->metrics.items[i].name.text);
    for (uint32_t i = 0; i < w->kind->facts.n; i++)
        suggest_offer(&near, w->kind->facts.items[i].name.text);
    for (uint32_t i = 0; i < w->kind->attributes.n; i++) {
        if (watched_knows_fact(w, w->kind->attributes.items[i].name.text))
            suggest_offer(&near, w->kind->attributes.items[i].name.text);
    }
    str head = arena_cat(l->scratch, w->name, STR("."));
    for (uint32_t i = 0; i < l->log_metrics.n; i++) {
        if (str_starts(l->log_metrics.entries[i].key, head))
            suggest_offer(&near, str_sub(l->log_metrics.entries[i].key, head.n, UINT32_MAX));
    }
    str ours = ours_of(w->kind, ref->name);
    uint32_t dash = str_find(ref->name, '-');
    if (ours.n > 0)
        diag_hint(l->dl, d, "Write `%.*s.%.*s`: that is its name here.", STR_ARG(w->name),
                  STR_ARG(ours));
    else if (dash < ref->name.n && kind_metric(w->kind, str_sub(ref->name, 0, dash)) != NULL)
        diag_hint(l->dl, d, "A minus needs spaces around it: `a - b`.");
    else if (!diag_suggest(l->dl, d, &near))
        diag_hint(l->dl, d, "`opsc catalog show %.*s` lists its metrics and facts.",
                  STR_ARG(w->kind->kind.text));
}

/* "engine: aurora-mysql or aurora-postgresql" */
static void put_if(struct buf *b, const struct cat_if *cond) {
    for (uint32_t i = 0; i < cond->n; i++) {
        buf_printf(b, "%s`%.*s` ", i > 0 ? " and " : "", STR_ARG(cond->items[i].attribute.text));
        for (uint32_t k = 0; k < cond->items[i].values.n; k++)
            buf_printf(b, "%s%.*s", k > 0 ? " or " : "",
                       STR_ARG(cond->items[i].values.items[k].text));
    }
}

static bool not_here(struct measure *m, const struct watched *w, const struct expr *ref,
                     const struct cat_metric *k) {
    if (w->broken)
        return false;
    struct diag *d =
        diag_add(m->l->dl, DIAG_METRIC_NOT_HERE, ref->name_at, "`%.*s` does not have metric `%.*s`",
                 STR_ARG(w->name), STR_ARG(ref->name));
    struct buf b = BUF_INIT(4096);
    put_if(&b, &k->when);
    diag_hint(m->l->dl, d, "It exists only with %.*s.", STR_ARG(buf_str(&b)));
    buf_done(&b);
    return false;
}

static bool unpublished(struct measure *m, const struct watched *w, const struct expr *ref) {
    span at = m->asked != NULL ? m->asked->at : ref->at;
    struct diag *d =
        diag_add(m->l->dl, DIAG_METRIC_UNPUBLISHED, at, "nothing publishes `%.*s.%.*s`",
                 STR_ARG(w->name), STR_ARG(ref->name));
    if (m->asked != NULL)
        diag_label(m->l->dl, d, "is made of it");
    diag_hint(m->l->dl, d,
              "Say under `logs:` of which lines it is made: `metrics: { %.*s.%.*s: { "
              "match: ... } }`.",
              STR_ARG(w->name), STR_ARG(ref->name));
    return false;
}

static bool fill_dimensions(struct measure *m, const struct watched *w, const struct cat_metric *k,
                            const struct expr *ref, struct series *s) {
    struct lower *l = m->l;
    const struct cfg_pairs *p = watched_dimensions(&l->catalog, w, k);
    s->dimensions = ARENA_ARRAY(l->plans, struct dimension, p->n + 2);
    for (uint32_t i = 0; i < p->n; i++) {
        str text, missing;
        struct value *v = NULL;
        if (watched_text(l->a, w, p->items[i].value.text, &text, &missing)) {
            v = value_str(l->a, text, w->at);
        } else if (str_is(missing, "id") && w->find.n > 0) {
            v = value_ref(l->a, map_get(&l->data_nodes, w->name), "id", w->at);
        } else if (w->broken) {
            return false;
        } else {
            struct diag *d = diag_add(l->dl, DIAG_METRIC_NOT_HERE, ref->at,
                                      "`%.*s.%.*s` needs `%.*s` of `%.*s`", STR_ARG(w->name),
                                      STR_ARG(k->name.text), STR_ARG(missing), STR_ARG(w->name));
            diag_also(l->dl, d, w->at, "`%.*s` is defined here", STR_ARG(w->name));
            return false;
        }
        s->dimensions[s->ndimensions++] = (struct dimension){p->items[i].key.text, v};
    }
    return true;
}

static int64_t duration_of(str text) {
    struct quantity q;
    uint32_t bad = 0;
    if (text.n == 0 || quantity_scan(text, &q, &bad) != text.n || q.dim.time != 1 ||
        !num_is_int(q.value))
        return 0;
    return q.value.n;
}

static int64_t published(struct lower *l, const struct watched *w, const struct cat_metric *k) {
    int64_t s = duration_of(watched_choice(&l->catalog, w, &k->period));
    if (s == 0 && k->source.value == CAT_SOURCE_PROBE) {
        str text, missing;
        if (given(w->kind->probe.every.at) &&
            watched_text(l->scratch, w, w->kind->probe.every.text, &text, &missing))
            s = duration_of(text);
    }
    if (s == 0 && k->source.value == CAT_SOURCE_SERVICE)
        s = duration_of(watched_choice(&l->catalog, w, &w->kind->period));
    return s > 0 ? s : 60;
}

static void fill_log_series(struct lower *l, struct log_metric *lm, struct series *s) {
    lm->used = true;
    s->logged = lm;
    s->namespace_ = l->namespace_;
    s->metric = arena_cat3(l->plans, lm->resource, STR("."), lm->name);
    s->unit = lm->unit;
    s->published_s = 60;
    s->region = GRAPH_REGION_HOME;
}

static bool fill_catalog_series(struct measure *m, const struct watched *w,
                                const struct cat_metric *k, const struct expr *ref,
                                struct series *s) {
    struct lower *l = m->l;
    str region = watched_region(l->scratch, w);
    s->decl = k;
    s->unit = metric_unit_find(k->unit.text);
    s->published_s = published(l, w, k);
    bool home = region.n == 0 || str_eq(region, l->cfg->aws.region.text);
    s->region = home ? GRAPH_REGION_HOME : GRAPH_REGION_GLOBAL;
    if (k->source.value == CAT_SOURCE_PROBE || k->source.value == CAT_SOURCE_JOB) {
        s->namespace_ = l->namespace_;
        s->metric = arena_cat3(l->plans, w->name, STR("."), k->name.text);
        return true;
    }
    s->namespace_ = given(k->namespace_.at) ? k->namespace_.text : w->kind->namespace_.text;
    s->metric = watched_choice(&l->catalog, w, &k->metric);
    return fill_dimensions(m, w, k, ref, s);
}

bool resolve_name(struct measure *m, const struct expr *ref, struct resolved *ret) {
    const struct watched *w = resource_of(m, ref);
    if (w == NULL)
        return false;
    *ret = (struct resolved){w, resolve_log_metric(m->l, w, ref->name),
                             kind_metric(w->kind, ref->name)};
    return true;
}

bool resolve_series(struct measure *m, const struct resolved *r, const struct expr *ref, str stat,
                    struct series *ret) {
    struct lower *l = m->l;
    const struct watched *w = r->watched;
    struct log_metric *lm = r->log_metric;
    const struct cat_metric *k = r->decl;
    struct series s = {.watched = w, .at = ref->at};
    s.text = arena_cat3(l->scratch, w->name, STR("."), ref->name);
    if (lm != NULL) {
        s.decl = k;
        fill_log_series(l, lm, &s);
    } else if (k == NULL) {
        unknown_metric(m, w, ref);
        return false;
    } else if (!watched_if(&l->catalog, w, &k->when)) {
        return not_here(m, w, ref, k);
    } else if (k->source.value == CAT_SOURCE_LOGS) {
        return unpublished(m, w, ref);
    } else if (!fill_catalog_series(m, w, k, ref, &s)) {
        return false;
    }
    if (stat.n == 0)
        stat = k != NULL && given(k->stat.at)       ? k->stat.text
               : lm != NULL && lm->value.text.n > 0 ? STR("avg")
                                                    : STR("sum");
    s.stat = expr_stat_cloudwatch(l->scratch, stat);
    s.named = m->asked_metric != NULL ? m->asked_metric : s.decl;
    *ret = s;
    return true;
}
