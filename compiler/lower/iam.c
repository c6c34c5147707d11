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

/* What a host may do: publish its metrics and ship its logs, nothing else. */
void lower_iam(struct lower *l) {
    for (uint32_t i = 0; i < l->hosts.n; i++) {
        struct host *h = l->hosts.at[i];
        const struct watched *host = h->watched;
        bool agent = h->agent.n > 0, probe = h->probes.n > 0, logs = h->logs.n > 0;
        if (!agent && !probe && !logs)
            continue;
        struct policy p;
        policy_begin(&p, l, host->at);
        if (agent || probe)
            publish_statement(&p, agent, probe);
        if (logs)
            logs_statement(&p, h);
        policy_for_host(&p, h, "monitoring", arena_cat(l->a, STR("host-"), host->name), host->path,
                        "the CloudWatch agent and publish_metrics.sh");
    }
}
