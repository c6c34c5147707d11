/* SPDX-License-Identifier: MIT */
#include "apply/revert.h"

#include "resource/resource.h"

static bool is_touched(const struct step *s) {
    return s->state == STEP_DONE ||
           (s->state == STEP_FAILED && (s->calls > 0 || s->error.maybe_done));
}

/* One that was there as one that is wanted: without what AWS gives it. */
static void add(struct graph *g, const struct step *s) {
    struct node *n = graph_add(g, s->have->kind, s->want->label, s->want->at);
    n->region = s->have->region;
    n->module = s->want->module;
    n->name = s->have->name;
    n->adopted = s->want->adopted;
    for (uint32_t i = 0; i < n->kind->nattrs; i++) {
        if ((n->kind->attrs[i].flags & (ATTR_COMPUTED | ATTR_TAGS)) == 0)
            n->attrs[i] = s->have->attrs[i];
    }
}

struct graph *revert_graph(struct arena *a, const struct steps *done) {
    struct graph *g = graph_new(a);
    for (uint32_t i = 0; i < done->items.n; i++) {
        const struct step *s = done->items.at[i];
        if (is_touched(s) && s->have != NULL && s->action != STEP_DELETE)
            add(g, s);
    }
    return g;
}

static bool is_created(const struct steps *done, const struct node *want) {
    for (uint32_t i = 0; i < done->items.n; i++) {
        const struct step *s = done->items.at[i];
        if (s->want == want)
            return s->action == STEP_CREATE && is_touched(s);
    }
    return false;
}

void revert_make(struct arena *a, const struct graph *graph, const struct steps *done,
                 const struct diff *now, const struct diff *before, struct steps *ret) {
    /* It was made a moment ago: nothing is lost with it, and it is ours. */
    const struct steps_options o = {
        .prune = true, .destroy_data = true, .made = true, .most = UINT32_MAX};
    struct diff d = {0};
    for (uint32_t i = 0; i < before->items.n; i++)
        VEC_PUSH(a, &d.items, before->items.at[i]);
    for (uint32_t i = 0; i < now->items.n; i++) {
        const struct diff_item *item = &now->items.at[i];
        if (item->want != NULL && item->have != NULL && is_created(done, item->want))
            VEC_PUSH(a, &d.items, (struct diff_item){.action = DIFF_ORPHAN, .have = item->have});
    }
    steps_make(a, graph, &d, &o, ret);
}
