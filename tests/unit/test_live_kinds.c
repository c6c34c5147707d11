/* SPDX-License-Identifier: MIT */
/* Answers of query and JSON services as AWS documents them, where an emulator's are others. */
#include "unit.h"

#include "live/answer.h"
#include "live/items.h"
#include "model/value_json.h"

/* Attributes of the first node that the answer to a call of its kind has, as name=value, after how
 * many there are, and a part's name; or why there is none. */
static str items_of(struct arena *a, const struct resource_kind *kind, uint32_t read,
                    const char *asked, const char *body) {
    const char *why;
    str strange = STR("");
    struct graph *g = graph_new(a);
    struct arena *scratch = arena_small(a);
    struct items to = {.into = g, .own = a};
    const struct resource_call *c = kind->reads[read].call;
    struct items_from from = {.kind = kind,
                              .read = &kind->reads[read],
                              .asked = value_of_json(scratch, str_c(asked), &why),
                              .answer = answer_of(scratch, aws_service_find(str_c(c->service)),
                                                  str_c(c->operation), c->root, str_c(body), &why)};
    assert_non_null(from.answer);
    if (!items_add(&to, scratch, &from, &strange))
        return arena_cat(a, STR("strange: "), strange);
    /* Nothing of the answer is in the nodes. */
    arena_free(scratch);
    struct buf b = BUF_INIT(65536);
    buf_printf(&b, "%u:", g->nodes.n);
    for (uint32_t i = 0; g->nodes.n > 0 && i < kind->nattrs; i++) {
        const struct value *x = g->nodes.at[0]->attrs[i];
        if (x == NULL)
            continue;
        buf_printf(&b, " %s=", kind->attrs[i].tf);
        x->type == VALUE_BLOCK || kind->attrs[i].type == ATTR_BLOCKS ? BUF_LIT(&b, "blocks")
                                                                     : value_put_json(&b, x);
    }
    if (g->nodes.n > 0 && kind->part_of != NULL)
        buf_printf(&b, " (%.*s)", STR_ARG(g->nodes.at[0]->name));
    return buf_keep(&b, a);
}

static str items(struct arena *a, const struct resource_kind *kind, const char *body) {
    return items_of(a, kind, 0, "{}", body);
}

#define QUERY(operation, result)                                                                   \
    "<" operation "Response><" operation "Result>" result "</" operation "Result></" operation     \
    "Response>"
#define VERSION(id, is_default, document)                                                          \
    "<member><VersionId>" id "</VersionId><IsDefaultVersion>" is_default                           \
    "</IsDefaultVersion><Document>" document "</Document></member>"

static const char details[] = QUERY(
    "GetAccountAuthorizationDetails",
    "<RoleDetailList><member><RoleName>r</RoleName><RolePolicyList><member><PolicyName>p"
    "</PolicyName><PolicyDocument>%7B%22a%22%3A1%7D</PolicyDocument></member></RolePolicyList>"
    "<AttachedManagedPolicies><member><PolicyName>m</PolicyName><PolicyArn>arn:aws:iam::1:"
    "policy/x/m</PolicyArn></member></AttachedManagedPolicies></member><member><RoleName>s"
    "</RoleName><RolePolicyList/><AttachedManagedPolicies/></member></RoleDetailList>"
    "<Policies><member><PolicyName>m</PolicyName><Arn>arn:aws:iam::1:policy/x/m</Arn>"
    "<PolicyVersionList>" VERSION("v2", "false", "%7B%22a%22%3A2%7D")
        VERSION("v1", "true", "%7B%22a%22%3A1%7D") "</PolicyVersionList></member></Policies>"
                                                   "<IsTruncated>false</IsTruncated>");

static void roles(void **state) {
    struct arena *a = *state;
    assert_text(items(a, &resource_iam_role, details), "2: name=\"r\"");
    assert_text(items(a, &resource_iam_role_policy, details),
                "1: name=\"p\" role=\"r\" policy={\"a\":1} (r/p)");
    assert_text(
        items(a, &resource_iam_role_policy_attachment, details),
        "1: role=\"r\" policy_arn=\"arn:aws:iam::1:policy/x/m\" (r/arn:aws:iam::1:policy/x/m)");
    assert_text(items_of(a, &resource_iam_role, 1, "{}",
                         QUERY("ListRoles",
                               "<Roles><member><RoleName>r</RoleName><Description>d</Description>"
                               "<MaxSessionDuration>3600</MaxSessionDuration></member></Roles>")),
                "1: name=\"r\" description=\"d\" max_session_duration=\"3600\"");
}

/* What is in force, whichever version that is. */
static void policies(void **state) {
    struct arena *a = *state;
    assert_text(items(a, &resource_iam_policy, details),
                "1: name=\"m\" policy={\"a\":1} arn=\"arn:aws:iam::1:policy/x/m\" "
                "old_versions=[\"v2\"]");
    assert_text(items_of(a, &resource_iam_policy, 1, "{}",
                         QUERY("GetPolicy", "<Policy><PolicyName>m</PolicyName><Arn>arn:aws:iam::1:"
                                            "policy/m</Arn><Description>d</Description></Policy>")),
                "1: name=\"m\" description=\"d\" arn=\"arn:aws:iam::1:policy/m\"");
}

static void providers(void **state) {
    const char *asked = "{\"OpenIDConnectProviderArn\":\"arn:x\"}";
    assert_text(items_of(*state, &resource_oidc_provider, 0, asked,
                         QUERY("GetOpenIDConnectProvider",
                               "<Url>token.example/a</Url>"
                               "<ClientIDList><member>c</member></ClientIDList>")),
                "1: url=\"https://token.example/a\" client_id_list=[\"c\"] arn=\"arn:x\"");
}

static void secrets(void **state) {
    struct arena *a = *state;
    assert_text(items(a, &resource_secret, "{\"Name\":\"s\",\"ARN\":\"arn:s\"}"),
                "1: name=\"s\" arn=\"arn:s\"");
    /* One that was never rotated; and one for which it was stopped, which keeps its function. */
    assert_text(items(a, &resource_secret_rotation, "{\"Name\":\"s\",\"ARN\":\"arn:s\"}"), "0:");
    assert_text(items(a, &resource_secret_rotation,
                      "{\"Name\":\"s\",\"ARN\":\"arn:s\",\"RotationEnabled\":false,"
                      "\"RotationLambdaARN\":\"arn:f\"}"),
                "1: secret_id=\"arn:s\" rotation_lambda_arn=\"arn:f\" rotation_enabled=false");
}

static void keys(void **state) {
    struct arena *a = *state;
    const char *asked = "{\"KeyId\":\"k\"}";
    assert_text(items_of(a, &resource_kms_key, 0, asked,
                         "{\"KeyMetadata\":{\"KeyId\":\"k\",\"Arn\":\"arn:k\",\"Description\":\"\","
                         "\"Enabled\":false,\"KeyState\":\"PendingDeletion\"}}"),
                "1: description=\"\" is_enabled=false key_id=\"k\" arn=\"arn:k\"");
    assert_text(items_of(a, &resource_kms_key, 1, asked, "{\"KeyRotationEnabled\":true}"),
                "1: enable_key_rotation=true key_id=\"k\"");
    /* Some of AWS's own lead to no key. */
    assert_text(items(a, &resource_kms_alias, "{\"Aliases\":[{\"AliasName\":\"alias/aws/x\"}]}"),
                "1: name=\"alias/aws/x\"");
}

static void budgets(void **state) {
    struct arena *a = *state;
    assert_text(items(a, &resource_budget,
                      "{\"Budgets\":[{\"BudgetName\":\"b\",\"BudgetLimit\":{\"Amount\":\"1.0\","
                      "\"Unit\":\"USD\"},\"CostFilters\":{\"Service\":[\"S3\"]}}]}"),
                "1: name=\"b\" limit_amount=\"1.0\" limit_unit=\"USD\" cost_filter=blocks");
    assert_text(items(a, &resource_budget,
                      "{\"Budgets\":[{\"BudgetName\":\"b\",\"CostFilters\":{\"Service\":1}}]}"),
                "strange: Value of budget is not a list");
    assert_text(items_of(a, &resource_budget, 1,
                         "{\"BudgetName\":\"b\",\"Notification\":{\"Threshold\":80.0}}",
                         "{\"Subscribers\":[{\"SubscriptionType\":\"EMAIL\",\"Address\":\"a\"}]}"),
                "1: name=\"b\" notification=blocks");
}

static void nodes(void **state) {
    struct arena *a = *state;
    assert_text(items(a, &resource_metric_alarm, "{\"MetricAlarms\":[]}"), "0:");
    assert_text(
        items(a, &resource_metric_alarm,
              "{\"MetricAlarms\":[{\"AlarmName\":\"a\",\"Period\":60,\"Dimensions\":"
              "[{\"Name\":\"N\",\"Value\":\"v\"}],\"AlarmActions\":[],\"StateValue\":\"OK\"}]}"),
        "1: alarm_name=\"a\" alarm_actions=[] dimensions={\"N\":\"v\"} period=60");
    /* What was not understood must not pass for equal. */
    assert_text(items(a, &resource_metric_alarm, "{\"MetricAlarms\":[{\"Period\":60}]}"),
                "strange: AlarmName of CloudWatch alarm is not there");
    assert_text(items(a, &resource_metric_alarm, "{\"MetricAlarms\":[1]}"),
                "strange: MetricAlarms is not a list of objects");
    assert_text(items(a, &resource_metric_alarm,
                      "{\"MetricAlarms\":[{\"AlarmName\":\"a\",\"Metrics\":{\"x\":1}}]}"),
                "strange: Metrics of CloudWatch alarm is not one with anything that opsc knows");
    assert_text(items(a, &resource_metric_alarm,
                      "{\"MetricAlarms\":[{\"AlarmName\":\"a\",\"AlarmActions\":[{}]}]}"),
                "strange: AlarmActions of CloudWatch alarm is not a list of texts");
    assert_text(items(a, &resource_metric_alarm,
                      "{\"MetricAlarms\":[{\"AlarmName\":\"a\",\"Dimensions\":[{\"Name\":1}]}]}"),
                "strange: Dimensions of CloudWatch alarm is not a list of names and values");
}

#define TOPIC(attributes)                                                                          \
    "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>" attributes                \
    "</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>"
#define ENTRY(k, v) "<entry><key>" k "</key><value>" v "</value></entry>"
#define ARN ENTRY("TopicArn", "arn:aws:sns:eu-west-1:123456789012:ops")

static void topics(void **state) {
    struct arena *a = *state;
    assert_text(items(a, &resource_sns_topic, TOPIC(ARN ENTRY("DisplayName", "Ops"))),
                "1: name=\"ops\" display_name=\"Ops\" "
                "arn=\"arn:aws:sns:eu-west-1:123456789012:ops\"");
    /* What SNS has when nobody made a policy is none. */
    assert_text(items(a, &resource_sns_topic_policy,
                      TOPIC(ARN ENTRY("Policy", "{\"Id\":\"__default_policy_ID\"}"))),
                "0:");
    assert_text(items(a, &resource_sns_topic_policy, TOPIC(ARN)), "0:");
    assert_text(items(a, &resource_sns_topic_policy, TOPIC(ARN ENTRY("Policy", "%7B%22a%22:1%7D"))),
                "1: arn=\"arn:aws:sns:eu-west-1:123456789012:ops\" policy={\"a\":1}");
}

/* Of a role two operations tell who may take it: which one answers first makes no difference. */
static void one_of_two(void **state) {
    struct arena *a = *state;
    static const char *const bodies[] = {
        "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><"
        "RoleDetailList>"
        "<member><RoleName>r</RoleName><AssumeRolePolicyDocument>{\"a\":1}</"
        "AssumeRolePolicyDocument>"
        "</member></RoleDetailList></GetAccountAuthorizationDetailsResult>"
        "</GetAccountAuthorizationDetailsResponse>",
        "<ListRolesResponse><ListRolesResult><Roles><member><RoleName>r</RoleName>"
        "<AssumeRolePolicyDocument>{\"a\":2}</AssumeRolePolicyDocument><Description>d</Description>"
        "</member></Roles></ListRolesResult></ListRolesResponse>"};
    const struct resource_kind *kind = &resource_iam_role;
    for (uint32_t first = 0; first < 2; first++) {
        struct graph *g = graph_new(a);
        struct items to = {.into = g, .own = a};
        for (uint32_t i = 0; i < 2; i++) {
            const struct resource_read *read = &kind->reads[i ^ first];
            const struct resource_call *c = read->call;
            const char *why;
            str strange;
            struct arena *scratch = arena_small(a);
            struct items_from from = {
                .kind = kind,
                .read = read,
                .asked = value_map(a, 0, SPAN_NONE),
                .answer = answer_of(scratch, aws_service_find(str_c(c->service)),
                                    str_c(c->operation), c->root, str_c(bodies[i ^ first]), &why)};
            assert_non_null(from.answer);
            assert_true(items_add(&to, scratch, &from, &strange));
            arena_free(scratch);
        }
        assert_int_equal(g->nodes.n, 1);
        const struct value *trust = node_get(g->nodes.at[0], "assume_role_policy");
        assert_text(value_text(a, value_get(trust->json, STR("a"))), "1");
        assert_text(node_get(g->nodes.at[0], "description")->text, "d");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(nodes),   UNIT_TEST(topics),   UNIT_TEST(one_of_two),
        UNIT_TEST(roles),   UNIT_TEST(policies), UNIT_TEST(providers),
        UNIT_TEST(secrets), UNIT_TEST(keys),     UNIT_TEST(budgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
