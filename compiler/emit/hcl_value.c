/* SPDX-License-Identifier: MIT */
#include "emit/hcl_value.h"

#include "resource/resource.h"

#define SHORT_LIST_MAX 4
#define SHORT_TEXT_MAX 60

/* aws_sns_topic.critical, data.aws_instance.web */
static void put_address(struct buf *out, const struct node *n) {
    if (n->data)
        BUF_LIT(out, "data.");
    buf_text(out, n->kind->tf);
    buf_byte(out, '.');
    buf_put(out, n->label);
}

/*
 * A text of several lines reads better as one, when nothing in it can end it or be changed
 * by it: "<<-" takes away the white space that all lines begin with, whatever Unicode calls so.
 */
static bool fits_heredoc(str s) {
    if (str_find(s, '\n') == s.n || s.n > 65536)
        return false;
    bool flush_left = false;
    for (uint32_t i = 0; i < s.n; i++) {
        if ((s.p[i] < 0x20 && s.p[i] != '\n') || s.p[i] == 0x7F)
            return false;
        if (i > 0 && s.p[i - 1] != '\n')
            continue;
        if (s.p[i] >= 0x80)
            return false;
        flush_left |= s.p[i] > ' ';
    }
    return flush_left && !str_contains(s, STR("EOT")) && utf8_check(s) == s.n;
}

static bool is_short(const struct value *v) {
    return (v->type == VALUE_STR && v->text.n <= SHORT_TEXT_MAX && !fits_heredoc(v->text)) ||
           v->type == VALUE_NUM || v->type == VALUE_BOOL || v->type == VALUE_REF ||
           v->type == VALUE_VAR;
}

bool hcl_value_is_long(const struct value *v) {
    switch (v->type) {
    case VALUE_LIST:
        for (uint32_t i = 0; i < v->list.n; i++) {
            if (!is_short(v->list.items[i]))
                return true;
        }
        return v->list.n > SHORT_LIST_MAX;
    case VALUE_MAP:
        return v->map.n > 1 || (v->map.n == 1 && !is_short(v->map.fields[0].value));
    case VALUE_STR:
        return fits_heredoc(v->text);
    case VALUE_JSON:
        return true;
    case VALUE_FILE:
        return v->file->tokens != NULL;
    case VALUE_UNSET:
    case VALUE_NUM:
    case VALUE_BOOL:
    case VALUE_BLOCK:
    case VALUE_REF:
    case VALUE_TEXT:
    case VALUE_VAR:
        break;
    }
    return false;
}

static void put_heredoc(struct buf *out, str s, unsigned indent) {
    /* A heredoc ends with a newline; a text that does not loses it again. */
    bool chomp = s.p[s.n - 1] != '\n';
    buf_text(out, chomp ? "chomp(<<-EOT\n" : "<<-EOT\n");
    while (s.n > 0) {
        str line = str_split(&s, '\n');
        if (line.n > 0)
            hcl_put_indent(out, indent + 1);
        for (uint32_t i = 0; i < line.n; i++) {
            bool template =
                (line.p[i] == '$' || line.p[i] == '%') && i + 1 < line.n && line.p[i + 1] == '{';
            if (template)
                buf_byte(out, line.p[i]);
            buf_byte(out, line.p[i]);
        }
        buf_byte(out, '\n');
    }
    hcl_put_indent(out, indent);
    BUF_LIT(out, "EOT");
    if (chomp) {
        buf_byte(out, '\n');
        hcl_put_indent(out, indent);
        buf_byte(out, ')');
    }
}

static void put_list(struct buf *out, const struct value *v, unsigned indent) {
    bool lines = hcl_value_is_long(v);
    buf_byte(out, '[');
    for (uint32_t i = 0; i < v->list.n; i++) {
        if (lines) {
            buf_byte(out, '\n');
            hcl_put_indent(out, indent + 1);
        } else if (i > 0) {
            buf_byte(out, ' ');
        }
        /* What ends a heredoc stands alone on its line: no comma can follow. */
        if (v->list.items[i]->type == VALUE_STR)
            hcl_put_string(out, v->list.items[i]->text);
        else
            hcl_put_value(out, v->list.items[i], indent + 1);
        if (lines || i + 1 < v->list.n)
            buf_byte(out, ',');
    }
    if (lines) {
        buf_byte(out, '\n');
        hcl_put_indent(out, indent);
    }
    buf_byte(out, ']');
}

static bool is_identifier(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        bool letter = ascii_is_letter(c) || c == '_';
        if (!letter && (i == 0 || !(ascii_is_digit(c) || c == '-')))
            return false;
    }
    return s.n > 0;
}

static void put_key(struct buf *out, str key) {
    if (is_identifier(key))
        buf_put(out, key);
    else
        hcl_put_string(out, key);
}

/* The width of a key as it is written, quotes and escapes included. */
static uint32_t key_width(str key) {
    if (is_identifier(key))
        return key.n;
    struct buf b = BUF_INIT(65536);
    put_key(&b, key);
    /* terraform fmt counts characters. */
    uint32_t n = utf8_count(buf_str(&b));
    buf_done(&b);
    return n;
}

/* `fields` from..to stand in a run: their equals signs are aligned. */
static void put_run(struct buf *out, const struct value_field *fields, uint32_t n,
                    unsigned indent) {
    uint32_t widest = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t w = key_width(fields[i].name);
        widest = w > widest ? w : widest;
    }
    for (uint32_t i = 0; i < n; i++) {
        hcl_put_indent(out, indent);
        put_key(out, fields[i].name);
        buf_repeat(out, ' ', widest - key_width(fields[i].name) + 1);
        BUF_LIT(out, "= ");
        hcl_put_value(out, fields[i].value, indent);
        buf_byte(out, '\n');
    }
}

static void put_fields(struct buf *out, const struct value_field *fields, uint32_t n,
                       unsigned indent) {
    for (uint32_t i = 0, end; i < n; i = end) {
        end = i;
        while (end < n && !hcl_value_is_long(fields[end].value))
            end++;
        if (end > i)
            put_run(out, fields + i, end - i, indent);
        else
            put_run(out, fields + end++, 1, indent);
    }
}

static void put_map(struct buf *out, const struct value *v, unsigned indent) {
    if (v->map.n == 0) {
        BUF_LIT(out, "{}");
        return;
    }
    if (!hcl_value_is_long(v)) {
        BUF_LIT(out, "{ ");
        put_key(out, v->map.fields[0].name);
        BUF_LIT(out, " = ");
        hcl_put_value(out, v->map.fields[0].value, indent);
        BUF_LIT(out, " }");
        return;
    }
    BUF_LIT(out, "{\n");
    put_fields(out, v->map.fields, v->map.n, indent + 1);
    hcl_put_indent(out, indent);
    buf_byte(out, '}');
}

static void put_reference(struct buf *out, const struct value *v) {
    if (v->type == VALUE_VAR) {
        BUF_LIT(out, "var.");
        buf_put(out, v->var->name);
        return;
    }
    put_address(out, v->ref.node);
    if (v->ref.attr == NULL)
        return;
    buf_byte(out, '.');
    buf_text(out, v->ref.attr);
}

static void put_text(struct buf *out, const struct value *v) {
    buf_byte(out, '"');
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct value *part = v->list.items[i];
        if (part->type == VALUE_STR) {
            hcl_escape(out, part->text);
            continue;
        }
        BUF_LIT(out, "${");
        put_reference(out, part);
        buf_byte(out, '}');
    }
    buf_byte(out, '"');
}

static void put_file(struct buf *out, const struct value *v, unsigned indent) {
    if (v->file->use == VALUE_FILE_PATH) {
        BUF_LIT(out, "\"${path.module}/");
        hcl_escape(out, v->file->path);
        buf_byte(out, '"');
        return;
    }
    buf_text(out, v->file->use == VALUE_FILE_SHA256 ? "filebase64sha256("
                  : v->file->tokens != NULL         ? "templatefile("
                                                    : "file(");
    BUF_LIT(out, "\"${path.module}/");
    hcl_escape(out, v->file->path);
    BUF_LIT(out, "\"");
    if (v->file->tokens != NULL) {
        BUF_LIT(out, ", {\n");
        put_run(out, v->file->tokens->map.fields, v->file->tokens->map.n, indent + 1);
        hcl_put_indent(out, indent);
        buf_byte(out, '}');
    }
    buf_byte(out, ')');
}

void hcl_put_value(struct buf *out, const struct value *v, unsigned indent) {
    switch (v->type) {
    case VALUE_STR:
        if (fits_heredoc(v->text))
            put_heredoc(out, v->text, indent);
        else
            hcl_put_string(out, v->text);
        break;
    case VALUE_NUM:
        buf_num(out, v->number);
        break;
    case VALUE_BOOL:
        buf_text(out, v->boolean ? "true" : "false");
        break;
    case VALUE_LIST:
        put_list(out, v, indent);
        break;
    case VALUE_MAP:
        put_map(out, v, indent);
        break;
    case VALUE_REF:
    case VALUE_VAR:
        put_reference(out, v);
        break;
    case VALUE_TEXT:
        put_text(out, v);
        break;
    case VALUE_JSON:
        BUF_LIT(out, "jsonencode(");
        hcl_put_value(out, v->json, indent);
        buf_byte(out, ')');
        break;
    case VALUE_FILE:
        put_file(out, v, indent);
        break;
    case VALUE_UNSET:
    case VALUE_BLOCK:
        BUF_LIT(out, "null");
        break;
    }
}
