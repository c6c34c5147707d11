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

static bool has(struct arena *a, const struct value *list, const struct value *v) {
    str is = text_of(a, v);
    for (uint32_t i = 0; i < list->list.n; i++) {
        if (str_eq(text_of(a, list->list.items[i]), is))
            return true;
    }
    return false;
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
    int row = resource_attr_index(kind->attrs, kind->nattrs, w->each);
    if (row < 0) {
        *ret_why = arena_printf(from->a, "there is no attribute %s", w->each);
        return NULL;
    }
    const struct node *want = deleting ? NULL : from->node;
    const struct value *wanted = input_list(from, want, (uint32_t)row, ret_why);
    const struct value *there =
        wanted == NULL ? NULL : input_list(from, from->have, (uint32_t)row, ret_why);
    if (there == NULL)
        return NULL;
    const struct value *of = w->gone ? there : wanted, *but = w->gone ? wanted : there;
    struct value *r = value_list(from->a, VALUE_LIST, of->list.n, SPAN_NONE);
    for (uint32_t i = 0; i < of->list.n; i++) {
        if (!has(from->a, but, of->list.items[i]))
            value_push(r, of->list.items[i]);
    }
    if (w->keep > 0) {
        qsort((void *)r->list.items, r->list.n, sizeof *r->list.items, as_numbers);
        r->list.n -= r->list.n < w->keep ? r->list.n : w->keep;
    }
    return r;
}
