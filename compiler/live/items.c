/* SPDX-License-Identifier: MIT */
#include "live/items.h"

#include "live/answer.h"
#include "model/value_json.h"

struct items {
    struct graph *g;
    const struct resource_kind *kind;
    enum graph_region region;
    str why; /* not empty: something is strange */
};

/* What stands in what, from the answer down to the item. */
struct scope {
    const struct scope *up;
    const struct value *v;
};

static struct value *attr_of(struct items *it, struct scope at, const struct resource_attr *row);

static struct value *strange(struct items *it, const struct resource_attr *row, const char *what) {
    if (it->why.n == 0)
        it->why = arena_printf(it->g->arena, "%s of %s is not %s", row->read ? row->read : row->api,
                               it->kind->title, what);
    return NULL;
}

str items_after(str s, char after) {
    for (uint32_t i = s.n; i > 0 && after != 0; i--) {
        if (s.p[i - 1] == (unsigned char)after)
            return str_sub(s, i, s.n);
    }
    return s;
}

static const struct value *find(struct scope at, const struct resource_attr *row) {
    str path = str_c(row->read != NULL ? row->read : row->api);
    const struct scope *s = &at;
    while (str_starts(path, STR("../")) && s->up != NULL) {
        path = str_sub(path, 3, path.n);
        s = s->up;
    }
    return answer_at(s->v, path);
}

/* ---- texts of JSON */

static int hex(unsigned char c) {
    unsigned char lower = (unsigned char)(c | 0x20);
    return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* IAM sends documents percent-encoded, where no JSON begins with %. */
static str decoded(struct arena *a, str s) {
    if (s.n == 0 || s.p[0] != '%')
        return s;
    unsigned char *p = arena_alloc(a, s.n, 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        int high = i + 2 < s.n ? hex(s.p[i + 1]) : -1, low = i + 2 < s.n ? hex(s.p[i + 2]) : -1;
        bool code = s.p[i] == '%' && high >= 0 && low >= 0;
        p[n++] = code ? (unsigned char)(high * 16 + low) : s.p[i];
        i += code ? 2 : 0;
    }
    return (str){p, n};
}

static struct value *document(struct items *it, const struct value *v) {
    struct arena *a = it->g->arena;
    const char *why;
    if (v->type != VALUE_STR)
        return value_json(a, (struct value *)v, SPAN_NONE);
    str text = decoded(a, v->text);
    struct value *parsed = value_of_json(a, text, &why);
    /* What is no document differs from each, and that is worth telling. */
    return parsed != NULL ? value_json(a, parsed, SPAN_NONE) : value_str(a, text, SPAN_NONE);
}

/* ---- maps: an object, or a list of names and values */

static struct value *map_of(struct items *it, const struct resource_attr *row,
                            const struct value *v) {
    if (v->type == VALUE_MAP)
        return (struct value *)v;
    if (v->type != VALUE_LIST)
        return strange(it, row, "a map");
    struct value *r = value_map(it->g->arena, v->list.n, SPAN_NONE);
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct value *name = value_get(v->list.items[i], STR("Name"));
        struct value *value = value_get(v->list.items[i], STR("Value"));
        if (name == NULL || name->type != VALUE_STR || value == NULL)
            return strange(it, row, "a list of names and values");
        value_set(r, name->text, value);
    }
    return r;
}

/* ---- blocks */

static struct value *block_of(struct items *it, struct scope at, const struct resource_attr *row) {
    struct value *b = ARENA_NEW(it->g->arena, struct value);
    b->type = VALUE_BLOCK;
    b->block.attrs = ARENA_ARRAY(it->g->arena, struct value *, row->nblock + 1);
    bool any = false;
    for (uint32_t i = 0; i < row->nblock; i++) {
        b->block.attrs[i] = attr_of(it, at, &row->block[i]);
        any = any || b->block.attrs[i] != NULL;
    }
    return any ? b : NULL;
}

static struct value *blocks_of(struct items *it, struct scope at, const struct resource_attr *row,
                               const struct value *v) {
    uint32_t n = v->type == VALUE_LIST ? v->list.n : 1;
    struct value *list = value_list(it->g->arena, VALUE_LIST, n, SPAN_NONE);
    for (uint32_t i = 0; i < n; i++) {
        const struct value *item = v->type == VALUE_LIST ? v->list.items[i] : v;
        if (item->type != VALUE_MAP)
            return strange(it, row, "a list of objects");
        struct value *b = block_of(it, (struct scope){&at, item}, row);
        if (b == NULL)
            return strange(it, row, "one with anything that opsc knows");
        value_push(list, b);
    }
    /* Terraform has one where AWS has a list: of more all are told. */
    return row->type == ATTR_BLOCK && n == 1   ? list->list.items[0]
           : row->type == ATTR_BLOCK && n == 0 ? NULL
                                               : list;
}

/* ---- attributes */

static struct value *scalar(struct items *it, const struct resource_attr *row,
                            const struct value *v) {
    if (v->type != VALUE_STR && v->type != VALUE_NUM && v->type != VALUE_BOOL)
        return strange(it, row, "a text, number or boolean");
    if (row->read_after == 0 || v->type != VALUE_STR)
        return (struct value *)v;
    return value_str(it->g->arena, items_after(v->text, row->read_after), SPAN_NONE);
}

static struct value *texts(struct items *it, const struct resource_attr *row,
                           const struct value *v) {
    if (v->type == VALUE_LIST) {
        for (uint32_t i = 0; i < v->list.n; i++) {
            if (v->list.items[i]->type != VALUE_STR)
                return strange(it, row, "a list of texts");
        }
        return (struct value *)v;
    }
    /* XML says nothing where a list is empty. */
    if (v->type != VALUE_STR)
        return strange(it, row, "a list");
    struct value *list = value_list(it->g->arena, VALUE_LIST, 1, SPAN_NONE);
    if (v->text.n > 0)
        value_push(list, (struct value *)v);
    return list;
}

static struct value *attr_of(struct items *it, struct scope at, const struct resource_attr *row) {
    bool block = row->type == ATTR_BLOCK || row->type == ATTR_BLOCKS;
    if (row->api == NULL && row->read == NULL)
        return block ? block_of(it, at, row) : NULL;
    if ((row->flags & ATTR_WRITE_ONLY) != 0)
        return NULL;
    const struct value *v = find(at, row);
    if (v == NULL || it->why.n > 0)
        return NULL;
    switch (row->type) {
    case ATTR_STR:
    case ATTR_NUM:
    case ATTR_BOOL:
        return scalar(it, row, v);
    case ATTR_STR_LIST:
    case ATTR_STR_SET:
        return texts(it, row, v);
    case ATTR_STR_MAP:
        return map_of(it, row, v);
    case ATTR_JSON:
        return document(it, v);
    case ATTR_BLOCK:
    case ATTR_BLOCKS:
        return blocks_of(it, at, row, v);
    }
    return NULL;
}

/* ---- nodes */

/* What AWS has there when nobody made one. */
static bool is_absent(const struct node *n) {
    const struct resource_read *r = n->kind->read;
    if (r->absent == NULL)
        return false;
    const struct value *v = node_get(n, r->absent);
    const struct value *id =
        v == NULL || v->type != VALUE_JSON ? NULL : value_get(v->json, STR("Id"));
    return v == NULL || (id != NULL && id->type == VALUE_STR && str_is(id->text, r->absent_id));
}

/* False when an attribute that it is found by is not there. */
static bool has_identity(struct items *it, const struct node *n) {
    for (uint32_t i = 0; i < n->kind->nattrs; i++) {
        const struct value *v = n->attrs[i];
        if ((n->kind->attrs[i].flags & ATTR_IDENTITY) != 0 &&
            (v == NULL || v->type != VALUE_STR || v->text.n == 0))
            return strange(it, &n->kind->attrs[i], "there") != NULL;
    }
    return true;
}

static void add_item(struct items *it, struct scope at) {
    if (at.v->type != VALUE_MAP) {
        it->why = arena_printf(it->g->arena, "%s is not a list of objects", it->kind->read->items);
        return;
    }
    struct node *n = ARENA_NEW(it->g->arena, struct node);
    *n = (struct node){.kind = it->kind, .region = it->region};
    n->attrs = ARENA_ARRAY(it->g->arena, struct value *, it->kind->nattrs + 1);
    for (uint32_t i = 0; i < it->kind->nattrs; i++)
        n->attrs[i] = attr_of(it, at, &it->kind->attrs[i]);
    if (it->why.n > 0 || is_absent(n) || !has_identity(it, n))
        return;
    for (uint32_t i = 0; i < it->kind->nattrs && n->name.n == 0; i++) {
        if ((it->kind->attrs[i].flags & ATTR_IDENTITY) != 0)
            n->name = n->attrs[i]->text;
    }
    VEC_PUSH(it->g->arena, &it->g->nodes, n);
}

/* Lists on the way are walked: "RoleDetailList/RolePolicyList" is all policies of all roles. */
static void walk(struct items *it, struct scope at, str path) {
    if (at.v->type == VALUE_LIST) {
        for (uint32_t i = 0; i < at.v->list.n && it->why.n == 0; i++)
            walk(it, (struct scope){at.up, at.v->list.items[i]}, path);
        return;
    }
    /* XML has an empty text where a list is empty. */
    if (at.v->type == VALUE_STR && at.v->text.n == 0)
        return;
    if (path.n == 0) {
        add_item(it, at);
        return;
    }
    const struct value *v = value_get(at.v, str_split(&path, '/'));
    if (v != NULL && v->type != VALUE_UNSET)
        walk(it, (struct scope){&at, v}, path);
}

bool items_add(struct graph *g, const struct resource_kind *kind, enum graph_region region,
               const struct value *answer, str *ret_why) {
    struct items it = {.g = g, .kind = kind, .region = region};
    walk(&it, (struct scope){NULL, answer}, str_c(kind->read->items));
    if (it.why.n > 0)
        *ret_why = it.why;
    return it.why.n == 0;
}
