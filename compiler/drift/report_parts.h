/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DRIFT_REPORT_PARTS_H
#define OPSC_DRIFT_REPORT_PARTS_H

#include "drift/report.h"

/*
 * report_parts: what the writers of reports share. For drift/report*.c only.
 */
struct report_words {
    const char *name, *sign, *colour;
    const char *sum_drift, *sum_plan; /* after a number: "missing", "to create" */
};
/* By enum diff_action. */
extern const struct report_words report_words[DIFF_UNREAD + 1];

/* "ops.yaml:42"; what is in the catalog is where `n` was wanted. Empty: nowhere. */
str report_place(const struct report *r, span at, const struct node *n);
/* The same as a span; SPAN_NONE: nowhere. */
span report_span(const struct report *r, span at, const struct node *n);
/* The node that an item is of: as it is wanted, else as it is there. */
const struct node *report_node(const struct diff_item *item);
/* Whether there is something to tell of it. */
bool report_tells(const struct diff_item *item);
/* "1 missing, 34 as ops.yaml says, 2 ignored"; never empty. */
str report_sums(const struct report *r);

/* A value on one line; `max` bytes of it, and "..." for the rest. "(hidden)" and "nothing", too. */
str report_value(struct arena *a, const struct diff_change *d, const struct value *v, uint32_t max);
/* Whether both sides can be read at a glance, "95 -> 90"; false: they take lines. */
bool report_glance(struct arena *a, const struct diff_change *d, str *ret_have, str *ret_want);
/*
 * What goes and what comes, line by line; the same around it, without most of what stays as it is.
 * `line` gets at most REPORT_LINES_MAX, of what is on one side only REPORT_LINES_ONE_SIDE, each
 * shown as render_shown() does; how many more there are.
 */
#define REPORT_LINES_MAX 60
#define REPORT_LINES_ONE_SIDE 12
typedef void report_line_fn(void *ctx, char sign, str line);
uint32_t report_lines(struct arena *a, const struct diff_change *d, report_line_fn *line,
                      void *ctx);

/* Kinds that were not compared: the item that is the first of its kind and reason, and how many
 * there are; 0: it is not the first, or was compared. */
uint32_t report_unread(const struct report *r, uint32_t item);
/* What a row of the file that ignores had to say, when it ignored nothing; empty: it did. */
str report_idle(const struct report *r, const struct ignore_row *row);
/* "opsc.drift.yaml:3" */
str report_row_place(const struct report *r, const struct ignore_row *row);

#endif
