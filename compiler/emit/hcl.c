/* SPDX-License-Identifier: MIT */
#include "emit/hcl.h"

#include "base/json.h"

#include <assert.h>

#define VALUES_MAX (16u << 20)

void hcl_init(struct hcl *h, struct buf *out) {
    *h = (struct hcl){.out = out, .values = BUF_INIT(VALUES_MAX), .first = true};
}

void hcl_put_indent(struct buf *out, unsigned indent) {
    buf_repeat(out, ' ', (size_t)indent * 2);
}

static unsigned char *copy(unsigned char *to, const unsigned char *from, size_t n) {
    if (n > 0) /* an empty text may have no bytes to point to */
        memcpy(to, from, n);
    return to + n;
}

/* Room is made once for all lines: this writes most of what there is. */
static void put_run(struct hcl *h) {
    uint32_t widest = 0;
    size_t values = 0;
    for (unsigned i = 0; i < h->nrun; i++) {
        widest = h->run[i].key.n > widest ? h->run[i].key.n : widest;
        values += h->run[i].to - h->run[i].from;
    }
    size_t indent = (size_t)h->indent * 2, keys = h->nrun * (indent + widest + sizeof " = \n");
    if (!buf_reserve(h->out, keys + values))
        return;
    unsigned char *p = h->out->p + h->out->n;
    for (unsigned i = 0; i < h->nrun; i++) {
        const struct hcl_line *line = &h->run[i];
        memset(p, ' ', indent + widest + 1);
        memcpy(p + indent, line->key.p, line->key.n);
        p = copy(p + indent + widest + 1, (const unsigned char *)"= ", 2);
        p = copy(p, h->values.p + line->from, line->to - line->from);
        *p++ = '\n';
    }
    h->out->n = (size_t)(p - h->out->p);
}

/* Also of a buffer that is full: what is held back has its room for the next run. */
static void flush(struct hcl *h) {
    if (h->nrun == 0)
        return;
    put_run(h);
    h->nrun = 0;
    h->out->full |= h->values.full;
    buf_clear(&h->values);
}

void hcl_done(struct hcl *h) {
    flush(h);
    buf_done(&h->values);
}

void hcl_gap(struct hcl *h) {
    flush(h);
    if (!h->first)
        buf_byte(h->out, '\n');
    h->first = true;
    h->closed = false;
}

void hcl_comment(struct hcl *h, str text) {
    flush(h);
    hcl_put_indent(h->out, h->indent);
    BUF_LIT(h->out, "# ");
    uint32_t done = 0;
    for (uint32_t i = 0; i < text.n; i++) {
        if (text.p[i] >= 0x20 && text.p[i] != 0x7F)
            continue;
        buf_put(h->out, str_sub(text, done, i));
        buf_byte(h->out, ' ');
        done = i + 1;
    }
    buf_put(h->out, str_sub(text, done, text.n));
    buf_byte(h->out, '\n');
}

void hcl_open(struct hcl *h, const char *type, const str *labels, unsigned n) {
    flush(h);
    if (!h->first)
        buf_byte(h->out, '\n');
    hcl_put_indent(h->out, h->indent);
    buf_text(h->out, type);
    for (unsigned i = 0; i < n; i++) {
        buf_byte(h->out, ' ');
        hcl_put_string(h->out, labels[i]);
    }
    BUF_LIT(h->out, " {\n");
    h->indent++;
    h->first = true;
    h->closed = false;
}

void hcl_close(struct hcl *h) {
    flush(h);
    assert(h->indent > 0);
    h->indent--;
    hcl_put_indent(h->out, h->indent);
    BUF_LIT(h->out, "}\n");
    h->first = false;
    h->closed = true;
}

struct buf *hcl_attr(struct hcl *h, str key) {
    if (h->nrun == HCL_RUN_MAX) {
        /* A blank line ends a run for `terraform fmt` as well. */
        flush(h);
        buf_byte(h->out, '\n');
    }
    if (h->closed)
        buf_byte(h->out, '\n');
    h->closed = false;
    h->run[h->nrun].key = key;
    h->run[h->nrun].from = (uint32_t)h->values.n;
    return &h->values;
}

void hcl_attr_end(struct hcl *h) {
    h->run[h->nrun].to = (uint32_t)h->values.n;
    h->nrun++;
    h->first = false;
}

bool hcl_attr_again(struct hcl *h, str key) {
    if (h->nrun == 0 || h->nrun == HCL_RUN_MAX)
        return false;
    h->run[h->nrun] = h->run[h->nrun - 1];
    h->run[h->nrun++].key = key;
    return true;
}

struct buf *hcl_attr_long(struct hcl *h, str key) {
    flush(h);
    if (!h->first)
        buf_byte(h->out, '\n');
    hcl_put_indent(h->out, h->indent);
    buf_put(h->out, key);
    BUF_LIT(h->out, " = ");
    return h->out;
}

void hcl_attr_long_end(struct hcl *h) {
    BUF_LIT(h->out, "\n\n");
    h->first = true;
    h->closed = false;
}

void hcl_escape(struct buf *out, str s) {
    uint32_t done = 0;
    for (uint32_t i = str_skip_plain(s, 0); i < s.n; i = str_skip_plain(s, i + 1)) {
        unsigned char c = s.p[i];
        bool template = (c == '$' || c == '%') && i + 1 < s.n && s.p[i + 1] == '{';
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F && !template)
            continue;
        buf_put(out, str_sub(s, done, i));
        if (template)
            buf_repeat(out, c, 2);
        else
            json_escape_byte(out, c);
        done = i + 1;
    }
    buf_put(out, str_sub(s, done, s.n));
}

void hcl_put_string(struct buf *out, str s) {
    buf_byte(out, '"');
    hcl_escape(out, s);
    buf_byte(out, '"');
}

void hcl_put_plain(struct buf *out, str s) {
    if (!buf_reserve(out, (size_t)s.n + 2))
        return;
    unsigned char *p = out->p + out->n;
    *p = '"';
    p = copy(p + 1, s.p, s.n);
    *p = '"';
    out->n += (size_t)s.n + 2;
}
