/* SPDX-License-Identifier: MIT */
/*
 * Tags of a thousand alarms are ten calls to the index of all tags, which says which ARNs have all
 * that are wanted. It is minutes behind, and does not know every kind: who is not in it is asked
 * for one by one.
 */
#include "live/parts.h"

#include "live/path.h"

bool live_has_tags(const struct node *n) {
    return !n->data && resource_has_tags(n->kind, n->adopted);
}

/* ---- the index */

static void take_arns(struct need *n, const struct value *answer) {
    struct live *l = n->l;
    const struct value *arns = path_find(l->scratch, &(struct path_scope){NULL, answer},
                                         STR("ResourceTagMappingList/ResourceARN"));
    for (uint32_t i = 0; arns != NULL && arns->type == VALUE_LIST && i < arns->list.n; i++) {
        if (arns->list.items[i]->type == VALUE_STR)
            map_add(l->own, &l->tagged, arena_str(l->own, arns->list.items[i]->text), l);
    }
}

const struct value *live_tag_filters(struct live *l, bool (*is)(str name)) {
    const struct value *tags = l->want->tags;
    struct value *list = value_list(l->own, VALUE_LIST, tags->map.n, SPAN_NONE);
    for (uint32_t i = 0; i < tags->map.n; i++) {
        if (is != NULL && !is(tags->map.fields[i].name))
            continue;
        struct value *values = value_list(l->own, VALUE_LIST, 1, SPAN_NONE);
        struct value *filter = value_map(l->own, 2, SPAN_NONE);
        value_push(values, tags->map.fields[i].value);
        value_set(filter, STR("Key"), value_str(l->own, tags->map.fields[i].name, SPAN_NONE));
        value_set(filter, STR("Values"), values);
        value_push(list, filter);
    }
    struct value *asked = value_map(l->own, 1, SPAN_NONE);
    value_set(asked, STR("TagFilters"), list);
    return asked;
}

void live_begin_tags(struct live *l) {
    bool begun[] = {[GRAPH_REGION_HOME] = false, [GRAPH_REGION_GLOBAL] = false};
    for (uint32_t i = 0; i < l->want->nodes.n && l->want->tags != NULL; i++) {
        const struct node *n = l->want->nodes.at[i];
        if (!live_has_tags(n) || n->kind->nreads == 0 || begun[n->region])
            continue;
        struct need *need = live_need_new(l, &resource_get_resources, n);
        need->take = take_arns;
        live_begin(need, live_tag_filters(l, NULL));
        begun[n->region] = true;
    }
}

/* ---- one by one */

static void take_tags(struct need *n, const struct value *answer) {
    struct live *l = n->l;
    const struct resource_tags *t = n->have->kind->tags;
    const struct value *v = path_find(l->scratch, &(struct path_scope){NULL, answer}, str_c(t->at));
    const struct value *tags =
        v == NULL ? value_map(l->own, 0, SPAN_NONE) : items_map(l->scratch, v);
    if (tags == NULL)
        live_strange(n, arena_printf(l->scratch, "%s is not a map", t->at));
    n->have->attrs[resource_tags_row(n->have->kind)] = value_copy(l->a, tags);
}

const struct value *live_text_of(struct live *l, const struct node *have, const char *name) {
    int i = resource_attr_index(have->kind->attrs, have->kind->nattrs, name);
    if (i >= 0 && have->attrs[i] != NULL && have->attrs[i]->type == VALUE_STR)
        return have->attrs[i];
    struct value *ref = value_ref(l->own, have, name, SPAN_NONE);
    const struct value *v = known_value(&l->known, have, ref);
    return v->type == VALUE_STR ? v : NULL;
}

void live_ask_tags(struct live *l, const struct node *want, struct node *have) {
    const struct resource_call *c = &have->kind->tags->call;
    struct value *asked = value_map(l->own, c->nparams, SPAN_NONE);
    for (uint32_t i = 0; i < c->nparams; i++) {
        const struct value *v = live_text_of(l, have, c->params[i].from);
        if (v != NULL)
            value_set(asked, str_c(c->params[i].name), (struct value *)v);
    }
    struct need *n = live_need_new(l, c, want);
    n->take = take_tags;
    n->have = have;
    live_begin(n, asked);
}

void live_read_tags(struct live *l) {
    if (l->want->tags == NULL)
        return;
    live_know(l);
    for (uint32_t i = 0; i < l->want->nodes.n; i++) {
        const struct node *want = l->want->nodes.at[i];
        const struct known_node *pair = live_has_tags(want) ? known_pair(&l->known, want) : NULL;
        struct node *have = pair == NULL ? NULL : (struct node *)pair->have;
        int row = resource_tags_row(want->kind);
        if (have == NULL || have->attrs[row] != NULL)
            continue;
        const struct value *arn = live_text_of(l, have, "arn");
        if (arn != NULL && map_get(&l->tagged, arn->text) != NULL)
            have->attrs[row] = l->want->tags;
        else if (have->kind->tags != NULL)
            live_ask_tags(l, want, have);
    }
    aws_client_run(l->client);
}
