/* SPDX-License-Identifier: MIT */
#include "emit/output.h"

#include "base/line_diff.h"
#include "diag/render.h"

#define CONTEXT 3

struct diffing {
    struct buf *out;
    uint32_t left; /* lines that may still be written */
    bool colour;
};

static void put_line(void *ctx, char sign, str line) {
    struct diffing *d = ctx;
    if (d->left == 0)
        return;
    if (--d->left == 0) {
        BUF_LIT(d->out, "    ...\n");
        return;
    }
    bool colour = d->colour && sign != ' ';
    if (colour)
        buf_text(d->out, sign == '+' ? "\x1b[32m" : "\x1b[31m");
    buf_byte(d->out, (unsigned char)sign);
    /* A tab is what it is in a diff. */
    while (line.n > 0) {
        uint32_t n = line.n;
        str part = str_split(&line, '\t');
        render_shown(d->out, part);
        if (part.n < n)
            buf_byte(d->out, '\t');
    }
    if (colour)
        buf_text(d->out, "\x1b[0m");
    buf_byte(d->out, '\n');
}

static bool is_binary(str s) {
    return str_find(s, 0) < s.n;
}

void output_diff(struct buf *out, const struct output_entry *e, uint32_t max_lines, bool colour) {
    if (is_binary(e->old_text) || is_binary(e->new_text)) {
        buf_printf(out, "Binary file %.*s differs\n", STR_ARG(e->path));
        return;
    }
    struct line_diff d;
    line_diff_open(&d, e->old_text, e->new_text);
    buf_printf(out, "--- %.*s\n+++ %.*s\n",
               STR_ARG(e->change == OUTPUT_NEW ? STR("/dev/null") : e->path),
               STR_ARG(e->change == OUTPUT_REMOVED ? STR("/dev/null") : e->path));
    uint32_t from = d.head > CONTEXT ? d.head - CONTEXT : 0;
    uint32_t after = d.tail < CONTEXT ? d.tail : CONTEXT;
    uint32_t was = d.nbefore - d.tail + after - from, is = d.nafter - d.tail + after - from;
    /* No lines are at line 0, as `diff -u` has it. */
    buf_printf(out, "@@ -%u,%u +%u,%u @@\n", from + (was > 0), was, from + (is > 0), is);
    struct diffing lines = {out, max_lines, colour};
    line_diff_run(&d, CONTEXT, put_line, &lines);
    line_diff_close(&d);
}
