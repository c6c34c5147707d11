/* SPDX-License-Identifier: MIT */
#include "lower/lifecycle.h"

/* Parts of an upload that was never finished are billed until somebody deletes them. */
#define ABORT_DAYS 7
/* Each is two rules at most. */
#define RULES_OF_ONE 2

struct making {
    struct lower *l;
    struct node *node;
    uint32_t room;
};

static struct value *text(const struct making *m, str s, span at) {
    return value_str(m->l->a, s, at);
}

static void set_days(const struct making *m, struct graph_block b, const char *attr, int64_t days,
                     span at) {
    graph_block_set(b, attr, value_int(m->l->a, days, at));
}

static int64_t days_of(const struct cfg_quantity *q, int64_t otherwise) {
    return given(q->at) ? num_floor(q->q.value) / DAY_S : otherwise;
}

static struct graph_block begin(const struct making *m, const struct cfg_lifecycle *c, uint32_t i,
                                const char *what) {
    struct graph_block b = graph_block_push(m->l->graph, m->node, "rule", m->room, c->at);
    graph_block_set(b, "id", text(m, arena_printf(m->l->a, "opsc-%u%s", i + 1, what), c->at));
    graph_block_set(b, "status", text(m, STR("Enabled"), c->at));
    return b;
}

static void add_steps(const struct making *m, struct graph_block b,
                      const struct lifecycle_rule *r) {
    for (uint32_t i = 0; i < r->n; i++) {
        struct graph_block t = graph_block_push_in(m->l->graph, b, "transition", r->n, r->cfg->at);
        set_days(m, t, "days", r->steps[i].day, r->cfg->at);
        graph_block_set(t, "storage_class", text(m, str_c(r->steps[i].to->api), r->cfg->at));
    }
}

/* A size in the filter would hold for what is deleted too: moving is a rule of its own then. */
static void add_moving(const struct making *m, const struct lifecycle_rule *r, uint32_t i) {
    struct graph *g = m->l->graph;
    const struct cfg_lifecycle *c = r->cfg;
    struct graph_block b = begin(m, c, i, "-move");
    struct graph_block filter = graph_block_in(g, b, "filter", c->at);
    /* S3 wants two members at least of an `and`. */
    if (c->prefix.text.n > 0) {
        filter = graph_block_in(g, filter, "and", c->at);
        graph_block_set(filter, "prefix", text(m, c->prefix.text, c->at));
    }
    graph_block_set(filter, "object_size_greater_than",
                    value_int(m->l->a, num_floor(c->larger_than.q.value), c->larger_than.at));
    add_steps(m, b, r);
}

static void add_rest(const struct making *m, const struct lifecycle_rule *r, uint32_t i) {
    struct graph *g = m->l->graph;
    const struct cfg_lifecycle *c = r->cfg;
    struct graph_block b = begin(m, c, i, "");
    graph_block_set(graph_block_in(g, b, "filter", c->at), "prefix",
                    text(m, c->prefix.text, c->at));
    if (!given(c->larger_than.at))
        add_steps(m, b, r);
    if (r->expires > 0)
        set_days(m, graph_block_in(g, b, "expiration", c->at), "days", r->expires, c->at);
    else if (given(c->old_versions_after.at))
        /* What is left of an object when its last version has gone. */
        graph_block_set(graph_block_in(g, b, "expiration", c->at), "expired_object_delete_marker",
                        value_bool(m->l->a, true, c->at));
    if (given(c->old_versions_after.at))
        set_days(m, graph_block_in(g, b, "noncurrent_version_expiration", c->at), "noncurrent_days",
                 days_of(&c->old_versions_after, 0), c->at);
    set_days(m, graph_block_in(g, b, "abort_incomplete_multipart_upload", c->at),
             "days_after_initiation", days_of(&c->abort_uploads_after, ABORT_DAYS), c->at);
}

static void add_bucket(struct lower *l, const struct lifecycle *b) {
    struct node *n = graph_add(l->graph, &resource_s3_lifecycle, b->bucket->name, b->at);
    struct making m = {l, n, b->rules.n * RULES_OF_ONE};
    n->module = STR(OPTIMIZATION_MODULE);
    n->name = b->name;
    n->path = arena_cat(l->a, STR("cost.lifecycle."), b->bucket->name);
    n->comment = arena_cat(l->a,
                           STR("REPLACES all lifecycle rules that the bucket has. Which those are: "
                               "aws s3api get-bucket-lifecycle-configuration --bucket "),
                           b->name);
    node_set(n, "bucket", value_str(l->a, b->name, b->at));
    /* S3's own default since September 2024: smaller ones cost more moved than left. */
    node_set(n, "transition_default_minimum_object_size",
             text(&m, STR("all_storage_classes_128K"), b->at));
    for (uint32_t i = 0; i < b->rules.n; i++) {
        if (given(b->rules.at[i].cfg->larger_than.at))
            add_moving(&m, &b->rules.at[i], i);
        add_rest(&m, &b->rules.at[i], i);
    }
}

void lower_lifecycle_nodes(struct lower *l) {
    for (uint32_t i = 0; i < l->lifecycles.n; i++)
        add_bucket(l, l->lifecycles.at[i]);
}
