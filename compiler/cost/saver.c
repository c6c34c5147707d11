/* SPDX-License-Identifier: MIT */
#include "cost/savings.h"

#include "catalog/watched.h"

#define NAMES_SHOWN 5

void saving_found(struct saver *s, str name, span at) {
    if (s->found->n++ == 0)
        s->found->at = at;
    if (s->found->n <= NAMES_SHOWN)
        VEC_PUSH(s->arena, &s->names, name);
}

void saving_found_words(struct saver *s, str words, span at) {
    s->found->n = 1;
    s->found->at = at;
    s->found->names = words;
}

void saving_unknown(struct saver *s, str why) {
    if (s->found->unknown.n == 0)
        s->found->unknown = why;
}

/* ---- nodes */

struct made_change saving_changed(const struct saver *s, uint32_t node) {
    const struct made_change *c = s->changes != NULL ? s->changes : s->changed;
    return c != NULL ? c[node] : (struct made_change){0};
}

struct made_change *saving_change(struct saver *s, uint32_t node) {
    uint32_t n = s->work->low->graph->nodes.n;
    if (s->changes == NULL) {
        s->changes = ARENA_ARRAY(s->arena, struct made_change, n);
        if (s->changed != NULL)
            memcpy(s->changes, s->changed, n * sizeof *s->changes);
    }
    return &s->changes[node];
}

str saving_node_name(const struct saver *s, const struct node *n) {
    return made_name(s->work->cfg, n);
}

/* ---- lines */

struct bill *saving_bill(struct saver *s) {
    if (s->after == NULL) {
        s->after = ARENA_NEW(s->arena, struct bill);
        *s->after = bill_copy(s->before, s->arena);
    }
    return s->after;
}

const struct bill_line *saving_line(const struct saver *s, uint32_t i) {
    return &(s->after != NULL ? s->after : s->before)->lines[i];
}

static struct bill_line *change_line(struct saver *s, uint32_t i) {
    return &saving_bill(s)->lines[i];
}

bool saving_is(const struct saver *s, uint32_t i, enum cost_source source) {
    const struct bill_line *l = saving_line(s, i);
    return l->sheet == s->work->sheet && l->source == source;
}

bool saving_is_of(const struct saver *s, uint32_t i, const char *kind, const char *item) {
    const struct bill_line *l = saving_line(s, i);
    return saving_is(s, i, COST_RESOURCE) && str_is(l->watched->kind->kind.text, kind) &&
           str_is(l->item, item);
}

bool saving_reprice(struct saver *s, uint32_t i, str key) {
    const struct bill_line *l = saving_line(s, i);
    bool known;
    const struct price *p = price_find(&s->before->ledger->book, key, l->price->region, &known);
    if (p == NULL || num_cmp(p->tiers[0].usd, l->price->tiers[0].usd) >= 0)
        return false;
    change_line(s, i)->price = p;
    return true;
}

void saving_set(struct saver *s, uint32_t i, struct cost_range quantity) {
    change_line(s, i)->quantity = quantity;
}
