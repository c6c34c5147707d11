/* SPDX-License-Identifier: MIT */
#include "apply/each.h"

#include "model/value_json.h"

#include <stdlib.h>

#define TEXT_MAX (1u << 20)

/* As the API has them two are one when they are the same text. */
static str text_of(struct arena *a, const struct value *v) {
    struct buf b = BUF_INIT(TEXT_MAX);
    value_put_json(&b, v);
    return buf_keep(&b, a);
}

static bool are_equal(const struct input_from *from, const struct resource_attr *row,
                      const struct value *wanted, const struct value *there) {
    return row->type == ATTR_BLOCKS ? diff_is_block(from->known, from->node, row, wanted, there)
                                    : str_eq(text_of(from->a, wanted), text_of(from->a, there));
}

/* Whether `v`, of what is there if `gone`, is in the other list. */
static bool has(const struct input_from *from, const struct resource_attr *row,
                const struct value *list, const struct value *v, bool gone) {
    bool found = false;
    for (uint32_t i = 0; i < list->list.n && !found; i++) {
        const struct value *other = list->list.items[i];
        found = are_equal(from, row, gone ? other : v, gone ? v : other);
    }
    return found;
}

/* Blocks as they are, texts as the API has them. */
static const struct value *items_of(const struct input_from *from, const struct node *n,
                                    uint32_t row, str *ret_why) {
    bool blocks = from->node->kind->attrs[row].type == ATTR_BLOCKS;
    const struct value *v = !blocks || n == NULL ? NULL : n->attrs[row];
    return v != NULL && v->type == VALUE_LIST ? v
           : blocks                           ? value_list(from->a, VALUE_LIST, 0, SPAN_NONE)
                                              : input_list(from, n, row, ret_why);
}

const struct resource_attr *each_row(const struct resource_kind *kind,
                                     const struct resource_write *w) {
    int row = w->each == NULL ? -1 : resource_attr_index(kind->attrs, kind->nattrs, w->each);
    return row < 0 ? NULL : &kind->attrs[row];
}

/* "v9" before "v10" */
static int as_numbers(const void *left, const void *right) {
    const struct value *const *l = left, *const *r = right;
    str a = (*l)->type == VALUE_STR ? (*l)->text : STR("");
    str b = (*r)->type == VALUE_STR ? (*r)->text : STR("");
    return a.n != b.n ? (a.n > b.n) - (a.n < b.n) : str_cmp(a, b);
}

const struct value *each_items(const struct input_from *from, const struct resource_write *w,
                               bool deleting, str *ret_why) {
    const struct resource_kind *kind = from->node->kind;
    const struct resource_attr *attr = each_row(kind, w);
    uint32_t row = attr == NULL ? 0 : (uint32_t)(attr - kind->attrs);
    if (attr == NULL) {
        *ret_why = arena_printf(from->a, "there is no attribute %s", w->each);
        return NULL;
    }
    const struct node *want = deleting ? NULL : from->node;
    const struct value *wanted = items_of(from, want, row, ret_why);
    const struct value *there = wanted == NULL ? NULL : items_of(from, from->have, row, ret_why);
    if (there == NULL)
        return NULL;
    const struct value *of = w->gone ? there : wanted, *but = w->gone ? wanted : there;
    struct value *r = value_list(from->a, VALUE_LIST, of->list.n, SPAN_NONE);
    for (uint32_t i = 0; i < of->list.n; i++) {
        if (!has(from, attr, but, of->list.items[i], w->gone))
            value_push(r, of->list.items[i]);
    }
    if (w->keep > 0) {
        qsort((void *)r->list.items, r->list.n, sizeof *r->list.items, as_numbers);
        r->list.n -= r->list.n < w->keep ? r->list.n : w->keep;
    }
    return r;
}
