/* SPDX-License-Identifier: MIT */
#include "import/yaml_text.h"

static bool is_letter(unsigned char c) {
    return ascii_is_letter(c) || c == '_';
}

/* Words that YAML or its readers may take for something else. */
static bool is_word(str s) {
    static const char *const words[] = {"true", "false", "null", "yes",  "no", "on",
                                        "off",  "y",     "n",    "none", "all"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is_nocase(s, words[i]))
            return true;
    }
    return false;
}

static bool is_plain(str s) {
    if (s.n == 0 || !is_letter(s.p[0]) || is_word(s))
        return false;
    for (uint32_t i = 1; i < s.n; i++) {
        unsigned char c = s.p[i];
        if (!is_letter(c) && !ascii_is_digit(c) && memchr("-./", c, 3) == NULL)
            return false;
    }
    return true;
}

/* Written as an escape: controls, and what libyaml or editors take for the end of a line. */
static bool is_escaped(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
           (c >= 0xfff0 && c <= 0xffff);
}

static uint32_t code_point(str s) {
    static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t c = s.p[0] & first[s.n < 5 ? s.n : 0];
    for (uint32_t i = 1; i < s.n; i++)
        c = c << 6 | (s.p[i] & 0x3fu);
    return c;
}

void yaml_put_text(struct buf *b, str s) {
    if (is_plain(s)) {
        buf_put(b, s);
        return;
    }
    buf_byte(b, '"');
    for (uint32_t i = 0, next; i < s.n; i = next) {
        uint32_t n = utf8_next(s, i);
        next = i + (n > 0 ? n : 1);
        str one = str_sub(s, i, next);
        uint32_t c = code_point(one);
        if (c == '"' || c == '\\')
            buf_byte(b, '\\');
        if (c == '$' && next < s.n && s.p[next] == '{')
            buf_byte(b, '$');
        if (c == '\n')
            BUF_LIT(b, "\\n");
        else if (c == '\t')
            BUF_LIT(b, "\\t");
        else if (is_escaped(c))
            buf_printf(b, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
        else
            buf_put(b, one);
    }
    buf_byte(b, '"');
}

void yaml_put_condition(struct buf *b, str s) {
    bool plain = s.n > 0 && is_letter(s.p[0]);
    for (uint32_t i = 0; i < s.n; i++)
        plain &= s.p[i] >= 0x20 && s.p[i] < 0x7f && memchr("\"'#:{}[],&*!|`\\", s.p[i], 15) == NULL;
    if (plain)
        buf_put(b, s);
    else
        yaml_put_text(b, s);
}

bool yaml_can_hold(const struct value *v) {
    if (v == NULL)
        return true;
    switch (v->type) {
    case VALUE_STR:
        return str_find(v->text, 0) == v->text.n && utf8_check(v->text) == v->text.n;
    case VALUE_LIST:
        for (uint32_t i = 0; i < v->list.n; i++) {
            if (!yaml_can_hold(v->list.items[i]))
                return false;
        }
        return true;
    case VALUE_MAP:
        for (uint32_t i = 0; i < v->map.n; i++) {
            if (!yaml_can_hold(v->map.fields[i].value))
                return false;
        }
        return true;
    case VALUE_JSON:
        return yaml_can_hold(v->json);
    case VALUE_NUM:
        return num_is_decimal(v->number);
    case VALUE_UNSET:
    case VALUE_BOOL:
    case VALUE_BLOCK:
    case VALUE_REF:
    case VALUE_TEXT:
    case VALUE_VAR:
    case VALUE_FILE:
        break;
    }
    return true;
}

/* On one line. Text where the row takes one, whatever AWS's answer had. */
static void put_flow(struct buf *b, const struct value *v, bool text) {
    switch (v->type) {
    case VALUE_STR:
        yaml_put_text(b, v->text);
        return;
    case VALUE_NUM:
        if (text)
            buf_byte(b, '"');
        buf_num(b, v->number);
        if (text)
            buf_byte(b, '"');
        return;
    case VALUE_BOOL:
        buf_text(b, text ? v->boolean ? "\"true\"" : "\"false\"" : v->boolean ? "true" : "false");
        return;
    case VALUE_LIST:
        buf_byte(b, '[');
        for (uint32_t i = 0; i < v->list.n; i++) {
            buf_text(b, i > 0 ? ", " : "");
            put_flow(b, v->list.items[i], text);
        }
        buf_byte(b, ']');
        return;
    case VALUE_MAP:
        buf_text(b, v->map.n > 0 ? "{ " : "{");
        for (uint32_t i = 0; i < v->map.n; i++) {
            buf_text(b, i > 0 ? ", " : "");
            yaml_put_text(b, v->map.fields[i].name);
            BUF_LIT(b, ": ");
            put_flow(b, v->map.fields[i].value, text);
        }
        buf_text(b, v->map.n > 0 ? " }" : "}");
        return;
    case VALUE_JSON:
        put_flow(b, v->json, false);
        return;
    case VALUE_UNSET:
    case VALUE_BLOCK:
    case VALUE_REF:
    case VALUE_TEXT:
    case VALUE_VAR:
    case VALUE_FILE:
        break;
    }
    BUF_LIT(b, "null");
}

static void put_block(struct buf *b, const struct resource_attr *row, const struct value *v);

static void put_value(struct buf *b, const struct resource_attr *row, const struct value *v) {
    bool list = v->type == VALUE_LIST;
    if (row->type != ATTR_BLOCK && row->type != ATTR_BLOCKS) {
        put_flow(b, v, row->type != ATTR_NUM && row->type != ATTR_BOOL && row->type != ATTR_JSON);
        return;
    }
    if (row->type == ATTR_BLOCK && !list) {
        put_block(b, row, v);
        return;
    }
    buf_byte(b, '[');
    for (uint32_t i = 0; i < (list ? v->list.n : 1); i++) {
        buf_text(b, i > 0 ? ", " : "");
        put_block(b, row, list ? v->list.items[i] : v);
    }
    buf_byte(b, ']');
}

static bool is_written(const struct resource_attr *row, const struct value *v) {
    if (v == NULL || (row->flags & ATTR_COMPUTED) != 0 || row->api == NULL)
        return v != NULL && (row->type == ATTR_BLOCK || row->type == ATTR_BLOCKS);
    bool said = row->def != NULL && (row->flags & ATTR_REQUIRED) == 0 &&
                (v->type == VALUE_BOOL ? strcmp(row->def, v->boolean ? "true" : "false") == 0
                                       : v->type == VALUE_STR && str_is(v->text, row->def));
    bool empty =
        (v->type == VALUE_LIST && v->list.n == 0) || (v->type == VALUE_MAP && v->map.n == 0);
    return !said && !empty;
}

static void put_block(struct buf *b, const struct resource_attr *row, const struct value *v) {
    bool any = false;
    BUF_LIT(b, "{ ");
    for (uint32_t i = 0; i < row->nblock; i++) {
        const struct resource_attr *of = &row->block[i];
        const struct value *is = v->block.attrs[i];
        /* AWS need not tell what is as usual, and Terraform wants it said. */
        bool usual = is == NULL && (of->flags & ATTR_REQUIRED) != 0 && of->def != NULL;
        if (!usual && !is_written(of, is))
            continue;
        buf_printf(b, "%s%s: ", any ? ", " : "", of->tf);
        if (usual)
            buf_text(b, of->def);
        else
            put_value(b, of, is);
        any = true;
    }
    buf_text(b, any ? " }" : "}");
}

/* A document: its members below each other, and the items of a list in it. */
static void put_document(struct buf *b, const struct value *v, unsigned indent) {
    for (uint32_t i = 0; i < v->map.n; i++) {
        const struct value *of = v->map.fields[i].value;
        buf_byte(b, '\n');
        buf_repeat(b, ' ', indent);
        yaml_put_text(b, v->map.fields[i].name);
        buf_byte(b, ':');
        if (of->type != VALUE_LIST || of->list.n == 0) {
            buf_byte(b, ' ');
            put_flow(b, of, false);
            continue;
        }
        for (uint32_t k = 0; k < of->list.n; k++) {
            buf_byte(b, '\n');
            buf_repeat(b, ' ', indent + 2);
            BUF_LIT(b, "- ");
            put_flow(b, of->list.items[k], false);
        }
    }
}

void yaml_put_attribute(struct buf *b, const struct resource_attr *row, const struct value *v,
                        unsigned indent) {
    if (v->type == VALUE_JSON && v->json->type == VALUE_MAP && v->json->map.n > 0) {
        put_document(b, v->json, indent);
        return;
    }
    if (row->type != ATTR_BLOCKS || v->type != VALUE_LIST || v->list.n == 0) {
        buf_byte(b, ' ');
        put_value(b, row, v);
        return;
    }
    for (uint32_t i = 0; i < v->list.n; i++) {
        buf_byte(b, '\n');
        buf_repeat(b, ' ', indent);
        BUF_LIT(b, "- ");
        put_block(b, row, v->list.items[i]);
    }
}
