/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "live/answer.h"
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

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(forms),
        UNIT_TEST(requests),
        UNIT_TEST(paths),
        UNIT_TEST(sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
