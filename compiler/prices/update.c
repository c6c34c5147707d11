/* SPDX-License-Identifier: MIT */
#include "prices/update.h"

#include <stdlib.h>

/* Has the prices of all regions, as every region. */
#define ANY_REGION STR("us-east-1")

struct work {
    struct arena *a;
    struct price_book book;
    const struct fetch_source *source;
    const struct update_options *opt;
    const struct price_lock *old;
    struct price_lock *lock; /* the new one */
    struct price_list list;
    struct update_report *report;
    str service, region; /* in hand; the region may be `global` */
    str version, published;
};

static bool is_global(struct work *w, str key) {
    bool known;
    return catalog_lookup(w->book.tables, STR("prices"), key, STR("global"), &known).n > 0;
}

static void tell(struct work *w, str key, enum update_fate fate, const char *why) {
    VEC_PUSH(w->a, &w->report->entries,
             (struct update_entry){.region = w->region,
                                   .key = key,
                                   .fate = fate,
                                   .why = why,
                                   .old = NUM_NAN,
                                   .now = NUM_NAN});
    w->report->counts[fate]++;
}

static void put_row(struct work *w, const struct price_lock_row *row) {
    struct price_lock_row *r = ARENA_NEW(w->a, struct price_lock_row);
    *r = *row;
    VEC_PUSH(w->a, &w->lock->rows, r);
}

/* The rows that the old lock has of a key, with the days of their list. */
static void keep_rows(struct work *w, str key) {
    const struct price_lock_row *r;
    for (uint32_t i = 0; w->old != NULL; i++) {
        r = price_lock_find(w->old, w->a, w->region, key, i);
        if (r == NULL)
            break;
        put_row(w, r);
    }
}

static void keep(struct work *w, str key, const char *why) {
    keep_rows(w, key);
    tell(w, key, UPDATE_KEPT, why);
}

/* The price of more than `at` units. */
static struct num usd_at(const struct price_tier *tiers, uint32_t n, struct num at) {
    uint32_t i = 0;
    while (i + 1 < n && num_cmp(tiers[i + 1].from, at) <= 0)
        i++;
    return tiers[i].usd;
}

static bool is_jump(struct num old, struct num now) {
    struct num half = num_div(old, num_int(2));
    return num_cmp(now, num_sub(old, half)) < 0 || num_cmp(now, num_add(old, half)) > 0;
}

/* Compares where either has a tier; what differs first is told. */
static enum update_fate compare(const struct price *old, const struct offer_price *p,
                                struct num *ret_old, struct num *ret_now) {
    enum update_fate fate = UPDATE_SAME;
    const struct {
        const struct price_tier *at;
        uint32_t n;
    } both[] = {{old->tiers, old->ntiers}, {p->tiers, p->ntiers}};
    for (unsigned k = 0; k < 2; k++) {
        for (uint32_t i = 0; i < both[k].n; i++) {
            struct num from = both[k].at[i].from;
            struct num was = usd_at(old->tiers, old->ntiers, from);
            struct num now = usd_at(p->tiers, p->ntiers, from);
            if (num_cmp(was, now) == 0)
                continue;
            /* A tier that is gone may be in a row that was not looked for. */
            bool jump = is_jump(was, now) || p->ntiers < old->ntiers;
            if (fate == UPDATE_SAME || (jump && fate == UPDATE_CHANGED)) {
                *ret_old = was;
                *ret_now = now;
                fate = jump ? UPDATE_JUMP : UPDATE_CHANGED;
            }
        }
    }
    return fate;
}

/*
 * Tiers as prices.yaml has them: what is free is an allowance there, and no tier. Returns why it
 * cannot be, or NULL.
 */
static const char *without_free(struct offer_price *p, const struct price *defined) {
    if (p->tiers[0].usd.n != 0)
        return NULL;
    if (p->ntiers == 1)
        return "the list asks nothing for it";
    if (defined->always == NULL)
        return "its first tier is free, and opsc has no allowance for it";
    struct num free = p->tiers[1].from;
    p->ntiers--;
    memmove(p->tiers, p->tiers + 1, p->ntiers * sizeof *p->tiers);
    for (uint32_t i = 0; i < p->ntiers; i++) {
        if (i == 0)
            p->tiers[i].from = num_int(0);
        else if (defined->always->after)
            p->tiers[i].from = num_sub(p->tiers[i].from, free);
    }
    return NULL;
}

static void put_price(struct work *w, const struct offer_price *p) {
    for (uint32_t i = 0; i < p->ntiers; i++) {
        str name = arena_cat3(w->a, w->region, STR("/"), p->key);
        if (i > 0)
            name = arena_printf(w->a, "%.*s+%u", STR_ARG(name), i);
        put_row(w, &(struct price_lock_row){.name = name,
                                            .usd = p->tiers[i].usd,
                                            .from = p->tiers[i].from,
                                            .service = w->service,
                                            .published = w->published});
    }
}

static void take_price(struct work *w, struct offer_price *p) {
    bool known;
    str key = arena_str(w->a, p->key);
    str region = str_is(w->region, PRICE_LOCK_GLOBAL) ? ANY_REGION : w->region;
    const struct price *old = price_about(&w->book, key, region, &known);
    if (is_global(w, key) != str_is(w->region, PRICE_LOCK_GLOBAL) || !known)
        return;
    const char *why = p->trouble != NULL ? p->trouble : without_free(p, old);
    if (why != NULL) {
        keep(w, key, why);
        return;
    }
    struct num was = NUM_NAN, now = p->tiers[0].usd;
    enum update_fate fate = old->ntiers == 0 ? UPDATE_NEW : compare(old, p, &was, &now);
    if (fate == UPDATE_JUMP && w->opt->accept)
        fate = UPDATE_CHANGED;
    tell(w, key, fate, NULL);
    VEC_LAST(&w->report->entries)->old = was;
    VEC_LAST(&w->report->entries)->now = now;
    p->key = key;
    if (fate == UPDATE_JUMP)
        keep_rows(w, key);
    else
        put_price(w, p);
}

/* The key of a row's name, without its region and tier. */
static str key_of(str name) {
    str key = str_sub(name, str_find(name, '/') + 1, name.n);
    return str_sub(key, 0, str_find(key, '+'));
}

/* What the list should have and has not: keys of their own, and classes that the old lock has. */
static void keep_missing(struct work *w, const struct offer *o) {
    for (uint32_t i = 0; i < w->list.n; i++) {
        const struct list_row *r = &w->list.rows[i];
        if (str_eq(r->service, w->service) && str_find(r->key, '*') == r->key.n &&
            map_get(&o->found, r->key) == NULL &&
            is_global(w, r->key) == str_is(w->region, PRICE_LOCK_GLOBAL))
            keep(w, r->key, "no product of the list fits it");
    }
    str prefix = arena_cat(w->a, w->region, STR("/"));
    for (uint32_t i = 0; w->old != NULL && i < w->old->rows.n; i++) {
        const struct price_lock_row *row = w->old->rows.at[i];
        str key = key_of(row->name);
        const struct list_row *r = price_list_find(&w->list, key);
        if (str_starts(row->name, prefix) && str_eq(row->service, w->service) && r != NULL &&
            str_find(r->key, '*') < r->key.n && map_get(&o->found, key) == NULL &&
            str_find(row->name, '+') == row->name.n)
            keep(w, key, "no product of the list fits it");
    }
}

/* All that the old lock has of a service in a region. */
static void copy_old(struct work *w, str service, str region) {
    str prefix = arena_cat(w->a, region, STR("/"));
    str name = arena_cat(w->a, prefix, service);
    struct price_lock_list *list = map_get(&w->old->lists_by_name, name);
    if (list != NULL)
        VEC_PUSH(w->a, &w->lock->lists, list);
    for (uint32_t i = 0; i < w->old->rows.n; i++) {
        const struct price_lock_row *row = w->old->rows.at[i];
        if (str_starts(row->name, prefix) && str_eq(row->service, service))
            put_row(w, row);
    }
}

static void take_offer(struct work *w, struct offer *o) {
    struct price_lock_list *list = ARENA_NEW(w->a, struct price_lock_list);
    list->name = arena_cat3(w->a, w->region, STR("/"), w->service);
    list->version = arena_str(w->a, o->version);
    list->published = w->published = arena_str(w->a, o->published);
    list->sha256 = arena_str(w->a, str_c(o->sha256));
    VEC_PUSH(w->a, &w->lock->lists, list);
    for (uint32_t i = 0; i < o->prices.n; i++)
        take_price(w, o->prices.at[i]);
    keep_missing(w, o);
}

static bool has_keys(struct work *w) {
    for (uint32_t i = 0; i < w->list.n; i++) {
        if (str_eq(w->list.rows[i].service, w->service) &&
            is_global(w, w->list.rows[i].key) == str_is(w->region, PRICE_LOCK_GLOBAL))
            return true;
    }
    return false;
}

static str known_version(const struct work *w) {
    if (w->old == NULL || w->opt->accept)
        return STR("");
    const struct price_lock_list *l =
        map_get(&w->old->lists_by_name, arena_cat3(w->a, w->region, STR("/"), w->service));
    return l != NULL ? l->version : STR("");
}

/* One list. Its memory is given back at once: lists are large, and there are many. */
static bool update_one(struct work *w) {
    struct arena *a = arena_within(w->a);
    struct offer *o = ARENA_NEW(a, struct offer);
    str why;
    enum fetch_result got =
        fetch_offer(w->source, a, &w->list, w->service, w->region, known_version(w), o, &why);
    w->report->problem = got == FETCH_FAILED ? arena_str(w->a, why) : STR("");
    if (got == FETCH_READ)
        take_offer(w, o);
    else if (w->old != NULL)
        copy_old(w, w->service, w->region);
    w->report->read += got == FETCH_READ;
    w->report->same += got == FETCH_SAME;
    w->report->absent += got == FETCH_ABSENT;
    if (got == FETCH_ABSENT && w->source->folder.n == 0)
        tell(w, w->service, UPDATE_KEPT, "AWS has no such list");
    arena_free(a);
    return got != FETCH_FAILED;
}

static bool is_asked(const struct work *w, str region) {
    for (uint32_t i = 0; i < w->opt->nregions; i++) {
        if (str_eq(w->opt->regions[i], region))
            return true;
    }
    return str_is(region, PRICE_LOCK_GLOBAL);
}

/* What was not asked for stays as it is: other regions, other services. */
static void copy_others(struct work *w) {
    for (uint32_t i = 0; w->old != NULL && i < w->old->lists.n; i++) {
        str service = w->old->lists.at[i]->name, region = str_split(&service, '/');
        bool asked = is_asked(w, region) &&
                     (w->opt->service.n == 0 || str_eq(w->opt->service, service)) &&
                     update_knows_service(w->a, service);
        if (!asked)
            copy_old(w, service, region);
    }
}

static int by_region(const void *x, const void *y) {
    const struct update_entry *a = x, *b = y;
    int order = str_cmp(a->region, b->region);
    return order != 0 ? order : str_cmp(a->key, b->key);
}

bool update_knows_service(struct arena *a, str service) {
    struct price_list list;
    uint32_t n;
    price_list_open(a, &list);
    str *services = price_list_services(a, &list, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (str_eq(services[i], service))
            return true;
    }
    return false;
}

struct price_lock *update_prices(struct arena *a, struct catalog *tables,
                                 const struct fetch_source *source,
                                 const struct update_options *opt, const struct price_lock *old,
                                 struct update_report *ret) {
    *ret = (struct update_report){0};
    struct work w = {.a = a,
                     .book = {.arena = a, .tables = tables},
                     .source = source,
                     .opt = opt,
                     .old = old,
                     .lock = ARENA_NEW(a, struct price_lock),
                     .report = ret};
    uint32_t n;
    price_list_open(a, &w.list);
    str *services = price_list_services(a, &w.list, &n);
    for (uint32_t i = 0; i < n; i++) {
        w.service = services[i];
        for (uint32_t k = 0; k <= opt->nregions; k++) {
            w.region = k < opt->nregions ? opt->regions[k] : STR(PRICE_LOCK_GLOBAL);
            bool wanted = opt->service.n == 0 || str_eq(opt->service, w.service);
            if (wanted && has_keys(&w) && !update_one(&w))
                return NULL;
        }
    }
    copy_others(&w);
    price_lock_index(a, w.lock);
    if (ret->entries.n > 0)
        qsort(ret->entries.at, ret->entries.n, sizeof *ret->entries.at, by_region);
    return w.lock;
}
