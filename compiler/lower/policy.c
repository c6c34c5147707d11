/* SPDX-License-Identifier: MIT */
#include "lower/policy.h"

#include "iam/statement.h"

#define ARN_TYPICAL 80

static struct value *text(struct lower *l, const char *z, span at) {
    return value_str(l->a, str_c(z), at);
}

void policy_begin(struct policy *p, struct lower *l, span at) {
    policy_begin_for(p, l, POLICY_STATEMENTS_MAX, at);
}

void policy_begin_for(struct policy *p, struct lower *l, uint32_t statements, span at) {
    *p = (struct policy){l, value_list(l->a, VALUE_LIST, statements, at), at};
}

void policy_allow(struct policy *p, const char *sid, const char *actions, struct value *resources,
                  struct value *condition) {
    struct arena *a = p->l->a;
    value_push(p->statements, iam_allow(a, str_c(sid), iam_actions(a, actions, p->at), resources,
                                        condition, p->at));
}

struct value *policy_condition(struct lower *l, const char *test, const char *key,
                               struct value *value, span at) {
    return iam_condition(l->a, test, str_c(key), value, at);
}

str policy_literal(struct lower *l, str s, const char *means) {
    return iam_literal(l->a, s, means);
}

struct value *policy_document(const struct policy *p) {
    return iam_document(p->l->a, p->statements, p->at);
}

void policy_allow_to(struct policy *p, const char *sid, const char *kind, struct value *who,
                     const char *actions, struct value *condition) {
    struct arena *a = p->l->a;
    value_push(p->statements, iam_trust(a, str_c(sid), kind, who, iam_actions(a, actions, p->at),
                                        condition, p->at));
}

struct value *policy_assumed_by(struct lower *l, const char *service, span at) {
    struct value *who = value_map(l->a, 1, at), *s = value_map(l->a, 3, at);
    struct value *list = value_list(l->a, VALUE_LIST, 1, at);
    value_set(who, STR("Service"), text(l, service, at));
    value_set(s, STR("Effect"), text(l, "Allow", at));
    value_set(s, STR("Principal"), who);
    value_set(s, STR("Action"), text(l, "sts:AssumeRole", at));
    value_push(list, s);
    return iam_document(l->a, list, at);
}

/* Characters of the document as IAM counts them, about: what is not known yet is an ARN. */
static uint32_t size_of(const struct value *v) {
    uint32_t n = 3; /* quotes and a comma, or brackets */
    if (v->type == VALUE_STR)
        return n + v->text.n;
    if (v->type == VALUE_LIST || v->type == VALUE_TEXT) {
        for (uint32_t i = 0; i < v->list.n; i++)
            n += size_of(v->list.items[i]);
        return n;
    }
    if (v->type != VALUE_MAP)
        return ARN_TYPICAL;
    for (uint32_t i = 0; i < v->map.n; i++)
        n += v->map.fields[i].name.n + 3 + size_of(v->map.fields[i].value);
    return n;
}

static void check_size(const struct policy *p, const char *whose) {
    uint32_t n = size_of(p->statements);
    if (n <= IAM_POLICY_MAX)
        return;
    struct diag *d = diag_add(p->l->dl, DIAG_LIMIT_LENGTH, p->at,
                              "the permissions of %s have about %u characters, IAM takes %u", whose,
                              n, IAM_POLICY_MAX);
    diag_hint(p->l->dl, d,
              "Fewer passwords and buckets: let the jobs of a database share one account.");
}

static void attach(struct lower *l, const struct watched *host, struct node *policy) {
    const struct attribute_value *role = watched_attribute(host, STR("role"));
    if (role == NULL)
        return;
    struct node *n =
        graph_add(l->graph, &resource_iam_role_policy_attachment, policy->label, role->at);
    n->module = policy->module;
    n->path = policy->path;
    node_set(n, "role", value_str(l->a, role->text.text, role->at));
    node_set(n, "policy_arn", value_ref(l->a, policy, "arn", role->at));
}

void policy_for_host(const struct policy *p, struct host *host, const char *module, str name,
                     str path, const char *whose) {
    struct lower *l = p->l;
    str on = host->watched->name;
    check_size(p, whose);
    struct node *n = graph_add(l->graph, &resource_iam_policy, name, p->at);
    n->module = str_c(module);
    n->name = arena_cat3(l->a, l->prefix, STR("-"), name);
    n->path = path;
    node_set(n, "name", value_str(l->a, n->name, p->at));
    node_set(
        n, "description",
        value_str(l->a, arena_printf(l->a, "What %s on %.*s may do", whose, STR_ARG(on)), p->at));
    node_set(n, "policy", policy_document(p));
    attach(l, host->watched, n);
    str output = arena_cat(l->a, n->label, STR("_policy_arn"));
    VEC_PUSH(l->a, &host->policy_outputs, output);
    VEC_PUSH(l->a, &l->graph->outputs,
             (struct graph_output){
                 .module = n->module,
                 .name = output,
                 .doc = arena_printf(l->a, "IAM policy that the instance role of %.*s needs.",
                                     STR_ARG(on)),
                 .is = value_ref(l->a, n, "arn", p->at),
                 .root = true});
}
