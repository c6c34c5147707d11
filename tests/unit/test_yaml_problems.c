/* SPDX-License-Identifier: MIT */
#include "diag/render.h"
#include "yaml/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

struct problem {
    str text;
    enum diag_code code;
    const char *at, *message, *hint; /* hint: a part of it; "" for none */
};

#define Q(text) STR_INIT(text)

/* Characters that YAML does not allow. */
static const struct problem characters[] = {
    {Q("a: x\0y\n"), DIAG_BAD_CHARACTER, "\0", "character `\\x00` is not allowed in YAML",
     "Remove"},
    {Q("a: \xC3\xA9\x1b[1m\n"), DIAG_BAD_CHARACTER, "\x1b", "character `\\x1b` is", "Remove"},
    {Q("a: \x7f\n"), DIAG_BAD_CHARACTER, "\x7f", "character `\\x7f` is", "Remove"},
    {Q("a: \xC2\x9B\n"), DIAG_BAD_CHARACTER, "\xC2\x9B", "character `\\x9b` is", "Remove"},
    {Q("a: \xC2\x85\n"), DIAG_BAD_CHARACTER, "\xC2\x85", "character `\\x85` is", "LF or CRLF"},
    {Q("# \xE2\x80\xA8: b\n"), DIAG_BAD_CHARACTER, "\xE2\x80\xA8", "`\\u2028` is", "LF or CRLF"},
    {Q("a: \xEF\xBF\xBE\n"), DIAG_BAD_CHARACTER, "\xEF\xBF\xBE", "`\\ufffe` is", "Remove"},
    {Q("a: 1\rb: 2\r\n"), DIAG_BAD_CHARACTER, "\r", "character `\\x0d` is", "LF or CRLF"},
    {Q("a: 1\r"), DIAG_BAD_CHARACTER, "\r", "character `\\x0d` is", "LF or CRLF"},
    {Q("a: \"x\\0y\"\n"), DIAG_BAD_CHARACTER, "x\\0y", "the text holds the character `\\x00`",
     "escape"},
    {Q("a: \xC3\xA9\xE9t\n"), DIAG_BAD_UTF8, "\xE9", "byte `\\xe9` is not valid UTF-8", "as UTF-8"},
    {Q("a: \xC0\x80\n"), DIAG_BAD_UTF8, "\xC0", "byte `\\xc0` is", "as UTF-8"},
    {Q("a: \xED\xA0\x80\n"), DIAG_BAD_UTF8, "\xED", "byte `\\xed` is", "as UTF-8"},
    {Q("a: \xE2\x82"), DIAG_BAD_UTF8, "\xE2", "byte `\\xe2` is", "as UTF-8"},
    {Q("\xFF\xFE"
       "a\0:\0"),
     DIAG_BAD_UTF8, "\xFF", "byte `\\xff` is", "UTF-16"},
};

/* What libyaml refuses, in words for people. */
static const struct problem syntax[] = {
    {Q("a:\n\tb: 1\n"), DIAG_YAML_TAB, "\t", "a tab is used for indentation", "spaces"},
    {Q("\xC3\xA9: x\n\t\tb: 1\n"), DIAG_YAML_TAB, "\t\t", "a tab is used", "spaces"},
    {Q("a: |\n  x\n\ty\n"), DIAG_YAML_TAB, "\t", "a tab is used", "spaces"},
    {Q("- \tx: 1\n"), DIAG_YAML_TAB, "\t", "a tab is used", "spaces"},
    {Q("a: @team # x\n"), DIAG_YAML_SYNTAX, "@", "cannot start with `@`", "quotes: `\"@team\"`"},
    {Q("a: [`x y`, z]\n"), DIAG_YAML_SYNTAX, "`", "cannot start with ```", "`\"`x y`\"`"},
    {Q("a: %x\n"), DIAG_YAML_SYNTAX, "%", "cannot start with `%`", "`\"%x\"`"},
    {Q("a: *.yaml\n"), DIAG_YAML_SYNTAX, "*", "cannot start with `*`", "`\"*.yaml\"`"},
    {Q("a: & b\n"), DIAG_YAML_SYNTAX, "&", "cannot start with `&`", "`\"& b\"`"},
    {Q("a: !<x 1\n"), DIAG_YAML_SYNTAX, "!", "cannot start with `!`", "`\"!<x 1\"`"},
    {Q("%x: 1\n"), DIAG_YAML_SYNTAX, "%", "cannot start with `%`", "`\"%x: 1\"`"},
    {Q("m: b: c\n"), DIAG_YAML_SYNTAX, ":", "a second `:`", "quotes: `\"b: c\"`"},
    {Q("- m: b: \"c\"\n"), DIAG_YAML_SYNTAX, ":", "a second `:`", "whole text in quotes"},
    {Q("a: 1\n  b: 2\n"), DIAG_YAML_SYNTAX, "b", "a key cannot stand here", "Indent"},
    {Q("foo:bar\nb: 2\n"), DIAG_YAML_SYNTAX, "b", "a key cannot stand here", "a space before"},
    {Q("a: 1\nfoo # x\nb: 2\n"), DIAG_YAML_SYNTAX, "foo", "neither `key: value`", "a space after"},
    {Q("a: \"foo\nb: 1\n"), DIAG_YAML_SYNTAX, "\"", "this quote is not closed", "with `\"`"},
    {Q("a: 'foo\n---\n"), DIAG_YAML_SYNTAX, "'", "this quote is not closed", "with `'`"},
    {Q("a: \"foo\nb: \"bar\"\n"), DIAG_YAML_SYNTAX, "bar\"", "unexpected text", "quote missing"},
    {Q("a: 'it's'\n"), DIAG_YAML_SYNTAX, "s'", "unexpected text after a value", "`''` for `'`"},
    {Q("a: [1, 2\nb: 3\n"), DIAG_YAML_SYNTAX, "[", "this `[` is not closed", ""},
    {Q("a: [1, 2"), DIAG_YAML_SYNTAX, "[", "this `[` is not closed", ""},
    {Q("a: {x: 1\n"), DIAG_YAML_SYNTAX, "{", "this `{` is not closed", ""},
    {Q("a: {x: 1]\n"), DIAG_YAML_SYNTAX, "]", "`,` or `}` is expected here", "quotes"},
    {Q("a: [b: c: d]\n"), DIAG_YAML_SYNTAX, ":", "`,` or `]` is expected here", "quotes"},
    {Q("a: [1, 2]]\n"), DIAG_YAML_SYNTAX, "]", "this `]` closes nothing", ""},
    {Q("a: [1,,2]\n"), DIAG_YAML_SYNTAX, ",", "a value is expected here", ""},
    {Q("a: {: 1}\n"), DIAG_YAML_SYNTAX, ":", "a key is expected here", ""},
    {Q(": 1\n"), DIAG_YAML_SYNTAX, ": 1", "a key is expected here", "mapping alike"},
    {Q("a: }\n"), DIAG_YAML_SYNTAX, "}", "a value is expected here", ""},
    {Q("a:\n    b: 1\n  c: 2\n"), DIAG_YAML_SYNTAX, "c: 2", "fits no line above", "mapping alike"},
    {Q("a:\n  - x\n - y\n"), DIAG_YAML_SYNTAX, "- y", "fits no line above", "mapping alike"},
    {Q("a: 1\n- b\n"), DIAG_YAML_SYNTAX, "- b", "a key is expected here", "mapping alike"},
    {Q("- a\nb: 1\n"), DIAG_YAML_SYNTAX, "b: 1", "a list item that starts with `-`", "list alike"},
    {Q("  a: 1\nb: 2\n"), DIAG_YAML_SYNTAX, "b: 2", "outside of the document", "top level"},
    {Q("a: - b\n"), DIAG_YAML_SYNTAX, "-", "a list item cannot start here", "line of its own"},
    {Q("a: ? b\n"), DIAG_YAML_SYNTAX, "?", "cannot start with `? `", "quotes"},
    {Q("a: \"\\d+\"\n"), DIAG_YAML_SYNTAX, "\\d", "unknown escape `\\d`", "single quotes"},
    {Q("a: \"\\\xC3\xA9\"\n"), DIAG_YAML_SYNTAX, "\\\xC3\xA9", "unknown escape", "single quotes"},
    {Q("a: \"\\xZZ\"\n"), DIAG_YAML_SYNTAX, "Z", "an escape lacks digits", "`\\x` with 2"},
    {Q("a: \"\\uD800\"\n"), DIAG_YAML_SYNTAX, "D", "no Unicode character", ""},
    {Q("a: |foo\n x\n"), DIAG_YAML_SYNTAX, "f", "after `|` or `>`", "next line"},
    {Q("%YAML 3.0\n---\na: 1\n"), DIAG_YAML_SYNTAX, "%", "version of YAML", "Remove"},
};

static void check(const struct problem *p) {
    struct arena *a = arena_new((size_t)64 << 20, NULL, NULL);
    struct sources sources;
    struct diag_list dl;
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    uint32_t file = sources_add(&sources, STR("x"), p->text, false);
    struct yaml_node *root = yaml_parse(a, a, &dl, file);
    if (root != NULL && dl.errors == 0)
        fail_msg("%.*s: accepted", STR_ARG(p->text));
    const struct diag *d = dl.items.at[0];
    str at = str_sub(p->text, d->at.start, d->at.end);
    str wanted = {(const unsigned char *)p->at, p->at[0] == '\0' ? 1 : str_c(p->at).n};
    if (dl.errors != 1 || d->code != p->code || !str_eq(at, wanted) ||
        !str_contains(d->message, str_c(p->message)) || !str_contains(d->hint, str_c(p->hint)) ||
        (p->hint[0] == '\0' && d->hint.n > 0))
        fail_msg("%.40s: %u errors, %s at \"%.*s\": %.*s | %.*s", (const char *)p->text.p,
                 dl.errors, diag_codes[d->code].id, STR_ARG(at), STR_ARG(d->message),
                 STR_ARG(d->hint));
    for (int format = 0; format < RENDER_COUNT; format++) {
        struct buf out = BUF_INIT(1u << 20);
        render_diags(&out, &dl, &(struct render_options){(enum render_format)format, true});
        assert_true(out.n > 0 && !out.full);
        buf_done(&out);
    }
    arena_free(a);
}

static void test_characters(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
        check(&characters[i]);
}

static void test_syntax(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof syntax / sizeof *syntax; i++)
        check(&syntax[i]);
}

static void test_long_key(void **state) {
    (void)state;
    char text[1200];
    memset(text, 'k', sizeof text);
    memcpy(text + sizeof text - 5, ": 1\n", 4);
    const char *message = "a key is longer than 1024 characters";
    check(&(struct problem){
        {(unsigned char *)text, sizeof text - 1}, DIAG_YAML_SYNTAX, "k", message, ""});
    text[0] = text[sizeof text - 6] = '"';
    check(&(struct problem){
        {(unsigned char *)text, sizeof text - 1}, DIAG_YAML_SYNTAX, "\"", message, ""});
    memcpy(text, "a: 1\n\"", 6);
    check(&(struct problem){
        {(unsigned char *)text, sizeof text - 1}, DIAG_YAML_SYNTAX, "\"", message, ""});
}

static void test_binary_file(void **state) {
    (void)state;
    struct arena *a = arena_new((size_t)64 << 20, NULL, NULL);
    struct sources sources;
    struct diag_list dl;
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    static const unsigned char zeros[500];
    uint32_t file = sources_add(&sources, STR("x"), (str){zeros, sizeof zeros}, false);
    assert_null(yaml_parse(a, a, &dl, file));
    assert_int_equal(dl.errors, 10);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_syntax),
        cmocka_unit_test(test_long_key),
        cmocka_unit_test(test_binary_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
