/* SPDX-License-Identifier: MIT */
/*
 * How a list is asked for, so that an account full of others' things takes no more calls than an
 * empty one: by what the names of this project begin with, and by name what is called otherwise;
 * or in the few things in which all that is wanted is.
 */
#include "live/parts.h"

static bool tells_of(const struct need *need, const struct node *n) {
    for (uint32_t i = 0; !n->data && n->region == need->region && i < n->kind->nreads; i++) {
        for (const struct resource_call *c = n->kind->reads[i].call; c != NULL; c = c->each) {
            if (c == need->call)
                return true;
        }
    }
    return false;
}

static struct value *one_param(struct need *need, const char *name, struct value *v) {
    struct value *asked = value_map(need->l->own, 1, SPAN_NONE);
    value_set(asked, str_c(name), v);
    return asked;
}

/* ---- by name */

static str prefix_of(const struct need *need) {
    const struct live_options *o = need->l->o;
    return need->call->in_path && o->path.n > 0 ? o->path : o->prefix;
}

/* Names that do not begin with the prefix, each once; false: not all are known. */
static bool others(const struct need *need, struct map *ret) {
    const struct live *l = need->l;
    for (uint32_t i = 0; i < l->want->nodes.n; i++) {
        const struct node *n = l->want->nodes.at[i];
        if (!tells_of(need, n))
            continue;
        if (n->name.n == 0)
            return false;
        if (!str_starts(n->name, prefix_of(need)))
            map_add(l->own, ret, n->name, l->want->nodes.at[i]);
    }
    for (uint32_t i = 0; i < l->unwanted.n; i++) {
        struct node *n = l->unwanted.at[i];
        if (tells_of(need, n) && !str_starts(n->name, prefix_of(need)))
            map_add(l->own, ret, n->name, n);
    }
    return true;
}

static void by_names(struct need *need, const struct map *names) {
    const struct resource_call *c = need->call;
    for (uint32_t i = 0; i < names->n; i += c->names_max) {
        struct value *list = value_list(need->l->own, VALUE_LIST, c->names_max, SPAN_NONE);
        for (uint32_t k = i; k < names->n && k < i + c->names_max; k++)
            value_push(list, value_str(need->l->own, names->entries[k].key, SPAN_NONE));
        live_begin(need, one_param(need, c->names, list));
    }
}

static bool by_prefix(struct need *need) {
    const struct resource_call *c = need->call;
    struct live *l = need->l;
    struct map names = {0};
    if (c->prefix == NULL || prefix_of(need).n == 0 || !others(need, &names) ||
        (names.n > 0 && c->names == NULL))
        return false;
    live_begin(need, one_param(need, c->prefix, value_str(l->own, prefix_of(need), SPAN_NONE)));
    by_names(need, &names);
    return true;
}

/* ---- within others */

static bool by_places(struct need *need) {
    const struct resource_call *c = need->call;
    struct live *l = need->l;
    struct map places = {0};
    for (uint32_t i = 0; c->within != NULL && i < l->want->nodes.n; i++) {
        const struct node *n = l->want->nodes.at[i];
        if (!tells_of(need, n))
            continue;
        int at = resource_attr_index(n->kind->attrs, n->kind->nattrs, c->within_attr);
        const struct value *v = at < 0 ? NULL : known_value(&l->known, n, n->attrs[at]);
        if (v == NULL || v->type != VALUE_STR)
            return false;
        map_add(l->own, &places, v->text, need);
        if (places.n > c->within_max)
            return false;
    }
    for (uint32_t i = 0; i < places.n; i++)
        live_begin_one(
            need, one_param(need, c->within, value_str(l->own, places.entries[i].key, SPAN_NONE)));
    return places.n > 0;
}

void live_begin_list(struct need *need) {
    if (!by_places(need) && !by_prefix(need))
        live_begin(need, value_map(need->l->own, 0, SPAN_NONE));
}
