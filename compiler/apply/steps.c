/* SPDX-License-Identifier: MIT */
#include "apply/steps.h"

#include "base/map.h"
#include "diff/known.h"
#include "resource/resource.h"

#include <assert.h>

#define DELETED_MOST 10
#define DELETED_PART 10 /* or one in so many of what is there */

static const char not_ours[] = "it is in the account with this name, and has not the tags of "
                               "this project and environment";
static const char not_sure[] = "its name begins as those of another environment do that is in this "
                               "account";
static const char not_told[] =
    "ops.yaml gives nothing the tags project and environment by which it would be known to be "
    "its own (default_tags: false)";
static const char not_named[] = "it can have no tags, and its name does not begin as those of this "
                                "project and environment do";
static const char not_seen[] = "which tags it has may not be read";
static const char is_held[] = "others hold it, and AWS deletes none that is held";
static const char holds_data[] = "what it holds would be lost";
static const char taken_over[] = "it was there before, and only taken over";

/* ---- whose it is */

static bool has_tags(const struct node *n) {
    return !n->data && resource_tags_row(n->kind) >= 0;
}

bool steps_is_ours(const struct graph *want, const struct node *have) {
    return !has_tags(have) || graph_owns(want, have->attrs[resource_tags_row(have->kind)]);
}

bool steps_is_named_only(const struct node *have) {
    return !has_tags(have) && have->kind->part_of == NULL;
}

static bool is_by_name(const struct resource_kind *kind) {
    const struct resource_writing *w = resource_writing_of(kind);
    return w != NULL && w->by_name;
}

static bool may_be_of_others(const struct steps_options *o, const struct node *have) {
    for (uint32_t i = 0; i < o->nothers; i++) {
        if (str_starts(have->name, o->others[i]))
            return true;
    }
    return false;
}

static bool has_data(const struct resource_kind *kind) {
    const struct resource_writing *w = resource_writing_of(kind);
    return w != NULL && w->holds == RESOURCE_HOLDS_DATA;
}

/* ---- what is done */

struct making {
    struct arena *a;
    const struct graph *want;
    const struct diff *d;
    const struct steps_options *o;
    struct steps *to;
    struct map of; /* by the address of a wanted node -> its step */
};

static bool goes_too(void *ctx, const struct diff_item *i);

static bool is_held_by_others(const struct making *m, const struct diff_item *i, struct held *ret) {
    return held_by_others(m->o->have, m->d, i->have, goes_too, (void *)m, ret);
}

static void refuse(struct making *m, enum step_action action, const struct diff_item *i,
                   const char *why, const char *flag) {
    VEC_PUSH(m->a, &m->to->refused,
             (struct step_refusal){
                 .action = action, .want = i->want, .have = i->have, .why = why, .flag = flag});
    if (why == is_held)
        is_held_by_others(m, i, &m->to->refused.at[m->to->refused.n - 1].held);
}

static void add(struct making *m, enum step_action action, const struct diff_item *item) {
    struct step *s = ARENA_NEW(m->a, struct step);
    *s = (struct step){.action = action, .want = item->want, .have = item->have, .item = *item};
    s->deleting = action == STEP_REPLACE || action == STEP_DELETE;
    VEC_PUSH(m->a, &m->to->items, s);
    m->to->sums[action]++;
    if (s->want != NULL && action != STEP_DELETE)
        map_add(m->a, &m->of, known_address(&s->want), s);
}

bool steps_goes(const struct steps_options *o, const struct diff_item *i) {
    if (i->have == NULL || i->have->data || i->action == DIFF_UNREAD)
        return false;
    return o->destroy || (o->prune && i->action == DIFF_ORPHAN);
}

static bool goes(const struct making *m, const struct diff_item *i) {
    return steps_goes(m->o, i);
}

/* Who was asked for its tags, and may not say. */
static bool is_untold(const struct node *have) {
    const struct value *v = has_tags(have) ? have->attrs[resource_tags_row(have->kind)] : NULL;
    return v != NULL && v->type == VALUE_UNSET;
}

/* What nobody wants, and is a part of nothing, by its name or its tags as they are now. */
static bool is_known(const struct making *m, const struct diff_item *i) {
    return i->want != NULL || i->have->kind->part_of != NULL || m->o->is_named == NULL ||
           m->o->is_named(m->o->ctx, i->have);
}

/* Why one that should go stays; NULL: it goes. */
static const char *stays(const struct making *m, const struct diff_item *i, const char **ret_flag) {
    *ret_flag = NULL;
    if (i->want != NULL && i->want->adopted)
        return taken_over;
    if (!m->o->made && !graph_tells_owner(m->want))
        return not_told;
    if (!m->o->made && is_untold(i->have))
        return not_seen;
    if (!steps_is_ours(m->want, i->have) || !is_known(m, i))
        return not_ours;
    if (i->want != NULL && is_by_name(i->have->kind) && m->o->is_named != NULL &&
        !m->o->is_named(m->o->ctx, i->have))
        return not_named;
    if (i->want == NULL && steps_is_named_only(i->have) && may_be_of_others(m->o, i->have))
        return not_sure;
    struct held held;
    if (is_held_by_others(m, i, &held))
        return is_held;
    if (!has_data(i->have->kind) || m->o->destroy_data)
        return NULL;
    *ret_flag = "--destroy-data";
    return holds_data;
}

/* What holds something goes before it. */
static bool goes_too(void *ctx, const struct diff_item *i) {
    const struct making *m = ctx;
    const char *flag;
    return goes(m, i) && stays(m, i, &flag) == NULL;
}

static bool has_text(const struct node *n, const char *tf, str s) {
    int i = tf == NULL ? -1 : resource_attr_index(n->kind->attrs, n->kind->nattrs, tf);
    const struct value *v = i < 0 ? NULL : n->attrs[i];
    return v != NULL && v->type == VALUE_STR && str_eq(v->text, s);
}

static bool is_named(const struct node *n, str by) {
    return str_eq(n->name, by) || has_text(n, "arn", by) || has_text(n, n->kind->known_by_is, by);
}

static bool is_replaced(const struct making *m, const struct diff_item *i) {
    (void)m;
    return i->action == DIFF_REPLACE;
}

/* What it is a part of, where that is such a one; or NULL. */
static const struct diff_item *whole_of(const struct making *m, const struct node *have,
                                        bool (*is)(const struct making *,
                                                   const struct diff_item *)) {
    const struct resource_writing *w = resource_writing_of(have->kind);
    const struct value *of = w == NULL || w->whole == NULL ? NULL : node_get(have, w->whole_attr);
    for (uint32_t i = 0; of != NULL && of->type == VALUE_STR && i < m->d->items.n; i++) {
        const struct diff_item *other = &m->d->items.at[i];
        if (is(m, other) && other->have->kind == w->whole && other->have->region == have->region &&
            is_named(other->have, of->text))
            return other;
    }
    return NULL;
}

static void delete_it(struct making *m, const struct diff_item *i) {
    const struct diff_item *whole = whole_of(m, i->have, goes);
    const struct resource_writing *w = resource_writing_of(i->have->kind);
    const char *flag, *why = whole == NULL ? NULL : stays(m, whole, &flag);
    if (whole != NULL && (why != NULL ? w->stays_too : w->goes_too))
        return;
    why = stays(m, i, &flag);
    if (why != NULL)
        refuse(m, STEP_DELETE, i, why, flag);
    else
        add(m, STEP_DELETE, i);
}

/* Why one that differs is left as it is; NULL: it is not. */
static const char *keeps(const struct making *m, const struct diff_item *i, const char **ret_flag) {
    assert(i->want != NULL && i->have != NULL);
    if (!i->want->adopted && !steps_is_ours(m->want, i->have) && !m->o->adopt) {
        *ret_flag = "--adopt";
        return not_ours;
    }
    struct held held;
    *ret_flag = NULL;
    if (is_replaced(m, i) && is_held_by_others(m, i, &held))
        return is_held;
    *ret_flag = "--destroy-data";
    bool lost = is_replaced(m, i) && has_data(i->want->kind) && !m->o->destroy_data;
    return lost ? holds_data : NULL;
}

static void change(struct making *m, const struct diff_item *i) {
    enum step_action action = is_replaced(m, i) ? STEP_REPLACE : STEP_CHANGE;
    const char *flag, *why = keeps(m, i, &flag);
    if (why != NULL)
        refuse(m, action, i, why, flag);
    else
        add(m, action, i);
}

/* Whether AWS deletes it with what it is a part of, which is replaced. */
static bool is_lost(const struct making *m, const struct diff_item *i) {
    if (i->want == NULL || i->have == NULL || i->action == DIFF_UNREAD)
        return false;
    const struct diff_item *whole = whole_of(m, i->have, is_replaced);
    const char *flag;
    return whole != NULL && resource_writing_of(i->have->kind)->goes_too &&
           keeps(m, whole, &flag) == NULL;
}

static void one(struct making *m, const struct diff_item *i) {
    if (goes(m, i))
        delete_it(m, i);
    if (m->o->destroy)
        return;
    if (is_lost(m, i)) {
        add(m, STEP_CREATE, i);
        return;
    }
    switch (i->action) {
    case DIFF_CREATE:
        add(m, STEP_CREATE, i);
        break;
    case DIFF_CHANGE:
    case DIFF_REPLACE:
        change(m, i);
        break;
    case DIFF_SAME:
        /* What it refers to may be made now: it is compared anew when that is there. */
        if (i->changes.n > 0)
            change(m, i);
        break;
    case DIFF_ORPHAN:
    case DIFF_LOST:
    case DIFF_UNREAD:
        break;
    }
}

/* ---- order */

static void wait_for_step(struct making *m, struct step *s, struct step *first) {
    if (first == NULL || first == s)
        return;
    for (uint32_t i = 0; i < first->then.n; i++) {
        if (first->then.at[i] == s)
            return;
    }
    VEC_PUSH(m->a, &first->then, s);
    s->waits++;
}

static void wait_for(struct making *m, struct step *s, const struct node *of) {
    wait_for_step(m, s, map_get(&m->of, known_address(&of)));
}

static void wait_for_all(struct making *m, struct step *s, const struct value *v,
                         const struct resource_attr *rows, uint32_t n) {
    if (v == NULL)
        return;
    switch (v->type) {
    case VALUE_REF:
        wait_for(m, s, v->ref.node);
        break;
    case VALUE_VAR:
        wait_for_all(m, s, v->var->is, NULL, 0);
        break;
    case VALUE_FILE:
        wait_for_all(m, s, v->file->tokens, NULL, 0);
        break;
    case VALUE_JSON:
        wait_for_all(m, s, v->json, NULL, 0);
        break;
    case VALUE_LIST:
    case VALUE_TEXT:
        for (uint32_t i = 0; i < v->list.n; i++)
            wait_for_all(m, s, v->list.items[i], rows, n);
        break;
    case VALUE_MAP:
        for (uint32_t i = 0; i < v->map.n; i++)
            wait_for_all(m, s, v->map.fields[i].value, NULL, 0);
        break;
    case VALUE_BLOCK:
        for (uint32_t i = 0; i < n; i++)
            wait_for_all(m, s, v->block.attrs[i], rows[i].block, rows[i].nblock);
        break;
    case VALUE_UNSET:
    case VALUE_STR:
    case VALUE_NUM:
    case VALUE_BOOL:
        break;
    }
}

/* A setting of a bucket is one by its name. */
static void wait_for_owner(struct making *m, struct step *s) {
    const struct resource_kind *of = s->want->kind->part_of;
    for (uint32_t i = 0; of != NULL && i < m->to->items.n; i++) {
        const struct step *other = m->to->items.at[i];
        const struct value *v = node_get(s->want, s->want->kind->part_of_attr);
        if (other->want != NULL && other->want->kind == of && v != NULL && v->type == VALUE_STR &&
            str_eq(v->text, other->want->name))
            wait_for(m, s, other->want);
    }
}

static bool holds_on(const struct node *n, const struct node *to) {
    const struct resource_writing *w = resource_writing_of(n->kind);
    for (uint32_t i = 0; w != NULL && w->holds_on && i < n->kind->nattrs; i++) {
        if (n->attrs[i] != NULL && n->attrs[i]->type == VALUE_REF && n->attrs[i]->ref.node == to)
            return true;
    }
    return false;
}

/* What holds on to something that is replaced goes before that, and comes back after it. */
static void let_go(struct making *m, const struct diff *d) {
    uint32_t n = m->to->items.n;
    for (uint32_t i = 0; i < n; i++) {
        struct step *s = m->to->items.at[i];
        for (uint32_t k = 0; s->action == STEP_REPLACE && k < d->items.n; k++) {
            const struct diff_item *item = &d->items.at[k];
            if (item->want == NULL || item->have == NULL || !holds_on(item->want, s->want) ||
                map_get(&m->of, known_address(&item->want)) != NULL)
                continue;
            add(m, STEP_DELETE, item);
            wait_for_step(m, s, m->to->items.at[m->to->items.n - 1]);
            add(m, STEP_CREATE, item);
        }
    }
}

static void put_in_order(struct making *m) {
    for (uint32_t i = 0; i < m->to->items.n; i++) {
        struct step *s = m->to->items.at[i];
        if (s->want == NULL || s->action == STEP_DELETE)
            continue;
        for (uint32_t k = 0; k < s->want->kind->nattrs; k++)
            wait_for_all(m, s, s->want->attrs[k], s->want->kind->attrs[k].block,
                         s->want->kind->attrs[k].nblock);
        wait_for_owner(m, s);
    }
}

void steps_make(struct arena *a, const struct graph *want, const struct diff *d,
                const struct steps_options *o, struct steps *ret) {
    struct making m = {.a = a, .want = want, .d = d, .o = o, .to = ret};
    uint32_t there = 0;
    *ret = (struct steps){0};
    for (uint32_t i = 0; i < d->items.n; i++) {
        there += d->items.at[i].have != NULL;
        one(&m, &d->items.at[i]);
    }
    ret->most = o->most > 0                           ? o->most
                : o->destroy                          ? there
                : there / DELETED_PART > DELETED_MOST ? there / DELETED_PART
                                                      : DELETED_MOST;
    let_go(&m, d);
    put_in_order(&m);
}
