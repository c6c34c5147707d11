/* SPDX-License-Identifier: MIT */
#include "emit/output.h"

#include "diag/render.h"

#include <stdlib.h>

#define CONTEXT 3
#define CELLS_MAX (4u << 20) /* of the table; beyond it the middle is shown as replaced whole */

struct lines {
    str *at;
    uint32_t n;
};

static struct lines split(str text) {
    struct lines l = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < text.n; i++)
        count += text.p[i] == '\n';
    l.at = calloc((size_t)count + 2, sizeof *l.at);
    while (l.at != NULL && text.n > 0)
        l.at[l.n++] = str_split(&text, '\n');
    return l;
}

struct diffing {
    struct buf *out;
    uint32_t left; /* lines that may still be written */
    bool colour;
};

static void put_line(struct diffing *d, char sign, str line) {
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

/* The longest common subsequence of the middles, as a table of lengths. */
static void put_middle(struct diffing *d, const str *a, uint32_t n, const str *b, uint32_t m) {
    size_t cells = ((size_t)n + 1) * ((size_t)m + 1);
    uint32_t *t = cells <= CELLS_MAX ? calloc(cells, sizeof *t) : NULL;
    uint32_t i = 0, k = 0;
    if (t != NULL) {
        for (uint32_t x = n; x-- > 0;) {
            for (uint32_t y = m; y-- > 0;) {
                uint32_t down = t[(size_t)(x + 1) * (m + 1) + y],
                         right = t[(size_t)x * (m + 1) + y + 1];
                t[(size_t)x * (m + 1) + y] = str_eq(a[x], b[y])
                                                 ? t[(size_t)(x + 1) * (m + 1) + y + 1] + 1
                                             : down > right ? down
                                                            : right;
            }
        }
        while (i < n && k < m) {
            if (str_eq(a[i], b[k])) {
                put_line(d, ' ', a[i++]);
                k++;
            } else if (t[(size_t)(i + 1) * (m + 1) + k] >= t[(size_t)i * (m + 1) + k + 1]) {
                put_line(d, '-', a[i++]);
            } else {
                put_line(d, '+', b[k++]);
            }
        }
    }
    while (i < n)
        put_line(d, '-', a[i++]);
    while (k < m)
        put_line(d, '+', b[k++]);
    free(t);
}

static bool is_binary(str s) {
    return str_find(s, 0) < s.n;
}

void output_diff(struct buf *out, const struct output_entry *e, uint32_t max_lines, bool colour) {
    if (is_binary(e->old_text) || is_binary(e->new_text)) {
        buf_printf(out, "Binary file %.*s differs\n", STR_ARG(e->path));
        return;
    }
    struct lines a = split(e->old_text), b = split(e->new_text);
    buf_printf(out, "--- %.*s\n+++ %.*s\n",
               STR_ARG(e->change == OUTPUT_NEW ? STR("/dev/null") : e->path),
               STR_ARG(e->change == OUTPUT_REMOVED ? STR("/dev/null") : e->path));
    uint32_t head = 0, tail = 0;
    while (head < a.n && head < b.n && str_eq(a.at[head], b.at[head]))
        head++;
    while (tail < a.n - head && tail < b.n - head &&
           str_eq(a.at[a.n - 1 - tail], b.at[b.n - 1 - tail]))
        tail++;
    uint32_t from = head > CONTEXT ? head - CONTEXT : 0;
    uint32_t after = tail < CONTEXT ? tail : CONTEXT;
    uint32_t was = a.n - tail + after - from, is = b.n - tail + after - from;
    /* No lines are at line 0, as `diff -u` has it. */
    buf_printf(out, "@@ -%u,%u +%u,%u @@\n", from + (was > 0), was, from + (is > 0), is);
    struct diffing d = {out, max_lines, colour};
    for (uint32_t i = from; i < head; i++)
        put_line(&d, ' ', a.at[i]);
    put_middle(&d, a.at + head, a.n - head - tail, b.at + head, b.n - head - tail);
    for (uint32_t i = 0; i < after; i++)
        put_line(&d, ' ', a.at[a.n - tail + i]);
    free(a.at);
    free(b.at);
}
