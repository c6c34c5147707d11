/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_LINE_DIFF_H
#define OPSC_BASE_LINE_DIFF_H

#include "base/str.h"

/*
 * line_diff: two texts line by line: what stays, what goes and what comes.
 *
 * Of texts so large that comparing each line with each would take too long, what is between the
 * lines that they begin and end with alike is told as replaced whole.
 */
struct line_diff {
    str *before, *after;
    uint32_t nbefore, nafter;
    uint32_t head, tail; /* lines that are the same at the beginning, and at the end */
};

/* One line, without its newline. `sign`: ' ' it stays, '-' it goes, '+' it comes. */
typedef void line_diff_fn(void *ctx, char sign, str line);

/* The texts must live as long. */
void line_diff_open(struct line_diff *d, str before, str after);
/* Calls `line` for all between the first and the last difference, with `context` lines around. */
void line_diff_run(const struct line_diff *d, uint32_t context, line_diff_fn *line, void *ctx);
void line_diff_close(struct line_diff *d);

#endif
