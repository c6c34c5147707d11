/* SPDX-License-Identifier: MIT */
#include "lower/policy.h"

static struct value *text(struct lower *l, const char *z, span at) {
    return value_str(l->a, str_c(z), at);
}

/* PutMetricData knows no resources; the namespace is what limits it. */
static void publish_statement(struct policy *p, bool agent, bool probe) {
    struct lower *l = p->l;
    struct value *names = value_list(l->a, VALUE_LIST, 2, p->at);
    if (agent)
        value_push(names, text(l, "CWAgent", p->at));
    if (probe)
        value_push(names, value_str(l->a, l->namespace_, p->at));
    policy_allow(p, "PublishMetrics", "cloudwatch:PutMetricData", text(l, "*", p->at),
                 policy_condition(l, "StringEquals", "cloudwatch:namespace", names, p->at));
}

static void logs_statement(struct policy *p, const struct host *host) {
    struct lower *l = p->l;
    struct value *groups = value_list(l->a, VALUE_LIST, host->logs.n, p->at);
    for (uint32_t i = 0; i < host->logs.n; i++) {
        struct value *arn = value_list(l->a, VALUE_TEXT, 2, p->at);
        value_push(arn, value_ref(l->a, host->logs.at[i]->node, "arn", p->at));
        value_push(arn, text(l, ":*", p->at));
        value_push(groups, arn);
    }
    policy_allow(p, "ShipLogs", "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents",
                 groups, NULL);
}

static void attach(struct lower *l, const struct watched *host, struct node *policy) {
    const struct attribute_value *role = watched_attribute(host, STR("role"));
    if (role == NULL)
        return;
    struct node *n =
        graph_add(l->graph, &resource_iam_role_policy_attachment, policy->label, role->at);
    n->module = STR("monitoring");
    n->path = policy->path;
    node_set(n, "role", value_str(l->a, role->text.text, role->at));
    node_set(n, "policy_arn", value_ref(l->a, policy, "arn", role->at));
}

/* What a host may do: publish its metrics and ship its logs, nothing else. */
void lower_iam(struct lower *l) {
    for (uint32_t i = 0; i < l->hosts.n; i++) {
        struct host *h = l->hosts.at[i];
        const struct watched *host = h->watched;
        bool agent = h->agent.n > 0, probe = h->probes.n > 0, logs = h->logs.n > 0;
        struct policy p;
        policy_begin(&p, l, host->at);
        if (agent || probe)
            publish_statement(&p, agent, probe);
        if (logs)
            logs_statement(&p, h);
        struct node *n = graph_add(l->graph, &resource_iam_policy,
                                   arena_cat(l->a, STR("host-"), host->name), host->at);
        n->module = STR("monitoring");
        n->name = arena_printf(l->a, "%.*s-host-%.*s", STR_ARG(l->prefix), STR_ARG(host->name));
        n->path = arena_cat(l->a, STR("resources."), host->name);
        node_set(n, "name", value_str(l->a, n->name, host->at));
        node_set(n, "description",
                 value_str(
                     l->a,
                     arena_printf(l->a,
                                  "What the CloudWatch agent and publish_metrics.sh on %.*s may do",
                                  STR_ARG(host->name)),
                     host->at));
        node_set(n, "policy", policy_document(&p));
        attach(l, host, n);
        h->policy_output = arena_cat(l->a, n->label, STR("_policy_arn"));
        VEC_PUSH(l->a, &l->graph->outputs,
                 (struct graph_output){
                     .module = n->module,
                     .name = h->policy_output,
                     .doc = arena_printf(l->a, "IAM policy that the instance role of %.*s needs.",
                                         STR_ARG(host->name)),
                     .is = value_ref(l->a, n, "arn", host->at),
                     .root = true});
    }
}
