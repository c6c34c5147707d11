/* SPDX-License-Identifier: MIT */
#include "catalog/price.h"

#include "catalog/price_lock.h"

#define TABLE STR("prices")
#define POOLS STR("allowances")
#define GIB ((int64_t)1 << 30)
/* Digits after the point that are kept of a quantity which no decimal fraction is. */
#define QUANTITY_PARTS 1000000

/* Units of the table whose number is not that of things. */
static const struct unit_row {
    const char *name;
    bool data;
    struct num each; /* units in one of base: a byte, or a thing for a month */
} unit_rows[] = {
    {"hour", false, {PRICE_MONTH_HOURS, 1}},
    {"parameter-hour", false, {PRICE_MONTH_HOURS, 1}},
    {"ACU-hour", false, {PRICE_MONTH_HOURS, 1}},
    {"LCU-hour", false, {PRICE_MONTH_HOURS, 1}},
    {"shard-hour", false, {PRICE_MONTH_HOURS, 1}},
    {"unit-hour", false, {PRICE_MONTH_HOURS, 1}},
    {"vCPU-hour", false, {PRICE_MONTH_HOURS, 1}},
    {"GB-hour", true, {PRICE_MONTH_HOURS, GIB}},
    {"GB-month", true, {1, GIB}},
    {"GB", true, {1, GIB}},
};

static const struct unit_row *unit_row(str unit) {
    static const struct unit_row things = {"", false, {1, 1}};
    for (unsigned i = 0; i < sizeof unit_rows / sizeof *unit_rows; i++) {
        if (str_is(unit, unit_rows[i].name))
            return &unit_rows[i];
    }
    return &things;
}

static struct price_pool *find_pool(struct price_book *b, str name) {
    struct price_pool *p = name.n > 0 ? map_get(&b->pools, name) : NULL;
    if (p != NULL || name.n == 0)
        return p;
    bool known;
    p = ARENA_NEW(b->arena, struct price_pool);
    *p = (struct price_pool){
        .name = name,
        .amount = num_of(catalog_lookup(b->tables, POOLS, name, STR("amount"), &known)),
        .after = str_is(catalog_lookup(b->tables, POOLS, name, STR("tiers"), &known), "after"),
        .index = b->pools.n};
    map_add(b->arena, &b->pools, name, p);
    return p;
}

const struct price_pool *price_pool(struct price_book *b, str name) {
    return find_pool(b, name);
}

void price_put_usd(struct buf *b, struct num usd) {
    uint64_t cents = num_parts(usd, 100);
    buf_uint(b, cents / 100);
    buf_printf(b, ".%02u", (unsigned)(cents % 100));
}

/* Where the rows of a price are. */
struct price_row {
    str key;         /* KEY, KEY+1, ... */
    str defined;     /* the row of prices.yaml that says what it is of: KEY, or one with a `*` */
    str column, row; /* in the region's table of classes, when it may be there */
    str prices, classes; /* tables of the region */
};

static str cell(struct price_book *b, str table, str row, str column) {
    bool known;
    return catalog_lookup(b->tables, table, row, column, &known);
}

/* What is asked for in the region: its own row, that of its class, or the price of all regions. */
static str find_usd(struct price_book *b, const struct price_row *at, str *ret_table,
                    str *ret_row) {
    str usd = cell(b, at->prices, at->key, STR("usd"));
    *ret_table = usd.n > 0 ? at->prices : TABLE;
    *ret_row = at->key;
    if (usd.n > 0)
        return usd;
    if (at->column.n > 0) {
        *ret_row = at->column;
        usd = cell(b, at->classes, at->row, at->column);
    }
    return usd.n > 0 ? usd : cell(b, TABLE, at->defined, STR("global"));
}

/* Adds the tier at a place, when it has a price for the region. */
static void add_tier(struct price_book *b, struct price *p, const struct price_row *at) {
    str table, row;
    struct num usd = num_of(find_usd(b, at, &table, &row));
    if (!num_ok(usd) || p->ntiers == PRICE_TIERS_MAX)
        return;
    p->tiers[p->ntiers++] =
        (struct price_tier){num_of(cell(b, TABLE, at->defined, STR("from"))), usd};
    if (p->ntiers > 1)
        return;
    p->published = cell(b, table, row, STR("published"));
    p->source = cell(b, table, row, STR("source"));
}

static void define(struct price_book *b, struct price *p, const struct price_row *at) {
    p->unit = cell(b, TABLE, at->defined, STR("unit"));
    p->service = cell(b, TABLE, at->defined, STR("service"));
    p->always = find_pool(b, cell(b, TABLE, at->defined, STR("always")));
    p->legacy = find_pool(b, cell(b, TABLE, at->defined, STR("legacy")));
}

/* The tiers that the project's lock has; false: none. */
static bool add_locked(struct price_book *b, struct price *p, const struct price_row *at) {
    const struct price_lock *lock = b->tables->lock;
    bool global = cell(b, TABLE, at->defined, STR("global")).n > 0;
    str region = global ? STR(PRICE_LOCK_GLOBAL) : p->region;
    for (uint32_t i = 0; lock != NULL && i < PRICE_TIERS_MAX; i++) {
        const struct price_lock_row *row = price_lock_find(lock, b->arena, region, p->key, i);
        if (row == NULL ||
            (i == 0 ? row->from.n != 0 : num_cmp(row->from, p->tiers[i - 1].from) <= 0))
            break;
        p->tiers[p->ntiers++] = (struct price_tier){row->from, row->usd};
        if (i > 0)
            continue;
        p->published = row->published;
        p->source = row->service;
        p->locked = true;
    }
    return p->ntiers > 0;
}

static void add_tiers(struct price_book *b, struct price *p, struct price_row *at) {
    /* Prices of classes have one. */
    bool known = str_eq(at->defined, at->key);
    if (!known)
        add_tier(b, p, at);
    for (uint32_t i = 1; known; i++) {
        add_tier(b, p, at);
        at->key = arena_printf(b->arena, "%.*s+%u", STR_ARG(p->key), i);
        at->defined = at->key;
        at->column = STR("");
        catalog_lookup(b->tables, TABLE, at->key, STR("unit"), &known);
    }
}

/* Finds what defines the key. KEY+1 and KEY with a * are rows, and no keys. */
static bool find_place(struct price_book *b, str key, str region, struct price_row *ret) {
    bool known;
    if (str_find(key, '+') < key.n || str_find(key, '*') < key.n)
        return false;
    *ret = (struct price_row){.key = key, .defined = key};
    catalog_lookup(b->tables, TABLE, key, STR("unit"), &known);
    ret->column = catalog_match(b->tables, TABLE, key, &ret->row);
    if (!known)
        ret->defined = ret->column;
    ret->prices = arena_printf(b->arena, "prices/%.*s", STR_ARG(region));
    ret->classes = arena_printf(b->arena, "class-prices/%.*s", STR_ARG(region));
    return ret->defined.n > 0;
}

const struct price *price_about(struct price_book *b, str key, str region, bool *ret_known) {
    str name = arena_cat3(b->arena, key, STR(" "), region);
    struct price *p = map_get(&b->prices, name);
    if (p == NULL) {
        struct price_row at;
        p = ARENA_NEW(b->arena, struct price);
        *p = (struct price){.key = arena_str(b->arena, key),
                            .region = arena_str(b->arena, region),
                            .index = b->prices.n};
        p->known = find_place(b, p->key, p->region, &at);
        if (p->known) {
            define(b, p, &at);
            if (!add_locked(b, p, &at))
                add_tiers(b, p, &at);
        }
        map_add(b->arena, &b->prices, name, p);
    }
    *ret_known = p->known;
    return p->known ? p : NULL;
}

const struct price *price_find(struct price_book *b, str key, str region, bool *ret_known) {
    const struct price *p = price_about(b, key, region, ret_known);
    return p != NULL && p->ntiers > 0 ? p : NULL;
}

struct num price_months(int64_t days) {
    return num_ratio(days * 24, PRICE_MONTH_HOURS);
}

struct num price_of(const struct price *p, struct num quantity) {
    struct num sum = num_int(0);
    for (uint32_t i = 0; i < p->ntiers && num_cmp(quantity, p->tiers[i].from) > 0; i++) {
        bool last = i + 1 == p->ntiers || num_cmp(quantity, p->tiers[i + 1].from) <= 0;
        struct num to = last ? quantity : p->tiers[i + 1].from;
        sum = num_add(sum, num_mul(num_sub(to, p->tiers[i].from), p->tiers[i].usd));
    }
    return sum;
}

/* To a millionth: fractions of every kind, added up, would soon be more than fits. */
static struct num in_parts(struct num n) {
    struct num parts = num_mul(n, num_int(QUANTITY_PARTS));
    if (!num_ok(parts) || num_is_int(parts))
        return n;
    return num_ratio(num_floor(num_add(parts, num_ratio(1, 2))), QUANTITY_PARTS);
}

bool price_quantity(const struct price *p, struct quantity q, struct num *ret) {
    const struct unit_row *u = unit_row(p->unit);
    struct dim wanted = {.data = u->data ? 1 : 0};
    if (!dim_eq(q.dim, wanted) || q.percent)
        return false;
    *ret = in_parts(num_mul(q.value, u->each));
    return true;
}

bool price_is_data(const struct price *p) {
    return unit_row(p->unit)->data;
}

const char *price_takes(const struct price *p) {
    return unit_row(p->unit)->data ? "data such as 4 GiB/month" : "a number such as 10k/month";
}
