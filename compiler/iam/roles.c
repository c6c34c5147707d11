/* SPDX-License-Identifier: MIT */
#include "iam/roles.h"

#include "resource/resource.h"

static struct value *text(const struct graph *g, str s, span at) {
    return value_str(g->arena, s, at);
}

/* "drift", "drift_2" */
static str label_of(const struct graph *g, const char *label, uint32_t i) {
    return i == 0 ? str_c(label) : arena_printf(g->arena, "%s-%u", label, i + 1);
}

static struct node *add_policy(struct graph *g, const struct iam_policy *p, str label,
                               const char *does, span at) {
    struct node *n = graph_add(g, &resource_iam_policy, label, at);
    n->name = p->name;
    node_set(n, "name", text(g, p->name, at));
    node_set(n, "description", text(g, str_c(does), at));
    node_set(n, "policy", p->document);
    return n;
}

static void add_output(struct graph *g, const char *label, const char *suffix, const char *doc,
                       const struct node *of, span at) {
    VEC_PUSH(g->arena, &g->outputs,
             (struct graph_output){.name = arena_printf(g->arena, "%s_%s", label, suffix),
                                   .doc = str_c(doc),
                                   .is = value_ref(g->arena, of, "arn", at)});
}

void iam_add_policies(struct graph *g, const struct iam_policies *p, const char *label,
                      const char *does, span at) {
    for (uint32_t i = 0; i < p->items.n; i++) {
        str l = label_of(g, label, i);
        const struct node *n = add_policy(g, &p->items.at[i], l, does, at);
        add_output(g, (const char *)n->label.p, "policy_arn", "ARN of the policy.", n, at);
    }
}

static const struct node *add_provider(const struct iam_roles *r) {
    struct node *n = graph_add(
        r->graph, r->provider_exists ? &resource_data_oidc_provider : &resource_oidc_provider,
        STR("github"), r->at);
    github_set_provider(r->graph, n, r->partition, r->at);
    return n;
}

static void attach(struct graph *g, const struct node *role, const struct node *policy, span at) {
    struct node *n = graph_add(g, &resource_iam_role_policy_attachment, policy->label, at);
    node_set(n, "role", value_ref(g->arena, role, "name", at));
    node_set(n, "policy_arn", value_ref(g->arena, policy, "arn", at));
}

static void add_role(const struct iam_roles *r, const struct node *provider,
                     const struct iam_role *role) {
    struct graph *g = r->graph;
    struct node *n = graph_add(g, &resource_iam_role, str_c(role->label), r->at);
    n->name = role->name;
    node_set(n, "name", text(g, role->name, r->at));
    node_set(n, "description", text(g, str_c(role->does), r->at));
    node_set(n, "assume_role_policy",
             github_trust(g->arena, &r->repository, r->partition, &role->which,
                          value_ref(g->arena, provider, "arn", r->at), r->at));
    for (uint32_t i = 0; i < role->policies->items.n; i++) {
        str label = label_of(g, role->label, i);
        attach(g, n, add_policy(g, &role->policies->items.at[i], label, role->does, r->at), r->at);
    }
    add_output(g, role->label, "role_arn", "ARN of the role, for `role-to-assume`.", n, r->at);
}

void iam_add_roles(const struct iam_roles *r, const struct iam_role *roles, uint32_t n) {
    const struct node *provider = add_provider(r);
    for (uint32_t i = 0; i < n; i++)
        add_role(r, provider, &roles[i]);
}

const struct value *iam_trust_of(struct arena *a, const struct iam_roles *r,
                                 const struct iam_role *role) {
    str arn = arena_printf(a, "arn:%.*s:iam::%.*s:oidc-provider/" GITHUB_PROVIDER_HOST,
                           STR_ARG(r->partition), STR_ARG(r->account));
    return github_trust(a, &r->repository, r->partition, &role->which, value_str(a, arn, r->at),
                        r->at)
        ->json;
}
