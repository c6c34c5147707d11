/* SPDX-License-Identifier: MIT */
#include "lower/measure.h"

static void want_dimensions(struct lower *l, const struct watched *w, const struct cat_metric *k,
                            struct wants *s) {
    const struct cfg_pairs *p = watched_dimensions(&l->catalog, w, k);
    for (uint32_t i = 0; i < p->n; i++) {
        str text, missing;
        if (!watched_text(l->a, w, p->items[i].value.text, &text, &missing) &&
            !(str_is(missing, "id") && w->find.n > 0))
            wants_attribute(w, missing, s);
    }
}

static void want_derived(struct lower *l, const struct watched *w, const struct cat_metric *k,
                         struct wants *s) {
    const struct expr *is = catalog_computation(&l->catalog, &k->is);
    /* One that is derived from itself is reported where it is used. */
    if (is == NULL || s->depth == MEASURE_DERIVED_MAX)
        return;
    s->depth++;
    measure_wants(l, w, is, s);
    s->depth--;
}

static void want_metric(struct lower *l, const struct watched *w, const struct cat_metric *k,
                        struct wants *s) {
    wants_if(&l->catalog, w, &k->when, s);
    if (k->source.value == CAT_SOURCE_LOGS) {
        if (!s->metrics_only)
            VEC_PUSH(l->a, &s->give,
                     arena_printf(l->a, "a log that gives `%.*s`", STR_ARG(k->name.text)));
    } else if (given(k->is.at)) {
        want_derived(l, w, k, s);
    } else if (k->source.value == CAT_SOURCE_PROBE) {
        /* Without a host there is nobody to measure. */
        str host, missing;
        if (!watched_text(l->a, w, w->kind->probe.host.text, &host, &missing))
            wants_attribute(w, missing, s);
    } else if (k->source.value == CAT_SOURCE_SERVICE) {
        want_dimensions(l, w, k, s);
    }
}

void measure_wants(struct lower *l, const struct watched *self, const struct expr *e,
                   struct wants *s) {
    if (e->kind == EXPR_REF && e->resource.n == 0) {
        const struct cat_metric *k = kind_metric(self->kind, e->name);
        if (resolve_log_metric(l, self, e->name) != NULL)
            return;
        if (k != NULL)
            want_metric(l, self, k, s);
        else if (!s->metrics_only && watched_knows_fact(self, e->name))
            wants_fact(&l->catalog, self, e->name, s);
        return;
    }
    for (uint32_t i = 0; i < e->nargs; i++) {
        if (e->args[i] != NULL)
            measure_wants(l, self, e->args[i], s);
    }
}

bool measure_available(struct lower *l, const struct watched *self, const struct expr *e) {
    struct wants s = {.arena = l->a};
    measure_wants(l, self, e, &s);
    return wants_nothing(&s);
}
