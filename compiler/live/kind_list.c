/* SPDX-License-Identifier: MIT */
#include "live/kind_list.h"

#include "live/path.h"

#include <stdlib.h>

/* A kind in a region, while it is listed. */
struct kind_asked {
    struct kind_lists *to;
    const struct cat_kind *kind;
    struct resource_call each;
    struct listed_call call;
};

/* ---- items */

/* The first, of several. */
static str text_of(struct arena *a, const struct value *v) {
    if (v != NULL && v->type == VALUE_LIST)
        v = v->list.n > 0 ? v->list.items[0] : NULL;
    return value_text(a, v);
}

static str after_last(str s, str mark) {
    for (uint32_t i = s.n; mark.n > 0 && i >= mark.n; i--) {
        if (str_eq(str_sub(s, i - mark.n, i), mark))
            return str_sub(s, i, s.n);
    }
    return s;
}

static str before_first(str s, str mark) {
    for (uint32_t i = 0; mark.n > 0 && i + mark.n <= s.n; i++) {
        if (str_eq(str_sub(s, i, i + mark.n), mark))
            return str_sub(s, 0, i);
    }
    return s;
}

static str attribute_of(struct arena *a, const struct cat_listed *row, const struct value *item) {
    const struct path_scope at = {NULL, item};
    bool itself = str_is(row->from.text, ".");
    str text = text_of(a, itself ? item : path_find(a, &at, row->from.text));
    text = before_first(after_last(text, row->after.text), row->before.text);
    return text.n > 0 && row->unit.text.n > 0 ? arena_cat3(a, text, STR(" "), row->unit.text)
                                              : text;
}

static str member(const struct value *v, const char *lower, const char *upper) {
    const struct value *m = v->type != VALUE_MAP ? NULL : value_get(v, str_c(lower));
    if (m == NULL && v->type == VALUE_MAP)
        m = value_get(v, str_c(upper));
    return m == NULL || m->type != VALUE_STR ? STR("") : m->text;
}

static struct cfg_pairs tags_of(struct arena *a, const struct cat_kind *k,
                                const struct value *item) {
    struct cfg_pairs r = {0};
    const struct path_scope at = {NULL, item};
    const struct value *v = k->list.tags.text.n == 0 || item->type != VALUE_MAP
                                ? NULL
                                : path_find(a, &at, k->list.tags.text);
    uint32_t n = v == NULL || v->type != VALUE_LIST ? 0 : v->list.n;
    r.items = ARENA_ARRAY(a, struct cfg_pair, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        r.items[r.n].key.text = member(v->list.items[i], "key", "Key");
        r.items[r.n++].value.text = member(v->list.items[i], "value", "Value");
    }
    return r;
}

static void take_item(void *ctx, const struct value *v) {
    const struct kind_asked *l = ctx;
    struct arena *a = l->to->listed.a;
    const struct cat_list *list = &l->kind->list;
    struct kind_item item = {.kind = l->kind, .region = l->call.region};
    item.attributes = ARENA_ARRAY(a, struct cfg_pair, list->attributes.n + 1);
    for (uint32_t i = 0; i < list->attributes.n; i++) {
        const struct cat_listed *row = &list->attributes.items[i];
        str text = attribute_of(a, row, v);
        if (text.n == 0)
            continue;
        item.attributes[item.n].key = row->name;
        item.attributes[item.n++].value.text = text;
    }
    item.tags = tags_of(a, l->kind, v);
    VEC_PUSH(a, &l->to->items, item);
}

/* ---- questions */

static const char *word(struct arena *a, str s) {
    return s.n == 0 ? NULL : (const char *)arena_str(a, s).p;
}

/* One that asks the same: balancers of two kinds are in one list. */
static struct kind_asked *asks_same(const struct kind_lists *r, const struct kind_asked *l) {
    for (uint32_t i = 0; i < r->asked.n; i++) {
        struct kind_asked *other = r->asked.at[i];
        const struct cat_list *x = &other->kind->list, *y = &l->kind->list;
        if (str_eq(x->service.text, y->service.text) && !given(x->each.at) && !given(y->each.at) &&
            str_eq(x->operation.text, y->operation.text) && str_eq(x->input.text, y->input.text) &&
            str_eq(x->path.text, y->path.text) && str_eq(x->page_in.text, y->page_in.text) &&
            str_eq(x->page_out.text, y->page_out.text) &&
            str_eq(other->call.region, l->call.region))
            return other;
    }
    return NULL;
}

static void begin(struct kind_lists *r, struct kind_asked *l) {
    struct kind_asked *other = asks_same(r, l);
    if (other != NULL) {
        l->call.same = other->call.same;
        other->call.same = &l->call;
        return;
    }
    VEC_PUSH(r->listed.a, &r->asked, l);
    listed_ask(&r->listed, &l->call);
}

void kind_lists_ask(struct kind_lists *to, const struct cat_kind *k) {
    struct arena *a = to->listed.a;
    const struct cat_list *row = &k->list;
    bool one_region = k->region.text.n > 0 && str_find(k->region.text, '$') == k->region.text.n;
    if (one_region && !str_is(to->listed.ret->partition, "aws"))
        return;
    struct kind_asked *l = ARENA_NEW(a, struct kind_asked);
    *l = (struct kind_asked){.to = to, .kind = k, .call = {.ctx = l}};
    l->call.region = one_region ? k->region.text : to->region;
    struct resource_call *c = &l->call.call;
    *c = (struct resource_call){.service = word(a, row->service.text),
                                .operation = word(a, row->operation.text),
                                .path = word(a, row->path.text),
                                .root = word(a, row->root.text),
                                .input = word(a, row->input.text),
                                .token_in = word(a, row->page_in.text),
                                .token_out = word(a, row->page_out.text)};
    if (given(row->each.at)) {
        l->each = (struct resource_call){.service = c->service,
                                         .operation = word(a, row->each.operation.text),
                                         .token_in = word(a, row->each.page_in.text),
                                         .token_out = word(a, row->each.page_out.text)};
        c->each = &l->each;
        c->each_items = word(a, row->each.items.text);
        l->call.each_as = word(a, row->each.as.text);
    }
    l->call.items = row->items.text;
    l->call.take = take_item;
    begin(to, l);
}

/* Of two with one name the second gets another. */
static int by_text(const void *x, const void *y) {
    const struct kind_item *a = x, *b = y;
    int order = str_cmp(a->kind->kind.text, b->kind->kind.text);
    for (uint32_t i = 0; order == 0 && i < a->n && i < b->n; i++)
        order = str_cmp(a->attributes[i].value.text, b->attributes[i].value.text);
    return order;
}

void kind_lists_sort(struct kind_lists *to) {
    if (to->items.n > 1)
        qsort(to->items.at, to->items.n, sizeof *to->items.at, by_text);
}
