/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "diff/diff.h"
#include "model/value_json.h"
#include "resource/resource.h"

#include <stdio.h>

/* Attributes of nodes are written as JSON by Terraform's names; a text "${label.attr}" is a
 * reference to a topic of the wanted graph. */
static struct value *attr_of(struct graph *g, const struct resource_attr *row, struct value *v);

static struct value *block_of(struct graph *g, const struct resource_attr *row,
                              const struct value *map) {
    struct value *b = ARENA_NEW(g->arena, struct value);
    b->type = VALUE_BLOCK;
    b->block.attrs = ARENA_ARRAY(g->arena, struct value *, row->nblock);
    for (uint32_t i = 0; i < row->nblock; i++)
        b->block.attrs[i] = attr_of(g, &row->block[i], value_get(map, str_c(row->block[i].tf)));
    return b;
}

static struct value *attr_of(struct graph *g, const struct resource_attr *row, struct value *v) {
    if (v == NULL)
        return NULL;
    if (row->type == ATTR_BLOCK && v->type == VALUE_MAP)
        return block_of(g, row, v);
    if (row->type == ATTR_BLOCKS) {
        struct value *list = value_list(g->arena, VALUE_LIST, v->list.n, SPAN_NONE);
        for (uint32_t i = 0; i < v->list.n; i++)
            value_push(list, block_of(g, row, v->list.items[i]));
        return list;
    }
    if (v->type == VALUE_STR && str_starts(v->text, STR("${"))) {
        str rest = str_sub(v->text, 2, v->text.n - 1);
        str key = arena_cat(g->arena, STR("aws_sns_topic."), str_split(&rest, '.'));
        const char *attr = (const char *)arena_str(g->arena, rest).p;
        return value_ref(g->arena, map_get(&g->labels, key), attr, SPAN_NONE);
    }
    return v;
}

static struct node *add(struct graph *g, const struct resource_kind *kind, const char *label,
                        const char *json) {
    const char *why;
    struct node *n = graph_add(g, kind, str_c(label), SPAN_NONE);
    struct value *v = value_of_json(g->arena, str_c(json), &why);
    assert_non_null(v);
    for (uint32_t i = 0; i < kind->nattrs; i++)
        n->attrs[i] = attr_of(g, &kind->attrs[i], value_get(v, str_c(kind->attrs[i].tf)));
    for (uint32_t i = 0; i < v->map.n; i++) {
        str z = arena_str(g->arena, v->map.fields[i].name);
        assert_true(resource_attr_index(kind->attrs, kind->nattrs, (const char *)z.p) >= 0);
    }
    return n;
}

static bool all_ours(void *ctx, const struct node *n) {
    (void)ctx;
    (void)n;
    return true;
}

static str file_text(void *ctx, const struct node *of, str path) {
    (void)ctx;
    (void)of;
    assert_text(path, "dashboards/d.json");
    return STR("{\"title\":\"${name} $ \\u0024{x}\",\"a\":[1,2.0]}");
}

static const struct diff_options options = {.partition = STR_INIT("aws"),
                                            .region = STR_INIT("eu-west-1"),
                                            .account = STR_INIT("123456789012"),
                                            .ours = all_ours,
                                            .file = file_text};

static const char *const words[] = {"same",   "create", "change", "replace",
                                    "orphan", "lost",   "unread"};

static void put_value(struct buf *b, const struct diff_change *c, const struct value *v) {
    if (c->secret)
        BUF_LIT(b, "(hidden)");
    else if (v == NULL)
        BUF_LIT(b, "-");
    else
        value_put_json(b, v);
}

/* "change: path: have -> want; ..." of each item that is not the same. */
static str differences(struct arena *a, const struct graph *want, const struct graph *have) {
    struct diff d;
    struct buf b = BUF_INIT(65536);
    diff_graphs(a, want, have, &options, &d);
    for (uint32_t i = 0; i < d.items.n; i++) {
        const struct diff_item *item = &d.items.at[i];
        if (item->action == DIFF_SAME && item->changes.n == 0)
            continue;
        buf_printf(&b, "%s%s", b.n > 0 ? "\n" : "", words[item->action]);
        for (uint32_t k = 0; k < item->changes.n; k++) {
            const struct diff_change *c = &item->changes.at[k];
            buf_printf(&b, "%s%s%.*s: ", k == 0 ? ": " : "; ", c->unknown ? "?" : "",
                       STR_ARG(c->path));
            put_value(&b, c, c->have);
            BUF_LIT(&b, " -> ");
            put_value(&b, c, c->want);
        }
    }
    return buf_keep(&b, a);
}

#define ALARM(more) "{\"alarm_name\":\"a\",\"comparison_operator\":\"x\"" more "}"
#define BUDGET(more) "{\"name\":\"b\"" more "}"
#define POLICY(more) "{\"arn\":\"t\",\"policy\":" more "}"
#define STATEMENT(more) POLICY("{\"Version\":\"2012-10-17\",\"Statement\":" more "}")

static const struct {
    const char *trap;
    const struct resource_kind *kind;
    const char *want, *have, *differs;
} cases[] = {
    {"ActionsEnabled: absent is true", &resource_metric_alarm, ALARM(",\"actions_enabled\":true"),
     ALARM(""), ""},
    {"and false is not", &resource_metric_alarm, ALARM(""), ALARM(",\"actions_enabled\":false"),
     "change: actions_enabled: false -> true"},
    {"of a composite it makes another one", &resource_composite_alarm, "{\"alarm_name\":\"a\"}",
     "{\"alarm_name\":\"a\",\"actions_enabled\":false}", "replace: actions_enabled: false -> true"},
    {"TreatMissingData: absent is missing", &resource_metric_alarm,
     ALARM(",\"treat_missing_data\":\"missing\""), ALARM(""), ""},
    {"TreatMissingData", &resource_metric_alarm, ALARM(",\"treat_missing_data\":\"breaching\""),
     ALARM(""), "change: treat_missing_data: \"missing\" -> \"breaching\""},
    {"DatapointsToAlarm: absent is N", &resource_metric_alarm, ALARM(",\"evaluation_periods\":3"),
     ALARM(",\"evaluation_periods\":3,\"datapoints_to_alarm\":3"), ""},
    {"DatapointsToAlarm: absent there", &resource_metric_alarm,
     ALARM(",\"evaluation_periods\":3,\"datapoints_to_alarm\":2"),
     ALARM(",\"evaluation_periods\":3"), "change: datapoints_to_alarm: 3 -> 2"},
    {"EvaluateLowSampleCountPercentile", &resource_metric_alarm, ALARM(""),
     ALARM(",\"evaluate_low_sample_count_percentiles\":\"evaluate\""), ""},
    {"Threshold: 25 is 25.0", &resource_metric_alarm, ALARM(",\"threshold\":25"),
     ALARM(",\"threshold\":25.0"), ""},
    {"Threshold: 0 is given", &resource_metric_alarm, ALARM(",\"threshold\":0"), ALARM(""),
     "change: threshold: - -> 0"},
    {"Threshold: 0.1", &resource_metric_alarm, ALARM(",\"threshold\":0.1"),
     ALARM(",\"threshold\":1e-1"), ""},
    {"Threshold: huge", &resource_metric_alarm, ALARM(",\"threshold\":1"),
     ALARM(",\"threshold\":1e300"), "change: threshold: \"0x7e37e43c8800759c\" -> 1"},
    {"actions are sets", &resource_metric_alarm, ALARM(",\"alarm_actions\":[\"b\",\"a\"]"),
     ALARM(",\"alarm_actions\":[\"a\",\"b\"]"), ""},
    {"an action more", &resource_metric_alarm, ALARM(",\"alarm_actions\":[\"b\"]"),
     ALARM(",\"alarm_actions\":[\"c\",\"b\"]"), "change: alarm_actions: [\"b\", \"c\"] -> [\"b\"]"},
    {"no actions", &resource_metric_alarm, ALARM(""), ALARM(",\"ok_actions\":[]"), ""},
    {"dimensions have no order", &resource_metric_alarm,
     ALARM(",\"dimensions\":{\"A\":\"1\",\"B\":\"2\"}"),
     ALARM(",\"dimensions\":{\"B\":\"2\",\"A\":\"1\"}"), ""},
    {"dimensions one by one", &resource_metric_alarm,
     ALARM(",\"dimensions\":{\"A\":\"1\",\"B\":\"2\"}"),
     ALARM(",\"dimensions\":{\"B\":\"3\",\"C\":\"1\"}"),
     "change: dimensions.A: - -> \"1\"; dimensions.B: \"3\" -> \"2\"; dimensions.C: \"1\" -> -"},
    {"queries are known by their id", &resource_metric_alarm,
     ALARM(",\"metric_query\":[{\"id\":\"a\"},{\"id\":\"b\",\"expression\":\"a*2\"}]"),
     ALARM(",\"metric_query\":[{\"id\":\"b\",\"expression\":\"a*2\",\"return_data\":false},"
           "{\"id\":\"a\"}]"),
     ""},
    {"inside of queries", &resource_metric_alarm,
     ALARM(",\"metric_query\":[{\"id\":\"a\",\"metric\":{\"stat\":\"p99\",\"period\":60}},"
           "{\"id\":\"b\"}]"),
     ALARM(",\"metric_query\":[{\"id\":\"c\"},{\"id\":\"a\",\"metric\":{\"stat\":\"p90\","
           "\"period\":60}}]"),
     "change: metric_query[a].metric.stat: \"p90\" -> \"p99\"; "
     "metric_query[b]: - -> {\"id\":\"b\"}; metric_query[c]: {\"id\":\"c\"} -> -"},
    {"AlarmRule: white space outside of quotes", &resource_composite_alarm,
     "{\"alarm_name\":\"a\",\"alarm_rule\":\"ALARM(\\\"x  y\\\") OR  NOT ALARM(z)\"}",
     "{\"alarm_name\":\"a\",\"alarm_rule\":\"ALARM( \\\"x  y\\\" )\\n OR NOT ALARM(z)\"}", ""},
    {"AlarmRule: and inside of them", &resource_composite_alarm,
     "{\"alarm_name\":\"a\",\"alarm_rule\":\"ALARM(\\\"x  y\\\")\"}",
     "{\"alarm_name\":\"a\",\"alarm_rule\":\"ALARM(\\\"x y\\\")\"}",
     "change: alarm_rule: \"ALARM(\\\"x y\\\")\" -> \"ALARM(\\\"x  y\\\")\""},
    {"a document: keys have no order, numbers are numbers", &resource_dashboard,
     "{\"dashboard_name\":\"d\",\"dashboard_body\":\"{\\\"a\\\":1,\\\"b\\\":[1,2]}\"}",
     "{\"dashboard_name\":\"d\",\"dashboard_body\":\"{\\\"b\\\":[1.0,2],\\\"a\\\":1e0}\"}", ""},
    {"a document: lists have", &resource_dashboard,
     "{\"dashboard_name\":\"d\",\"dashboard_body\":\"{\\\"b\\\":[1,2,{\\\"c\\\":3}]}\"}",
     "{\"dashboard_name\":\"d\",\"dashboard_body\":\"{\\\"b\\\":[2,2,{\\\"c\\\":\\\"3\\\"},4]}\"}",
     "change: dashboard_body.b[0]: 2 -> 1; dashboard_body.b[2].c: \"3\" -> 3; "
     "dashboard_body.b[3]: 4 -> -"},
    {"a document: a list of texts that has more or fewer is told whole", &resource_dashboard,
     "{\"dashboard_name\":\"d\",\"dashboard_body\":\"{\\\"a\\\":[\\\"x\\\",\\\"z\\\"],"
     "\\\"b\\\":[1,2],\\\"c\\\":[]}\"}",
     "{\"dashboard_name\":\"d\",\"dashboard_body\":\"{\\\"a\\\":[\\\"x\\\",\\\"y\\\",\\\"z\\\"],"
     "\\\"b\\\":[1,3],\\\"c\\\":[1]}\"}",
     "change: dashboard_body.a: [\"x\", \"y\", \"z\"] -> [\"x\", \"z\"]; "
     "dashboard_body.b[1]: 3 -> 2; dashboard_body.c[0]: 1 -> -"},
    {"what is no document", &resource_dashboard,
     "{\"dashboard_name\":\"d\",\"dashboard_body\":\"{}\"}",
     "{\"dashboard_name\":\"d\",\"dashboard_body\":\"{\"}", "change: dashboard_body: \"{\" -> {}"},
    {"a policy: one is a list of one, order means nothing", &resource_sns_topic_policy,
     STATEMENT("[{\"Effect\":\"Allow\",\"Action\":\"a\",\"Resource\":[\"x\",\"y\"]},"
               "{\"Effect\":\"Deny\",\"Action\":\"b\",\"Resource\":\"*\"}]"),
     STATEMENT("[{\"Effect\":\"Deny\",\"Action\":[\"b\"],\"Resource\":[\"*\"]},"
               "{\"Resource\":[\"y\",\"x\"],\"Action\":[\"a\"],\"Effect\":\"allow\"}]"),
     ""},
    {"a policy: a statement is a list of one", &resource_sns_topic_policy,
     STATEMENT("[{\"Effect\":\"Allow\",\"Action\":\"a\"}]"),
     "{\"arn\":\"t\",\"policy\":\"[{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":"
     "{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"a\\\"}}]\"}",
     ""},
    {"a policy: an account is its root", &resource_sns_topic_policy,
     STATEMENT("{\"Principal\":{\"AWS\":\"123456789012\"}}"),
     STATEMENT("{\"Principal\":{\"AWS\":[\"arn:aws:iam::123456789012:root\"]}}"), ""},
    {"a policy: and a user is not", &resource_sns_topic_policy,
     STATEMENT("{\"Principal\":{\"AWS\":\"123456789012\"}}"),
     STATEMENT("{\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:user/root\"}}"),
     "change: policy.Statement[0].Principal.AWS: [\"arn:aws:iam::123456789012:user/root\"] -> "
     "[\"123456789012\"]"},
    {"a policy: AWS numbers statements", &resource_sns_topic_policy,
     STATEMENT("[{\"Action\":\"a\"}]"), STATEMENT("[{\"Action\":\"a\",\"Sid\":\"1\"}]"), ""},
    {"a policy: but a number that was given counts", &resource_sns_topic_policy,
     STATEMENT("[{\"Action\":\"a\",\"Sid\":\"2\"}]"),
     STATEMENT("[{\"Action\":\"a\",\"Sid\":\"1\"}]"),
     "change: policy.Statement[2]: - -> {\"Action\":[\"a\"], \"Sid\":\"2\"}; "
     "policy.Statement[1]: {\"Action\":[\"a\"], \"Sid\":\"1\"} -> -"},
    {"a policy: an Id that AWS gave", &resource_sns_topic_policy, POLICY("{\"Statement\":[]}"),
     POLICY("{\"Statement\":[],\"Id\":\"key-default-1\"}"), ""},
    {"a policy: Version", &resource_sns_topic_policy, POLICY("{\"Version\":\"2012-10-17\"}"),
     POLICY("{\"Version\":\"2008-10-17\"}"),
     "change: policy.Version: \"2008-10-17\" -> \"2012-10-17\""},
    {"a policy: conditions", &resource_sns_topic_policy,
     STATEMENT(
         "{\"Sid\":\"S\",\"Condition\":{\"Bool\":{\"x\":true},\"StringEquals\":{\"y\":\"1\"}}}"),
     STATEMENT("{\"Sid\":\"S\",\"Condition\":{\"Bool\":{\"x\":[\"true\"]},\"StringEquals\":{\"y\":"
               "\"2\"}}}"),
     "change: policy.Statement[S].Condition.StringEquals.y: [\"2\"] -> [\"1\"]"},
    {"a policy: a statement more", &resource_sns_topic_policy, STATEMENT("{\"Sid\":\"A\"}"),
     STATEMENT("[{\"Sid\":\"B\"},{\"Sid\":\"A\"}]"),
     "change: policy.Statement[B]: {\"Sid\":\"B\"} -> -"},
    {"no policy is an empty one", &resource_sns_topic_policy, POLICY("{}"), POLICY("\"\""), ""},
    {"retention: 0 is for ever", &resource_log_group, "{\"name\":\"g\",\"retention_in_days\":0}",
     "{\"name\":\"g\"}", ""},
    {"retention", &resource_log_group, "{\"name\":\"g\"}",
     "{\"name\":\"g\",\"retention_in_days\":30}", "change: retention_in_days: 30 -> 0"},
    {"class: another makes another group", &resource_log_group, "{\"name\":\"g\"}",
     "{\"name\":\"g\",\"log_group_class\":\"INFREQUENT_ACCESS\"}",
     "replace: log_group_class: \"INFREQUENT_ACCESS\" -> \"STANDARD\""},
    {"filter: unit None, default 0 is given, pattern is trimmed", &resource_log_metric_filter,
     "{\"name\":\"f\",\"log_group_name\":\"g\",\"pattern\":\"ERROR\\n\",\"metric_transformation\":"
     "{\"name\":\"m\",\"default_value\":\"0\",\"unit\":\"None\"}}",
     "{\"name\":\"f\",\"log_group_name\":\"g\",\"pattern\":\"ERROR\",\"metric_transformation\":"
     "{\"name\":\"m\",\"default_value\":0.0}}",
     ""},
    {"filter: no default is not 0", &resource_log_metric_filter,
     "{\"name\":\"f\",\"log_group_name\":\"g\",\"metric_transformation\":{\"default_value\":\"0\"}"
     "}",
     "{\"name\":\"f\",\"log_group_name\":\"g\",\"metric_transformation\":{\"name\":\"\"}}",
     "change: metric_transformation.default_value: - -> \"0\""},
    {"a filter of another group is another one", &resource_log_metric_filter,
     "{\"name\":\"f\",\"log_group_name\":\"/app/1\"}",
     "{\"name\":\"f\",\"log_group_name\":\"/app/10\"}", "create\norphan"},
    {"query: log groups are in order", &resource_query_definition,
     "{\"name\":\"q\",\"log_group_names\":[\"a\",\"b\"]}",
     "{\"name\":\"q\",\"log_group_names\":[\"b\",\"a\"]}",
     "change: log_group_names: [\"b\", \"a\"] -> [\"a\", \"b\"]"},
    {"budget: an amount is a number", &resource_budget, BUDGET(",\"limit_amount\":\"100\""),
     BUDGET(",\"limit_amount\":\"100.0\""), ""},
    {"budget: amount", &resource_budget, BUDGET(",\"limit_amount\":\"100\""),
     BUDGET(",\"limit_amount\":\"100.5\""), "change: limit_amount: \"100.5\" -> \"100\""},
    {"budget: notifications are a set", &resource_budget,
     BUDGET(",\"notification\":[{\"threshold\":80},{\"threshold\":100}]"),
     BUDGET(",\"notification\":[{\"threshold\":100.0},{\"threshold\":80.0}]"), ""},
    {"budget: one of them", &resource_budget,
     BUDGET(",\"notification\":[{\"threshold\":80},{\"threshold\":100}]"),
     BUDGET(",\"notification\":[{\"threshold\":100},{\"threshold\":90}]"),
     "change: notification[0].threshold: 90 -> 80"},
    {"budget: cost types that are as AWS fills them", &resource_budget, BUDGET(""),
     BUDGET(",\"cost_types\":{\"include_credit\":true,\"include_refund\":true}"), ""},
    {"budget: and those that are not", &resource_budget, BUDGET(""),
     BUDGET(",\"cost_types\":{\"include_credit\":false}"),
     "change: cost_types: {\"include_credit\":false} -> -"},
    {"budget: a percentage is not told", &resource_budget,
     BUDGET(",\"notification\":[{\"threshold\":80,\"threshold_type\":\"PERCENTAGE\"}]"),
     BUDGET(",\"notification\":[{\"threshold\":80.0}]"), ""},
    {"budget: filters are known by their names, values are a set", &resource_budget,
     BUDGET(",\"cost_filter\":[{\"name\":\"Service\",\"values\":[\"a\",\"b\"]}]"),
     BUDGET(",\"cost_filter\":[{\"name\":\"Service\",\"values\":[\"b\",\"a\"]}]"), ""},
    {"ECR: rules in any order, and lists that are empty", &resource_ecr_lifecycle,
     "{\"repository\":\"r\",\"policy\":{\"rules\":[{\"rulePriority\":1,\"s\":{\"l\":[\"x\",\"y\"]}}"
     ",{\"rulePriority\":2}]}}",
     "{\"repository\":\"r\",\"policy\":{\"rules\":[{\"rulePriority\":2,\"p\":[]},"
     "{\"rulePriority\":1,\"s\":{\"l\":[\"y\",\"x\"]}}]}}",
     ""},
    {"ECR: what differs is told by where it is wanted", &resource_ecr_lifecycle,
     "{\"repository\":\"r\",\"policy\":{\"rules\":[{\"n\":1},{\"n\":2}]}}",
     "{\"repository\":\"r\",\"policy\":{\"rules\":[{\"n\":2},{\"n\":3},{\"n\":4}]}}",
     "replace: policy.rules[0].n: 3 -> 1; policy.rules[2]: {\"n\":4} -> -"},
    {"KMS: an alias is as good as its ARN", &resource_secret,
     "{\"name\":\"s\",\"kms_key_id\":\"alias/x\"}",
     "{\"name\":\"s\",\"kms_key_id\":\"arn:aws:kms:eu-west-1:123456789012:alias/x\"}", ""},
    {"KMS: a key is as good as its ARN", &resource_secret,
     "{\"name\":\"s\",\"kms_key_id\":\"arn:aws:kms:eu-west-1:123456789012:key/x\"}",
     "{\"name\":\"s\",\"kms_key_id\":\"x\"}", ""},
    {"KMS: the key of another account", &resource_secret,
     "{\"name\":\"s\",\"kms_key_id\":\"arn:aws:kms:r:1:key/x\"}",
     "{\"name\":\"s\",\"kms_key_id\":\"arn:aws:kms:r:2:key/x\"}",
     "change: kms_key_id: \"arn:aws:kms:r:2:key/x\" -> \"arn:aws:kms:r:1:key/x\""},
    {"KMS: AWS's own key is the one when none is given", &resource_secret, "{\"name\":\"s\"}",
     "{\"name\":\"s\",\"kms_key_id\":\"alias/aws/secretsmanager\"}", ""},
    {"rotation: whether it was to begin at once is not told", &resource_secret_rotation,
     "{\"secret_id\":\"s\",\"rotate_immediately\":false}", "{\"secret_id\":\"s\"}", ""},
    {"rotation: somebody has stopped it", &resource_secret_rotation, "{\"secret_id\":\"s\"}",
     "{\"secret_id\":\"s\",\"rotation_enabled\":false}", "change: rotation_enabled: false -> true"},
    {"costs: monitors are a set", &resource_anomaly_subscription,
     "{\"name\":\"s\",\"monitor_arn_list\":[\"a\",\"b\"]}",
     "{\"name\":\"s\",\"monitor_arn_list\":[\"b\",\"a\"]}", ""},
    {"lifecycle: an unset minimum size is either", &resource_s3_lifecycle,
     "{\"bucket\":\"b\",\"rule\":[{\"id\":\"x\"},{\"id\":\"y\"}]}",
     "{\"bucket\":\"b\",\"transition_default_minimum_object_size\":\"varies_by_storage_class\","
     "\"rule\":[{\"id\":\"y\"},{\"id\":\"x\"}]}",
     ""},
    {"lifecycle: an empty prefix is none", &resource_s3_lifecycle,
     "{\"bucket\":\"b\",\"rule\":[{\"id\":\"x\",\"filter\":{}}]}",
     "{\"bucket\":\"b\",\"rule\":[{\"id\":\"x\",\"filter\":{\"prefix\":\"\"}}]}", ""},
    {"lifecycle: transitions are a set", &resource_s3_lifecycle,
     "{\"bucket\":\"b\",\"rule\":[{\"id\":\"x\",\"transition\":[{\"days\":1},{\"days\":2}]}]}",
     "{\"bucket\":\"b\",\"rule\":[{\"id\":\"x\",\"transition\":[{\"days\":2},{\"days\":1}]}]}", ""},
    {"encryption: no key for buckets is false", &resource_s3_encryption,
     "{\"bucket\":\"b\",\"rule\":{\"bucket_key_enabled\":false}}",
     "{\"bucket\":\"b\",\"rule\":{\"apply_server_side_encryption_by_default\":null}}", ""},
    {"a distribution is found by its comment", &resource_cloudfront,
     "{\"comment\":\"c\",\"enabled\":true}", "{\"comment\":\"c\",\"enabled\":\"false\"}",
     "change: enabled: false -> true"},
    {"or by a name that only one can have", &resource_cloudfront,
     "{\"comment\":\"c\",\"aliases\":[\"a\",\"b\"]}",
     "{\"comment\":\"x\",\"aliases\":[\"b\",\"a\"]}", "change: comment: \"x\" -> \"c\""},
    {"and by nothing else", &resource_cloudfront, "{\"comment\":\"c\",\"aliases\":[\"a\"]}",
     "{\"comment\":\"x\",\"aliases\":[\"b\"],\"id\":\"E1\"}", "create\norphan"},
    {"CloudFront's own certificate", &resource_cloudfront,
     "{\"comment\":\"c\",\"viewer_certificate\":{\"cloudfront_default_certificate\":true}}",
     "{\"comment\":\"c\",\"viewer_certificate\":{\"cloudfront_default_certificate\":\"true\","
     "\"minimum_protocol_version\":\"TLSv1\",\"ssl_support_method\":\"vip\"}}",
     ""},
    {"a function by its name or its ARN", &resource_lambda_permission,
     "{\"statement_id\":\"s\",\"function_name\":\"arn:aws:lambda:r:1:function:f\"}",
     "{\"statement_id\":\"s\",\"function_name\":\"f\"}", ""},
    {"a schedule: defaults", &resource_scheduler_schedule,
     "{\"name\":\"s\",\"target\":{\"arn\":\"a\"}}",
     "{\"name\":\"s\",\"schedule_expression_timezone\":\"UTC\",\"state\":\"ENABLED\",\"target\":"
     "{\"arn\":\"a\",\"retry_policy\":{\"maximum_event_age_in_seconds\":86400,"
     "\"maximum_retry_attempts\":185}}}",
     ""},
    {"a variable of a function is not shown", &resource_lambda_function,
     "{\"function_name\":\"f\"}",
     "{\"function_name\":\"f\",\"environment\":{\"variables\":{\"P\":\"hunter2\"}}}",
     "change: environment: {\"variables\":\"(hidden)\"} -> -"},
    {"nor when another one is there", &resource_lambda_function,
     "{\"function_name\":\"f\",\"environment\":{\"variables\":{\"P\":\"1\"}}}",
     "{\"function_name\":\"f\",\"environment\":{\"variables\":{\"P\":\"hunter2\"}}}",
     "change: environment.variables.P: (hidden) -> (hidden)"},
    {"role: defaults", &resource_iam_role, "{\"name\":\"r\"}",
     "{\"name\":\"r\",\"description\":\"\",\"max_session_duration\":3600}", ""},
    {"a secret is neither compared nor shown", &resource_ssm_parameter,
     "{\"name\":\"/p\",\"value_wo\":\"hunter2\"}", "{\"name\":\"/p\",\"value_wo\":\"hunter3\"}",
     ""},
};

static void traps(void **state) {
    struct arena *a = *state;
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct graph *want = graph_new(a), *have = graph_new(a);
        add(want, cases[i].kind, "x", cases[i].want);
        add(have, cases[i].kind, "x", cases[i].have);
        str got = differences(a, want, have);
        if (!str_is(got, cases[i].differs))
            print_error("%s:\n", cases[i].trap);
        assert_text(got, cases[i].differs);
        /* What is there is always as it is. */
        assert_text(differences(a, have, have), "");
    }
}

/* What differs from what is there is known by what AWS makes of it, or by what was read. */
static void references(void **state) {
    struct arena *a = *state;
    struct graph *want = graph_new(a), *have = graph_new(a);
    add(want, &resource_sns_topic, "t", "{\"name\":\"ops\"}");
    add(want, &resource_metric_alarm, "m",
        "{\"alarm_name\":\"m\",\"alarm_actions\":\"${t.arn}\",\"alarm_description\":\"${t.name}"
        "\"}");
    add(want, &resource_sns_topic_policy, "t", "{\"arn\":\"${t.arn}\",\"policy\":{\"a\":1}}");
    add(have, &resource_metric_alarm, "m",
        "{\"alarm_name\":\"m\",\"alarm_description\":\"ops\",\"alarm_actions\":"
        "[\"arn:aws:sns:eu-west-1:123456789012:ops\"]}");
    add(have, &resource_sns_topic_policy, "t",
        "{\"arn\":\"arn:aws:sns:eu-west-1:123456789012:ops\",\"policy\":{\"a\":2}}");
    assert_text(differences(a, want, have), "create\nchange: policy.a: 2 -> 1");
    /* In another region it is another topic. */
    want->nodes.at[0]->region = GRAPH_REGION_GLOBAL;
    assert_text(differences(a, want, have),
                "create\n"
                "change: alarm_actions: [\"arn:aws:sns:eu-west-1:123456789012:ops\"] -> "
                "[\"arn:aws:sns:us-east-1:123456789012:ops\"]\ncreate\norphan");
}

#define HASH "bSRdOUAbVU/8+dA20WiLK015HXg10jz7soi+jeUqvv0="

static void unknown(void **state) {
    struct arena *a = *state;
    struct graph *want = graph_new(a), *have = graph_new(a);
    struct node *web = graph_add(want, &resource_data_instance, STR("web"), SPAN_NONE);
    struct node *m = add(want, &resource_metric_alarm, "m", "{\"alarm_name\":\"m\"}");
    struct value *dimensions = value_map(a, 2, SPAN_NONE);
    value_set(dimensions, STR("InstanceId"), value_ref(a, web, "id", SPAN_NONE));
    node_set(m, "dimensions", dimensions);
    add(have, &resource_metric_alarm, "m",
        "{\"alarm_name\":\"m\",\"dimensions\":{\"InstanceId\":\"i-1\"}}");
    value_set(dimensions, STR("Path"), value_str(a, STR("/"), SPAN_NONE));
    /* Of a map it is told what is not known, and what differs all the same. */
    assert_text(differences(a, want, have),
                "lost\nchange: ?dimensions.InstanceId: \"i-1\" -> \"${aws_instance.web.id}\"; "
                "dimensions.Path: - -> \"/\"");
    /* What is found by what is not known is not compared. */
    node_set(m, "alarm_name", value_ref(a, web, "id", SPAN_NONE));
    assert_text(differences(a, want, have), "lost\nunread\norphan");
    /* A value that needs itself. */
    node_set(m, "alarm_name", value_ref(a, m, "alarm_name", SPAN_NONE));
    assert_text(differences(a, want, have), "lost\nunread\norphan");
}

static void files(void **state) {
    struct arena *a = *state;
    struct graph *want = graph_new(a), *have = graph_new(a);
    struct node *d = graph_add(want, &resource_dashboard, STR("d"), SPAN_NONE);
    struct value *tokens = value_map(a, 1, SPAN_NONE);
    value_set(tokens, STR("name"), value_str(a, STR("web"), SPAN_NONE));
    node_set(d, "dashboard_name", value_str(a, STR("d"), SPAN_NONE));
    node_set(d, "dashboard_body", value_file(a, STR("dashboards/d.json"), tokens, SPAN_NONE));
    add(have, &resource_dashboard, "d",
        "{\"dashboard_name\":\"d\",\"dashboard_body\":\"{\\\"a\\\":[1,2],\\\"title\\\":\\\"web $ "
        "${y}\\\"}\"}");
    assert_text(differences(a, want, have),
                "change: dashboard_body.title: \"web $ ${y}\" -> \"web $ ${x}\"");
}

/* A file by its hash, as filebase64sha256() has it. */
static void hashes(void **state) {
    struct arena *a = *state;
    struct graph *want = graph_new(a), *have = graph_new(a);
    struct node *f = add(want, &resource_lambda_function, "f", "{\"function_name\":\"f\"}");
    str path = STR("dashboards/d.json");
    node_set(f, "filename", value_file_used(a, path, VALUE_FILE_PATH, SPAN_NONE));
    node_set(f, "source_code_hash", value_file_used(a, path, VALUE_FILE_SHA256, SPAN_NONE));
    struct node *there = add(have, &resource_lambda_function, "f", "{\"function_name\":\"f\"}");
    node_set(there, "source_code_hash", value_str(a, STR("other"), SPAN_NONE));
    assert_text(differences(a, want, have), "change: source_code_hash: \"other\" -> \"" HASH "\"");
    node_set(there, "source_code_hash", value_str(a, STR(HASH), SPAN_NONE));
    assert_text(differences(a, want, have), "");
}

/* A second one with the same comment is one that nobody wanted. */
static void twice(void **state) {
    struct arena *a = *state;
    struct graph *want = graph_new(a), *have = graph_new(a);
    add(want, &resource_cloudfront, "c", "{\"comment\":\"c\"}");
    add(have, &resource_cloudfront, "1", "{\"comment\":\"c\",\"id\":\"E1\"}");
    add(have, &resource_cloudfront, "2", "{\"comment\":\"c\",\"id\":\"E2\"}");
    assert_text(differences(a, want, have), "orphan");
}

/* What somebody gave a role, a topic or a function of ours, whatever it is called; in one order. */
static void parts(void **state) {
    struct arena *a = *state;
    struct graph *want = graph_new(a), *have = graph_new(a);
    struct node *r = add(want, &resource_iam_role, "r", "{\"name\":\"r\"}");
    node_set(add(want, &resource_iam_role_policy, "p", "{\"name\":\"p\"}"), "role",
             value_ref(a, r, "name", SPAN_NONE));
    add(want, &resource_iam_role_policy_attachment, "adopted",
        "{\"role\":\"theirs\",\"policy_arn\":\"arn:aws:iam::1:policy/ours\"}");
    add(want, &resource_sns_topic, "t", "{\"name\":\"t\"}");
#define TOPIC(name) "{\"topic_arn\":\"arn:aws:sns:eu-west-1:1:" name "\",\"protocol\":\"https\","
    static const struct {
        const struct resource_kind *kind;
        const char *is;
        bool told;
    } there[] = {
        {&resource_sns_topic_subscription, TOPIC("t") "\"endpoint\":\"https://x.example\"}", true},
        {&resource_sns_topic_subscription,
         TOPIC("t") "\"endpoint\":\"https://global.sns-api.chatbot.amazonaws.com\"}", false},
        {&resource_sns_topic_subscription, TOPIC("z") "\"endpoint\":\"https://x.example\"}", false},
        {&resource_sns_topic, "{\"name\":\"t\"}", false},
        {&resource_iam_role, "{\"name\":\"r\"}", false},
        {&resource_iam_role_policy, "{\"name\":\"p\",\"role\":\"r\"}", false},
        {&resource_iam_role_policy, "{\"name\":\"x\",\"role\":\"r\"}", true},
        {&resource_iam_role_policy, "{\"name\":\"a\",\"role\":\"theirs\"}", false},
        {&resource_iam_role_policy_attachment,
         "{\"role\":\"r\",\"policy_arn\":\"arn:aws:iam::aws:policy/AdministratorAccess\"}", true},
        {&resource_iam_role_policy_attachment,
         "{\"role\":\"theirs\",\"policy_arn\":\"arn:aws:iam::1:policy/ours\"}", false},
        {&resource_iam_role_policy_attachment,
         "{\"role\":\"theirs\",\"policy_arn\":\"arn:aws:iam::1:policy/other\"}", false},
    };
    static const struct resource_kind *const told[] = {&resource_iam_role_policy,
                                                       &resource_iam_role_policy_attachment,
                                                       &resource_sns_topic_subscription};
    const struct node *orphans[3] = {0};
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof there / sizeof *there; i++) {
        char label[8];
        (void)snprintf(label, sizeof label, "n%zu", i);
        const struct node *h = add(have, there[i].kind, label, there[i].is);
        for (uint32_t k = 0; k < 3 && there[i].told; k++)
            orphans[k] = there[i].kind == told[k] ? h : orphans[k];
    }
    struct diff d;
    diff_graphs(a, want, have, &options, &d);
    for (uint32_t i = 0; i < d.items.n; i++) {
        if (d.items.at[i].action != DIFF_ORPHAN)
            continue;
        assert_true(n < 3);
        assert_ptr_equal(d.items.at[i].have, orphans[n++]);
    }
    assert_int_equal(n, 3);
}

/* Answers come in any order. */
static void in_one_order(void **state) {
    struct arena *a = *state;
    struct graph *want = graph_new(a), *have = graph_new(a);
    static const char *const names[] = {"c", "a", "b"};
    for (size_t i = 0; i < 3; i++)
        add(have, i == 1 ? &resource_sns_topic : &resource_iam_role, names[i], "{\"name\":\"x\"}")
            ->name = str_c(names[i]);
    struct diff d;
    diff_graphs(a, want, have, &options, &d);
    assert_int_equal(d.items.n, 3);
    assert_text(d.items.at[0].have->name, "b");
    assert_text(d.items.at[1].have->name, "c");
    assert_text(d.items.at[2].have->name, "a");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(hashes),  UNIT_TEST(twice), UNIT_TEST(traps), UNIT_TEST(references),
        UNIT_TEST(unknown), UNIT_TEST(files), UNIT_TEST(parts), UNIT_TEST(in_one_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
