/* SPDX-License-Identifier: MIT */
/*
 * A key is found by its alias. One that was made and got none, because everything ended between the
 * two calls, or whose alias somebody has deleted, is found by its tags: else there would be a
 * second one. That takes two calls for each key without an alias, and is done only where one lacks.
 */
#include "live/parts.h"

#include "live/path.h"

bool live_is_late(const struct resource_call *c) {
    while (c != NULL && !c->late)
        c = c->each;
    return c != NULL;
}

/* What is asked for each of a list that is late; NULL: the kind has none. */
static const struct resource_call *first_of(const struct resource_kind *kind) {
    for (uint32_t i = 0; i < kind->nreads; i++) {
        const struct resource_call *c = kind->reads[i].call;
        if (c->each != NULL && c->each->late)
            return c;
    }
    return NULL;
}

static bool is_named(struct live *l, const struct resource_kind *kind, str id) {
    const struct graph *g = l->ret->have;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = g->nodes.at[i];
        const struct value *v = n->kind == kind->known_by ? node_get(n, kind->known_by_attr) : NULL;
        if (v != NULL && v->type == VALUE_STR && str_eq(v->text, id))
            return true;
    }
    return false;
}

static void take_ids(struct need *n, const struct value *answer) {
    struct live *l = n->l;
    const struct resource_kind *kind = n->want->kind;
    const struct resource_call *c = first_of(kind);
    const struct path_scope whole = {NULL, answer};
    str path = arena_cat3(l->scratch, str_c(c->each_items), STR("/"), str_c(c->params[0].from));
    const struct value *ids = path_find(l->scratch, &whole, path);
    for (uint32_t i = 0; ids != NULL && ids->type == VALUE_LIST && i < ids->list.n; i++) {
        const struct value *id = ids->list.items[i];
        if (id->type != VALUE_STR || is_named(l, kind, id->text))
            continue;
        struct node *of = ARENA_NEW(l->a, struct node);
        *of = (struct node){.kind = kind, .region = n->region};
        of->attrs = ARENA_ARRAY(l->a, struct value *, kind->nattrs + 1);
        node_set(of, kind->known_by_is, value_copy(l->a, id));
        VEC_PUSH(l->a, &l->unnamed, of);
    }
}

/* A list for each kind and region of which one lacks. */
static void ask_ids(struct live *l) {
    for (uint32_t i = 0; i < l->want->nodes.n; i++) {
        const struct node *want = l->want->nodes.at[i];
        const struct resource_call *c =
            want->kind->known_by == NULL || want->data ? NULL : first_of(want->kind);
        const struct known_node *pair = c == NULL ? NULL : known_pair(&l->known, want);
        if (pair == NULL || pair->have != NULL)
            continue;
        struct need *n = live_need_of(l, c->each, want);
        if (n->take == NULL)
            live_begin(n, value_map(l->a, 0, SPAN_NONE));
        n->take = take_ids;
    }
    aws_client_run(l->client);
}

/* All that is told of one, which the calls after the first follow. */
static void ask_all(struct live *l, const struct node *of) {
    const struct resource_kind *kind = of->kind;
    const struct resource_call *first = first_of(kind);
    for (uint32_t i = 0; i < kind->nreads; i++) {
        if (live_is_late(kind->reads[i].call))
            live_need_of(l, kind->reads[i].call, of)->all = true;
    }
    struct value *asked = value_map(l->a, 1, SPAN_NONE);
    value_set(asked, str_c(first->params[0].name), (struct value *)node_get(of, kind->known_by_is));
    live_begin_one(live_need_of(l, first, of), asked);
}

void live_read_unnamed(struct live *l) {
    if (!graph_tells_owner(l->want))
        return;
    live_know(l);
    ask_ids(l);
    for (uint32_t i = 0; i < l->unnamed.n; i++)
        live_ask_tags(l, l->unnamed.at[i], l->unnamed.at[i]);
    if (l->unnamed.n > 0)
        aws_client_run(l->client);
    for (uint32_t i = 0; i < l->unnamed.n; i++) {
        const struct node *of = l->unnamed.at[i];
        if (graph_owns(l->want, of->attrs[resource_tags_row(of->kind)]))
            ask_all(l, of);
    }
    if (l->unnamed.n > 0)
        aws_client_run(l->client);
}
