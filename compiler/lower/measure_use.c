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

/* Notes the pair; false when it is known. Both live as long as the run: their addresses name them.
 */
static bool is_new(struct lower *l, struct map *seen, const void *x, const void *y) {
    const void *pair[2] = {x, y};
    str key = {(const unsigned char *)pair, sizeof pair};
    return map_get(seen, key) == NULL &&
           map_add(l->scratch, seen, arena_str(l->scratch, key), l) == NULL;
}

static void use_metric(struct lower *l, const struct watched *w, const struct cat_metric *k) {
    if (k->source.value == CAT_SOURCE_AGENT && is_new(l, &l->agent_seen, w, k))
        VEC_PUSH(l->scratch, &l->agent_uses, (struct agent_use){w, k});
    else if (k->source.value == CAT_SOURCE_PROBE && is_new(l, &l->probe_seen, w, k))
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
