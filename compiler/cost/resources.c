/* SPDX-License-Identifier: MIT */
#include "catalog/wants.h"
#include "cost/sheet.h"

/* One of `costs:` of a resource. */
struct costing {
    struct cost_work *work;
    const struct watched *watched;
    const struct cat_cost *decl;
    struct cost_what what;
};

/* Something that would have to be said at the resource. */
static void lacks(struct costing *c, str names) {
    struct arena *a = c->work->run->arena;
    sheet_gap(c->work, &c->what, arena_printf(a, "needs %.*s", STR_ARG(names)),
              c->watched->path.n > 0 ? c->watched->path : STR(""));
}

/* The key of its price; false after a gap. */
static bool key_of(struct costing *c, str *ret) {
    const struct cat_choice *choice = &c->decl->price;
    struct arena *a = c->work->run->arena;
    str missing;
    for (uint32_t i = 0; i < choice->n; i++) {
        if (!watched_if(c->work->low->catalog, c->watched, &choice->items[i].when))
            continue;
        if (watched_text(a, c->watched, choice->items[i].is.text, ret, &missing))
            return true;
        lacks(c, arena_printf(a, "`%.*s`", STR_ARG(missing)));
        return false;
    }
    sheet_gap(c->work, &c->what, STR("no price is for what it is set to"), STR(""));
    return false;
}

/* How much `is` says; false after a gap. */
static bool amount_of(struct costing *c, str key, struct quantity *ret) {
    struct catalog *cat = c->work->low->catalog;
    struct cat_cost const *d = c->decl;
    struct num n = given(d->is.at) ? watched_compute(cat, c->watched, &d->is) : num_int(1);
    if (!num_ok(n)) {
        struct wants s = {.arena = c->work->run->arena};
        wants_computation(cat, c->watched, &d->is, &s);
        if (s.give.n > 0)
            lacks(c, wants_text(&s));
        else
            sheet_gap(c->work, &c->what, STR("how much of it there is cannot be known"), STR(""));
        return false;
    }
    bool known;
    const struct price *p = price_find(&c->work->ledger->book, key, c->what.region, &known);
    *ret = (struct quantity){.value = n, .bare = true};
    /* Facts are plain numbers in base units: those of data are bytes. */
    if (p != NULL && price_is_data(p))
        ret->dim.data = 1;
    return true;
}

static void enter_computed(struct costing *c, str key) {
    struct quantity q;
    if (amount_of(c, key, &q))
        sheet_enter(c->work, &c->what, key, q, q);
}

/* Of what is dearer after some years there are several costs, and one gap. */
static void gap_once(struct costing *c, str why, str key) {
    for (uint32_t i = c->work->sheet->gaps.n; i > 0; i--) {
        const struct cost_gap *g = &c->work->sheet->gaps.at[i - 1];
        if (!str_eq(g->of, c->what.of))
            break;
        if (str_eq(g->why, why))
            return;
    }
    sheet_gap(c->work, &c->what, why, key);
}

/* What begins on a day; a row without one is of something that never does. */
static void enter_dated(struct costing *c, str key) {
    struct catalog *cat = c->work->low->catalog;
    const struct cat_cost *d = c->decl;
    struct quantity q;
    str name, missing, star;
    bool known;
    if (!watched_text(c->work->run->arena, c->watched, d->from.key.text, &name, &missing)) {
        str why = arena_printf(c->work->run->arena, "needs `%.*s`", STR_ARG(missing));
        gap_once(c, why, c->watched->path);
        return;
    }
    str row = catalog_match(cat, d->from.table.text, name, &star);
    str day = catalog_lookup(cat, d->from.table.text, row, d->from.column.text, &known);
    if (row.n == 0)
        gap_once(c, STR("from which day on it is billed is not known"), STR(""));
    else if (day.n > 0 && amount_of(c, key, &q))
        sheet_enter_from(c->work, &c->what, key, q, day);
}

static void enter_cost(struct costing *c) {
    const struct cat_cost *d = c->decl;
    str key;
    if (given(d->free.at))
        sheet_free(c->work, &c->what, d->free.text, 1);
    else if (given(d->unpriced.at))
        sheet_gap(c->work, &c->what, d->unpriced.text, STR(""));
    else if (!key_of(c, &key))
        usage_seen(c->work, &c->what);
    else if (given(d->from.at))
        enter_dated(c, key);
    else if (given(d->usage.at))
        usage_enter_own(c->work, &c->what, key, d->usage.text);
    else
        enter_computed(c, key);
}

static void enter_resource(struct cost_work *w, const struct watched *res) {
    str region = watched_region(w->run->arena, res);
    struct costing c = {.work = w, .watched = res};
    c.what = (struct cost_what){.of = res->name,
                                .region = region.n > 0 ? region : w->cfg->aws.region.text,
                                .source = COST_RESOURCE,
                                .watched = res,
                                .at = res->at};
    if (res->kind->costs.n == 0) {
        str why = arena_printf(w->run->arena, "kind `%.*s` does not say what it costs",
                               STR_ARG(res->kind->kind.text));
        sheet_gap(w, &c.what, why, STR(""));
    }
    uint32_t dated = w->sheet->dated.n;
    for (uint32_t i = 0; i < res->kind->costs.n; i++) {
        c.decl = &res->kind->costs.items[i];
        c.what.item = c.decl->name.text;
        if (watched_if(w->low->catalog, res, &c.decl->when))
            enter_cost(&c);
    }
    sheet_begin(w, &c.what, dated);
}

void sheet_resources(struct cost_work *w) {
    for (uint32_t i = 0; i < w->low->resources; i++)
        enter_resource(w, w->low->watched[i]);
}
