/* SPDX-License-Identifier: MIT */
#include "cost/bill.h"

static void add(struct bill *b, struct bill_line l) {
    if (b->n == b->room) {
        struct bill old = *b;
        b->room = b->n * 2 + 16;
        b->lines = ARENA_ARRAY(b->arena, struct bill_line, b->room);
        if (old.n > 0)
            memcpy(b->lines, old.lines, old.n * sizeof *b->lines);
    }
    b->lines[b->n++] = l;
}

void bill_open(struct bill *b, struct arena *a, const struct cost_run *r,
               const struct cost_sheet *s) {
    *b = (struct bill){.arena = a, .ledger = s->ledger};
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        const struct cost_sheet *of = r->sheets.at[i];
        for (uint32_t k = 0; k < of->lines.n && of->ledger == s->ledger; k++) {
            const struct cost_line *l = &of->lines.at[k];
            add(b, (struct bill_line){of, l->of, l->item, l->source, l->watched, l->price,
                                      l->quantity});
        }
    }
}

struct bill bill_copy(const struct bill *b, struct arena *a) {
    struct bill copy = *b;
    copy.arena = a;
    copy.room = b->n;
    copy.lines = ARENA_ARRAY(a, struct bill_line, b->n);
    if (b->n > 0)
        memcpy(copy.lines, b->lines, b->n * sizeof *b->lines);
    return copy;
}

/* Which of the lines are those of what opsc makes for an environment: they stand together. */
static uint32_t first_made(const struct bill *b, const struct cost_sheet *s) {
    for (uint32_t i = 0; i < b->n; i++) {
        if (b->lines[i].sheet == s && b->lines[i].source == COST_MADE)
            return i;
    }
    return b->n;
}

/* As many as there are now. */
static uint32_t count_in(const struct made_counts *all, const struct made_count *of) {
    for (uint32_t i = 0; i < all->n; i++) {
        if (str_eq(all->at[i].key, of->key) && str_eq(all->at[i].what.region, of->what.region) &&
            str_eq(all->at[i].what.of, of->what.of))
            return all->at[i].n;
    }
    return 0;
}

/* What has no price is no loss when there is as much of it as before. */
static bool are_priced(const struct bill *b, const struct made_counts *counts,
                       const struct made_counts *other) {
    for (uint32_t i = 0; i < counts->n; i++) {
        const struct made_count *k = &counts->at[i];
        bool known;
        if (price_find(&b->ledger->book, k->key, k->what.region, &known) == NULL &&
            count_in(other, k) != k->n)
            return false;
    }
    return true;
}

static void add_counts(struct bill *b, const struct cost_sheet *s,
                       const struct made_counts *counts) {
    for (uint32_t i = 0; i < counts->n; i++) {
        const struct made_count *k = &counts->at[i];
        bool known;
        const struct price *p = price_find(&b->ledger->book, k->key, k->what.region, &known);
        struct num n = num_int(k->n);
        if (p != NULL)
            add(b, (struct bill_line){s, k->what.of, k->what.item, COST_MADE, NULL, p, {n, n}});
    }
}

bool bill_count(struct bill *b, struct cost_work *w, const struct made_change *changes) {
    const struct made_counts *before = w->sheet->made;
    struct made_counts after = {0};
    struct bill old = *b;
    uint32_t at = first_made(b, w->sheet);
    made_count(w, changes, &after);
    if (!are_priced(b, before, &after) || !are_priced(b, &after, before))
        return false;
    *b = (struct bill){.arena = old.arena, .ledger = old.ledger};
    for (uint32_t i = 0; i < old.n; i++) {
        if (i == at)
            add_counts(b, w->sheet, &after);
        if (old.lines[i].sheet != w->sheet || old.lines[i].source != COST_MADE)
            add(b, old.lines[i]);
    }
    return at < old.n;
}

static bool enter(struct ledger *l, const struct price *p, struct cost_range quantity,
                  struct cost_range ret[COST_VIEWS]) {
    struct ledger_entry e;
    return ledger_enter(l, p, quantity, &e) && cost_add_to(ret, e.usd);
}

static bool is_one_of(const struct price_pool *pool, const struct price *p) {
    return pool != NULL && (pool == p->always || pool == p->legacy);
}

/* No other price takes of what is free of this one: it makes no difference which lines are between
 * its own. */
static bool is_apart(const struct map *prices, const struct price *p) {
    for (uint32_t i = 0; i < prices->n; i++) {
        const struct price *other = prices->entries[i].value;
        if (other != p && (is_one_of(p->always, other) || is_one_of(p->legacy, other)))
            return false;
    }
    return true;
}

/* All lines of a price, which are entered at once. */
struct sum {
    bool apart;
    struct cost_range quantity;
};

static struct sum *sums(struct arena *a, const struct map *prices) {
    struct sum *all = ARENA_ARRAY(a, struct sum, prices->n + 1);
    for (uint32_t i = 0; i < prices->n; i++)
        all[i] = (struct sum){is_apart(prices, prices->entries[i].value), COST_NOTHING};
    return all;
}

/* There are thousands of lines, and few prices. */
bool bill_total(const struct bill *b, struct cost_range ret[COST_VIEWS]) {
    struct ledger l = {.book = b->ledger->book};
    const struct map *prices = &l.book.prices;
    struct sum *all = sums(b->arena, prices);
    bool ok = true;
    l.book.arena = b->arena;
    cost_clear(ret);
    for (uint32_t i = 0; i < b->n && ok; i++) {
        const struct bill_line *line = &b->lines[i];
        struct sum *sum = &all[line->price->index];
        if (sum->apart)
            sum->quantity = (struct cost_range){num_add(sum->quantity.low, line->quantity.low),
                                                num_add(sum->quantity.high, line->quantity.high)};
        else
            ok = enter(&l, line->price, line->quantity, ret);
    }
    for (uint32_t i = 0; i < prices->n && ok; i++)
        ok = num_ok(all[i].quantity.low) && num_ok(all[i].quantity.high) &&
             enter(&l, prices->entries[i].value, all[i].quantity, ret);
    return ok;
}
