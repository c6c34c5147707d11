/* SPDX-License-Identifier: MIT */
#include "catalog/watched.h"
#include "coverage/found.h"
#include "lower/lower.h"

struct bucket {
    VEC(uint32_t) items;
};

static str text(const struct value *v, const char *name) {
    const struct value *t = v == NULL || v->type != VALUE_MAP ? NULL : value_get(v, str_c(name));
    return t == NULL || t->type != VALUE_STR ? STR("") : t->text;
}

static const struct value *list_of(const struct value *v, const char *name) {
    const struct value *l = v == NULL || v->type != VALUE_MAP ? NULL : value_get(v, str_c(name));
    return l == NULL || l->type != VALUE_LIST ? NULL : l;
}

static str key_of(struct arena *a, str name, str value) {
    return arena_cat3(a, name, STR("\n"), value);
}

static enum coverage_way way_of(str operator) {
    bool up = str_starts(operator, STR("Greater")), down = str_starts(operator, STR("Less"));
    bool both = str_is(operator, "LessThanLowerOrGreaterThanUpperThreshold");
    return both || up == down ? COVERAGE_BOTH : up ? COVERAGE_UP : COVERAGE_DOWN;
}

static void add(struct arena *a, struct found_alarms *all, const struct value *metric,
                struct found_alarm f) {
    f.namespace_ = text(metric, "Namespace");
    f.metric = text(metric, "MetricName");
    f.dimensions = list_of(metric, "Dimensions");
    for (uint32_t i = 0; f.dimensions != NULL && i < f.dimensions->list.n; i++) {
        const struct value *d = f.dimensions->list.items[i];
        str key = key_of(a, text(d, "Name"), text(d, "Value"));
        struct bucket *b = map_get(&all->by_dimension, key);
        if (b == NULL) {
            b = ARENA_NEW(a, struct bucket);
            map_add(a, &all->by_dimension, key, b);
        }
        VEC_PUSH(a, &b->items, all->items.n);
    }
    VEC_PUSH(a, &all->items, f);
}

void found_add_alarm(struct arena *a, struct found_alarms *all, const struct value *v, str region) {
    struct found_alarm f = {.name = text(v, "AlarmName"),
                            .region = region,
                            .way = way_of(text(v, "ComparisonOperator"))};
    const struct value *queries = list_of(v, "Metrics");
    add(a, all, v, f);
    for (uint32_t i = 0; queries != NULL && i < queries->list.n; i++) {
        const struct value *q = queries->list.items[i];
        const struct value *stat = q->type == VALUE_MAP ? value_get(q, STR("MetricStat")) : NULL;
        if (stat != NULL && stat->type == VALUE_MAP)
            add(a, all, value_get(stat, STR("Metric")), f);
    }
}

static bool has_dimension(const struct found_alarm *f, str name, str value) {
    for (uint32_t i = 0; f->dimensions != NULL && i < f->dimensions->list.n; i++) {
        const struct value *d = f->dimensions->list.items[i];
        if (str_eq(text(d, "Name"), name) && str_eq(text(d, "Value"), value))
            return true;
    }
    return false;
}

/* ---- what is found */

/* The dimensions of a resource as texts; false when one is not known. */
static bool fill(struct arena *a, const struct watched *w, const struct cfg_pairs *p, str *ret) {
    str missing;
    for (uint32_t i = 0; i < p->n; i++) {
        if (!watched_text(a, w, p->items[i].value.text, &ret[i], &missing))
            return false;
    }
    return true;
}

/* A service of AWS's other than its own may name the same dimension for something else; what its
 * kind cannot say may be of such a service. */
static bool may_be_about(const struct watched *w, const struct found_alarm *f) {
    const struct cat_kind *k = w->kind;
    return k->unique.value || w->broken || str_eq(f->namespace_, k->namespace_.text) ||
           !str_starts(f->namespace_, STR("AWS/"));
}

/* How many alarms watch it, but for those of a name that begins with `prefix`, unless that is
 * empty; and the first. */
static uint32_t watching(struct coverage_run *r, const struct coverage_sheet *s,
                         const struct watched *w, str region, const struct found_alarms *all,
                         str prefix, str *ret_first) {
    struct arena *a = r->arena;
    const struct cat_metric plain = {0};
    const struct cfg_pairs *p = watched_dimensions(s->low->catalog, w, &plain);
    str *values = ARENA_ARRAY(a, str, p->n + 1), last = STR("");
    uint32_t n = 0;
    if (p->n == 0 || !fill(a, w, p, values))
        return 0;
    const struct bucket *b =
        map_get(&all->by_dimension, key_of(a, p->items[0].key.text, values[0]));
    for (uint32_t i = 0; b != NULL && i < b->items.n; i++) {
        const struct found_alarm *m = &all->items.at[b->items.at[i]];
        bool same = str_eq(m->region, region) && may_be_about(w, m) &&
                    (prefix.n == 0 || !str_starts(m->name, prefix));
        for (uint32_t k = 1; k < p->n; k++)
            same &= has_dimension(m, p->items[k].key.text, values[k]);
        if (!same || str_eq(m->name, last))
            continue;
        last = m->name;
        if (n++ == 0)
            *ret_first = m->name;
    }
    return n;
}

/* ---- what ops.yaml lacks */

static bool watches(const struct found_alarm *f, const struct coverage_line *l) {
    const struct coverage_metric *m = &l->alarm->metric;
    if (!str_eq(f->namespace_, m->namespace_) || !str_eq(f->metric, m->metric) ||
        (f->way & l->alarm->way) == 0 || !str_eq(f->region, l->of->region))
        return false;
    uint32_t n = f->dimensions == NULL ? 0 : f->dimensions->list.n;
    for (uint32_t i = 0; i < m->ndimensions; i++) {
        if (!has_dimension(f, m->dimensions[i].name, m->dimensions[i].value))
            return false;
    }
    return n == m->ndimensions;
}

static void match_line(struct arena *a, struct coverage_line *l, const struct found_alarms *all,
                       str prefix) {
    if (!coverage_counts(l->alarm->state) || coverage_watches(l->alarm->state) ||
        l->alarm->metric.metric.n == 0)
        return;
    const struct coverage_metric *m = &l->alarm->metric;
    const struct bucket *b = NULL;
    if (m->ndimensions > 0)
        b = map_get(&all->by_dimension, key_of(a, m->dimensions[0].name, m->dimensions[0].value));
    uint32_t n = m->ndimensions == 0 ? all->items.n : b == NULL ? 0 : b->items.n;
    for (uint32_t i = 0; i < n && l->account_by.n == 0; i++) {
        const struct found_alarm *f = &all->items.at[b == NULL ? i : b->items.at[i]];
        if (!str_starts(f->name, prefix) && watches(f, l))
            l->account_by = f->name;
    }
}

void found_match(struct coverage_run *r, struct coverage_sheet *s, const struct found_alarms *all,
                 str prefix) {
    str first;
    for (uint32_t i = 0; i < s->found.n; i++) {
        struct coverage_found *f = &s->found.at[i];
        f->alarms = watching(r, s, f->watched, f->region, all, STR(""), &f->by);
    }
    s->by_account = ARENA_ARRAY(r->arena, uint32_t, s->of->n + 1);
    for (uint32_t i = 0; i < s->of->n; i++) {
        const struct coverage_resource *of = &s->of->items[i];
        s->by_account[i] = watching(r, s, of->watched, of->region, all, prefix, &first);
    }
    for (uint32_t i = 0; i < s->lines.n; i++)
        match_line(r->arena, &s->lines.at[i], all, prefix);
}
