/* SPDX-License-Identifier: MIT */
#ifndef OPSC_PRICES_PRICE_LIST_H
#define OPSC_PRICES_PRICE_LIST_H

#include "base/arena.h"
#include "base/num.h"
#include "base/str.h"

/*
 * price_list: which row of AWS's price list is the price of which key, from
 * catalog/tables/price_list.yaml; and how AWS names a region in its types of usage, from
 * catalog/tables/usage_prefixes.yaml.
 *
 * In both tables - stands for a space. A key may have one *, which is then in its type of usage too
 * and stands for the same: a class of instances.
 */
enum { LIST_NEEDS_MAX = 6, LIST_PREFIXES_MAX = 4 };

struct list_need {
    str column, value;
};

struct list_row {
    str key;     /* "ec2.*.linux" */
    str service; /* AWS's code; empty: the list does not have it */
    str family, usage, operation;
    str unit;        /* spellings of AWS's unit, with | between them; empty: any */
    struct num each; /* how many units of the key are in one of AWS's */
    struct list_need needs[LIST_NEEDS_MAX];
    uint32_t nneeds;
};

struct price_list {
    struct list_row *rows;
    uint32_t n;
};

void price_list_open(struct arena *a, struct price_list *ret);
/* The row of a key: its own, else the one with a * that it fits; NULL: none. */
const struct list_row *price_list_find(const struct price_list *l, str key);
/* AWS's codes of the services in the list, sorted. */
str *price_list_services(struct arena *a, const struct price_list *l, uint32_t *ret_n);

/* Whether `text` is `pattern`, in which one * is any class; then ret_class is it, else empty. */
bool list_fits(str pattern, str text, str *ret_class);
/* The pattern with the class in place of its *. */
str list_fill(struct arena *a, str pattern, str class);
/* A cell of the tables beside a text of AWS's. */
bool list_is(str cell, str text);

/* What AWS puts before a type of usage in a region; one may be empty. */
struct list_prefixes {
    str items[LIST_PREFIXES_MAX];
    uint32_t n;
};
/* False: the table does not have the region. */
bool list_prefixes(struct arena *a, str region, struct list_prefixes *ret);
/* The type of usage without the region's prefix; false: it is of another region. */
bool list_strip(const struct list_prefixes *p, str usage, str *ret);

#endif
