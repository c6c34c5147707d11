/* SPDX-License-Identifier: MIT */
#include "model/graph.h"

#include "aws/endpoint.h"
#include "resource/resource.h"

#include <assert.h>

struct graph *graph_new(struct arena *a) {
    struct graph *g = ARENA_NEW(a, struct graph);
    g->arena = a;
    g->together = arena_within(a);
    return g;
}

static bool is_word(unsigned char c) {
    return ascii_is_alnum(c) || c == '_';
}

/* "kind.label": labels are unique per kind, and the key holds both. */
static str label_key(struct arena *a, const struct resource_kind *kind, str wanted) {
    uint32_t n = (uint32_t)strlen(kind->tf);
    bool digit = wanted.n == 0 || ascii_is_digit(wanted.p[0]);
    unsigned char *p = arena_alloc(a, (size_t)n + wanted.n + 3, 1);
    memcpy(p, kind->tf, n);
    p[n++] = '.';
    if (digit)
        p[n++] = '_';
    for (uint32_t i = 0; i < wanted.n; i++)
        p[n++] = is_word(wanted.p[i]) ? wanted.p[i] : '_';
    return (str){p, n};
}

struct node *graph_add(struct graph *g, const struct resource_kind *kind, str wanted, span at) {
    struct arena *a = g->arena;
    struct node *node = ARENA_NEW(g->together, struct node);
    str key = label_key(a, kind, wanted);
    const struct node *clash = map_add(a, &g->labels, key, node);
    uint32_t skip = (uint32_t)strlen(kind->tf) + 1;
    *node = (struct node){.kind = kind,
                          .label = str_sub(key, skip, key.n),
                          .at = at,
                          .index = g->nodes.n,
                          .data = kind->data,
                          .clash = clash};
    node->attrs = ARENA_ARRAY(a, struct value *, kind->nattrs + 1);
    VEC_PUSH(a, &g->nodes, node);
    return node;
}

void node_set(struct node *n, const char *attr, struct value *v) {
    const struct resource_kind *k = n->kind;
    int i = resource_attr_index(k->attrs + n->next, k->nattrs - n->next, attr);
    if (i >= 0)
        i += n->next;
    else
        i = resource_attr_index(k->attrs, n->next, attr);
    assert(i >= 0);
    n->attrs[i] = v;
    n->next = (uint16_t)(i + 1);
}

const struct value *node_get(const struct node *n, const char *attr) {
    int i = resource_attr_index(n->kind->attrs, n->kind->nattrs, attr);
    assert(i >= 0);
    return n->attrs[i];
}

bool graph_reaches_global(str region) {
    return !str_is(region, GRAPH_GLOBAL_NAME) &&
           aws_partition_of(region) == aws_partition_of(STR(GRAPH_GLOBAL_NAME));
}

#define MANAGED_BY "opsc"

struct value *graph_own_tags(struct arena *a, str project, str environment, span at) {
    struct value *tags = value_map(a, 3, at);
    value_set(tags, STR(GRAPH_TAG_PROJECT), value_str(a, project, at));
    value_set(tags, STR(GRAPH_TAG_ENVIRONMENT), value_str(a, environment, at));
    value_set(tags, STR(GRAPH_TAG_MANAGED_BY), value_str(a, STR(MANAGED_BY), at));
    return tags;
}

/* Others of the spec may change. */
static const char *const own_tags[] = {GRAPH_TAG_PROJECT, GRAPH_TAG_ENVIRONMENT};

static str tag(const struct value *tags, const char *name) {
    const struct value *v =
        tags == NULL || tags->type != VALUE_MAP ? NULL : value_get(tags, str_c(name));
    return v == NULL || v->type != VALUE_STR ? (str){NULL, 0} : v->text;
}

bool graph_tells_owner(const struct graph *g) {
    bool all = true;
    for (size_t i = 0; i < sizeof own_tags / sizeof *own_tags; i++)
        all = all && tag(g->tags, own_tags[i]).n > 0;
    return all;
}

bool graph_owns(const struct graph *g, const struct value *tags) {
    bool all = true;
    for (size_t i = 0; graph_tells_owner(g) && i < sizeof own_tags / sizeof *own_tags; i++)
        all = all && str_eq(tag(tags, own_tags[i]), tag(g->tags, own_tags[i]));
    return all;
}

bool graph_made(const struct graph *g, const struct value *tags) {
    return graph_tells_owner(g) && graph_owns(g, tags) &&
           str_is(tag(tags, GRAPH_TAG_MANAGED_BY), MANAGED_BY);
}

bool graph_made_tag(str name) {
    bool any = str_is(name, GRAPH_TAG_MANAGED_BY);
    for (size_t i = 0; i < sizeof own_tags / sizeof *own_tags; i++)
        any = any || str_is(name, own_tags[i]);
    return any;
}

static struct graph_block new_block(struct graph *g, const struct resource_attr *row, span at) {
    struct value *v = ARENA_NEW(g->arena, struct value);
    v->type = VALUE_BLOCK;
    v->at = at;
    v->block.attrs = ARENA_ARRAY(g->arena, struct value *, row->nblock);
    return (struct graph_block){v, row};
}

struct graph_block graph_block_of(struct graph *g, struct node *n, const char *attr, span at) {
    int i = resource_attr_index(n->kind->attrs, n->kind->nattrs, attr);
    assert(i >= 0 && n->kind->attrs[i].type == ATTR_BLOCK);
    struct graph_block b = new_block(g, &n->kind->attrs[i], at);
    n->attrs[i] = b.value;
    return b;
}

struct graph_block graph_block_in(struct graph *g, struct graph_block b, const char *attr,
                                  span at) {
    int i = resource_attr_index(b.row->block, b.row->nblock, attr);
    assert(i >= 0 && b.row->block[i].type == ATTR_BLOCK);
    struct graph_block inner = new_block(g, &b.row->block[i], at);
    b.value->block.attrs[i] = inner.value;
    return inner;
}

struct graph_block graph_block_push(struct graph *g, struct node *n, const char *attr,
                                    uint32_t capacity, span at) {
    int i = resource_attr_index(n->kind->attrs, n->kind->nattrs, attr);
    assert(i >= 0 && n->kind->attrs[i].type == ATTR_BLOCKS);
    if (n->attrs[i] == NULL)
        n->attrs[i] = value_list(g->arena, VALUE_LIST, capacity, at);
    struct graph_block b = new_block(g, &n->kind->attrs[i], at);
    value_push(n->attrs[i], b.value);
    return b;
}

struct graph_block graph_block_push_in(struct graph *g, struct graph_block b, const char *attr,
                                       uint32_t capacity, span at) {
    int i = resource_attr_index(b.row->block, b.row->nblock, attr);
    assert(i >= 0 && b.row->block[i].type == ATTR_BLOCKS);
    struct value **list = &b.value->block.attrs[i];
    if (*list == NULL)
        *list = value_list(g->arena, VALUE_LIST, capacity, at);
    struct graph_block inner = new_block(g, &b.row->block[i], at);
    value_push(*list, inner.value);
    return inner;
}

void graph_block_set(struct graph_block b, const char *attr, struct value *v) {
    int i = resource_attr_index(b.row->block, b.row->nblock, attr);
    assert(i >= 0);
    b.value->block.attrs[i] = v;
}

void graph_leave_out(struct graph *g, const struct resource_kind *kind, str module, str text,
                     span at) {
    VEC_PUSH(g->arena, &g->omissions, (struct graph_omission){g->nodes.n, kind, module, text, at});
}

bool graph_has(const struct graph *g, const struct resource_kind *kind) {
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        if (g->nodes.at[i]->kind == kind)
            return true;
    }
    return false;
}
