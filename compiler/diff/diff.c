/* SPDX-License-Identifier: MIT */
#include "diff/diff.h"

#include "diff/compare.h"
#include "resource/resource.h"

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

static struct diff_item one(struct known *k, const struct node *want) {
    struct diff_item item = {.want = want};
    const struct diff_options *o = k->o;
    item.why = o->unread == NULL ? NULL : o->unread(o->ctx, want);
    item.action = DIFF_UNREAD;
    if (item.why != NULL)
        return item;
    const struct known_node *pair = known_pair(k, want);
    if (pair == NULL || pair->unclear) {
        item.why = no_identity;
        return item;
    }
    item.have = pair->have;
    item.action = DIFF_CREATE;
    if (item.have == NULL)
        return item;
    struct compare c = {.a = k->a, .k = k, .of = want, .into = &item};
    compare_attrs(&c, NULL, want->kind->attrs, want->kind->nattrs, want->attrs, item.have->attrs);
    item.action = diff_action_of(&item);
    return item;
}

static void add(struct arena *a, struct diff *d, struct diff_item item) {
    d->sums[item.action]++;
    d->unknown += count_unknown(&item);
    VEC_PUSH(a, &d->items, item);
}

/* What the API calls that by which nodes of a kind are found; NULL: nothing. */
static const char *api_of(const struct resource_kind *kind) {
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        if ((kind->attrs[i].flags & ATTR_IDENTITY) != 0)
            return kind->attrs[i].api;
    }
    return NULL;
}

/* Whether something that is wanted names it: a role that policies are attached to. */
static bool is_named(struct known *k, const struct node *n) {
    const char *api = api_of(n->kind);
    for (uint32_t i = 0; i < k->want->nodes.n && api != NULL; i++) {
        const struct node *w = k->want->nodes.at[i];
        for (uint32_t j = 0; !w->data && j < w->kind->nattrs; j++) {
            const struct resource_attr *row = &w->kind->attrs[j];
            if ((row->flags & ATTR_IDENTITY) == 0 || row->api == NULL || strcmp(row->api, api) != 0)
                continue;
            const struct value *v = known_value(k, w, w->attrs[j]);
            if (v != NULL && v->type == VALUE_STR && str_eq(v->text, n->name))
                return true;
        }
    }
    return false;
}

static str address_key(const struct node *const *n) {
    return (str){(const unsigned char *)n, sizeof *n};
}

/* Also a second one of a name that AWS lets several have. */
static void add_orphans(struct known *k, const struct graph *have, struct diff *d) {
    const struct diff_options *o = k->o;
    struct map taken = {0};
    for (uint32_t i = 0; i < d->items.n; i++) {
        if (d->items.at[i].want != NULL && d->items.at[i].have != NULL)
            map_add(k->a, &taken, address_key(&d->items.at[i].have), d);
    }
    for (uint32_t i = 0; i < have->nodes.n; i++) {
        const struct node *n = have->nodes.at[i];
        str key = n->data ? STR("") : known_key(k, n);
        if (key.n > 0 && map_get(&taken, address_key(&n)) == NULL && o->ours != NULL &&
            o->ours(o->ctx, n) && !is_named(k, n))
            add(k->a, d, (struct diff_item){.action = DIFF_ORPHAN, .have = n});
    }
}

void diff_graphs(struct arena *a, const struct graph *want, const struct graph *have,
                 const struct diff_options *o, struct diff *ret) {
    struct known k;
    *ret = (struct diff){0};
    known_init(&k, a, want, have, o);
    for (uint32_t i = 0; i < want->nodes.n; i++) {
        const struct node *n = want->nodes.at[i];
        if (!n->data)
            add(a, ret, one(&k, n));
        else if (n->kind->nreads > 0 && known_pair(&k, n)->have == NULL)
            add(a, ret, (struct diff_item){.action = DIFF_LOST, .want = n, .why = lost});
    }
    add_orphans(&k, have, ret);
}
