/* SPDX-License-Identifier: MIT */
#include "catalog/price_keys.h"

#include "catalog/price_lock.h"
#include "catalog/table.h"

#include <stdlib.h>

struct keys {
    struct arena *a;
    struct map seen;
};

static void add(struct keys *k, str key) {
    map_add(k->a, &k->seen, key, k);
}

static void add_defined(struct keys *k) {
    struct table t;
    struct table_row row;
    if (!catalog_open_table(STR("prices"), &t))
        return;
    for (str rest = t.rows; table_next(&rest, &row);) {
        if (str_find(row.name, '+') == row.name.n && str_find(row.name, '*') == row.name.n)
            add(k, row.name);
    }
}

/* A column is a key with a *, a row what stands in its place. */
static void add_classes(struct keys *k, str region) {
    struct table t;
    struct table_row row;
    if (!catalog_open_table(arena_cat(k->a, STR("class-prices/"), region), &t))
        return;
    for (str rest = t.rows; table_next(&rest, &row);) {
        for (uint32_t i = 0; i < t.ncolumns; i++) {
            str value = str_split(&row.values, ' '), column = t.columns[i];
            uint32_t star = str_find(column, '*');
            if (value.n > 0 && !str_is(value, "-"))
                add(k, arena_cat3(k->a, str_sub(column, 0, star), row.name,
                                  str_sub(column, star + 1, column.n)));
        }
    }
}

static void add_locked(struct keys *k, const struct price_lock *lock, str region) {
    for (uint32_t i = 0; lock != NULL && i < lock->rows.n; i++) {
        str key = lock->rows.at[i]->name, place = str_split(&key, '/');
        if (str_eq(place, region) && str_find(key, '+') == key.n)
            add(k, key);
    }
}

str *price_keys(struct arena *a, struct catalog *tables, str region, uint32_t *ret_n) {
    struct keys k = {.a = a};
    add_defined(&k);
    add_classes(&k, region);
    add_locked(&k, tables->lock, region);
    str *ret = ARENA_ARRAY(a, str, k.seen.n + 1);
    for (uint32_t i = 0; i < k.seen.n; i++)
        ret[i] = k.seen.entries[i].key;
    qsort(ret, k.seen.n, sizeof *ret, str_order);
    *ret_n = k.seen.n;
    return ret;
}
