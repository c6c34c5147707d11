/* SPDX-License-Identifier: MIT */
#include "diff/diff.h"

#include "diff/compare.h"
#include "resource/resource.h"

#include <stdlib.h>

static const char no_identity[] = "what it is found by is not known before it is there";
static const char lost[] = "it is looked up, and not there, or there is more than one";

enum diff_action diff_action_of(const struct diff_item *item) {
    enum diff_action action = DIFF_SAME;
    for (uint32_t i = 0; i < item->changes.n; i++) {
        const struct diff_change *d = &item->changes.at[i];
        if (d->replaces)
            return DIFF_REPLACE;
        if (!d->unknown)
            action = DIFF_CHANGE;
    }
    return action;
}

static uint32_t count_unknown(const struct diff_item *item) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < item->changes.n; i++)
        n += item->changes.at[i].unknown;
    return n;
}

static bool compare_nodes(struct known *k, const struct node *want, const struct node *have,
                          struct diff_item *into) {
    struct compare c = {.a = k->a, .k = k, .of = want, .into = into};
    return compare_attrs(&c, NULL, want->kind->attrs, want->kind->nattrs, want->attrs, have->attrs);
}

/* What most nodes are, and nothing of it has to be kept: its pair, and whether nothing differs. */
static const struct known_node *look(struct known *k, const struct node *want, bool *ret_same) {
    struct arena *a = k->a;
    k->a = k->scratch != NULL ? k->scratch : a;
    const struct known_node *pair = known_pair(k, want);
    *ret_same = k->scratch != NULL && pair != NULL && !pair->unclear && pair->have != NULL &&
                compare_nodes(k, want, pair->have, NULL);
    if (k->scratch != NULL)
        arena_clear(k->scratch);
    k->a = a;
    return pair;
}

struct diff_item diff_node(struct known *k, const struct node *want) {
    struct diff_item item = {.want = want};
    bool same;
    const struct diff_options *o = k->o;
    item.why = o->unread == NULL ? NULL : o->unread(o->ctx, want);
    item.action = DIFF_UNREAD;
    if (item.why != NULL)
        return item;
    const struct known_node *pair = look(k, want, &same);
    if (pair == NULL || pair->unclear) {
        item.why = no_identity;
        return item;
    }
    item.have = pair->have;
    item.action = DIFF_CREATE;
    if (item.have == NULL)
        return item;
    if (!same)
        compare_nodes(k, want, item.have, &item);
    item.action = diff_action_of(&item);
    return item;
}

bool diff_is_block(struct known *k, const struct node *of, const struct resource_attr *row,
                   const struct value *want, const struct value *have) {
    struct compare c = {.a = k->a, .k = k, .of = of};
    const struct compare_path at = {.name = str_c(row->tf)};
    return compare_attrs(&c, &at, row->block, row->nblock, want->block.attrs, have->block.attrs);
}

static void add(struct arena *a, struct diff *d, struct diff_item item) {
    d->sums[item.action]++;
    d->unknown += count_unknown(&item);
    VEC_PUSH(a, &d->items, item);
}

/* Index of the first attribute by which nodes of a kind are found, or -1. */
static int identity_row(const struct resource_kind *kind) {
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        if ((kind->attrs[i].flags & ATTR_IDENTITY) != 0)
            return (int)i;
    }
    return -1;
}

static str api_key(struct arena *a, const char *api, str name) {
    return arena_cat3(a, str_c(api), STR("\n"), name);
}

/* What is named by something that is wanted: a role that policies are attached to. */
static void add_named(struct known *k, struct map *named) {
    for (uint32_t i = 0; i < k->want->nodes.n; i++) {
        const struct node *w = k->want->nodes.at[i];
        for (uint32_t j = 0; !w->data && j < w->kind->nattrs; j++) {
            const struct resource_attr *row = &w->kind->attrs[j];
            if ((row->flags & ATTR_IDENTITY) == 0 || row->api == NULL)
                continue;
            const struct value *v = known_value(k, w, w->attrs[j]);
            if (v != NULL && v->type == VALUE_STR)
                map_add(k->a, named, api_key(k->a, row->api, v->text), named);
        }
    }
}

static bool is_named(struct known *k, const struct map *named, const struct node *n) {
    int at = identity_row(n->kind);
    const char *api = at < 0 ? NULL : n->kind->attrs[at].api;
    return api != NULL && map_get(named, api_key(k->a, api, n->name)) != NULL;
}

/* ---- what is not wanted */

struct orphan {
    const struct node *node;
    uint32_t at; /* in what is there */
};

/* Answers come in any order: by kind, region and name. */
static int in_order(const void *x, const void *y) {
    const struct orphan *p = x, *q = y;
    int c = strcmp(p->node->kind->tf, q->node->kind->tf);
    if (c == 0)
        c = (p->node->region > q->node->region) - (p->node->region < q->node->region);
    if (c == 0)
        c = str_cmp(p->node->name, q->node->name);
    return c != 0 ? c : (p->at > q->at) - (p->at < q->at);
}

/* A kind, a region and a name; of an ARN its end. */
static str name_key(struct known *k, const struct resource_kind *kind, enum graph_region region,
                    const struct node *of, const struct value *v) {
    const struct value *is = v == NULL ? NULL : known_value(k, of, v);
    if (is == NULL || is->type != VALUE_STR)
        return STR("");
    str name = str_after_last(is->text, ':');
    return arena_printf(k->a, "%s %d %.*s", kind->tf, region, STR_ARG(name));
}

/* What is made for this graph, and may have parts that nobody wants. */
static void add_owners(struct known *k, struct map *owners) {
    for (uint32_t i = 0; i < k->want->nodes.n; i++) {
        const struct node *n = k->want->nodes.at[i];
        int row = n->data || n->adopted ? -1 : identity_row(n->kind);
        str key = row < 0 ? STR("") : name_key(k, n->kind, n->region, n, n->attrs[row]);
        if (key.n > 0)
            map_add(k->a, owners, key, (void *)n);
    }
}

static bool is_by_aws(const struct node *n) {
    const struct resource_kind *kind = n->kind;
    const struct value *v = kind->by_aws == NULL ? NULL : node_get(n, kind->by_aws_attr);
    return v != NULL && v->type == VALUE_STR && str_is(v->text, kind->by_aws);
}

static bool is_ours(struct known *k, const struct map *owners, const struct map *named,
                    const struct node *n) {
    const struct resource_kind *kind = n->kind;
    if (is_by_aws(n))
        return false;
    if (kind->part_of == NULL)
        return k->o->ours(k->o->ctx, n) && !is_named(k, named, n);
    str key = name_key(k, kind->part_of, n->region, n, node_get(n, kind->part_of_attr));
    return key.n > 0 && map_get(owners, key) != NULL;
}

/* Nobody deletes a role that has policies. */
static void add_unwanted_owners(struct known *k, const struct graph *have, const struct map *named,
                                struct map *owners) {
    for (uint32_t i = 0; i < have->nodes.n; i++) {
        const struct node *n = have->nodes.at[i];
        int row = n->data || n->kind->part_of != NULL ? -1 : identity_row(n->kind);
        str key = row < 0 || !is_ours(k, owners, named, n)
                      ? STR("")
                      : name_key(k, n->kind, n->region, n, n->attrs[row]);
        if (key.n > 0)
            map_add(k->a, owners, key, (void *)n);
    }
}

/* Also a second one of a name that AWS lets several have. */
static void add_orphans(struct known *k, const struct graph *have, struct arena *a,
                        struct diff *d) {
    struct map taken = {0}, owners = {0}, named = {0};
    struct orphan *all = ARENA_ARRAY(k->a, struct orphan, have->nodes.n + 1);
    uint32_t n = 0;
    add_owners(k, &owners);
    add_named(k, &named);
    if (k->o->parts)
        add_unwanted_owners(k, have, &named, &owners);
    for (uint32_t i = 0; i < d->items.n; i++) {
        if (d->items.at[i].want != NULL && d->items.at[i].have != NULL)
            map_add(k->a, &taken, known_address(&d->items.at[i].have), d);
    }
    for (uint32_t i = 0; i < have->nodes.n; i++) {
        const struct node *h = have->nodes.at[i];
        str key = h->data ? STR("") : known_key(k, h);
        if (key.n > 0 && map_get(&taken, known_address(&h)) == NULL &&
            is_ours(k, &owners, &named, h))
            all[n++] = (struct orphan){h, i};
    }
    if (n > 1)
        qsort(all, n, sizeof *all, in_order);
    for (uint32_t i = 0; i < n; i++)
        add(a, d, (struct diff_item){.action = DIFF_ORPHAN, .have = all[i].node});
}

void diff_graphs(struct arena *a, const struct graph *want, const struct graph *have,
                 const struct diff_options *o, struct diff *ret) {
    struct arena *own = arena_small(a);
    struct known k;
    *ret = (struct diff){0};
    known_init(&k, own, want, have, o);
    k.scratch = arena_small(own);
    k.a = a;
    for (uint32_t i = 0; i < want->nodes.n; i++) {
        const struct node *n = want->nodes.at[i];
        if (!n->data)
            add(a, ret, diff_node(&k, n));
        else if (n->kind->nreads > 0 && known_pair(&k, n)->have == NULL)
            add(a, ret, (struct diff_item){.action = DIFF_LOST, .want = n, .why = lost});
    }
    k.a = own;
    if (o->ours != NULL)
        add_orphans(&k, have, a, ret);
    arena_free(own);
}
