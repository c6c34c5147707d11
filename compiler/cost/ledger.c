/* SPDX-License-Identifier: MIT */
#include "cost/ledger.h"

void ledger_init(struct ledger *l, struct arena *a, struct catalog *tables) {
    *l = (struct ledger){.book = {.arena = a, .tables = tables}};
}

void cost_clear(struct cost_range usd[COST_VIEWS]) {
    for (int v = 0; v < COST_VIEWS; v++)
        usd[v] = COST_NOTHING;
}

bool cost_add_to(struct cost_range sum[COST_VIEWS], const struct cost_range usd[COST_VIEWS]) {
    bool ok = true;
    for (int v = 0; v < COST_VIEWS; v++) {
        sum[v] =
            (struct cost_range){num_add(sum[v].low, usd[v].low), num_add(sum[v].high, usd[v].high)};
        ok &= num_ok(sum[v].low) && num_ok(sum[v].high);
    }
    return ok;
}

static struct num *with_room(struct arena *a, struct num *old, uint32_t n, uint32_t room) {
    struct num *more = ARENA_ARRAY(a, struct num, room);
    for (uint32_t i = 0; i < room; i++)
        more[i] = i < n ? old[i] : num_int(0);
    return more;
}

static void make_room(struct arena *a, struct ledger_page *g, const struct price_book *b) {
    if (g->nprices < b->prices.n) {
        uint32_t room = b->prices.n * 2;
        g->all = with_room(a, g->all, g->nprices, room);
        g->charged = with_room(a, g->charged, g->nprices, room);
        g->nprices = room;
    }
    if (g->npools < b->pools.n) {
        uint32_t room = b->pools.n * 2;
        g->free = with_room(a, g->free, g->npools, room);
        g->npools = room;
    }
}

/* What a line takes of a page, before it is entered there. */
struct taking {
    struct num quantity, free, usd;
    struct num of_pool[2]; /* legacy, always */
};

static struct num least(struct num a, struct num b) {
    return num_cmp(a, b) < 0 ? a : b;
}

static struct num take_pool(const struct ledger_page *g, const struct price_pool *pool,
                            struct num wanted) {
    return pool == NULL ? num_int(0) : least(wanted, num_sub(pool->amount, g->free[pool->index]));
}

static struct num between(const struct price *p, struct num from, struct num to) {
    if (p->ntiers == 1)
        return num_mul(num_sub(to, from), p->tiers[0].usd);
    return num_sub(price_of(p, to), price_of(p, from));
}

/* False: too much. */
static bool take(const struct ledger_page *g, const struct price *p, enum cost_view view,
                 struct num quantity, struct taking *t) {
    const struct price_pool *always = view == COST_LIST ? NULL : p->always;
    const struct price_pool *legacy = view == COST_LEGACY ? p->legacy : NULL;
    struct num before = g->all[p->index], after = num_add(before, quantity);
    if (!num_ok(after))
        return false;
    t->quantity = quantity;
    t->of_pool[0] = take_pool(g, legacy, quantity);
    t->of_pool[1] = take_pool(g, always, num_sub(quantity, t->of_pool[0]));
    t->free = num_add(t->of_pool[0], t->of_pool[1]);
    struct num charged = g->charged[p->index];
    if (always != NULL && always->after)
        t->usd = between(p, charged, num_add(charged, num_sub(quantity, t->free)));
    else
        t->usd = between(p, num_add(before, t->free), after);
    return num_ok(t->usd);
}

static void enter(struct ledger_page *g, const struct price *p, const struct taking *t) {
    g->all[p->index] = num_add(g->all[p->index], t->quantity);
    g->charged[p->index] = num_add(g->charged[p->index], num_sub(t->quantity, t->free));
    if (p->legacy != NULL)
        g->free[p->legacy->index] = num_add(g->free[p->legacy->index], t->of_pool[0]);
    if (p->always != NULL)
        g->free[p->always->index] = num_add(g->free[p->always->index], t->of_pool[1]);
}

/* Of what nothing is free all views have as much; without tiers it makes no difference what came
 * before. */
static bool is_plain(const struct price *p) {
    return p->always == NULL && p->legacy == NULL && p->ntiers == 1;
}

static bool enter_plain(const struct price *p, struct cost_range quantity,
                        struct ledger_entry *ret) {
    const struct cost_range usd = {num_mul(quantity.low, p->tiers[0].usd),
                                   num_mul(quantity.high, p->tiers[0].usd)};
    for (int v = 0; v < COST_VIEWS; v++) {
        ret->usd[v] = usd;
        ret->free[v] = COST_NOTHING;
    }
    return num_ok(usd.low) && num_ok(usd.high);
}

static bool take_all(struct ledger *l, const struct price *p, struct cost_range quantity,
                     struct taking all[COST_VIEWS][2]) {
    for (int v = 0; v < COST_VIEWS; v++) {
        for (int i = 0; i < 2; i++) {
            struct ledger_page *g = &l->pages[v][i];
            struct num q = i == 0 ? quantity.low : quantity.high;
            make_room(l->book.arena, g, &l->book);
            if (!take(g, p, (enum cost_view)v, q, &all[v][i]))
                return false;
        }
    }
    return true;
}

bool ledger_enter(struct ledger *l, const struct price *p, struct cost_range quantity,
                  struct ledger_entry *ret) {
    struct taking all[COST_VIEWS][2];
    if (is_plain(p))
        return enter_plain(p, quantity, ret);
    if (!take_all(l, p, quantity, all))
        return false;
    for (int v = 0; v < COST_VIEWS; v++) {
        for (int i = 0; i < 2; i++)
            enter(&l->pages[v][i], p, &all[v][i]);
        ret->usd[v] = (struct cost_range){all[v][0].usd, all[v][1].usd};
        ret->free[v] = (struct cost_range){all[v][0].free, all[v][1].free};
    }
    return true;
}
