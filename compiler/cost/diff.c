/* SPDX-License-Identifier: MIT */
#include "cost/diff.h"

static bool same_range(struct cost_range a, struct cost_range b) {
    return num_cmp(a.low, b.low) == 0 && num_cmp(a.high, b.high) == 0;
}

/* List price, what is to be paid, and what later: all that is shown. */
static bool same_amounts(const struct cost_pair *p, const struct cost_range *x,
                         const struct cost_range *y) {
    return same_range(x[COST_LIST], y[COST_LIST]) && same_range(x[COST_PAID], y[COST_PAID]) &&
           same_range(cost_pay(p->before, x), cost_pay(p->after, y));
}

static bool same_line(const struct cost_pair *p, const struct cost_line *x,
                      const struct cost_line *y) {
    return str_eq(x->price->key, y->price->key) && str_eq(x->price->region, y->price->region) &&
           same_range(x->quantity, y->quantity) && same_amounts(p, x->cost.usd, y->cost.usd);
}

/* ---- pairs of lines */

/* By what a line of before is looked for, the strictest first. */
enum likeness { LIKE_PRICE, LIKE_REGION, LIKE_NAME, LIKENESSES };

/* Lines of before with one name, in order. */
struct group {
    VEC(uint32_t) at;
    uint32_t next;
};

static str name_of(struct arena *a, const struct cost_line *l, enum likeness how) {
    /* No name of a resource or a cost has this byte in it. */
    str name = arena_cat3(a, l->of, STR("\n"), l->item);
    if (how == LIKE_NAME)
        return name;
    name = arena_cat3(a, name, STR("\n"), l->price->region);
    return how == LIKE_REGION ? name : arena_cat3(a, name, STR("\n"), l->price->key);
}

static struct map group_lines(struct arena *a, const struct cost_sheet *s, enum likeness how) {
    struct map groups = {0};
    for (uint32_t i = 0; i < s->lines.n; i++) {
        str name = name_of(a, &s->lines.at[i], how);
        struct group *g = map_get(&groups, name);
        if (g == NULL) {
            g = ARENA_NEW(a, struct group);
            map_add(a, &groups, name, g);
        }
        VEC_PUSH(a, &g->at, i);
    }
    return groups;
}

/* of_after[i]: the line of before that line i of after was, plus one; 0: none. */
struct pairing {
    uint32_t *of_after;
    bool *taken;
};

static struct pairing pair_lines(struct arena *a, const struct cost_sheet *before,
                                 const struct cost_sheet *after) {
    struct pairing p = {ARENA_ARRAY(a, uint32_t, after->lines.n + 1),
                        ARENA_ARRAY(a, bool, before->lines.n + 1)};
    for (int how = 0; how < LIKENESSES; how++) {
        struct map groups = group_lines(a, before, (enum likeness)how);
        for (uint32_t i = 0; i < after->lines.n; i++) {
            const struct cost_line *l = &after->lines.at[i];
            struct group *g = map_get(&groups, name_of(a, l, (enum likeness)how));
            if (g == NULL || p.of_after[i] > 0)
                continue;
            while (g->next < g->at.n && p.taken[g->at.at[g->next]])
                g->next++;
            if (g->next == g->at.n)
                continue;
            p.of_after[i] = g->at.at[g->next] + 1;
            p.taken[g->at.at[g->next]] = true;
        }
    }
    return p;
}

static void reckon_lines(struct arena *a, struct cost_pair *p) {
    static const struct cost_sheet none;
    const struct cost_sheet *before = p->before != NULL ? p->before : &none;
    const struct cost_sheet *after = p->after != NULL ? p->after : &none;
    struct pairing w = pair_lines(a, before, after);
    for (uint32_t i = 0; i < after->lines.n; i++) {
        const struct cost_line *l = &after->lines.at[i];
        const struct cost_line *was =
            w.of_after[i] > 0 ? &before->lines.at[w.of_after[i] - 1] : NULL;
        if (was != NULL && same_line(p, was, l))
            p->same++;
        else
            VEC_PUSH(a, &p->lines, (struct cost_delta){was, l});
    }
    for (uint32_t i = 0; i < before->lines.n; i++) {
        if (!w.taken[i])
            VEC_PUSH(a, &p->lines, (struct cost_delta){&before->lines.at[i], NULL});
    }
}

/* ---- budgets, and what is not estimated */

static const struct cost_budget *budget_of(const struct cost_sheet *s, str name) {
    for (uint32_t i = 0; s != NULL && i < s->budgets.n; i++) {
        if (str_eq(s->budgets.at[i].name, name))
            return &s->budgets.at[i];
    }
    return NULL;
}

static bool is_above(const struct cost_sheet *s, const struct cost_budget *b) {
    return b != NULL && (cost_is_above(cost_pay(s, b->usd).high, b->limit) ||
                         cost_is_above(b->usd[COST_PAID].high, b->limit));
}

static void add_budget(struct arena *a, struct cost_pair *p, str name) {
    const struct cost_budget *before = budget_of(p->before, name),
                             *after = budget_of(p->after, name);
    VEC_PUSH(a, &p->budgets,
             (struct cost_budget_delta){before, after, is_above(p->before, before),
                                        is_above(p->after, after)});
}

static void reckon_budgets(struct arena *a, struct cost_pair *p) {
    for (uint32_t i = 0; p->after != NULL && i < p->after->budgets.n; i++)
        add_budget(a, p, p->after->budgets.at[i].name);
    for (uint32_t i = 0; p->before != NULL && i < p->before->budgets.n; i++) {
        if (budget_of(p->after, p->before->budgets.at[i].name) == NULL)
            add_budget(a, p, p->before->budgets.at[i].name);
    }
}

static bool has_gap(const struct cost_sheet *s, const struct cost_gap *g) {
    for (uint32_t i = 0; s != NULL && i < s->gaps.n; i++) {
        if (str_eq(s->gaps.at[i].of, g->of) && str_eq(s->gaps.at[i].item, g->item))
            return true;
    }
    return false;
}

static bool has_line(const struct cost_sheet *s, const struct cost_gap *g) {
    for (uint32_t i = 0; s != NULL && i < s->lines.n; i++) {
        if (str_eq(s->lines.at[i].of, g->of) && str_eq(s->lines.at[i].item, g->item))
            return true;
    }
    return false;
}

static void reckon_gaps(struct arena *a, struct cost_pair *p) {
    for (uint32_t i = 0; p->after != NULL && i < p->after->gaps.n; i++) {
        const struct cost_gap *g = &p->after->gaps.at[i];
        if (!has_gap(p->before, g))
            VEC_PUSH(a, &p->unknown, g);
    }
    for (uint32_t i = 0; p->before != NULL && i < p->before->gaps.n; i++) {
        const struct cost_gap *g = &p->before->gaps.at[i];
        if (!has_gap(p->after, g) && has_line(p->after, g))
            VEC_PUSH(a, &p->known, g);
    }
}

/* ---- the whole */

const struct cost_sheet *cost_pair_sheet(const struct cost_pair *p) {
    return p->after != NULL ? p->after : p->before;
}

static const struct cost_sheet *sheet_of(const struct cost_run *r, str environment) {
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        if (str_eq(r->sheets.at[i]->environment, environment))
            return r->sheets.at[i];
    }
    return NULL;
}

static void add_pair(struct cost_diff *d, const struct cost_sheet *before,
                     const struct cost_sheet *after) {
    struct cost_pair p = {.before = before, .after = after};
    reckon_lines(d->arena, &p);
    reckon_budgets(d->arena, &p);
    reckon_gaps(d->arena, &p);
    VEC_PUSH(d->arena, &d->pairs, p);
}

void cost_diff_reckon(struct cost_diff *d) {
    for (uint32_t i = 0; i < d->after->sheets.n; i++) {
        const struct cost_sheet *s = d->after->sheets.at[i];
        add_pair(d, sheet_of(d->before, s->environment), s);
    }
    for (uint32_t i = 0; i < d->before->sheets.n; i++) {
        const struct cost_sheet *s = d->before->sheets.at[i];
        if (sheet_of(d->after, s->environment) == NULL)
            add_pair(d, s, NULL);
    }
}

static bool same_budgets(const struct cost_pair *p) {
    for (uint32_t i = 0; i < p->budgets.n; i++) {
        const struct cost_budget_delta *b = &p->budgets.at[i];
        if (b->before == NULL || b->after == NULL ||
            num_cmp(b->before->limit, b->after->limit) != 0)
            return false;
    }
    return true;
}

bool cost_pair_is_same(const struct cost_pair *p) {
    return p->before != NULL && p->after != NULL && p->lines.n == 0 && p->unknown.n == 0 &&
           p->known.n == 0 && same_budgets(p) && same_amounts(p, p->before->total, p->after->total);
}
