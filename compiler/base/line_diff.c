/* SPDX-License-Identifier: MIT */
#include "base/line_diff.h"

#include <stdlib.h>

#define CELLS_MAX (4u << 20) /* of the table */

static uint32_t split(str text, str **ret) {
    uint32_t count = 0, n = 0;
    for (uint32_t i = 0; i < text.n; i++)
        count += text.p[i] == '\n';
    *ret = calloc((size_t)count + 2, sizeof **ret);
    while (*ret != NULL && text.n > 0)
        (*ret)[n++] = str_split(&text, '\n');
    return n;
}

void line_diff_open(struct line_diff *d, str before, str after) {
    *d = (struct line_diff){0};
    d->nbefore = split(before, &d->before);
    d->nafter = split(after, &d->after);
    while (d->head < d->nbefore && d->head < d->nafter &&
           str_eq(d->before[d->head], d->after[d->head]))
        d->head++;
    while (d->tail < d->nbefore - d->head && d->tail < d->nafter - d->head &&
           str_eq(d->before[d->nbefore - 1 - d->tail], d->after[d->nafter - 1 - d->tail]))
        d->tail++;
}

void line_diff_close(struct line_diff *d) {
    free(d->before);
    free(d->after);
}

/* The longest common subsequence of each two ends, as a table of lengths; NULL: too large. */
static uint32_t *lengths(const str *a, uint32_t n, const str *b, uint32_t m) {
    size_t cells = ((size_t)n + 1) * ((size_t)m + 1), row = (size_t)m + 1;
    uint32_t *t = cells <= CELLS_MAX ? calloc(cells, sizeof *t) : NULL;
    for (uint32_t x = t == NULL ? 0 : n; x-- > 0;) {
        for (uint32_t y = m; y-- > 0;) {
            uint32_t down = t[(x + 1) * row + y], right = t[x * row + y + 1];
            t[x * row + y] = str_eq(a[x], b[y]) ? t[(x + 1) * row + y + 1] + 1
                             : down > right     ? down
                                                : right;
        }
    }
    return t;
}

static void run_middle(const str *a, uint32_t n, const str *b, uint32_t m, line_diff_fn *line,
                       void *ctx) {
    uint32_t *t = lengths(a, n, b, m), i = 0, k = 0;
    size_t row = (size_t)m + 1;
    while (t != NULL && i < n && k < m) {
        if (str_eq(a[i], b[k])) {
            line(ctx, ' ', a[i++]);
            k++;
        } else if (t[(i + 1) * row + k] >= t[i * row + k + 1]) {
            line(ctx, '-', a[i++]);
        } else {
            line(ctx, '+', b[k++]);
        }
    }
    while (i < n)
        line(ctx, '-', a[i++]);
    while (k < m)
        line(ctx, '+', b[k++]);
    free(t);
}

void line_diff_run(const struct line_diff *d, uint32_t context, line_diff_fn *line, void *ctx) {
    for (uint32_t i = d->head > context ? d->head - context : 0; i < d->head; i++)
        line(ctx, ' ', d->before[i]);
    run_middle(d->before + d->head, d->nbefore - d->head - d->tail, d->after + d->head,
               d->nafter - d->head - d->tail, line, ctx);
    for (uint32_t i = 0; i < d->tail && i < context; i++)
        line(ctx, ' ', d->before[d->nbefore - d->tail + i]);
}
