/* SPDX-License-Identifier: MIT */
#include "live/items.h"

#include "base/buf.h"
#include "live/path.h"

#define KEY_MAX (1u << 20)
#define SHARED_MAX 128 /* bytes of a text that is looked for among those that are there */

struct reader {
    struct arena *a; /* for what is not kept */
    struct items *to;
    const struct items_from *from;
    str why; /* not empty: something is strange */
};

static struct value *attr_of(struct reader *it, struct path_scope at,
                             const struct resource_attr *row);

static struct value *strange(struct reader *it, const struct resource_attr *row, const char *what) {
    if (it->why.n == 0)
        it->why = arena_printf(it->a, "%s of %s is not %s", row->read ? row->read : row->api,
                               it->from->kind->title, what);
    return NULL;
}

static struct value *document(struct reader *it, const struct value *v) {
    /* One of a list that a path has chosen. */
    if (v->type == VALUE_LIST && v->list.n == 1)
        v = v->list.items[0];
    if (v->type != VALUE_STR)
        return value_json(it->a, (struct value *)v, SPAN_NONE);
    struct value *parsed = path_document(it->a, v->text);
    /* What is no document differs from each, and that is worth telling. */
    return parsed != NULL ? value_json(it->a, parsed, SPAN_NONE) : (struct value *)v;
}

/* ---- maps: an object, or a list of names and values */

static struct value *of_pair(const struct value *pair, bool name) {
    static const char *const forms[][2] = {
        {"Name", "Value"}, {"Key", "Value"}, {"TagKey", "TagValue"}, {"key", "value"}};
    for (uint32_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct value *key = value_get(pair, str_c(forms[i][0]));
        struct value *value = value_get(pair, str_c(forms[i][1]));
        if (key != NULL && key->type == VALUE_STR && value != NULL)
            return name ? (struct value *)key : value;
    }
    return NULL;
}

struct value *items_map(struct arena *a, const struct value *v) {
    bool pair = v->type == VALUE_MAP && of_pair(v, true) != NULL && v->map.n == 2;
    if (v->type == VALUE_MAP && !pair)
        return (struct value *)v;
    /* XML has a text where a list is empty, and the item where it is one. */
    uint32_t n = v->type == VALUE_LIST ? v->list.n : pair ? 1 : 0;
    if (n == 0 && v->type != VALUE_LIST && !(v->type == VALUE_STR && v->text.n == 0))
        return NULL;
    struct value *r = value_map(a, n, SPAN_NONE);
    for (uint32_t i = 0; i < n; i++) {
        const struct value *item = pair ? v : v->list.items[i];
        if (of_pair(item, true) == NULL)
            return NULL;
        value_set(r, of_pair(item, true)->text, of_pair(item, false));
    }
    return r;
}

static struct value *map_of(struct reader *it, const struct resource_attr *row,
                            const struct value *v) {
    struct value *map = items_map(it->a, v);
    return map != NULL ? map : strange(it, row, "a list of names and values");
}

/* ---- blocks */

static struct value *block_of(struct reader *it, struct path_scope at,
                              const struct resource_attr *row) {
    struct value *b = ARENA_NEW(it->a, struct value);
    b->type = VALUE_BLOCK;
    b->block.attrs = ARENA_ARRAY(it->a, struct value *, row->nblock + 1);
    bool any = false;
    for (uint32_t i = 0; i < row->nblock; i++) {
        b->block.attrs[i] = attr_of(it, at, &row->block[i]);
        any = any || b->block.attrs[i] != NULL;
    }
    return any ? b : NULL;
}

static struct value *entries(struct arena *a, const struct value *map) {
    struct value *list = value_list(a, VALUE_LIST, map->map.n, SPAN_NONE);
    for (uint32_t i = 0; i < map->map.n; i++) {
        struct value *entry = value_map(a, 2, SPAN_NONE);
        value_set(entry, STR("Key"), value_str(a, map->map.fields[i].name, SPAN_NONE));
        value_set(entry, STR("Value"), map->map.fields[i].value);
        value_push(list, entry);
    }
    return list;
}

static struct value *blocks_of(struct reader *it, struct path_scope at,
                               const struct resource_attr *row, const struct value *v) {
    if ((row->flags & ATTR_ENTRIES) != 0 && v->type == VALUE_MAP)
        v = entries(it->a, v);
    uint32_t n = v->type == VALUE_LIST ? v->list.n : 1;
    struct value *list = value_list(it->a, VALUE_LIST, n, SPAN_NONE);
    for (uint32_t i = 0; i < n; i++) {
        const struct value *item = v->type == VALUE_LIST ? v->list.items[i] : v;
        if (item->type != VALUE_MAP)
            return strange(it, row, "a list of objects");
        struct value *b = block_of(it, (struct path_scope){&at, item}, row);
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

static struct value *scalar(struct reader *it, const struct resource_attr *row,
                            const struct value *v) {
    if (v->type != VALUE_STR && v->type != VALUE_NUM && v->type != VALUE_BOOL)
        return strange(it, row, "a text, number or boolean");
    if (v->type == VALUE_STR && row->yes != NULL)
        return value_bool(it->a, str_is(v->text, row->yes), SPAN_NONE);
    if (v->type != VALUE_STR || (row->read_after == 0 && row->read_put == NULL))
        return (struct value *)v;
    str text = str_after_last(v->text, row->read_after), put = str_c(row->read_put);
    return value_str(it->a, str_starts(text, put) ? text : arena_cat(it->a, put, text), SPAN_NONE);
}

static struct value *texts(struct reader *it, const struct resource_attr *row,
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
    struct value *list = value_list(it->a, VALUE_LIST, 1, SPAN_NONE);
    if (v->text.n > 0)
        value_push(list, (struct value *)v);
    return list;
}

static struct value *attr_of(struct reader *it, struct path_scope at,
                             const struct resource_attr *row) {
    bool block = row->type == ATTR_BLOCK || row->type == ATTR_BLOCKS;
    const char *path = row->read != NULL ? row->read : row->api;
    if (path == NULL || path[0] == 0)
        return block ? block_of(it, at, row) : NULL;
    if ((row->flags & ATTR_WRITE_ONLY) != 0)
        return NULL;
    const struct value *v = path_find(it->a, &at, str_c(path));
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
static bool is_absent(const struct reader *it, const struct node *n) {
    const struct resource_read *r = it->from->read;
    if (r->absent == NULL)
        return false;
    const struct value *v = node_get(n, r->absent);
    const struct value *id =
        v == NULL || v->type != VALUE_JSON ? NULL : value_get(v->json, STR("Id"));
    return v == NULL || (id != NULL && id->type == VALUE_STR && str_is(id->text, r->absent_id));
}

/* Whether a node is found by this attribute. */
static bool tells(const struct resource_kind *kind, const struct resource_attr *row) {
    return (row->flags & ATTR_IDENTITY) != 0 ||
           (kind->known_by != NULL && strcmp(row->tf, kind->known_by_is) == 0);
}

/* "role/policy": what it is a part of, then the rest of what it is found by. */
static str part_name(struct arena *a, const struct node *n) {
    const struct resource_kind *kind = n->kind;
    str name = str_after_last(node_get(n, kind->part_of_attr)->text, ':');
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        if ((kind->attrs[i].flags & ATTR_IDENTITY) != 0 &&
            strcmp(kind->attrs[i].tf, kind->part_of_attr) != 0)
            name = arena_cat3(a, name, STR("/"), n->attrs[i]->text);
    }
    return name;
}

/* By what it is found, with its own id, and the first of it as its name; false when it is not
 * there.
 */
static bool identify(struct reader *it, struct node *n, str *ret) {
    const struct resource_kind *kind = n->kind;
    struct buf b = BUF_INIT(KEY_MAX);
    buf_printf(&b, "%s %d", kind->tf, n->region);
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        const struct value *v = n->attrs[i];
        if (!tells(kind, &kind->attrs[i]) &&
            ((kind->attrs[i].flags & ATTR_OWN_ID) == 0 || v == NULL))
            continue;
        if (v == NULL || v->type != VALUE_STR || v->text.n == 0) {
            buf_done(&b);
            return strange(it, &kind->attrs[i], "there") != NULL;
        }
        if (n->name.n == 0 && (kind->attrs[i].flags & ATTR_IDENTITY) != 0)
            n->name = v->text;
        buf_byte(&b, 0);
        buf_put(&b, v->text);
    }
    if (kind->part_of != NULL)
        n->name = part_name(it->a, n);
    *ret = buf_keep(&b, it->a);
    return true;
}

/* ---- what stays: what a thousand alarms may have is there once */

static str bytes_of(const struct value *v) {
    return v->type == VALUE_STR ? v->text
                                : (str){(const unsigned char *)&v->number, sizeof v->number};
}

static struct value *kept_scalar(struct items *to, const struct value *v) {
    struct map *same = v->type == VALUE_STR ? &to->texts : &to->numbers;
    if (bytes_of(v).n > SHARED_MAX)
        return value_copy(to->into->arena, v);
    struct value *first = map_get(same, bytes_of(v));
    if (first != NULL)
        return first;
    first = value_copy(to->into->arena, v);
    map_add(to->own, same, bytes_of(first), first);
    return first;
}

static struct value *kept(struct reader *it, const struct resource_attr *row,
                          const struct value *v);

/* One of the same values is the same list. */
static struct value *kept_list(struct reader *it, const struct resource_attr *row,
                               const struct value *v) {
    struct arena *a = it->to->into->arena;
    struct value **items = ARENA_ARRAY(it->a, struct value *, v->list.n + 1);
    str key = {(const unsigned char *)items, (uint32_t)(v->list.n * sizeof *items)};
    for (uint32_t i = 0; i < v->list.n; i++)
        items[i] = kept(it, row, v->list.items[i]);
    struct value *to = key.n > SHARED_MAX ? NULL : map_get(&it->to->lists, key);
    if (to != NULL)
        return to;
    to = value_list(a, VALUE_LIST, v->list.n, v->at);
    for (uint32_t i = 0; i < v->list.n; i++)
        value_push(to, items[i]);
    key.p = (const unsigned char *)to->list.items;
    if (key.n <= SHARED_MAX)
        map_add(it->to->own, &it->to->lists, key, to);
    return to;
}

/* A value of an attribute, with its blocks, where the graph is. */
static struct value *kept(struct reader *it, const struct resource_attr *row,
                          const struct value *v) {
    struct arena *a = it->to->into->arena;
    bool own = (row->flags & (ATTR_IDENTITY | ATTR_COMPUTED)) != 0; /* this node's alone */
    if (v == NULL)
        return NULL;
    if (v->type == VALUE_LIST)
        return kept_list(it, row, v);
    if (!own && (v->type == VALUE_STR || v->type == VALUE_NUM))
        return kept_scalar(it->to, v);
    if (v->type != VALUE_BLOCK)
        return value_copy(a, v);
    struct value *to = ARENA_NEW(a, struct value);
    *to = *v;
    to->block.attrs = ARENA_ARRAY(a, struct value *, row->nblock + 1);
    for (uint32_t i = 0; i < row->nblock; i++)
        to->block.attrs[i] = kept(it, &row->block[i], v->block.attrs[i]);
    return to;
}

static struct node *kept_node(struct reader *it, const struct node *n) {
    struct arena *a = it->to->into->arena;
    struct node *to = ARENA_NEW(a, struct node);
    *to = *n;
    to->name = arena_str(a, n->name);
    to->attrs = ARENA_ARRAY(a, struct value *, n->kind->nattrs + 1);
    for (uint32_t i = 0; i < n->kind->nattrs; i++)
        to->attrs[i] = kept(it, &n->kind->attrs[i], n->attrs[i]);
    return to;
}

static struct value *joined(struct arena *a, const struct value *x, const struct value *y) {
    struct value *all = value_list(a, VALUE_LIST, x->list.n + y->list.n, SPAN_NONE);
    for (uint32_t i = 0; i < x->list.n; i++)
        value_push(all, x->list.items[i]);
    for (uint32_t i = 0; i < y->list.n; i++)
        value_push(all, y->list.items[i]);
    return all;
}

/* A node by what each call tells of it. */
struct found {
    struct node *node;   /* of the graph */
    struct node **parts; /* one for each read of the kind; NULL: it has not told of it yet */
};

/* What another answer to the same call has of it. */
static void merge(struct reader *it, struct node *into, const struct node *from) {
    struct arena *a = it->to->into->arena;
    for (uint32_t i = 0; i < from->kind->nattrs; i++) {
        const struct resource_attr *row = &from->kind->attrs[i];
        struct value **have = &into->attrs[i], *more = from->attrs[i];
        if (*have == NULL)
            *have = kept(it, row, more);
        else if (more != NULL && it->from->read->adds && row->type == ATTR_BLOCKS)
            *have = joined(a, *have, kept(it, row, more));
    }
}

/* Of what several calls tell, the first of the kind's rows counts, not the first to answer. */
static void settle(const struct found *f) {
    const struct resource_kind *kind = f->node->kind;
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        struct value *v = NULL;
        for (uint32_t k = 0; k < kind->nreads && v == NULL; k++)
            v = f->parts[k] == NULL ? NULL : f->parts[k]->attrs[i];
        f->node->attrs[i] = v;
    }
}

/* Of a kind that one call tells of, that is the node. */
static void begin_node(struct reader *it, struct found *f, struct node *part) {
    struct arena *a = it->to->into->arena;
    f->node = part;
    if (part->kind->nreads > 1) {
        f->node = ARENA_NEW(a, struct node);
        *f->node = *part;
        f->node->attrs = ARENA_ARRAY(a, struct value *, part->kind->nattrs + 1);
    }
    VEC_PUSH(a, &it->to->into->nodes, f->node);
}

static struct found *find_or_add(struct reader *it, str key, const struct resource_kind *kind) {
    struct arena *own = it->to->own;
    struct found *f = map_get(&it->to->nodes, key);
    if (f != NULL)
        return f;
    f = ARENA_NEW(own, struct found);
    f->parts = ARENA_ARRAY(own, struct node *, kind->nreads);
    map_add(own, &it->to->nodes, arena_str(own, key), f);
    return f;
}

static void add_node(struct reader *it, struct node *n) {
    const struct node *data = it->from->data;
    str key = STR("");
    if (data != NULL) {
        n->data = true;
        n->label = data->label;
        n->module = data->module;
        VEC_PUSH(it->to->into->arena, &it->to->into->nodes, kept_node(it, n));
        return;
    }
    if (!identify(it, n, &key))
        return;
    struct found *f = find_or_add(it, key, n->kind);
    struct node **part = &f->parts[it->from->read - n->kind->reads];
    if (*part == NULL)
        *part = kept_node(it, n);
    else
        merge(it, *part, n);
    if (f->node == NULL)
        begin_node(it, f, *part);
    if (n->kind->nreads > 1)
        settle(f);
}

static void add_item(struct reader *it, struct path_scope at) {
    const struct resource_kind *kind = it->from->kind;
    if (at.v->type != VALUE_MAP) {
        it->why = arena_printf(it->a, "%s is not a list of objects", it->from->read->items);
        return;
    }
    struct node *n = ARENA_NEW(it->a, struct node);
    *n = (struct node){.kind = kind, .region = it->from->region};
    n->attrs = ARENA_ARRAY(it->a, struct value *, kind->nattrs + 1);
    for (uint32_t i = 0; i < kind->nattrs; i++)
        n->attrs[i] = attr_of(it, at, &kind->attrs[i]);
    if (it->why.n == 0 && !is_absent(it, n))
        add_node(it, n);
}

/* Lists on the way are walked: "RoleDetailList/RolePolicyList" is all policies of all roles. */
static void walk(struct reader *it, struct path_scope at, str path) {
    if (at.v->type == VALUE_LIST) {
        for (uint32_t i = 0; i < at.v->list.n && it->why.n == 0; i++)
            walk(it, (struct path_scope){at.up, at.v->list.items[i]}, path);
        return;
    }
    /* XML has an empty text where a list is empty. */
    if (at.v->type == VALUE_STR && at.v->text.n == 0)
        return;
    if (path.n == 0) {
        add_item(it, at);
        return;
    }
    const struct value *v =
        path_find(it->a, &(struct path_scope){NULL, at.v}, str_split(&path, '/'));
    if (v != NULL)
        walk(it, (struct path_scope){&at, v}, path);
}

bool items_add(struct items *to, struct arena *scratch, const struct items_from *from,
               str *ret_why) {
    struct reader it = {.a = scratch, .to = to, .from = from};
    struct path_scope asked = {NULL, from->asked};
    walk(&it, (struct path_scope){&asked, from->answer}, str_c(from->read->items));
    if (it.why.n > 0)
        *ret_why = it.why;
    return it.why.n == 0;
}
