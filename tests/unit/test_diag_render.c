/* SPDX-License-Identifier: MIT */
#include "diag/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct sources sources;
    struct diag_list list;
    struct buf out;
    uint32_t file;
};

static int setup(void **state) {
    struct arena *a = arena_new((size_t)256 << 20, NULL, NULL);
    struct fixture *f = ARENA_NEW(a, struct fixture);
    f->arena = a;
    f->out = BUF_INIT((size_t)16 << 20);
    sources_init(&f->sources, a);
    diag_list_init(&f->list, a, &f->sources);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    buf_done(&f->out);
    arena_free(f->arena);
    return 0;
}

static void text_is(struct fixture *f, const char *text) {
    f->file = sources_add(&f->sources, STR("ops.yaml"), str_c(text), false);
}

/* The place of the first `part` in the text. */
static span at(struct fixture *f, const char *part) {
    str text = sources_get(&f->sources, f->file)->text;
    for (uint32_t i = 0; i < text.n; i++)
        if (str_starts(str_sub(text, i, text.n), str_c(part)))
            return (span){f->file, i, i + str_c(part).n};
    fail_msg("no %s", part);
    return SPAN_NONE;
}

static str rendered(struct fixture *f, enum render_format format, bool colour) {
    buf_clear(&f->out);
    diag_sort(&f->list);
    render_diags(&f->out, &f->list, &(struct render_options){format, colour});
    assert_false(f->out.full);
    return buf_str(&f->out);
}

static void assert_out(str got, const char *wanted) {
    if (!str_is(got, wanted))
        fail_msg("got:\n%.*s\nwanted:\n%s", STR_ARG(got), wanted);
}

static void test_text(void **state) {
    struct fixture *f = *state;
    text_is(f, "a:\n\n\n\n\n\n\n\n\n\n\n\n\n      treshold: 80%\n");
    struct diag *d = diag_add(&f->list, DIAG_YAML_KEY, at(f, "treshold"), "unknown key `treshold`");
    diag_label(&f->list, d, "label");
    diag_hint(&f->list, d, "Did you mean `threshold`?");
    assert_out(rendered(f, RENDER_TEXT, false), "error[OPS-1012]: unknown key `treshold`\n"
                                                "  --> ops.yaml:14:7\n"
                                                "   |\n"
                                                "14 |       treshold: 80%\n"
                                                "   |       ^^^^^^^^ label\n"
                                                "   = hint: Did you mean `threshold`?\n"
                                                "\n"
                                                "1 error\n"
                                                "Run `opsc explain OPS-1012` for more.\n");
}

static void test_text_also(void **state) {
    struct fixture *f = *state;
    text_is(f, "a: {x: 1, y: 2}\n\n\nb:\n\n\n\n\n\nc: 3\n");
    struct diag *d = diag_add(&f->list, DIAG_DUPLICATE_KEY, at(f, "y"), "key `y` is given twice");
    diag_also(&f->list, d, at(f, "x: 1"), "first given here");
    diag_also(&f->list, d, at(f, "c"), "and here");
    diag_add(&f->list, DIAG_YAML_DEPTH, SPAN_NONE, "no place");
    assert_out(rendered(f, RENDER_TEXT, false), "error[OPS-1008]: no place\n"
                                                "\n"
                                                "error[OPS-1007]: key `y` is given twice\n"
                                                "  --> ops.yaml:1:11\n"
                                                "   |\n"
                                                "1  | a: {x: 1, y: 2}\n"
                                                "   |           ^\n"
                                                "   |     ---- first given here\n"
                                                "  ::: ops.yaml:10:1\n"
                                                "   |\n"
                                                "10 | c: 3\n"
                                                "   | - and here\n"
                                                "\n"
                                                "2 errors\n"
                                                "Run `opsc explain OPS-1008` for more.\n");
}

/* No format shows a secret, in the line, in a text that quotes it, or in a label elsewhere. */
static void test_secrets(void **state) {
    struct fixture *f = *state;
    static const char hook[] = "https://hooks.slack.com/services/T07EA123LEP/B0123456789/AbCdEfGh";
    text_is(f, "a: https://hooks.slack.com/services/T07EA123LEP/B0123456789/AbCdEfGh\n"
               "db_password: correcthorse\n"
               "c: https://bob:s3cr3tword@shop.test/x\n");
    struct diag *d = diag_add(&f->list, DIAG_BAD_VALUE, at(f, "https"), "`a` cannot be `%s`", hook);
    diag_hint(&f->list, d, "Not %s.", hook);
    diag_also(&f->list, d, at(f, "correct"), "beside `correcthorse`, not correcthorses");
    d = diag_add(&f->list, DIAG_BAD_VALUE, at(f, "https://bob"),
                 "`https://bob:s3cr3tword@shop.test/x` and "
                 "`https://alert.test/integration/0a1b2c3d4e5f/enqueue?sig=abc&n=1`");
    diag_label(&f->list, d, "AKIAIOSFODNN7EXAMPLE, like https://hooks.example.com/aws");
    for (int format = 0; format < RENDER_COUNT; format++) {
        str out = rendered(f, (enum render_format)format, false);
        static const char *const never[] = {"T07EA123LEP",    "AbCdEfGh",     "correcthorse`",
                                            "correcthorse\n", "s3cr3tword",   "0a1b2c3d4e5f",
                                            "sig=abc",        "AKIAIOSFODNN7"};
        for (size_t i = 0; i < sizeof never / sizeof *never; i++)
            if (str_contains(out, str_c(never[i])))
                fail_msg("%s in:\n%.*s", never[i], STR_ARG(out));
        assert_true(str_contains(out, STR("`a` cannot be `https://hooks.slack.com/***`")));
        assert_true(str_contains(out, STR("`https://bob:***@shop.test/x` and "
                                          "`https://alert.test/integration/***/enqueue?sig=***")));
    }
    assert_true(str_contains(rendered(f, RENDER_TEXT, false),
                             STR("***, like https://hooks.example.com/aws")));
    assert_true(
        str_contains(rendered(f, RENDER_JSON, false), STR("beside `***`, not correcthorses")));
}

static void test_text_characters(void **state) {
    struct fixture *f = *state;
    text_is(f, "\t\xE6\x97\xA5\x1b[31m\xFF\xC3\xA9 bad\xE2\x80\xAE");
    struct diag *d = diag_add(&f->list, DIAG_YAML_TAB, at(f, "bad"), "a\x1b[0m\nb");
    diag_hint(&f->list, d, "One.\nTwo.");
    assert_out(rendered(f, RENDER_TEXT, false),
               "error[OPS-1006]: a\\x1b[0m\\nb\n"
               " --> ops.yaml:1:11\n"
               "  |\n"
               "1 |     \xE6\x97\xA5\\x1b[31m\xEF\xBF\xBD\xC3\xA9 bad\\u{202e}\n"
               "  |                  ^^^\n"
               "  = hint: One.\n"
               "          Two.\n"
               "\n"
               "1 error\n"
               "Run `opsc explain OPS-1006` for more.\n");
}

static void test_text_ends(void **state) {
    struct fixture *f = *state;
    text_is(f, "key: [a,\n  b]\n\nlast");
    span all = at(f, "[a");
    all.end = at(f, "]").end;
    diag_add(&f->list, DIAG_YAML_SYNTAX, all, "several lines");
    span newline = at(f, "\n\nlast");
    diag_add(&f->list, DIAG_YAML_SYNTAX, (span){f->file, newline.start, newline.start + 1},
             "newline");
    diag_add(&f->list, DIAG_YAML_SYNTAX, (span){f->file, newline.start + 1, newline.start + 1},
             "empty");
    diag_add(&f->list, DIAG_YAML_SYNTAX, (span){f->file, 20, 20}, "end");
    assert_out(rendered(f, RENDER_TEXT, false), "error[OPS-1005]: several lines\n"
                                                " --> ops.yaml:1:6\n"
                                                "  |\n"
                                                "1 | key: [a,\n"
                                                "  |      ^^^\n"
                                                "\n"
                                                "error[OPS-1005]: newline\n"
                                                " --> ops.yaml:2:5\n"
                                                "  |\n"
                                                "2 |   b]\n"
                                                "  |     ^\n"
                                                "\n"
                                                "error[OPS-1005]: empty\n"
                                                " --> ops.yaml:3:1\n"
                                                "  |\n"
                                                "3 |\n"
                                                "  | ^\n"
                                                "\n"
                                                "error[OPS-1005]: end\n"
                                                " --> ops.yaml:4:5\n"
                                                "  |\n"
                                                "4 | last\n"
                                                "  |     ^\n"
                                                "\n"
                                                "4 errors\n"
                                                "Run `opsc explain OPS-1005` for more.\n");
}

static void test_text_wide_line(void **state) {
    struct fixture *f = *state;
    char *text = ARENA_ARRAY(f->arena, char, 2001);
    memset(text, 'x', 2000);
    memcpy(text + 1000, "HERE", 4);
    text_is(f, text);
    diag_add(&f->list, DIAG_YAML_SYNTAX, at(f, "HERE"), "wide");
    str out = rendered(f, RENDER_TEXT, false);
    uint32_t carets = str_find(out, '^'), here = str_find(out, 'H');
    uint32_t line_of_carets = carets, line_of_here = here;
    while (out.p[line_of_carets - 1] != '\n')
        line_of_carets--;
    while (out.p[line_of_here - 1] != '\n')
        line_of_here--;
    assert_int_equal(here - line_of_here, carets - line_of_carets);
    assert_true(line_of_carets - line_of_here < 180);
    assert_true(str_contains(out, STR("1 | ...xxx")));
    assert_true(str_contains(out, STR("xxx...\n")));
}

static void test_text_colour(void **state) {
    struct fixture *f = *state;
    text_is(f, "a: 1\n");
    diag_add(&f->list, DIAG_YAML_SYNTAX, at(f, "1"), "m");
    str out = rendered(f, RENDER_TEXT, true);
    assert_true(str_starts(out, STR("\x1b[1;31merror[OPS-1005]\x1b[0m\x1b[1m: m\x1b[0m\n")));
    assert_true(str_contains(out, STR("\x1b[1;31m^\x1b[0m\n")));
}

static void test_text_many(void **state) {
    struct fixture *f = *state;
    text_is(f, "a: 1\n");
    for (uint32_t i = 0; i < 70; i++) {
        struct diag *d = diag_add(&f->list, DIAG_YAML_SYNTAX, SPAN_NONE, "number %u", i);
        d->severity = i < 60 ? DIAG_WARNING : DIAG_ERROR;
    }
    f->list.errors = 10;
    f->list.warnings = 60;
    str out = rendered(f, RENDER_TEXT, false);
    assert_true(str_contains(out, STR("number 39\n")));
    assert_false(str_contains(out, STR("number 40\n")));
    assert_true(str_contains(out, STR("number 69\n")));
    assert_true(str_ends(out, STR("\n20 more not shown\n10 errors, 60 warnings\n"
                                  "Run `opsc explain OPS-1005` for more.\n")));
}

static void test_nothing(void **state) {
    struct fixture *f = *state;
    assert_out(rendered(f, RENDER_TEXT, false), "");
    assert_out(rendered(f, RENDER_GITHUB, false), "");
    assert_out(rendered(f, RENDER_GITLAB, false), "[]\n");
    cJSON *json = cJSON_Parse((const char *)arena_str(f->arena, rendered(f, RENDER_JSON, false)).p);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "diagnostics")), 0);
    cJSON_Delete(json);
}

static void test_github(void **state) {
    struct fixture *f = *state;
    f->file = sources_add(&f->sources, STR("a,b:c.yaml"), STR("a: 1\nb: [\n]\n"), false);
    struct diag *d = diag_add(&f->list, DIAG_YAML_SYNTAX, at(f, "1"), "100%% of\r\nit: a, b\x1b");
    diag_hint(&f->list, d, "Do it.");
    diag_add(&f->list, DIAG_YAML_SYNTAX, at(f, "[\n]"), "lines");
    diag_add(&f->list, DIAG_YAML_SYNTAX, SPAN_NONE, "none");
    assert_out(rendered(f, RENDER_GITHUB, false),
               "::error title=OPS-1005::none\n"
               "::error title=OPS-1005,file=a%2Cb%3Ac.yaml,line=1,endLine=1,col=4,endColumn=5"
               "::100%25 of%0D%0Ait: a, b\\x1b%0ADo it.\n"
               "::error title=OPS-1005,file=a%2Cb%3Ac.yaml,line=2,endLine=3::lines\n");
}

static const cJSON *item(const cJSON *json, const char *path) {
    char key[64];
    while (json != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        memcpy(key, path, n);
        key[n] = '\0';
        bool index = key[0] >= '0' && key[0] <= '9';
        json = index ? cJSON_GetArrayItem(json, key[0] - '0') : cJSON_GetObjectItem(json, key);
        path += n + (path[n] == '.');
    }
    return json;
}

static void assert_text(const cJSON *json, const char *path, const char *wanted) {
    const cJSON *got = item(json, path);
    if (got == NULL || !cJSON_IsString(got))
        fail_msg("%s is no text", path);
    else
        assert_string_equal(got->valuestring, wanted);
}

static void assert_number(const cJSON *json, const char *path, int wanted) {
    const cJSON *got = item(json, path);
    if (got == NULL || !cJSON_IsNumber(got))
        fail_msg("%s is no number", path);
    else
        assert_int_equal(got->valueint, wanted);
}

static void add_three(struct fixture *f) {
    f->file = sources_add(&f->sources, STR("./my ops:1.yaml"),
                          STR("a: \xC3\xA9 \"x\n\xC3\xA9: 2\"\na: 3\n"), false);
    struct diag *d =
        diag_add(&f->list, DIAG_DUPLICATE_KEY, at(f, "a: 3"), "key `%s` is given twice", "a\x01\"");
    diag_label(&f->list, d, "here");
    diag_hint(&f->list, d, "Remove one.");
    diag_also(&f->list, d, at(f, "a: \xC3"), "first given here");
    diag_add(&f->list, DIAG_YAML_SYNTAX, at(f, "x\n\xC3\xA9"), "lines");
    diag_add(&f->list, DIAG_YAML_SYNTAX, SPAN_NONE, "none");
}

static void test_json(void **state) {
    struct fixture *f = *state;
    add_three(f);
    str out = rendered(f, RENDER_JSON, false);
    cJSON *json = cJSON_Parse((const char *)arena_str(f->arena, out).p);
    assert_non_null(json);
    assert_number(json, "errors", 3);
    assert_number(json, "warnings", 0);
    assert_number(json, "notes", 0);
    assert_text(json, "diagnostics.0.message", "none");
    assert_null(item(json, "diagnostics.0.file"));
    assert_null(item(json, "diagnostics.0.hint"));
    assert_text(json, "diagnostics.1.code", "OPS-1005");
    assert_number(json, "diagnostics.1.line", 1);
    assert_number(json, "diagnostics.1.col", 7);
    assert_number(json, "diagnostics.1.end_line", 2);
    assert_number(json, "diagnostics.1.end_col", 2);
    assert_number(json, "diagnostics.1.start", 7);
    assert_number(json, "diagnostics.1.end", 11);
    assert_text(json, "diagnostics.2.name", "duplicate-key");
    assert_text(json, "diagnostics.2.severity", "error");
    assert_text(json, "diagnostics.2.message", "key `a\x01\"` is given twice");
    assert_text(json, "diagnostics.2.label", "here");
    assert_text(json, "diagnostics.2.hint", "Remove one.");
    assert_text(json, "diagnostics.2.file", "./my ops:1.yaml");
    assert_text(json, "diagnostics.2.also.0.message", "first given here");
    assert_number(json, "diagnostics.2.also.0.line", 1);
    cJSON_Delete(json);
}

static void test_sarif(void **state) {
    struct fixture *f = *state;
    add_three(f);
    diag_add(&f->list, DIAG_YAML_SYNTAX, at(f, "3"), "lines");
    str out = rendered(f, RENDER_SARIF, false);
    cJSON *json = cJSON_Parse((const char *)arena_str(f->arena, out).p);
    assert_non_null(json);
    assert_text(json, "version", "2.1.0");
    const cJSON *run = item(json, "runs.0");
    assert_text(run, "tool.driver.name", "opsc");
    assert_int_equal(cJSON_GetArraySize(item(run, "tool.driver.rules")), 2);
    assert_text(run, "tool.driver.rules.0.id", "OPS-1005");
    assert_text(run, "tool.driver.rules.1.name", "duplicate-key");
    assert_text(run, "tool.driver.rules.1.defaultConfiguration.level", "error");
    assert_text(run, "columnKind", "unicodeCodePoints");
    assert_text(run, "results.0.message.text", "none");
    assert_int_equal(cJSON_GetArraySize(item(run, "results.0.locations")), 0);
    const cJSON *twice = item(run, "results.2");
    assert_text(twice, "ruleId", "OPS-1007");
    assert_number(twice, "ruleIndex", 1);
    assert_text(twice, "message.text", "key `a\x01\"` is given twice\nRemove one.");
    assert_text(twice, "locations.0.physicalLocation.artifactLocation.uri", "my%20ops%3A1.yaml");
    assert_number(twice, "locations.0.physicalLocation.region.startLine", 3);
    assert_number(twice, "locations.0.physicalLocation.region.startColumn", 1);
    assert_number(twice, "locations.0.physicalLocation.region.endColumn", 5);
    assert_text(twice, "relatedLocations.0.message.text", "first given here");
    const cJSON *one = item(run, "results.1.partialFingerprints");
    const cJSON *two = item(run, "results.3.partialFingerprints");
    const char *x = item(one, "opscProblem/v1")->valuestring;
    const char *y = item(two, "opscProblem/v1")->valuestring;
    assert_int_equal(strlen(x), 18);
    assert_memory_equal(x, y, 16);
    assert_string_equal(x + 16, ":1");
    assert_string_equal(y + 16, ":2");
    cJSON_Delete(json);
}

static void test_gitlab(void **state) {
    struct fixture *f = *state;
    add_three(f);
    diag_add(&f->list, DIAG_YAML_SYNTAX, at(f, "3"), "lines");
    str out = rendered(f, RENDER_GITLAB, false);
    cJSON *json = cJSON_Parse((const char *)arena_str(f->arena, out).p);
    assert_int_equal(cJSON_GetArraySize(json), 4);
    /* GitLab drops the whole report when one has no path. */
    assert_text(json, "0.description", "none");
    assert_text(json, "0.location.path", "ops.yaml");
    assert_number(json, "0.location.lines.begin", 1);
    assert_text(json, "2.description", "key `a\x01\"` is given twice\nRemove one.");
    assert_text(json, "2.check_name", "OPS-1007");
    assert_text(json, "2.severity", "major");
    assert_text(json, "2.location.path", "my ops:1.yaml");
    assert_number(json, "2.location.lines.begin", 3);
    assert_number(json, "2.location.lines.end", 3);
    const char *x = item(json, "1.fingerprint")->valuestring;
    const char *y = item(json, "3.fingerprint")->valuestring;
    assert_memory_equal(x, y, 16);
    assert_string_not_equal(x, y);
    cJSON_Delete(json);
}

/* One that not every environment has says which do, in each format. */
static void test_contexts(void **state) {
    struct fixture *f = *state;
    text_is(f, "a: 1\n");
    for (unsigned i = 0; i < 3; i++) {
        const char *const names[] = {"production", "staging", "trial"};
        diag_context(&f->list, str_c(names[i]));
        diag_add(&f->list, DIAG_YAML_SYNTAX, SPAN_NONE, "everywhere");
        if (i == 0)
            continue;
        struct diag *d = diag_add(&f->list, DIAG_YAML_SYNTAX, at(f, "1"), "some");
        diag_hint(&f->list, d, "Do it.");
    }
    assert_out(rendered(f, RENDER_TEXT, false), "error[OPS-1005]: everywhere\n"
                                                "\n"
                                                "error[OPS-1005]: some\n"
                                                " --> ops.yaml:1:4\n"
                                                "  |\n"
                                                "1 | a: 1\n"
                                                "  |    ^\n"
                                                "  = in environments `staging` and `trial`\n"
                                                "  = hint: Do it.\n"
                                                "\n"
                                                "2 errors\n"
                                                "Run `opsc explain OPS-1005` for more.\n");
    assert_out(rendered(f, RENDER_GITHUB, false),
               "::error title=OPS-1005::everywhere\n"
               "::error title=OPS-1005,file=ops.yaml,line=1,endLine=1,col=4,endColumn=5"
               "::some, in environments `staging` and `trial`%0ADo it.\n");
    str out = rendered(f, RENDER_JSON, false);
    cJSON *json = cJSON_Parse((const char *)arena_str(f->arena, out).p);
    assert_null(item(json, "diagnostics.0.environments"));
    assert_text(json, "diagnostics.1.message", "some");
    assert_int_equal(cJSON_GetArraySize(item(json, "diagnostics.1.environments")), 2);
    assert_text(json, "diagnostics.1.environments.1", "trial");
    cJSON_Delete(json);
    out = rendered(f, RENDER_SARIF, false);
    json = cJSON_Parse((const char *)arena_str(f->arena, out).p);
    assert_text(json, "runs.0.results.1.message.text",
                "some, in environments `staging` and `trial`\nDo it.");
    cJSON_Delete(json);
    out = rendered(f, RENDER_GITLAB, false);
    json = cJSON_Parse((const char *)arena_str(f->arena, out).p);
    assert_text(json, "1.description", "some, in environments `staging` and `trial`\nDo it.");
    cJSON_Delete(json);
}

/* The line at the end explains the worst, not what happens to stand first. */
static void test_text_worst(void **state) {
    struct fixture *f = *state;
    text_is(f, "a: 1\n");
    diag_add(&f->list, DIAG_FREE_TIER, at(f, "a"), "a note");
    diag_add(&f->list, DIAG_YAML_SYNTAX, at(f, "1"), "an error");
    diag_add(&f->list, DIAG_YAML_KEY, at(f, "\n"), "another error");
    str got = rendered(f, RENDER_TEXT, false);
    assert_true(str_starts(got, STR("note[OPS-1411]")));
    assert_true(str_ends(got, STR("\nRun `opsc explain OPS-1005` for more.\n")));
}

static void test_formats(void **state) {
    (void)state;
    assert_string_equal(render_formats[RENDER_TEXT].name, "text");
    assert_string_equal(render_formats[RENDER_JSON].name, "json");
    assert_string_equal(render_formats[RENDER_SARIF].name, "sarif");
    assert_string_equal(render_formats[RENDER_GITHUB].name, "github");
    assert_string_equal(render_formats[RENDER_GITLAB].name, "gitlab");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_text),        TEST(test_text_also),
        TEST(test_secrets),     TEST(test_text_characters),
        TEST(test_text_ends),   TEST(test_text_wide_line),
        TEST(test_text_colour), TEST(test_text_many),
        TEST(test_nothing),     TEST(test_github),
        TEST(test_json),        TEST(test_sarif),
        TEST(test_gitlab),      TEST(test_formats),
        TEST(test_contexts),    TEST(test_text_worst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
