/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/context.h"

static struct value *text(struct lower *l, const char *z, span at) {
    return value_str(l->a, str_c(z), at);
}

static struct value *statement(struct lower *l, const char *sid, struct value *actions,
                               struct value *resources, struct value *condition, span at) {
    struct value *s = value_map(l->a, 5, at);
    value_set(s, STR("Sid"), text(l, sid, at));
    value_set(s, STR("Effect"), text(l, "Allow", at));
    value_set(s, STR("Action"), actions);
    value_set(s, STR("Resource"), resources);
    if (condition != NULL)
        value_set(s, STR("Condition"), condition);
    return s;
}

/* PutMetricData knows no resources; the namespace is what limits it. */
static struct value *publish_statement(struct lower *l, bool agent, bool probe, span at) {
    struct value *names = value_list(l->a, VALUE_LIST, 2, at);
    struct value *key = value_map(l->a, 1, at), *equals = value_map(l->a, 1, at);
    struct value *all = value_list(l->a, VALUE_LIST, 1, at);
    if (agent)
        value_push(names, text(l, "CWAgent", at));
    if (probe)
        value_push(names, value_str(l->a, l->namespace_, at));
    value_set(key, STR("cloudwatch:namespace"), names);
    value_set(equals, STR("StringEquals"), key);
    value_push(all, text(l, "cloudwatch:PutMetricData", at));
    return statement(l, "PublishMetrics", all, text(l, "*", at), equals, at);
}

static struct value *logs_statement(struct lower *l, const struct host *host, span at) {
    struct value *actions = value_list(l->a, VALUE_LIST, 3, at);
    value_push(actions, text(l, "logs:CreateLogStream", at));
    value_push(actions, text(l, "logs:DescribeLogStreams", at));
    value_push(actions, text(l, "logs:PutLogEvents", at));
    struct value *groups = value_list(l->a, VALUE_LIST, host->logs.n, at);
    for (uint32_t i = 0; i < host->logs.n; i++) {
        struct value *arn = value_list(l->a, VALUE_TEXT, 2, at);
        value_push(arn, value_ref(l->a, host->logs.at[i]->node, "arn", at));
        value_push(arn, text(l, ":*", at));
        value_push(groups, arn);
    }
    return statement(l, "ShipLogs", actions, groups, NULL, at);
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
        struct value *list = value_list(l->a, VALUE_LIST, 2, host->at);
        struct value *doc = value_map(l->a, 2, host->at);
        if (agent || probe)
            value_push(list, publish_statement(l, agent, probe, host->at));
        if (logs)
            value_push(list, logs_statement(l, h, host->at));
        value_set(doc, STR("Version"), text(l, "2012-10-17", host->at));
        value_set(doc, STR("Statement"), list);
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
        node_set(n, "policy", value_json(l->a, doc, host->at));
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
