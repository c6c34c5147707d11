/* SPDX-License-Identifier: MIT */
#include "cost/sheet.h"

/* Units of a price; what is shown of it is multiplied by a thousand. */
#define QUANTITY_MAX INT64_C(1000000000000000)

/* Of one resource all comes at once; of the rest there is little. */
static bool goes_on(const struct cost_what *what, str of) {
    return what->source != COST_RESOURCE || str_eq(of, what->of);
}

void sheet_gap(struct cost_work *w, const struct cost_what *what, str why, str key) {
    for (uint32_t i = w->sheet->gaps.n; i > 0; i--) {
        const struct cost_gap *g = &w->sheet->gaps.at[i - 1];
        if (!goes_on(what, g->of))
            break;
        if (str_eq(g->of, what->of) && str_eq(g->item, what->item) && str_eq(g->why, why))
            return;
    }
    VEC_PUSH(w->run->arena, &w->sheet->gaps,
             (struct cost_gap){what->of, what->item, why, key, what->at});
}

void sheet_free(struct cost_work *w, const struct cost_what *what, str why, uint32_t n) {
    for (uint32_t i = w->sheet->free.n; i > 0; i--) {
        struct cost_free *f = &w->sheet->free.at[i - 1];
        if (!goes_on(what, f->of))
            break;
        if (!str_eq(f->of, what->of) || !str_eq(f->item, what->item) || !str_eq(f->why, why))
            continue;
        f->n += n;
        return;
    }
    VEC_PUSH(w->run->arena, &w->sheet->free, (struct cost_free){what->of, what->item, why, n});
}

/* Of two days as text; an empty one is none. */
static str earlier(str a, str b) {
    return a.n == 0 || (b.n > 0 && str_cmp(b, a) < 0) ? b : a;
}

static str later(str a, str b) {
    return str_cmp(a, b) < 0 ? b : a;
}

static bool add_to_total(struct cost_sheet *s, const struct ledger_entry *e) {
    struct cost_range sum[COST_VIEWS];
    memcpy(sum, s->total, sizeof sum);
    if (!cost_add_to(sum, e->usd))
        return false;
    memcpy(s->total, sum, sizeof sum);
    return true;
}

static void enter(struct cost_work *w, const struct cost_what *what, const struct price *p,
                  struct cost_range quantity) {
    struct cost_sheet *s = w->sheet;
    struct cost_line line = {.of = what->of,
                             .item = what->item,
                             .source = what->source,
                             .watched = what->watched,
                             .price = p,
                             .quantity = quantity,
                             .note = what->note,
                             .at = what->at};
    if (quantity.low.n < 0) {
        sheet_gap(w, what, STR("what it is reckoned from comes to less than nothing"), STR(""));
        return;
    }
    if (!num_ok(quantity.low) || !num_ok(quantity.high) ||
        num_cmp(quantity.high, num_int(QUANTITY_MAX)) > 0 ||
        !ledger_enter(w->ledger, p, quantity, &line.cost) || !add_to_total(s, &line.cost)) {
        s->beyond = true;
        sheet_gap(w, what, STR("so much of it that it cannot be reckoned with"), STR(""));
        return;
    }
    VEC_PUSH(w->run->arena, &s->lines, line);
    s->oldest = earlier(s->oldest, p->published);
    s->newest = later(s->newest, p->published);
    s->undated |= p->published.n == 0;
    s->locked += p->locked;
    if (p->locked) {
        s->lock_oldest = earlier(s->lock_oldest, p->published);
        s->lock_newest = later(s->lock_newest, p->published);
    }
}

static const struct price *price_for(struct cost_work *w, const struct cost_what *what, str key) {
    bool known;
    const struct price *p = price_find(&w->ledger->book, key, what->region, &known);
    if (p != NULL)
        return p;
    struct arena *a = w->run->arena;
    str why =
        known ? arena_printf(
                    a, "there is no price of `%.*s` for %.*s; `opsc prices update` may bring it",
                    STR_ARG(key), STR_ARG(what->region))
              : arena_printf(a, "there is no price of `%.*s`", STR_ARG(key));
    sheet_gap(w, what, why, STR(""));
    return NULL;
}

void sheet_enter(struct cost_work *w, const struct cost_what *what, str key, struct quantity low,
                 struct quantity high) {
    const struct price *p = price_for(w, what, key);
    struct cost_range q;
    if (p == NULL)
        return;
    if (!price_quantity(p, low, &q.low) || !price_quantity(p, high, &q.high)) {
        str why =
            arena_printf(w->run->arena, "`%.*s` is the price of something else", STR_ARG(key));
        sheet_gap(w, what, why, STR(""));
        return;
    }
    enter(w, what, p, q);
}

void sheet_enter_from(struct cost_work *w, const struct cost_what *what, str key, struct quantity q,
                      str day) {
    struct cost_dated d = {what->of, what->item, day, .price = price_for(w, what, key),
                           .at = what->at};
    if (d.price == NULL)
        return;
    if (!price_quantity(d.price, q, &d.quantity) || d.quantity.n < 0 ||
        !num_ok(d.usd = price_of(d.price, d.quantity)))
        sheet_gap(w, what, STR("how much of it there is cannot be known"), STR(""));
    else
        VEC_PUSH(w->run->arena, &w->sheet->dated, d);
}

void sheet_begin(struct cost_work *w, const struct cost_what *what, uint32_t first) {
    struct cost_dated *last = NULL;
    for (uint32_t i = first; i < w->sheet->dated.n; i++) {
        struct cost_dated *d = &w->sheet->dated.at[i];
        d->begun = str_cmp(d->day, w->run->on) <= 0;
        last = d->begun ? d : last;
    }
    if (last == NULL)
        return;
    struct cost_what of = *what;
    of.item = last->item;
    enter(w, &of, last->price, (struct cost_range){last->quantity, last->quantity});
}

void sheet_count(struct cost_work *w, const struct cost_what *what, str key, struct num n) {
    struct quantity q = {.value = n, .bare = true};
    sheet_enter(w, what, key, q, q);
}

static struct ledger *ledger_for(struct cost_run *r, str account) {
    struct ledger *l = map_get(&r->ledgers, account);
    if (l != NULL)
        return l;
    l = ARENA_NEW(r->arena, struct ledger);
    ledger_init(l, r->arena, &r->tables);
    map_add(r->arena, &r->ledgers, account, l);
    return l;
}

void cost_init(struct cost_run *r, struct arena *a, struct diag_list *dl) {
    *r = (struct cost_run){.arena = a, .dl = dl, .asked = true};
    catalog_init(&r->tables, a, dl);
}

void cost_add(struct cost_run *r, const struct config *cfg, const struct lower_result *low) {
    struct cost_work w = {.run = r,
                          .ledger = ledger_for(r, cfg->aws.account.text),
                          .sheet = ARENA_NEW(r->arena, struct cost_sheet),
                          .cfg = cfg,
                          .low = low};
    w.sheet->cfg = cfg;
    w.sheet->low = low;
    w.sheet->ledger = w.ledger;
    w.sheet->context = r->dl->context;
    r->tables.lock = cfg->prices;
    w.sheet->environment = cfg->environment.text;
    w.sheet->region = cfg->aws.region.text;
    cost_clear(w.sheet->total);
    account_read(&w);
    usage_open(&w);
    sheet_resources(&w);
    sheet_lifecycle(&w);
    sheet_made(&w);
    sheet_usage(&w);
    usage_close(&w);
    sheet_budgets(&w);
    VEC_PUSH(r->arena, &r->sheets, w.sheet);
}
