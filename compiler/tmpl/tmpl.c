/* SPDX-License-Identifier: MIT */
#include "tmpl/tmpl.h"

#include <assert.h>

#define SECTIONS_DEPTH_MAX 8

void tmpl_shell(struct buf *out, str s) {
    buf_byte(out, '\'');
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\'')
            BUF_LIT(out, "'\\''");
        else if (s.p[i] == '\n') /* no raw one, which a block would indent what follows */
            BUF_LIT(out, "'$'\\n''");
        else if (s.p[i] != 0)
            buf_byte(out, s.p[i]);
    }
    buf_byte(out, '\'');
}

/* Words that YAML takes for nothing but a text, and that hold no expression. */
static bool is_plain(str s) {
    static const char *const words[] = {"true", "false", "yes", "no", "on",
                                        "off",  "null",  "y",   "n"};
    bool plain = s.n > 0;
    for (uint32_t i = 0; i < s.n && plain; i++) {
        unsigned char c = s.p[i];
        bool letter = ascii_is_letter(c);
        bool inner = ascii_is_digit(c) || c == '_' || c == '-' || c == '.' || c == '/' ||
                     c == '=' || c == '@' || (c == ' ' && i + 1 < s.n);
        plain = letter || (i > 0 && inner);
    }
    for (uint32_t i = 0; i < sizeof words / sizeof *words && plain; i++)
        plain = !str_is_nocase(s, words[i]);
    return plain;
}

/*
 * Writes what YAML does not allow in a text, takes for the end of a line, or readers cannot see:
 * controls, U+0080 to U+00A0, U+2028, U+2029, U+FEFF, and what turns the direction of writing.
 * Returns how many bytes of `s` that was; 0: none of them.
 */
static uint32_t put_yaml_control(struct buf *out, str s) {
    unsigned char c = s.p[0], second = s.n > 1 ? s.p[1] : 0, third = s.n > 2 ? s.p[2] : 0;
    if (c < 0x20 || c == 0x7F) {
        buf_printf(out, "\\x%02x", (unsigned)c);
        return 1;
    }
    if (c == 0xC2 && second >= 0x80 && second <= 0xA0) {
        buf_printf(out, "\\x%02x", (unsigned)second);
        return 2;
    }
    bool separates = second == 0x80 && third >= 0xA8 && third <= 0xAE,
         isolates = second == 0x81 && third >= 0xA6 && third <= 0xA9;
    if (c == 0xE2 && (separates || isolates)) {
        buf_printf(out, "\\u20%02x", third - (separates ? 0x80u : 0x40u));
        return 3;
    }
    if (c == 0xEF && second == 0xBB && third == 0xBF) {
        BUF_LIT(out, "\\ufeff");
        return 3;
    }
    return 0;
}

void tmpl_yaml(struct buf *out, str s) {
    if (is_plain(s)) {
        buf_put(out, s);
        return;
    }
    buf_byte(out, '"');
    for (uint32_t i = 0, n; i < s.n; i += n) {
        str rest = str_sub(s, i, s.n);
        n = 1;
        if (rest.p[0] == '"' || rest.p[0] == '\\') {
            buf_byte(out, '\\');
            buf_byte(out, rest.p[0]);
        } else if (rest.p[0] == '\n') {
            BUF_LIT(out, "\\n");
        } else if (str_starts(rest, STR("${{"))) {
            BUF_LIT(out, "${{ '${{' }}");
            n = 3;
        } else if ((n = put_yaml_control(out, rest)) == 0) {
            buf_byte(out, rest.p[0]);
            n = 1;
        }
    }
    buf_byte(out, '"');
}

static void put_one_line(struct buf *out, str s, bool unit) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        if (unit && c == '%')
            BUF_LIT(out, "%%");
        else
            buf_byte(out, c < 0x20 || c == 0x7F ? ' ' : c);
    }
}

/* Of other characters none that means something to a program that reads it is left. */
static void put_word(struct buf *out, str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        bool plain = ascii_is_alnum(c) || c == '-' || c == '.' || c == '_';
        buf_byte(out, plain ? c : '_');
    }
}

/* Each line of a block gets the indentation of the placeholder; empty lines stay empty. */
static void put_block(struct buf *out, str s, uint32_t indent) {
    for (uint32_t at = 0, end; at < s.n; at = end + 1) {
        end = at + str_find(str_sub(s, at, s.n), '\n');
        if (at > 0 && end > at)
            buf_repeat(out, ' ', indent);
        buf_put(out, str_sub(s, at, end));
        if (end + 1 < s.n)
            buf_byte(out, '\n');
    }
}

static uint32_t column(const struct buf *out) {
    size_t at = out->n;
    while (at > 0 && out->p[at - 1] != '\n')
        at--;
    return (uint32_t)(out->n - at);
}

/* Of the key on the line that is being written. */
static uint32_t indentation(const struct buf *out) {
    size_t at = out->n - column(out);
    uint32_t n = 0;
    while (at + n < out->n && (out->p[at + n] == ' ' || out->p[at + n] == '-'))
        n++;
    return n;
}

/* Whether a literal block holds it and shows it: lines, none of which needs an escape. */
static bool is_literal(struct buf *scratch, str s) {
    bool literal = str_find(s, '\n') < s.n && s.p[0] != ' ' && s.p[0] != '\n';
    for (uint32_t i = 0; i < s.n && literal; i++) {
        str rest = str_sub(s, i, s.n);
        bool ends = rest.p[0] == '\n' && (s.p[i - 1] == ' ' || (rest.n == 1 && s.p[i - 1] == '\n'));
        buf_clear(scratch);
        literal = !ends && !str_starts(rest, STR("${{")) &&
                  (rest.p[0] == '\n' || put_yaml_control(scratch, rest) == 0);
    }
    return literal && s.p[s.n - 1] != ' ';
}

/* A script: as a literal block where it can be one. */
static void put_run(struct buf *out, str s) {
    uint32_t indent = indentation(out) + 2;
    struct buf scratch = BUF_INIT(16);
    if (is_literal(&scratch, s)) {
        bool ended = s.p[s.n - 1] == '\n';
        buf_text(out, ended ? "|\n" : "|-\n");
        buf_repeat(out, ' ', indent);
        put_block(out, ended ? str_sub(s, 0, s.n - 1) : s, indent);
    } else {
        tmpl_yaml(out, s);
    }
    buf_done(&scratch);
}

/* The values of an item, before those around it. */
struct scope {
    const struct map *values;
    const struct scope *outer;
    struct tmpl_value first; /* of an item: whether it is the first of its list */
};

static const struct tmpl_value *find(const struct scope *s, str name) {
    const struct tmpl_value *v = NULL;
    if (str_is(name, "first") && s->outer != NULL)
        return &s->first;
    for (; s != NULL && v == NULL; s = s->outer)
        v = map_get(s->values, name);
    assert(v != NULL);
    return v;
}

static void put_comment(struct buf *out, str s) {
    put_one_line(out, s, false);
}

static void put_unit(struct buf *out, str s) {
    put_one_line(out, s, true);
}

static void put_block_here(struct buf *out, str s) {
    put_block(out, s, column(out));
}

/* As tmpl.h lists them. */
static const struct escape {
    const char *name;
    void (*put)(struct buf *out, str s);
} escapes[] = {
    {"shell", tmpl_shell}, {"comment", put_comment}, {"unit", put_unit},  {"yaml", tmpl_yaml},
    {"run", put_run},      {"uses", put_comment},    {"word", put_word},  {"block", put_block_here},
    {"md", tmpl_markdown}, {"prose", tmpl_prose},    {"code", tmpl_code}, {"url", tmpl_url},
};

static const struct escape *find_escape(str name) {
    const struct escape *found = NULL;
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes && found == NULL; i++) {
        if (str_is(name, escapes[i].name))
            found = &escapes[i];
    }
    assert(found != NULL);
    return found;
}

/* Returns whether the line is to go: it was for a block that is empty. */
static bool put(struct buf *out, str placeholder, const struct scope *s) {
    str escape = placeholder, name = str_split(&escape, '|');
    const struct tmpl_value *v = find(s, name);
    const struct escape *e = find_escape(escape);
    e->put(out, v->text);
    if (v->text.n > 0 || e->put != put_block_here)
        return false;
    out->n -= column(out);
    return true;
}

/* Where the next placeholder begins, or text.n. `${{` begins an expression of GitHub's. */
static uint32_t find_placeholder(str text) {
    uint32_t at = str_find_pair(text, 0, '{', '{');
    while (at > 0 && at < text.n && text.p[at - 1] == '$')
        at = str_find_pair(text, at + 2, '{', '{');
    return at;
}

/* What is in the braces at the start of `text`, which goes on behind them. */
static str take_placeholder(str *text) {
    str rest = str_sub(*text, 2, text->n);
    uint32_t end = str_find(rest, '}');
    assert(end + 1 < rest.n && rest.p[end + 1] == '}');
    *text = str_sub(rest, end + 2, rest.n);
    return str_sub(rest, 0, end);
}

/* Behind a mark that began a line and ends it: the next line. */
static void end_line(str *text, bool began) {
    if (began && text->n > 0 && text->p[0] == '\n')
        *text = str_sub(*text, 1, text->n);
}

/* Takes what stands up to the mark that ends `name`, and the mark. */
static str take_section(str *text, str name) {
    str rest = *text;
    while (rest.n > 0) {
        uint32_t at = find_placeholder(rest);
        str before = str_sub(*text, 0, text->n - rest.n + at);
        rest = str_sub(rest, at, rest.n);
        assert(rest.n > 0);
        str mark = take_placeholder(&rest);
        if (mark.p[0] != '/' || !str_eq(str_sub(mark, 1, mark.n), name))
            continue;
        end_line(&rest, before.n == 0 || before.p[before.n - 1] == '\n');
        *text = rest;
        return before;
    }
    assert(false && "a section without an end");
    return *text;
}

static void render(struct buf *out, str text, const struct scope *s, unsigned depth);

static void put_section(struct buf *out, str text, str mark, const struct scope *s,
                        unsigned depth) {
    const struct tmpl_value *v = find(s, str_sub(mark, 1, mark.n));
    bool empty = v->items != NULL ? v->n == 0 : v->text.n == 0;
    if (mark.p[0] == '^' ? !empty : empty)
        return;
    if (mark.p[0] == '^' || v->items == NULL)
        render(out, text, s, depth);
    for (uint32_t i = 0; mark.p[0] == '#' && i < v->n; i++) {
        struct scope inner = {&v->items[i], s, {.text = i == 0 ? STR("1") : STR("")}};
        render(out, text, &inner, depth);
    }
}

static void render(struct buf *out, str text, const struct scope *s, unsigned depth) {
    assert(depth < SECTIONS_DEPTH_MAX);
    bool began = true; /* nothing but marks stands on the line so far */
    while (text.n > 0) {
        uint32_t at = find_placeholder(text);
        buf_put(out, str_sub(text, 0, at));
        began = at == 0 ? began : text.p[at - 1] == '\n';
        text = str_sub(text, at, text.n);
        if (text.n == 0)
            return;
        str mark = take_placeholder(&text);
        if (mark.n > 0 && (mark.p[0] == '#' || mark.p[0] == '^')) {
            end_line(&text, began);
            put_section(out, take_section(&text, str_sub(mark, 1, mark.n)), mark, s, depth + 1);
            continue;
        }
        bool gone = put(out, mark, s);
        if (gone && str_starts(text, STR("\n")))
            text = str_sub(text, 1, text.n);
        began = gone;
    }
}

void tmpl_render(struct buf *out, str text, const struct map *values) {
    const struct scope s = {.values = values};
    buf_prefer(out, text.n);
    render(out, text, &s, 0);
}

void tmpl_set_list(struct arena *a, struct map *values, const char *name, const struct map *items,
                   uint32_t n) {
    static const struct map none;
    struct tmpl_value *v = ARENA_NEW(a, struct tmpl_value);
    *v = (struct tmpl_value){.items = n > 0 ? items : &none, .n = n};
    map_add(a, values, str_c(name), v);
}

void tmpl_set(struct arena *a, struct map *values, const char *name, str text) {
    struct tmpl_value *v = ARENA_NEW(a, struct tmpl_value);
    v->text = text;
    map_add(a, values, str_c(name), v);
}
