/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/buf.h"
#include "drift/report.h"
#include "model/value_json.h"
#include "resource/resource.h"

/* What is told of one Lambda function that differs in some attributes. */
struct telling {
    struct arena *a;
    struct sources sources;
    struct diff_item item;
    struct ignore_row row;
    struct ignore_list list;
    struct report report;
};

static struct telling *begin(struct arena *a) {
    struct telling *t = ARENA_NEW(a, struct telling);
    struct graph *g = graph_new(a);
    t->a = a;
    sources_init(&t->sources, a);
    uint32_t file = sources_add(&t->sources, STR("ops.yaml"), STR("a\nb\n"), false);
    struct node *n = graph_add(g, &resource_lambda_function, STR("f"), (span){file, 2, 3});
    n->name = STR("shop-production-f");
    t->item = (struct diff_item){.action = DIFF_CHANGE, .want = n, .have = n};
    t->report = (struct report){.arena = a, .sources = &t->sources, .today = STR("2026-10-01")};
    return t;
}

static struct diff_change *differs(struct telling *t, const char *path, const char *have,
                                   const char *want) {
    const char *why;
    struct diff_change d = {.path = str_c(path)};
    d.have = have == NULL ? NULL : value_of_json(t->a, str_c(have), &why);
    d.want = want == NULL ? NULL : value_of_json(t->a, str_c(want), &why);
    d.at = t->item.want->at;
    VEC_PUSH(t->a, &t->item.changes, d);
    return VEC_LAST(&t->item.changes);
}

static void ignore(struct telling *t, const char *path) {
    t->row = (struct ignore_row){.kind.text = STR("aws_lambda_function"),
                                 .name.text = STR("*-f"),
                                 .reason.text = STR("why"),
                                 .path.text = str_c(path),
                                 .at = {1, 0, 1}};
    t->row.path.at.file = path == NULL ? 0 : 1;
    t->list = (struct ignore_list){STR("opsc.drift.yaml"), &t->row, 1};
    t->report.ignore = &t->list;
}

static str told(struct telling *t, void (*writer)(struct buf *, const struct report *)) {
    struct diff d = {0};
    struct buf b = BUF_INIT(1u << 20);
    VEC_PUSH(t->a, &d.items, t->item);
    report_make(&d, &t->report);
    writer(&b, &t->report);
    return buf_keep(&b, t->a);
}

static void plain_text(struct buf *b, const struct report *r) {
    report_text(b, r, false);
}

static void values_are_aligned(void **state) {
    struct telling *t = begin(*state);
    differs(t, "timeout", "3", "30");
    differs(t, "memory_size", "128", NULL);
    differs(t, "role", NULL, "\"r\"")->unknown = true;
    differs(t, "handler", "\"a\\nb\\nc\\n\"", "\"a\\nx\\nc\\n\"");
    assert_text(told(t, plain_text),
                "~ Lambda function shop-production-f  ops.yaml:2\n"
                "    timeout:     3 -> 30  ops.yaml:2\n"
                "    memory_size: 128 -> nothing  ops.yaml:2\n"
                "    role:        not compared, it depends on \"r\"  ops.yaml:2\n"
                "    handler:  ops.yaml:2\n"
                "        a\n"
                "      - b\n"
                "      + x\n"
                "        c\n"
                "1 different, 1 attribute not compared\n");
}

static void secrets_are_in_no_form(void **state) {
    static void (*const writers[])(struct buf *, const struct report *) = {plain_text, report_json,
                                                                           report_markdown};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        struct telling *t = begin(*state);
        differs(t, "environment",
                "{\"variables\": {\"DB_PASSWORD\": \"hunter2\", \"A\": \"plain\"}}",
                "{\"variables\": {\"A\": [\"https://u:hunter2@h/\"]}}");
        differs(t, "environment.variables.API_TOKEN", "\"hunter2\"", "\"hunter2x\"");
        differs(t, "kms_key_arn", "\"hunter2\"", "\"hunter2\"")->secret = true;
        str said = told(t, writers[i]);
        if (str_contains(said, STR("hunter2")) || !str_contains(said, STR("***")) ||
            !str_contains(said, STR("plain")))
            fail_msg("%.*s", STR_ARG(said));
    }
}

static void what_is_ignored_is_not_counted(void **state) {
    struct telling *t = begin(*state);
    differs(t, "timeout", "3", "30");
    differs(t, "role", "\"a\"", "\"b\"");
    ignore(t, "time*");
    assert_text(told(t, report_summary), "1 different, 1 ignored\n");
    assert_int_equal(t->report.diff.items.at[0].changes.n, 1);
    t = begin(*state);
    differs(t, "timeout", "3", "30")->replaces = true;
    differs(t, "role", "\"a\"", "\"b\"");
    t->item.action = DIFF_REPLACE;
    ignore(t, "timeout");
    told(t, report_summary);
    /* What would have replaced it is ignored. */
    assert_int_equal(t->report.diff.items.at[0].action, DIFF_CHANGE);
    t = begin(*state);
    differs(t, "timeout", "3", "30");
    ignore(t, NULL);
    assert_text(told(t, report_summary), "1 ignored\n");
    assert_int_equal(t->report.diff.items.n, 0);
}

static void what_is_not_known_stays(void **state) {
    struct telling *t = begin(*state);
    differs(t, "timeout", "3", "30");
    differs(t, "role", NULL, "\"r\"")->unknown = true;
    ignore(t, "*");
    /* It is neither as the spec says, nor different. */
    assert_text(told(t, report_summary), "1 attribute not compared, 1 ignored\n");
    assert_int_equal(t->report.diff.sums[DIFF_SAME], 0);
}

static void elsewhere(void **state) {
    struct node n = {.region = GRAPH_REGION_GLOBAL};
    (void)state;
    assert_string_equal(report_elsewhere(&n, STR("eu-west-1")), " (us-east-1)");
    assert_string_equal(report_elsewhere(&n, STR("us-east-1")), "");
    n.region = GRAPH_REGION_HOME;
    assert_string_equal(report_elsewhere(&n, STR("eu-west-1")), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(values_are_aligned),
        UNIT_TEST(secrets_are_in_no_form),
        UNIT_TEST(what_is_ignored_is_not_counted),
        UNIT_TEST(what_is_not_known_stays),
        UNIT_TEST(elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
