/* SPDX-License-Identifier: MIT */
#include "lower/function.h"

#include "lower/account.h"

#define NAME_MAX_BYTES 64 /* of functions, roles and schedules */
#define LOG_RETENTION_DAYS 30
#define WINDOW_MINUTES 15
#define RETRY_AGE_S 3600
#define RETRIES 3

static struct node *add(struct lower *l, const struct function *f, const struct resource_kind *kind,
                        str label, str name) {
    struct node *n = graph_add(l->graph, kind, label, f->at);
    n->module = f->module;
    n->path = f->path;
    n->name = name;
    return n;
}

static struct value *text(struct lower *l, const char *z, span at) {
    return value_str(l->a, str_c(z), at);
}

static void check_name(struct lower *l, const struct function *f, str name) {
    if (name.n <= NAME_MAX_BYTES)
        return;
    struct diag *d = diag_add(l->dl, DIAG_LIMIT_LENGTH, f->at,
                              "the name `%.*s` has %u characters, Lambda takes %d", STR_ARG(name),
                              name.n, NAME_MAX_BYTES);
    diag_hint(l->dl, d, "Shorten this name, that of the project or that of the environment.");
}

/* "arn:aws:ec2:eu-west-1:*:subnet/subnet-1". */
static str ec2_arn(struct lower *l, const char *type, str id) {
    return arena_printf(l->a, "arn:%.*s:ec2:%.*s:*:%s/%.*s", STR_ARG(account_partition(l)),
                        STR_ARG(l->cfg->aws.region.text), type, STR_ARG(id));
}

/* For each of `ids`; for any when Terraform only knows them. */
static void push_arns(struct lower *l, struct value *to, const char *type,
                      const struct value *ids) {
    if (ids->type != VALUE_LIST) {
        value_push(to, value_str(l->a, ec2_arn(l, type, STR("*")), to->at));
        return;
    }
    for (uint32_t i = 0; i < ids->list.n; i++)
        value_push(to, value_str(l->a, ec2_arn(l, type, ids->list.items[i]->text), to->at));
}

static uint32_t length(const struct value *ids) {
    return ids->type == VALUE_LIST ? ids->list.n : 1;
}

/* Of subnets and groups that Terraform finds, those of one VPC. */
static struct value *in_vpc(struct lower *l, const struct function *f) {
    if (f->vpc == NULL)
        return NULL;
    struct value *arn = value_list(l->a, VALUE_TEXT, 2, f->at);
    value_push(arn, value_str(l->a, ec2_arn(l, "vpc", STR("")), f->at));
    value_push(arn, f->vpc);
    return policy_condition(l, "ArnLike", "ec2:Vpc", arn, f->at);
}

/* What Lambda needs of the function's role to put it into a network. */
static void allow_network(struct lower *l, const struct function *f, struct policy *p) {
    struct value *on =
        value_list(l->a, VALUE_LIST, length(f->subnets) + length(f->security_groups), f->at);
    push_arns(l, on, "subnet", f->subnets);
    push_arns(l, on, "security-group", f->security_groups);
    policy_allow(p, "MakeInterfaceThere", "ec2:CreateNetworkInterface", on, in_vpc(l, f));
    policy_allow(p, "ManageInterface",
                 "ec2:AssignPrivateIpAddresses ec2:CreateNetworkInterface "
                 "ec2:DeleteNetworkInterface ec2:UnassignPrivateIpAddresses",
                 value_str(l->a, ec2_arn(l, "network-interface", STR("*")), f->at), NULL);
    policy_allow(p, "SeeInterfaces",
                 "ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets "
                 "ec2:DescribeVpcs",
                 text(l, "*", f->at), NULL);
}

static struct node *add_log(struct lower *l, const struct function *f, str name, struct policy *p) {
    struct node *log =
        add(l, f, &resource_log_group, f->label, arena_cat(l->a, STR("/aws/lambda/"), name));
    node_set(log, "name", value_str(l->a, log->name, f->at));
    node_set(log, "retention_in_days", value_int(l->a, LOG_RETENTION_DAYS, f->at));
    struct value *streams = value_list(l->a, VALUE_TEXT, 2, f->at);
    value_push(streams, value_ref(l->a, log, "arn", f->at));
    value_push(streams, text(l, ":*", f->at));
    policy_allow(p, "WriteLog", "logs:CreateLogStream logs:PutLogEvents", streams, NULL);
    return log;
}

static struct node *add_role(struct lower *l, const struct function *f, str label, str name,
                             const char *service) {
    struct node *role = add(l, f, &resource_iam_role, label, name);
    node_set(role, "name", value_str(l->a, name, f->at));
    node_set(role, "assume_role_policy", policy_assumed_by(l, service, f->at));
    return role;
}

static struct node *add_policy(struct lower *l, const struct function *f, str label,
                               const struct node *role, const struct policy *p) {
    struct node *policy = add(l, f, &resource_iam_role_policy, label, role->name);
    node_set(policy, "name", value_str(l->a, role->name, f->at));
    node_set(policy, "role", value_ref(l->a, role, "name", f->at));
    node_set(policy, "policy", policy_document(p));
    return policy;
}

struct node *function_add(struct lower *l, const struct function *f, struct policy *p) {
    str name = arena_cat3(l->a, l->prefix, STR("-"), f->label);
    check_name(l, f, name);
    struct node *log = add_log(l, f, name, p);
    if (f->subnets != NULL)
        allow_network(l, f, p);
    struct node *role = add_role(l, f, f->label, name, "lambda.amazonaws.com");
    node_set(role, "description", value_str(l->a, f->description, f->at));
    struct node *policy = add_policy(l, f, f->label, role, p);
    struct node *fn = add(l, f, &resource_lambda_function, f->label, name);
    struct value *after = value_list(l->a, VALUE_LIST, 2, f->at);
    struct value *arm = value_list(l->a, VALUE_LIST, 1, f->at);
    value_push(after, value_ref(l->a, policy, NULL, f->at));
    value_push(after, value_ref(l->a, log, NULL, f->at));
    value_push(arm, text(l, "arm64", f->at));
    node_set(fn, "function_name", value_str(l->a, name, f->at));
    node_set(fn, "description", value_str(l->a, f->description, f->at));
    node_set(fn, "role", value_ref(l->a, role, "arn", f->at));
    node_set(fn, "runtime", text(l, FUNCTION_RUNTIME, f->at));
    node_set(fn, "handler", text(l, f->handler, f->at));
    node_set(fn, "architectures", arm);
    node_set(fn, "filename", value_file_used(l->a, f->archive, VALUE_FILE_PATH, f->at));
    node_set(fn, "source_code_hash", value_file_used(l->a, f->archive, VALUE_FILE_SHA256, f->at));
    node_set(fn, "timeout", value_int(l->a, f->timeout_s, f->at));
    if (f->environment != NULL)
        graph_block_set(graph_block_of(l->graph, fn, "environment", f->at), "variables",
                        f->environment);
    if (f->subnets != NULL) {
        struct graph_block vpc = graph_block_of(l->graph, fn, "vpc_config", f->at);
        graph_block_set(vpc, "subnet_ids", f->subnets);
        graph_block_set(vpc, "security_group_ids", f->security_groups);
    }
    /* Lambda looks at the role when it makes an interface, and would make a log group itself. */
    node_set(fn, "depends_on", after);
    return fn;
}

void function_schedule(struct lower *l, const struct function *f, struct node *fn, const char *when,
                       struct value *input) {
    str label = arena_cat(l->a, f->label, STR("-schedule"));
    str name = arena_cat3(l->a, l->prefix, STR("-"), label);
    check_name(l, f, name);
    struct policy p;
    policy_begin(&p, l, f->at);
    policy_allow(&p, "Call", "lambda:InvokeFunction", value_ref(l->a, fn, "arn", f->at), NULL);
    struct node *role = add_role(l, f, label, name, "scheduler.amazonaws.com");
    add_policy(l, f, label, role, &p);
    struct node *n = add(l, f, &resource_scheduler_schedule, f->label, fn->name);
    node_set(n, "name", value_str(l->a, fn->name, f->at));
    node_set(n, "description", value_str(l->a, f->description, f->at));
    node_set(n, "schedule_expression", text(l, when, f->at));
    struct graph_block window = graph_block_of(l->graph, n, "flexible_time_window", f->at);
    graph_block_set(window, "mode", text(l, "FLEXIBLE", f->at));
    graph_block_set(window, "maximum_window_in_minutes", value_int(l->a, WINDOW_MINUTES, f->at));
    struct graph_block target = graph_block_of(l->graph, n, "target", f->at);
    graph_block_set(target, "arn", value_ref(l->a, fn, "arn", f->at));
    graph_block_set(target, "role_arn", value_ref(l->a, role, "arn", f->at));
    graph_block_set(target, "input", value_json(l->a, input, f->at));
    struct graph_block retry = graph_block_in(l->graph, target, "retry_policy", f->at);
    graph_block_set(retry, "maximum_event_age_in_seconds", value_int(l->a, RETRY_AGE_S, f->at));
    graph_block_set(retry, "maximum_retry_attempts", value_int(l->a, RETRIES, f->at));
}
