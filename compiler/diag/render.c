/* SPDX-License-Identifier: MIT */
#include "diag/render.h"

#include "diag/render_parts.h"

#include <stdio.h>

const struct render_format_row render_formats[RENDER_COUNT] = {
    [RENDER_TEXT] = {"text", "for people: the place, the line, what to do"},
    [RENDER_JSON] = {"json", "one JSON object; a stable contract"},
    [RENDER_SARIF] = {"sarif", "SARIF 2.1.0, for code scanning; a stable contract"},
    [RENDER_GITHUB] = {"github", "annotations of GitHub Actions, one line each"},
    [RENDER_GITLAB] = {"gitlab", "code quality report of GitLab; a stable contract"},
};

void render_diags(struct buf *out, struct diag_list *dl, const struct render_options *opt) {
    render_hide_secrets(dl);
    switch (opt->format) {
    case RENDER_TEXT:
        render_text(out, dl, opt->colour);
        break;
    case RENDER_JSON:
        render_json(out, dl);
        break;
    case RENDER_SARIF:
        render_sarif(out, dl);
        break;
    case RENDER_GITHUB:
        render_github(out, dl);
        break;
    case RENDER_GITLAB:
        render_gitlab(out, dl);
        break;
    case RENDER_COUNT:
        break;
    }
}

struct render_region render_region_of(struct diag_list *dl, span at) {
    uint32_t end = at.end > at.start ? at.end : at.start;
    return (struct render_region){sources_place(dl->sources, at.file, at.start),
                                  sources_place(dl->sources, at.file, end)};
}

str render_contexts(struct diag_list *dl, const struct diag *d) {
    if (!diag_is_partial(dl, d))
        return STR("");
    uint32_t n = d->contexts.n, shown = n < RENDER_CONTEXTS_MAX ? n : RENDER_CONTEXTS_MAX;
    struct buf b = BUF_INIT(DIAG_TEXT_MAX);
    buf_printf(&b, "in environment%s ", n == 1 ? "" : "s");
    for (uint32_t i = 0; i < shown; i++)
        buf_printf(&b, "%s`%.*s`", list_gap(i, n, " and "), STR_ARG(d->contexts.at[i]));
    if (shown < n)
        buf_printf(&b, " and %u more", (unsigned)(n - shown));
    return buf_keep(&b, dl->arena);
}

struct range {
    uint32_t first, last;
};

/* Controls, and characters that turn or hide the text around them. */
static const struct range escaped[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0x61C, 0x61C},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x2069}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
};
static const struct range combining[] = {
    {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},     {0x610, 0x61A},
    {0x64B, 0x65F},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},   {0x20D0, 0x20FF},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF},
};
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x26A1, 0x26A1},
    {0x2705, 0x2705},   {0x274C, 0x274C},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB},
    {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool within(const struct range *r, size_t n, uint32_t c) {
    size_t i = 0;
    while (i < n && c > r[i].last)
        i++;
    return i < n && c >= r[i].first;
}

static uint32_t decode(const unsigned char *p, uint32_t n) {
    static const unsigned char lead[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t c = p[0] & lead[n];
    for (uint32_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3F);
    return c;
}

static void cell_text(struct render_cell *c, const void *text, uint32_t n) {
    memcpy(c->text, text, n);
    c->n = n;
}

static void cell_escape(struct render_cell *c, uint32_t code) {
    char text[RENDER_CELL_MAX];
    int n = snprintf(text, sizeof text, code < 0x100 ? "\\x%02x" : "\\u{%x}", (unsigned)code);
    cell_text(c, text, (uint32_t)n);
    c->columns = c->n;
}

struct render_cell render_cell_at(str s, uint32_t at) {
    struct render_cell c = {.taken = 1, .columns = 1};
    unsigned char byte = s.p[at];
    if (byte >= 0x20 && byte < 0x7F) {
        cell_text(&c, &byte, 1);
        return c;
    }
    if (byte == '\t') {
        cell_text(&c, "    ", 4);
        c.columns = 4;
        return c;
    }
    uint32_t len = utf8_next(s, at);
    if (len == 0) {
        cell_text(&c, "\xEF\xBF\xBD", 3);
        return c;
    }
    c.taken = len;
    uint32_t code = decode(s.p + at, len);
    if (within(escaped, COUNT(escaped), code)) {
        cell_escape(&c, code);
        return c;
    }
    cell_text(&c, s.p + at, len);
    if (within(combining, COUNT(combining), code))
        c.columns = 0;
    else if (within(wide, COUNT(wide), code))
        c.columns = 2;
    return c;
}

void render_shown(struct buf *out, str s) {
    for (uint32_t i = 0; i < s.n;) {
        struct render_cell c = render_cell_at(s, i);
        if (s.p[i] == '\n')
            BUF_LIT(out, "\\n");
        else if (s.p[i] == '\t')
            BUF_LIT(out, "\\t");
        else
            buf_put(out, (str){c.text, c.n});
        i += c.taken;
    }
}
