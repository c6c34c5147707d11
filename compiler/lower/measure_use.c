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

/* Notes that the metric is published; false when it is known. */
static bool is_new(struct lower *l, const struct watched *w, const struct cat_metric *k) {
    struct watched_use *u = &l->watched_uses.at[w->index];
    for (uint32_t i = 0; i < u->published.n; i++) {
        if (u->published.at[i] == k)
            return false;
    }
    VEC_PUSH(l->scratch, &u->published, k);
    return true;
}

static void use_metric(struct lower *l, const struct watched *w, const struct cat_metric *k) {
    bool agent = k->source.value == CAT_SOURCE_AGENT, probe = k->source.value == CAT_SOURCE_PROBE;
    if ((!agent && !probe) || !is_new(l, w, k))
        return;
    if (agent)
        VEC_PUSH(l->scratch, &l->agent_uses, (struct agent_use){w, k});
    else
        VEC_PUSH(l->scratch, &l->probe_uses, (struct probe_use){w, k});
}

void measure_use(struct measure *m) {
    for (uint32_t i = 0; i < m->series.n; i++) {
        const struct series *s = &m->series.at[i];
        m->l->watched_uses.at[s->watched->index].read = true;
        if (s->decl != NULL)
            use_metric(m->l, s->watched, s->decl);
    }
}
