/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "live/answer.h"
#include "live/items.h"
#include "live/path.h"
#include "live/request.h"
#include "model/value_json.h"

static str shown(struct arena *a, const struct value *v) {
    struct buf b = BUF_INIT(65536);
    value_put_json(&b, v);
    return buf_keep(&b, a);
}

static const struct value *answer(struct arena *a, const char *service, const char *operation,
                                  const char *body, const char **why) {
    return answer_of(a, aws_service_find(str_c(service)), str_c(operation), "R", str_c(body), why);
}

/* All protocols say the same thing the same way. */
static void forms(void **state) {
    static const struct {
        const char *service, *operation, *body, *is; /* is NULL: refused because of `why` */
        const char *why;
    } cases[] = {
        {"cloudwatch", "X", "{\"a\":[1,true,null,\"x\"]}", "{\"a\":[1, true, null, \"x\"]}", NULL},
        {"logs", "X", "[]", NULL, "it is no object"},
        {"logs", "X", "{\"a\":1} x", NULL, "it is not JSON"},
        {"logs", "X", "", NULL, "it is not JSON"},
        {"logs", "X", "{\"a\":\"\\u0000\"}", NULL, "it has a character that no text can have"},
        {"logs", "X", "{\"a\":{\"b\":1,\"b\":2}}", NULL, "an object has two members of one name"},
        {"logs", "X",
         "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,"
         "\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"r\":1,\"q\":1}",
         NULL, "an object has two members of one name"},
        {"sns", "L",
         "<?xml version=\"1.0\"?><LResponse "
         "xmlns=\"http://x/\"><LResult><T><member><A>1</A></member>"
         "<member><A>2</A></member></T><N/></LResult></LResponse>",
         "{\"N\":\"\", \"T\":[{\"A\":\"1\"}, {\"A\":\"2\"}]}", NULL},
        {"sns", "L",
         "<LResponse><LResult><M><entry><key>k</key><value>v</value></entry></M></LResult></"
         "LResponse>",
         "{\"M\":{\"k\":\"v\"}}", NULL},
        {"sns", "L", "<LResponse/>", "{}", NULL},
        {"sns", "L", "<MResponse/>", NULL, "it is the answer to another question"},
        {"ec2", "L", "<LResponse><s><item><a>1</a></item><item/></s></LResponse>",
         "{\"s\":[{\"a\":\"1\"}, \"\"]}", NULL},
        {"s3", "L", "<Q><Rule/></Q>", NULL, "it is the answer to another question"},
        {"ec2", "L", "<Response/>", NULL, "it is the answer to another question"},
        {"s3", "L", "<R><Rule><ID>a</ID></Rule><Rule><ID>b</ID></Rule><Rule><ID>c</ID></Rule></R>",
         "{\"Rule\":[{\"ID\":\"a\"}, {\"ID\":\"b\"}, {\"ID\":\"c\"}]}", NULL},
    };
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = NULL;
        const struct value *v =
            answer(*state, cases[i].service, cases[i].operation, cases[i].body, &why);
        if (cases[i].is == NULL) {
            assert_null(v);
            assert_string_equal(why, cases[i].why);
        } else {
            assert_non_null(v);
            assert_text(shown(*state, v), cases[i].is);
        }
    }
}

static void requests(void **state) {
    struct arena *a = *state;
    const char *why;
    const struct value *v =
        value_of_json(a, STR("{\"Filter\":[\"Role\",\"a b&c=\"],\"Max\":100,\"All\":true}"), &why);
    assert_text(request_body(a, aws_service_find(STR("iam")), v),
                "Filter.member.1=Role&Filter.member.2=a%20b%26c%3D&Max=100&All=true");
    assert_text(request_body(a, aws_service_find(STR("logs")), v),
                "{\"All\":true, \"Filter\":[\"Role\", \"a b&c=\"], \"Max\":100}");
}

/* Attributes of the first node, as name=value; or why there is none. */
static str items(struct arena *a, const struct resource_kind *kind, const char *body) {
    const char *why;
    str strange = STR("");
    struct graph *g = graph_new(a);
    struct items to = {.into = g};
    const struct resource_call *c = kind->reads[0].call;
    struct items_from from = {.kind = kind,
                              .read = kind->reads,
                              .asked = value_map(a, 0, SPAN_NONE),
                              .answer = answer(a, c->service, c->operation, body, &why)};
    assert_non_null(from.answer);
    if (!items_add(&to, &from, &strange))
        return arena_cat(a, STR("strange: "), strange);
    struct buf b = BUF_INIT(65536);
    buf_printf(&b, "%u:", g->nodes.n);
    for (uint32_t i = 0; g->nodes.n > 0 && i < kind->nattrs; i++) {
        const struct value *x = g->nodes.at[0]->attrs[i];
        if (x == NULL)
            continue;
        buf_printf(&b, " %s=", kind->attrs[i].tf);
        x->type == VALUE_BLOCK ? BUF_LIT(&b, "block") : value_put_json(&b, x);
    }
    return buf_keep(&b, a);
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

/* Where things are in an answer. */
static void paths(void **state) {
    static const struct {
        const char *path, *is; /* NULL: nothing */
    } cases[] = {
        {"", "{\"L\":[{\"T\":\"a\", \"V\":1}, {\"T\":\"b\", \"V\":2}, {\"V\":3}], "
             "\"N\":null, \"P\":\"%7B%22S%22%3A%5B%7B%22I%22%3A1%7D%5D%7D\"}"},
        {"L/V", "[1, 2, 3]"},
        {"L/T", "[\"a\", \"b\"]"},
        {"L[T=b]/V", "[2]"},
        {"L[T=c]/V", "[]"},
        {"L/X", "[]"},
        {"N", NULL},
        {"N/X", NULL},
        {"X/Y", NULL},
        {"P/S/I", "[1]"},
        {"L/T/S", "[]"},
        {"X|../A", "\"up\""},
        {"X|N|Y", NULL},
        {"../A", "\"up\""},
        {"../A/B", NULL},
        {"$Q", "\"asked\""},
        {"../../Q", "\"asked\""},
        {"../../../Q", NULL},
    };
    struct arena *a = *state;
    const char *why;
    str bodies[] = {STR("{\"Q\":\"asked\"}"), STR("{\"A\":\"up\"}"),
                    STR("{\"L\":[{\"T\":\"a\",\"V\":1},{\"T\":\"b\",\"V\":2},{\"V\":3}],\"N\":null,"
                        "\"P\":\"%7B%22S%22%3A%5B%7B%22I%22%3A1%7D%5D%7D\"}")};
    struct path_scope asked = {NULL, value_of_json(a, bodies[0], &why)};
    struct path_scope up = {&asked, value_of_json(a, bodies[1], &why)};
    struct path_scope item = {&up, value_of_json(a, bodies[2], &why)};
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct value *v = path_find(a, &item, str_c(cases[i].path));
        if (cases[i].is == NULL)
            assert_null(v);
        else
            assert_text(shown(a, v), cases[i].is);
    }
    assert_text(str_after_last(STR("arn:aws:sns:r:1:ops"), ':'), "ops");
    assert_text(str_after_last(STR("ops"), ':'), "ops");
}

/* What is sent, by the protocol. */
static void sent(void **state) {
    static const struct {
        struct resource_call call;
        const char *params;
        const char *is; /* method, path, query, bucket, body */
    } cases[] = {
        {{.service = "ec2", .operation = "DescribeInstances"},
         "{\"Filter\":[{\"Name\":\"tag:Name\",\"Value\":[\"a b\",\"c\"]}]}",
         "|||| Filter.1.Name=tag%3AName&Filter.1.Value.1=a%20b&Filter.1.Value.2=c"},
        {{.service = "lambda", .operation = "GetPolicy", .path = "/f/{Name}/policy"},
         "{\"Name\":\"a/b c\",\"Max\":5}",
         "GET|/f/a%2Fb%20c/policy|Max=5|| "},
        {{.service = "s3", .operation = "GetBucketPolicy", .path = "/?policy"},
         "{\"Bucket\":\"data\"}",
         "GET|/|policy|data| "},
        {{.service = "s3", .operation = "ListBuckets", .path = "/"},
         "{\"max-buckets\":1000}",
         "GET|/|max-buckets=1000|| "},
        {{.service = "scheduler", .operation = "X", .path = "/x/{A}", .method = "POST"},
         "{\"A\":\"1\",\"B\":[\"2\"]}",
         "POST|/x/1||| {\"B\":[\"2\"]}"},
    };
    struct arena *a = *state;
    const char *why;
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct aws_call c = {.service = NULL};
        request_make(a, &cases[i].call, value_of_json(a, str_c(cases[i].params), &why), &c);
        assert_text(arena_printf(a, "%.*s|%.*s|%.*s|%.*s| %.*s", STR_ARG(c.method), STR_ARG(c.path),
                                 STR_ARG(c.query), STR_ARG(c.bucket), STR_ARG(c.body)),
                    cases[i].is);
    }
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

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(forms), UNIT_TEST(requests), UNIT_TEST(paths),
        UNIT_TEST(sent),  UNIT_TEST(nodes),    UNIT_TEST(topics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
