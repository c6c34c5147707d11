/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/context.h"

#include <stdlib.h>

#define KEY_MAX 65536

struct dimensions {
    VEC(str) pairs; /* "InstanceId", newline, "i-...", newline */
};

static void add_pair(struct lower *l, struct dimensions *d, str name, str value) {
    str pair = arena_printf(l->passing, "%.*s\n%.*s\n", STR_ARG(name), STR_ARG(value));
    for (uint32_t i = 0; i < d->pairs.n; i++) {
        if (str_eq(d->pairs.at[i], pair))
            return;
    }
    VEC_PUSH(l->passing, &d->pairs, pair);
}

static void add_dimensions(struct lower *l, const struct watched *w, const struct cat_metric *k,
                           struct dimensions *d) {
    const struct cfg_pairs *p = watched_dimensions(&l->catalog, w, k);
    for (uint32_t i = 0; i < p->n; i++) {
        str text, missing;
        if (watched_text(l->passing, w, p->items[i].value.text, &text, &missing))
            add_pair(l, d, p->items[i].key.text, text);
    }
}

/* What tells its metrics from those of others. Those of probes and logs have our own names. */
static void gather(struct lower *l, const struct watched *w, struct dimensions *d) {
    bool common = false; /* the dimensions of the kind are there */
    for (uint32_t i = 0; i < w->kind->metrics.n; i++) {
        const struct cat_metric *k = &w->kind->metrics.items[i];
        bool own = given(k->dimensions.at);
        if (k->source.value == CAT_SOURCE_PROBE || k->source.value == CAT_SOURCE_LOGS ||
            k->source.value == CAT_SOURCE_JOB || given(k->is.at) || (!own && common) ||
            !watched_if(&l->catalog, w, &k->when))
            continue;
        add_dimensions(l, w, k, d);
        common |= !own;
    }
    for (uint32_t i = 0; i < w->find.n; i++)
        add_pair(l, d, w->find.items[i].key.text, w->find.items[i].value.text);
}

static str key_of(struct lower *l, const struct watched *w, struct dimensions *d) {
    qsort(d->pairs.at, d->pairs.n, sizeof *d->pairs.at, str_order);
    struct buf b = BUF_INIT(KEY_MAX);
    buf_put(&b, w->kind->kind.text);
    buf_byte(&b, '\n');
    if (!w->kind->unique.value || w->find.n > 0) {
        str region = watched_region(l->passing, w);
        buf_put(&b, l->cfg->aws.account.text);
        buf_byte(&b, '\n');
        buf_put(&b, region.n > 0 ? region : l->cfg->aws.region.text);
        buf_byte(&b, '\n');
    }
    for (uint32_t i = 0; i < d->pairs.n; i++)
        buf_put(&b, d->pairs.at[i]);
    return buf_keep(&b, l->a);
}

void lower_identities(struct lower *l, struct lower_result *r) {
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        struct dimensions d = {0};
        if (w->broken || w->kind->implicit.value)
            continue;
        gather(l, w, &d);
        if (d.pairs.n > 0)
            VEC_PUSH(l->a, &r->identities,
                     (struct lower_identity){key_of(l, w, &d), w->name, w->kind->title.text,
                                             !w->kind->unique.value && !account_known(l), w->at});
        arena_clear(l->passing);
    }
}
