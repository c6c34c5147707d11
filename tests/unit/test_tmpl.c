/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "tmpl/tmpl.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char nasty[] = "it's $(reboot) `id` \"q\" \\ ${HOME} $1 !! ;& | < > * ? ~ # \n\t-n %s";

static str render(struct arena *a, const char *text, const char *value) {
    struct map values = {0};
    struct buf b = BUF_INIT(65536);
    tmpl_set(a, &values, "v", str_c(value));
    tmpl_set(a, &values, "other", STR("o"));
    tmpl_render(&b, str_c(text), &values);
    assert_false(b.full);
    str s = arena_str(a, buf_str(&b));
    buf_done(&b);
    return s;
}

static void what_is_no_placeholder_stays(void **state) {
    struct arena *a = *state;
    assert_text(render(a, "", "x"), "");
    assert_text(render(a, "{", "x"), "{");
    assert_text(render(a, "a { b } ${c} }} {x", "x"), "a { b } ${c} }} {x");
    assert_text(render(a, "{{v|shell}}{{other|shell}}{", "x"), "'x''o'{");
    assert_text(render(a, "a: ${{ github.sha }} {{v|yaml}} ${{ b }}", "x"),
                "a: ${{ github.sha }} x ${{ b }}");
}

/* A value is not looked at for placeholders. */
static void values_are_data(void **state) {
    struct arena *a = *state;
    assert_text(render(a, "{{v|shell}}", "{{other|shell}}"), "'{{other|shell}}'");
    assert_text(render(a, "{{v|block}}", "{{other|block}}"), "{{other|block}}");
}

static void escapes(void **state) {
    struct arena *a = *state;
    assert_text(render(a, "x={{v|shell}}", ""), "x=''");
    assert_text(render(a, "x={{v|shell}}", "it's"), "x='it'\\''s'");
    assert_text(render(a, "x={{v|shell}}", "'"), "x=''\\'''");
    assert_text(render(a, "x={{v|shell}}", "a\nb\n"), "x='a'$'\\n''b'$'\\n'''");
    assert_text(render(a, "# {{v|comment}}\n", "a\nrm -rf /\r\x7f\tb"), "# a rm -rf /   b\n");
    assert_text(render(a, "K={{v|unit}}\n", "100% of %h\nExecStart=x"),
                "K=100%% of %%h ExecStart=x\n");
    assert_text(render(a, "{{v|word}};", "web-1.a_B9"), "web-1.a_B9;");
    assert_text(render(a, "{{v|word}};", "a b;${c}\n\"/\\\xc3"), "a_b___c______;");
    assert_text(render(a, "  {{v|block}}\nend", "a\n\n  b\n"), "  a\n\n    b\nend");
    assert_text(render(a, "{{v|block}}", ""), "");
    assert_text(render(a, "a\n  {{v|block}}\nb", ""), "a\nb");
}

/* A scalar of YAML is the text and nothing else, for YAML and for GitHub. */
static void yaml_scalars(void **state) {
    struct arena *a = *state;
    static const char *const rows[][2] = {
        {"main", "main"},
        {"reco/api", "reco/api"},
        {"", "\"\""},
        {"true", "\"true\""},
        {"No", "\"No\""},
        {"3.11", "\"3.11\""},
        {"-x", "\"-x\""},
        {"a: b", "\"a: b\""},
        {"a # b", "\"a # b\""},
        {"\"\\", "\"\\\"\\\\\""},
        {"a\n  b\t\x7f", "\"a\\n  b\\x09\\x7f\""},
        {"${{ secrets.X }}", "\"${{ '${{' }} secrets.X }}\""},
        {"$${{x}}", "\"$${{ '${{' }}x}}\""},
        {"a\xc2\x85z\xe2\x80\xa8z\xef\xbb\xbfz\xc3\xa9", "\"a\\x85z\\u2028z\\ufeffz\xc3\xa9\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_text(render(a, "{{v|yaml}}", rows[i][0]), rows[i][1]);
}

/* A script is shown as lines where they hold it byte by byte. */
static void yaml_scripts(void **state) {
    struct arena *a = *state;
    static const char *const rows[][2] = {
        {"pytest -q tests/unit", "pytest -q tests/unit"},
        {"a\n", "|\n    a"},
        {"a\n\n  b", "|-\n    a\n\n      b"},
        {"a \nb", "\"a \\nb\""},
        {"a\nb ", "\"a\\nb \""},
        {"a\n\n", "\"a\\n\\n\""},
        {" a\nb", "\" a\\nb\""},
        {"\na", "\"\\na\""},
        {"a\n\tb", "\"a\\n\\x09b\""},
        {"a\n${{ b }}", "\"a\\n${{ '${{' }} b }}\""},
        {"a\n\xe2\x80\xae", "\"a\\n\\u202e\""},
        {"a\n\xe2\x81\xa6", "\"a\\n\\u2066\""},
        {"", "\"\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_text(render(a, "- run: {{v|run}}", rows[i][0]),
                    (const char *)arena_printf(a, "- run: %s", rows[i][1]).p);
    assert_text(render(a, "  run: {{v|run}}\n", "a\nb\n"), "  run: |\n    a\n    b\n");
}

/* A shell reads one word, which is the value, also where a block indents the lines. */
static void a_shell_gets_the_value(void **state) {
    struct arena *a = *state;
    str word = render(a, "{{v|shell}}", nasty);
    char lines[512];
    snprintf(lines, sizeof lines, "set -- \\\n%.*s\n", STR_ARG(word));
    str block = render(a, "  {{v|block}}", lines);
    str script = arena_cat(a, block, STR("\n[ $# = 1 ] && printf '%s' \"$1\"\n"));
    int to[2], from[2];
    assert_true(pipe(to) == 0 && pipe(from) == 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[1]);
        close(from[0]);
        execlp("bash", "bash", "-s", (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    assert_int_equal(write(to[1], script.p, script.n), script.n);
    close(to[1]);
    char got[4096];
    size_t n = 0;
    for (ssize_t more; (more = read(from[0], got + n, sizeof got - n - 1)) > 0;)
        n += (size_t)more;
    close(from[0]);
    got[n] = 0;
    assert_string_equal(got, nasty);
}

static void no_byte_ends_a_word(void **state) {
    struct arena *a = *state;
    struct buf b = BUF_INIT(100);
    tmpl_shell(&b, STR("a\0b"));
    assert_text(arena_str(a, buf_str(&b)), "'ab'");
    buf_done(&b);
}

static str render_md(struct arena *a, const char *text) {
    return render(a, "{{v|md}}", text);
}

static void markdown_is_data(void **state) {
    struct arena *a = *state;
    static const char *const rows[][2] = {
        {"plain text, with commas.", "plain text, with commas."},
        {"web-1 and db_load_x", "web-1 and db_load_x"},
        {"_a_ *b* `c` [d](e) <f> g|h ~i~",
         "\\_a\\_ \\*b\\* \\`c\\` \\[d\\](e) \\<f\\> g\\|h \\~i\\~"},
        {"# no heading", "\\# no heading"},
        {"- no item", "\\- no item"},
        {"1. no item", "1\\. no item"},
        {"1.5 times", "1.5 times"},
        {"a\n# b\r\n```", "a # b  \\`\\`\\`"},
        {"http://x www.y a@b $1$ &lt;", "http\\://x www\\.y a\\@b \\$1\\$ \\&lt;"},
        {"a\xe2\x80\xae b \xef\xbb\xbf", "a  b  "},
        {"back\\slash", "back\\\\slash"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_text(render_md(a, rows[i][0]), rows[i][1]);
}

static void markdown_code(void **state) {
    struct arena *a = *state;
    assert_text(render(a, "{{v|code}}", "a <b> | *c*"), "`a <b> | *c*`");
    assert_text(render(a, "{{v|code}}", "a `b` ``c``"), "``` a `b` ``c`` ```");
    assert_text(render(a, "{{v|code}}", "`"), "`` ` ``");
    assert_text(render(a, "{{v|code}}", "a\nb"), "`a b`");
    assert_text(render(a, "{{v|code}}", ""), "");
    assert_text(render(a, "{{v|prose}}", "Run `a|b` on <x>, or ` alone."),
                "Run `a|b` on \\<x\\>, or \\` alone.");
    assert_text(render(a, "{{v|prose}}", "See https://a.example/b?c=d. Or http://e."),
                "See <https://a.example/b?c=d>. Or http\\://e.");
    assert_text(render(a, "{{v|url}}", "https://a/b c)\n<d>"), "https://a/b%20c%29%0A%3Cd%3E");
}

static void sections(void **state) {
    struct arena *a = *state;
    struct map values = {0}, items[2] = {{0}, {0}};
    struct buf b = BUF_INIT(65536);
    tmpl_set(a, &values, "yes", STR("1"));
    tmpl_set(a, &values, "no", STR(""));
    tmpl_set(a, &values, "name", STR("outer"));
    tmpl_set(a, &items[0], "name", STR("{{yes|md}}"));
    tmpl_set(a, &items[1], "other", STR("x"));
    tmpl_set_list(a, &values, "items", items, 2);
    tmpl_set_list(a, &values, "none", NULL, 0);
    tmpl_render(&b,
                STR("a{{#yes}} b{{/yes}}{{#no}} c{{/no}}{{^no}} d{{/no}}\n"
                    "{{#yes}}\nline\n{{/yes}}\n"
                    "{{#no}}\nnot\n{{/no}}\n"
                    "{{#items}}\n- {{name|word}}{{#no}}!{{/no}}\n{{/items}}\n"
                    "{{#none}}\nnot\n{{/none}}\n{{^none}}\nend\n{{/none}}\n"
                    "{{#items}}{{^first}}, {{/first}}{{name|word}}{{/items}}\n"
                    "{{#items}}{{#first}}1{{/first}}{{^first}}2{{/first}}{{/items}}\n"),
                &values);
    assert_text(buf_str(&b), "a b d\nline\n- __yes_md__\n- outer\nend\n__yes_md__, outer\n12\n");
    buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(what_is_no_placeholder_stays),
        UNIT_TEST(values_are_data),
        UNIT_TEST(escapes),
        UNIT_TEST(yaml_scalars),
        UNIT_TEST(yaml_scripts),
        UNIT_TEST(a_shell_gets_the_value),
        UNIT_TEST(no_byte_ends_a_word),
        UNIT_TEST(markdown_is_data),
        UNIT_TEST(markdown_code),
        UNIT_TEST(sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
