/* SPDX-License-Identifier: MIT */
#include "lower/lifecycle.h"

/* Without a policy an endpoint lets through what the callers may do anyway. */
#define WHAT_PASSES                                                                                \
    "its policy is AWS's: it lets through whatever the callers' own permissions allow, in any "    \
    "account"

static bool named_twice(struct lower *l, const struct cfg_texts *list, uint32_t i) {
    for (uint32_t k = 0; k < i; k++) {
        if (!str_eq(list->items[k].text, list->items[i].text))
            continue;
        struct diag *d = diag_add(l->dl, DIAG_BAD_VALUE, list->items[i].at, "`%.*s` is named twice",
                                  STR_ARG(list->items[i].text));
        diag_hint(l->dl, d, "Name it once.");
        return true;
    }
    return false;
}

static struct value *tables(struct lower *l) {
    const struct cfg_texts *t = &l->cfg->cost.endpoints.route_tables;
    struct value *v = value_list(l->a, VALUE_LIST, t->n, t->at);
    for (uint32_t i = 0; i < t->n; i++) {
        if (!named_twice(l, t, i))
            value_push(v, value_str(l->a, t->items[i].text, t->items[i].at));
    }
    return v;
}

static void add_endpoint(struct lower *l, str service, struct value *routes, span at) {
    const struct cfg_text *vpc = &l->cfg->cost.endpoints.vpc;
    struct node *n = graph_add(l->graph, &resource_vpc_endpoint, service, at);
    n->module = STR(OPTIMIZATION_MODULE);
    n->path = STR("cost.endpoints");
    n->name = service;
    n->comment = STR(WHAT_PASSES);
    node_set(n, "vpc_id", value_str(l->a, vpc->text, vpc->at));
    node_set(n, "service_name",
             value_str(l->a,
                       arena_printf(l->a, "com.amazonaws.%.*s.%.*s",
                                    STR_ARG(l->cfg->aws.region.text), STR_ARG(service)),
                       at));
    node_set(n, "vpc_endpoint_type", value_str(l->a, STR("Gateway"), at));
    node_set(n, "route_table_ids", routes);
}

void lower_endpoints(struct lower *l) {
    const struct config *c = l->cfg;
    const struct cfg_texts *services = &c->cost.endpoints.services;
    if (!given(c->cost.endpoints.vpc.at))
        return;
    struct value *routes = tables(l);
    if (!given(services->at))
        add_endpoint(l, STR("s3"), routes, c->cost.endpoints.vpc.at);
    for (uint32_t i = 0; i < services->n; i++) {
        if (!named_twice(l, services, i))
            add_endpoint(l, services->items[i].text, routes, services->items[i].at);
    }
}
