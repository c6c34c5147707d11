/* SPDX-License-Identifier: MIT */
#include "prices/price_list.h"

#include "catalog/catalog.h"
#include "catalog/table.h"

#include <stdlib.h>

#define CLASS_MAX 64

static str cell(str *rest) {
    str c = str_split(rest, ' ');
    *rest = str_trim(*rest);
    return str_is(c, "-") ? STR("") : c;
}

static struct list_row read_row(const struct table_row *row) {
    str rest = row->values;
    struct list_row r = {.key = row->name, .service = cell(&rest), .each = num_int(1)};
    r.family = cell(&rest);
    r.usage = cell(&rest);
    r.operation = cell(&rest);
    r.unit = cell(&rest);
    str each = cell(&rest), needs = cell(&rest);
    if (each.n > 0)
        num_scan(each, &r.each);
    while (needs.n > 0 && r.nneeds < LIST_NEEDS_MAX) {
        str value = str_split(&needs, ',');
        str column = str_split(&value, '=');
        r.needs[r.nneeds++] = (struct list_need){column, value};
    }
    return r;
}

void price_list_open(struct arena *a, struct price_list *ret) {
    struct table t = {0};
    catalog_open_table(STR("price_list"), &t);
    struct table_row row;
    VEC(struct list_row) rows = {0};
    for (str rest = t.rows; table_next(&rest, &row);)
        VEC_PUSH(a, &rows, read_row(&row));
    *ret = (struct price_list){rows.at, rows.n};
}

static bool is_class(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        if (!(ascii_is_lower(c) || ascii_is_digit(c) || c == '.' || c == '-'))
            return false;
    }
    return s.n > 0 && s.n <= CLASS_MAX;
}

bool list_fits(str pattern, str text, str *ret_class) {
    uint32_t star = str_find(pattern, '*');
    *ret_class = STR("");
    if (star == pattern.n)
        return str_eq(pattern, text);
    str before = str_sub(pattern, 0, star), after = str_sub(pattern, star + 1, pattern.n);
    if (text.n < before.n + after.n || !str_starts(text, before) || !str_ends(text, after))
        return false;
    *ret_class = str_sub(text, before.n, text.n - after.n);
    return is_class(*ret_class);
}

str list_fill(struct arena *a, str pattern, str class) {
    uint32_t star = str_find(pattern, '*');
    return star == pattern.n ? pattern
                             : arena_cat3(a, str_sub(pattern, 0, star), class,
                                          str_sub(pattern, star + 1, pattern.n));
}

bool list_is(str c, str text) {
    if (c.n != text.n)
        return false;
    for (uint32_t i = 0; i < c.n; i++) {
        if (c.p[i] != text.p[i] && !(c.p[i] == '-' && text.p[i] == ' '))
            return false;
    }
    return true;
}

const struct list_row *price_list_find(const struct price_list *l, str key) {
    const struct list_row *found = NULL;
    str class;
    for (uint32_t i = 0; i < l->n; i++) {
        if (str_eq(l->rows[i].key, key))
            return &l->rows[i];
        if (found == NULL && list_fits(l->rows[i].key, key, &class))
            found = &l->rows[i];
    }
    return found;
}

str *price_list_services(struct arena *a, const struct price_list *l, uint32_t *ret_n) {
    str *all = ARENA_ARRAY(a, str, l->n + 1);
    uint32_t n = 0, kept = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->rows[i].service.n > 0)
            all[n++] = l->rows[i].service;
    }
    qsort(all, n, sizeof *all, str_order);
    for (uint32_t i = 0; i < n; i++) {
        if (kept == 0 || !str_eq(all[kept - 1], all[i]))
            all[kept++] = all[i];
    }
    *ret_n = kept;
    return all;
}

bool list_prefixes(struct arena *a, str region, struct list_prefixes *ret) {
    struct table t = {0};
    catalog_open_table(STR("usage_prefixes"), &t);
    struct table_row row;
    for (str rest = t.rows; table_next(&rest, &row);) {
        if (!str_eq(row.name, region))
            continue;
        *ret = (struct list_prefixes){.items = {arena_cat(a, region, STR("-"))}, .n = 1};
        for (str words = row.values; words.n > 0 && ret->n < LIST_PREFIXES_MAX;) {
            str word = cell(&words);
            if (word.n > 0)
                ret->items[ret->n++] =
                    str_is(word, "none") ? STR("") : arena_cat(a, word, STR("-"));
        }
        return true;
    }
    return false;
}

bool list_strip(const struct list_prefixes *p, str usage, str *ret) {
    bool bare = false;
    for (uint32_t i = 0; i < p->n; i++) {
        bare |= p->items[i].n == 0;
        if (p->items[i].n > 0 && str_starts(usage, p->items[i])) {
            *ret = str_sub(usage, p->items[i].n, usage.n);
            return true;
        }
    }
    *ret = usage;
    return bare;
}
