/* SPDX-License-Identifier: MIT */
#include "lower/measure.h"

int64_t measure_published(const struct measure *m) {
    int64_t s = 0;
    for (uint32_t i = 0; i < m->series.n; i++) {
        if (m->series.at[i].published_s > s)
            s = m->series.at[i].published_s;
    }
    return s;
}

/* The pair as a key: both live as long as the run, so their addresses name them. */
static str pair_key(struct arena *a, const void *x, const void *y) {
    const void *pair[2] = {x, y};
    return arena_str(a, (str){(const unsigned char *)pair, sizeof pair});
}

static void use_metric(struct lower *l, const struct watched *w, const struct cat_metric *k) {
    if (k->source.value == CAT_SOURCE_AGENT) {
        str key = pair_key(l->a, w, k);
        if (map_add(l->a, &l->agent_seen, key, l) == NULL)
            VEC_PUSH(l->a, &l->agent_uses, (struct agent_use){w, k});
    } else if (k->source.value == CAT_SOURCE_PROBE) {
        str key = pair_key(l->a, w, k);
        if (map_add(l->a, &l->probe_seen, key, l) == NULL)
            VEC_PUSH(l->a, &l->probe_uses, (struct probe_use){w, k});
    }
}

void measure_use(struct measure *m) {
    for (uint32_t i = 0; i < m->series.n; i++) {
        const struct series *s = &m->series.at[i];
        map_add(m->l->a, &m->l->drawn, s->watched->name, m->l);
        if (s->decl != NULL)
            use_metric(m->l, s->watched, s->decl);
    }
}

static bool dimensions_available(const struct watched *w, const struct cat_metric *k,
                                 struct arena *a, str *ret_missing) {
    const struct cfg_pairs *p = given(k->dimensions.at) ? &k->dimensions : &w->kind->dimensions;
    for (uint32_t i = 0; i < p->n; i++) {
        str text;
        if (!watched_text(a, w, p->items[i].value.text, &text, ret_missing) &&
            !(str_is(*ret_missing, "id") && w->find.n > 0))
            return false;
    }
    return true;
}

static bool name_available(struct lower *l, const struct watched *w, str name, str *ret_missing) {
    *ret_missing = name;
    if (resolve_log_metric(l, w, name) != NULL)
        return true;
    const struct cat_metric *k = kind_metric(w->kind, name);
    struct fact f;
    if (k == NULL)
        return !watched_knows_fact(w, name) || watched_fact(&l->catalog, w, name, &f);
    if (!watched_if(&l->catalog, w, &k->when) || k->source.value == CAT_SOURCE_LOGS)
        return false;
    if (given(k->is.at)) {
        struct expr_text t = {k->is.text, k->is.at, k->is.origin};
        const struct expr *is = expr_parse_value(l->a, l->dl, t);
        return is != NULL && measure_available(l, w, is, ret_missing);
    }
    if (k->source.value == CAT_SOURCE_PROBE) {
        /* Without a host there is nobody to measure. */
        str host;
        return watched_text(l->a, w, w->kind->probe.host.text, &host, ret_missing);
    }
    if (k->source.value == CAT_SOURCE_AGENT)
        return true;
    return dimensions_available(w, k, l->a, ret_missing);
}

bool measure_available(struct lower *l, const struct watched *self, const struct expr *e,
                       str *ret_missing) {
    if (e->kind == EXPR_REF && e->resource.n == 0)
        return name_available(l, self, e->name, ret_missing);
    for (uint32_t i = 0; i < e->nargs; i++) {
        if (e->args[i] != NULL && !measure_available(l, self, e->args[i], ret_missing))
            return false;
    }
    return true;
}
