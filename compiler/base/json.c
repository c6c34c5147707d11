/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <assert.h>

struct json json_to(struct buf *out, unsigned indent) {
    return (struct json){.out = out, .indent = indent, .first = true};
}

static void newline(struct json *j) {
    if (j->indent > 0 && j->inline_depth == 0) {
        buf_byte(j->out, '\n');
        buf_repeat(j->out, ' ', (size_t)j->indent * j->depth);
    }
}

/* What stands before a value or key: a comma, a line break. */
static void separate(struct json *j) {
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (!j->first)
        buf_byte(j->out, ',');
    if (j->depth > 0 && j->indent > 0 && j->inline_depth == 0)
        newline(j);
    else if (!j->first && !j->jsonencode)
        buf_byte(j->out, ' ');
    j->first = false;
}

/* The first inline level starts on a line of its own; deeper ones go on in it. */
static void begin(struct json *j, unsigned char c) {
    separate(j);
    buf_byte(j->out, c);
    j->depth++;
    j->first = true;
}

static void end(struct json *j, unsigned char c) {
    assert(j->depth > 0 && !j->after_key);
    j->depth--;
    if (!j->first)
        newline(j);
    buf_byte(j->out, c);
    j->first = false;
}

void json_object_begin(struct json *j) {
    begin(j, '{');
}

void json_object_end(struct json *j) {
    end(j, '}');
}

void json_array_begin(struct json *j) {
    begin(j, '[');
}

void json_array_end(struct json *j) {
    end(j, ']');
}

void json_inline_begin(struct json *j) {
    if (j->inline_depth == 0 && !j->after_key) {
        if (!j->first)
            buf_byte(j->out, ',');
        if (j->depth > 0)
            newline(j);
        j->first = true;
    }
    j->inline_depth += 2;
}

void json_inline_end(struct json *j) {
    assert(j->inline_depth >= 2);
    j->inline_depth -= 2;
}

static void escape_code(struct buf *out, unsigned code) {
    static const char hex[] = "0123456789abcdef";
    BUF_LIT(out, "\\u");
    for (int shift = 12; shift >= 0; shift -= 4)
        buf_byte(out, (unsigned char)hex[code >> shift & 15]);
}

void json_escape_byte(struct buf *out, unsigned char c) {
    switch (c) {
    case '"':
        BUF_LIT(out, "\\\"");
        break;
    case '\\':
        BUF_LIT(out, "\\\\");
        break;
    case '\n':
        BUF_LIT(out, "\\n");
        break;
    case '\r':
        BUF_LIT(out, "\\r");
        break;
    case '\t':
        BUF_LIT(out, "\\t");
        break;
    default:
        escape_code(out, c);
    }
}

void json_escape(struct buf *out, str s, bool hcl_template) {
    uint32_t done = 0, at = 0;
    while ((at = str_skip_plain(s, at)) < s.n) {
        unsigned char c = s.p[at];
        uint32_t n = c < 0x80 ? 1 : utf8_next(s, at);
        bool plain = n > 0 && c >= 0x20 && c != '"' && c != '\\' && c != 0x7F;
        bool line = n == 3 && c == 0xE2 && s.p[at + 1] == 0x80 && (s.p[at + 2] & 0xFE) == 0xA8;
        bool template =
            hcl_template && (c == '$' || c == '%') && at + 1 < s.n && s.p[at + 1] == '{';
        if (plain && !line && !template) {
            at += n;
            continue;
        }
        buf_put(out, str_sub(s, done, at));
        if (n == 0)
            BUF_LIT(out, "\\ufffd");
        else if (line)
            escape_code(out, 0x2000u | (s.p[at + 2] == 0xA8 ? 0x28u : 0x29u));
        else if (template)
            escape_code(out, c);
        else
            json_escape_byte(out, c);
        at += n == 0 ? 1 : n;
        done = at;
    }
    buf_put(out, str_sub(s, done, s.n));
}

static void put_escaped(struct json *j, str s) {
    uint32_t done = 0;
    for (uint32_t i = 0; j->jsonencode && i < s.n; i++) {
        if (s.p[i] != '<' && s.p[i] != '>' && s.p[i] != '&')
            continue;
        json_escape(j->out, str_sub(s, done, i), j->hcl_template);
        escape_code(j->out, s.p[i]);
        done = i + 1;
    }
    json_escape(j->out, str_sub(s, done, s.n), j->hcl_template);
}

void json_key(struct json *j, str key) {
    separate(j);
    buf_byte(j->out, '"');
    put_escaped(j, key);
    buf_text(j->out, j->indent > 0 ? "\": " : "\":");
    j->after_key = true;
}

void json_str_open(struct json *j) {
    separate(j);
    buf_byte(j->out, '"');
}

void json_str_piece(struct json *j, str s) {
    put_escaped(j, s);
}

void json_str_template(struct json *j, str variable) {
    assert(j->hcl_template);
    BUF_LIT(j->out, "${");
    buf_put(j->out, variable);
    buf_byte(j->out, '}');
}

void json_str_close(struct json *j) {
    buf_byte(j->out, '"');
}

void json_str(struct json *j, str s) {
    json_str_open(j);
    json_str_piece(j, s);
    json_str_close(j);
}

void json_num(struct json *j, struct num v) {
    separate(j);
    if (num_ok(v))
        buf_num(j->out, v);
    else
        BUF_LIT(j->out, "null");
}

void json_int(struct json *j, int64_t v) {
    separate(j);
    buf_int(j->out, v);
}

void json_bool(struct json *j, bool v) {
    separate(j);
    buf_text(j->out, v ? "true" : "false");
}

void json_null(struct json *j) {
    separate(j);
    BUF_LIT(j->out, "null");
}

void json_kstr(struct json *j, const char *key, str s) {
    json_key(j, str_c(key));
    json_str(j, s);
}

void json_kint(struct json *j, const char *key, int64_t v) {
    json_key(j, str_c(key));
    json_int(j, v);
}

void json_kbool(struct json *j, const char *key, bool v) {
    json_key(j, str_c(key));
    json_bool(j, v);
}
