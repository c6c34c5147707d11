/* SPDX-License-Identifier: MIT */
/*
 * What opsc made for this graph under a name that is none of ours, and ops.yaml has no more (a
 * bucket whose name somebody chose), is known by its tags alone. The index of all tags says its
 * ARN, that its kind and its name, and it is looked for by that as what is wanted is: the index
 * tells for hours of what was deleted.
 */
#include "live/parts.h"

#include "live/path.h"

/* ---- the index */

static bool has_all(const struct value *wanted, const struct value *tags) {
    bool all = true;
    for (uint32_t i = 0; i < wanted->map.n && all; i++) {
        const struct value *is = wanted->map.fields[i].value;
        const struct value *v = value_get(tags, wanted->map.fields[i].name);
        all =
            v != NULL && v->type == VALUE_STR && is->type == VALUE_STR && str_eq(v->text, is->text);
    }
    return all;
}

static void take(struct need *n, const struct value *answer) {
    struct live *l = n->l;
    const struct value *list = value_get(answer, STR("ResourceTagMappingList"));
    for (uint32_t i = 0; list != NULL && list->type == VALUE_LIST && i < list->list.n; i++) {
        const struct value *item = list->list.items[i];
        const struct value *arn =
            item->type != VALUE_MAP ? NULL : value_get(item, STR("ResourceARN"));
        const struct value *has = arn == NULL ? NULL : value_get(item, STR("Tags"));
        const struct value *tags = has == NULL ? NULL : items_map(l->scratch, has);
        if (tags == NULL || arn->type != VALUE_STR || !graph_made(l->want, tags))
            continue;
        struct live_owned *o = ARENA_NEW(l->own, struct live_owned);
        *o = (struct live_owned){arena_str(l->own, arn->text), value_copy(l->own, tags), n->region};
        map_add(l->own, &l->owned, o->arn, o);
        if (has_all(l->want->tags, tags))
            map_add(l->own, &l->tagged, o->arn, l);
    }
}

/* ---- from an ARN to a kind and a name */

/* How ARNs of a kind are, of those that have tags; or NULL. */
static const char *arn_of(const struct resource_kind *kind) {
    int row = resource_attr_index(kind->attrs, kind->nattrs, "arn");
    const char *made = row < 0 ? NULL : kind->attrs[row].made;
    if (kind->data || kind->nreads == 0 || resource_tags_row(kind) < 0)
        return NULL;
    return made != NULL || kind->tags == NULL ? made : kind->tags->call.on;
}

/* "-??????" of a secret: what AWS puts behind a name. */
static bool ends_as(str s, str pattern) {
    bool same = s.n > pattern.n;
    for (uint32_t i = 0; same && i < pattern.n; i++)
        same = pattern.p[i] == '?' || pattern.p[i] == s.p[s.n - pattern.n + i];
    return same && str_find(pattern, '*') == pattern.n && str_find(pattern, '$') == pattern.n;
}

static bool skip(str *s, str start) {
    bool is = str_starts(*s, start);
    if (is)
        *s = str_sub(*s, start.n, s->n);
    return is;
}

/* The name in an ARN, and the attribute that it is of; the empty one: it is of another kind. */
static str name_in(const struct live *l, const struct resource_kind *kind, str region, str arn,
                   uint32_t *ret_row) {
    str rest = str_c(arn_of(kind));
    while (rest.n > 0) {
        str fixed = str_split(&rest, '$');
        if (!skip(&arn, fixed) || rest.n == 0)
            break;
        str var = str_split(&rest, '}');
        const struct live_result *r = l->ret;
        str is = str_is(var, "{partition") ? r->partition
                 : str_is(var, "{account") ? r->account
                 : str_is(var, "{region")  ? region
                                           : (str){NULL, 0};
        if (is.n > 0 && skip(&arn, is))
            continue;
        int row =
            is.n > 0 ? -1 : resource_attr_find(kind->attrs, kind->nattrs, str_sub(var, 1, var.n));
        if (row < 0 || (kind->attrs[row].flags & ATTR_IDENTITY) == 0 || !ends_as(arn, rest))
            break;
        *ret_row = (uint32_t)row;
        return str_sub(arn, 0, arn.n - rest.n);
    }
    return STR("");
}

/* By its name alone: of what is there all that is ours is. */
static bool is_wanted(const struct live *l, const struct resource_kind *kind,
                      enum graph_region region, str name) {
    bool any = false;
    for (uint32_t i = 0; i < l->want->nodes.n && !any; i++) {
        const struct node *n = l->want->nodes.at[i];
        any = n->kind == kind && n->region == region && !n->data && str_eq(n->name, name);
    }
    return any;
}

static void add(struct live *l, const struct live_owned *o, const struct resource_kind *kind) {
    enum graph_region region = kind->global_too ? o->region : GRAPH_REGION_HOME;
    uint32_t row = 0;
    str asked = region == GRAPH_REGION_HOME ? l->o->region : STR(GRAPH_GLOBAL_NAME);
    str name = name_in(l, kind, asked, o->arn, &row);
    if (name.n == 0)
        return;
    if (live_is_of_project(l->o, name) || is_wanted(l, kind, region, name))
        return;
    struct node *n = ARENA_NEW(l->a, struct node);
    *n = (struct node){.kind = kind, .region = region, .name = arena_str(l->a, name)};
    n->attrs = ARENA_ARRAY(l->a, struct value *, kind->nattrs + 1);
    n->attrs[row] = value_str(l->a, n->name, SPAN_NONE);
    VEC_PUSH(l->own, &l->unwanted, n);
    map_add(l->own, &l->unwanted_ids, n->name, n);
    map_add(l->own, &l->unwanted_ids, o->arn, n);
}

/* ---- all */

static void begin(struct live *l, enum graph_region region) {
    struct node *none = ARENA_NEW(l->a, struct node);
    *none = (struct node){.region = region};
    for (uint32_t i = 0; i < l->want->nodes.n; i++) {
        const struct node *n = l->want->nodes.at[i];
        if (n->region == region && live_has_tags(n))
            none->kind = n->kind;
    }
    struct need *need = live_need_new(l, &resource_get_resources, none);
    /* What is wanted cannot be compared without. */
    need->of_none = none->kind == NULL;
    need->take = take;
    live_begin(need, live_tag_filters(l, graph_made_tag));
}

bool live_read_owned(struct live *l) {
    if (!l->o->whole || !graph_made(l->want, l->want->tags))
        return false;
    begin(l, GRAPH_REGION_HOME);
    if (graph_reaches_global(l->o->region))
        begin(l, GRAPH_REGION_GLOBAL);
    aws_client_run(l->client);
    for (uint32_t i = 0; i < l->owned.n; i++) {
        const struct live_owned *o = l->owned.entries[i].value;
        for (uint32_t k = 0; k < resource_kinds_n; k++) {
            if (arn_of(resource_kinds[k]) != NULL)
                add(l, o, resource_kinds[k]);
        }
    }
    return true;
}

void live_mark_owned(struct live *l) {
    const struct graph *have = l->ret->have;
    if (l->owned.n == 0)
        return;
    live_know(l);
    for (uint32_t i = 0; i < have->nodes.n; i++) {
        struct node *n = have->nodes.at[i];
        int row = n->data ? -1 : resource_tags_row(n->kind);
        const struct value *arn =
            row < 0 || n->attrs[row] != NULL ? NULL : live_text_of(l, n, "arn");
        const struct live_owned *o = arn == NULL ? NULL : map_get(&l->owned, arn->text);
        if (o != NULL)
            n->attrs[row] = value_copy(l->a, o->tags);
    }
}

void live_note_unwanted(struct live *l, struct node *have) {
    bool wanted = live_is_of_project(l->o, have->name);
    for (uint32_t i = 0; i < l->want->nodes.n && !wanted; i++) {
        const struct known_node *pair = known_pair(&l->known, l->want->nodes.at[i]);
        wanted = pair != NULL && pair->have == have;
    }
    const struct value *arn = wanted ? NULL : live_text_of(l, have, "arn");
    if (!wanted)
        map_add(l->own, &l->unwanted_ids, have->name, have);
    if (arn != NULL)
        map_add(l->own, &l->unwanted_ids, arn->text, have);
}
