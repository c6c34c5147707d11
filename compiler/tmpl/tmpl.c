/* SPDX-License-Identifier: MIT */
#include "tmpl/tmpl.h"

#include <assert.h>

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

/* A word that YAML takes for nothing but a text, and that holds no expression. */
static bool is_plain(str s) {
    static const char *const words[] = {"true", "false", "yes", "no", "on",
                                        "off",  "null",  "y",   "n"};
    bool plain = s.n > 0;
    for (uint32_t i = 0; i < s.n && plain; i++) {
        unsigned char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool inner = (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
        plain = letter || (i > 0 && inner);
    }
    for (uint32_t i = 0; i < sizeof words / sizeof *words && plain; i++)
        plain = !str_is_nocase(s, words[i]);
    return plain;
}

void tmpl_yaml(struct buf *out, str s) {
    static const char hex[] = "0123456789abcdef";
    if (is_plain(s)) {
        buf_put(out, s);
        return;
    }
    buf_byte(out, '"');
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        if (c == '"' || c == '\\') {
            buf_byte(out, '\\');
            buf_byte(out, c);
        } else if (c == '\n') {
            BUF_LIT(out, "\\n");
        } else if (c < 0x20 || c == 0x7F) {
            BUF_LIT(out, "\\x");
            buf_byte(out, (unsigned char)hex[c >> 4]);
            buf_byte(out, (unsigned char)hex[c & 15]);
        } else if (c == '$' && str_starts(str_sub(s, i, s.n), STR("${{"))) {
            BUF_LIT(out, "${{ '${{' }}");
            i += 2;
        } else {
            buf_byte(out, c);
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

static void put(struct buf *out, str placeholder, const struct map *values) {
    str escape = placeholder, name = str_split(&escape, '|');
    const struct tmpl_value *v = map_get(values, name);
    assert(v != NULL);
    if (str_is(escape, "shell"))
        tmpl_shell(out, v->text);
    else if (str_is(escape, "comment"))
        put_one_line(out, v->text, false);
    else if (str_is(escape, "unit"))
        put_one_line(out, v->text, true);
    else if (str_is(escape, "yaml"))
        tmpl_yaml(out, v->text);
    else if (str_is(escape, "uses"))
        put_one_line(out, v->text, false);
    else if (str_is(escape, "block"))
        put_block(out, v->text, column(out));
    else
        assert(false && "an escape that does not exist");
}

void tmpl_render(struct buf *out, str text, const struct map *values) {
    while (text.n > 0) {
        uint32_t i = 0;
        while ((i += str_find(str_sub(text, i, text.n), '{')) + 1 < text.n && text.p[i + 1] != '{')
            i++;
        if (i + 1 >= text.n) {
            buf_put(out, text);
            return;
        }
        buf_put(out, str_sub(text, 0, i));
        str rest = str_sub(text, i + 2, text.n);
        uint32_t end = str_find(rest, '}');
        assert(end + 1 < rest.n && rest.p[end + 1] == '}');
        put(out, str_sub(rest, 0, end), values);
        text = str_sub(rest, end + 2, rest.n);
    }
}

void tmpl_set(struct arena *a, struct map *values, const char *name, str text) {
    struct tmpl_value *v = ARENA_NEW(a, struct tmpl_value);
    v->text = text;
    map_add(a, values, str_c(name), v);
}
