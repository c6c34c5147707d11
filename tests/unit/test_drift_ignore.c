/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "diag/diag.h"
#include "drift/ignore.h"

static struct ignore_row row(const char *name, const char *path, const char *until) {
    struct ignore_row r = {.kind.text = STR("aws_sns_topic"), .name.text = str_c(name)};
    r.path.text = str_c(path);
    r.until.text = str_c(until);
    r.until.at.file = until == NULL ? 0 : 1;
    return r;
}

static void names_are_globs(void **state) {
    (void)state;
    struct ignore_row r = row("shop-?-*", NULL, NULL);
    assert_true(ignore_means(&r, STR("aws_sns_topic"), STR("shop-a-warning")));
    assert_false(ignore_means(&r, STR("aws_sns_topic"), STR("shop-ab-warning")));
    assert_false(ignore_means(&r, STR("aws_sns"), STR("shop-a-warning")));
}

static void paths_mean_what_is_in_them(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *path;
        bool means;
    } cases[] = {
        {"policy", "policy", true},
        {"policy", "policy.Statement[A].Action", true},
        {"policy", "policy_x", false},
        {"metric_query", "metric_query[cpu].metric.period", true},
        {"metric_query[cpu]", "metric_query[cpu].metric.period", true},
        {"metric_query[c]", "metric_query[cpu].metric.period", false},
        {"metric_query[*].metric", "metric_query[cpu].metric.period", true},
        {"*.period", "metric_query[cpu].metric.period", true},
        {"*.metric", "metric_query[cpu].period", false},
        {"policy.Statement", "policy", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ignore_row r = row("*", cases[i].pattern, NULL);
        if (ignore_means_path(&r, str_c(cases[i].path)) != cases[i].means)
            fail_msg("`%s` of `%s`", cases[i].pattern, cases[i].path);
    }
}

static void last_day_counts(void **state) {
    (void)state;
    struct ignore_row r = row("*", NULL, "2027-01-31"), none = row("*", NULL, NULL);
    assert_false(ignore_has_ended(&r, STR("2026-12-31")));
    assert_false(ignore_has_ended(&r, STR("2027-01-31")));
    assert_true(ignore_has_ended(&r, STR("2027-02-01")));
    assert_false(ignore_has_ended(&none, STR("9999-12-31")));
}

/* ---- the file */

struct reading {
    struct sources sources;
    struct diag_list dl;
    struct ignore_list *list;
    bool ok;
};

static struct reading *read_file(struct arena *a, const char *text, bool asked) {
    struct reading *r = ARENA_NEW(a, struct reading);
    struct io_mem *m = io_mem_new(a);
    struct io io = io_mem(m);
    if (text != NULL)
        io_mem_put(m, STR("opsc.drift.yaml"), str_c(text));
    sources_init(&r->sources, a);
    diag_list_init(&r->dl, a, &r->sources);
    r->ok = ignore_read(a, &r->dl, &io, STR("opsc.drift.yaml"), asked, &r->list);
    return r;
}

static void a_file_is_rows(void **state) {
    struct reading *r = read_file(*state,
                                  "ignore:\n"
                                  "  - { kind: aws_sns_topic, name: a-*, path: p, until: "
                                  "2027-01-31, reason: Why. }\n"
                                  "  - kind: aws_lambda_function\n"
                                  "    name: b\n"
                                  "    reason: 'no: really'\n",
                                  true);
    assert_true(r->ok);
    assert_int_equal(r->list->n, 2);
    assert_text(r->list->rows[0].path.text, "p");
    assert_text(r->list->rows[0].until.text, "2027-01-31");
    assert_text(r->list->rows[1].reason.text, "no: really");
    assert_int_equal(
        sources_place(&r->sources, r->list->rows[1].at.file, r->list->rows[1].at.start).line, 3);
}

static void no_file_is_no_mistake(void **state) {
    struct reading *r = read_file(*state, NULL, false);
    assert_true(r->ok);
    assert_null(r->list);
    r = read_file(*state, NULL, true);
    assert_false(r->ok);
    assert_int_equal(r->dl.items.at[0]->code, DIAG_FILE_UNREADABLE);
}

static void mistakes_are_told(void **state) {
    static const struct {
        const char *text;
        enum diag_code code;
        uint32_t line;
    } cases[] = {
        {"ignored: []\n", DIAG_UNKNOWN_KEY, 1},
        {"ignore: text\n", DIAG_WRONG_TYPE, 1},
        {"ignore:\n  - text\n", DIAG_WRONG_TYPE, 2},
        {"ignore:\n  - { name: a, reason: b }\n", DIAG_MISSING_KEY, 2},
        {"ignore:\n  - { kind: aws_sns_topic, reason: b }\n", DIAG_MISSING_KEY, 2},
        {"ignore:\n  - { kind: aws_sns_topic, name: a }\n", DIAG_MISSING_KEY, 2},
        {"ignore:\n  - { kind: aws_sns_topic, name: a, reason: ' ' }\n", DIAG_BAD_FORMAT, 2},
        {"ignore:\n  - { kind: aws_sns_topic, name: a, reason: b, until: soon }\n", DIAG_BAD_FORMAT,
         2},
        {"ignore:\n  - { kind: aws_sns_topic, name: a, reason: b, until: 2027-13-01 }\n",
         DIAG_BAD_FORMAT, 2},
        {"ignore:\n  - { kind: aws_sns_topic, name: a, reason: b, days: 3 }\n", DIAG_UNKNOWN_KEY,
         2},
        {"ignore:\n  - { kind: sns, name: a, reason: b }\n", DIAG_IGNORE_KIND, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading *r = read_file(*state, cases[i].text, false);
        assert_false(r->ok);
        const struct diag *d = r->dl.items.at[0];
        if (d->code != cases[i].code ||
            sources_place(&r->sources, d->at.file, d->at.start).line != cases[i].line)
            fail_msg("%s: %.*s", cases[i].text, STR_ARG(d->message));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(names_are_globs),       UNIT_TEST(paths_mean_what_is_in_them),
        UNIT_TEST(last_day_counts),       UNIT_TEST(a_file_is_rows),
        UNIT_TEST(no_file_is_no_mistake), UNIT_TEST(mistakes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
