/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COST_CELLS_H
#define OPSC_COST_CELLS_H

#include "cost/cost.h"

/*
 * cells: a sheet as rows of text, for the terminal and for Markdown. Internal to cost/.
 */
enum { CELL_WHAT, CELL_QUANTITY, CELL_LIST, CELL_FREE, CELL_PAY, CELL_LATER, CELLS };

struct cell_row {
    str cells[CELLS];
};

/* CELLS, or less by one: nothing changes later. */
unsigned cells_columns(const struct cost_sheet *s);
struct cell_row cells_head(struct arena *a, const struct cost_sheet *s);
struct cell_row cells_line(struct arena *a, const struct cost_sheet *s, const struct cost_line *l);
struct cell_row cells_total(struct arena *a, const struct cost_sheet *s);
/* "$37.02 of $25.00, above it", and the same from the day on which the regime ends. */
void cells_put_budget(struct buf *b, const struct cost_sheet *s, const struct cost_budget *c);
/* "web instance" */
str cells_what(struct arena *a, str of, str item);

#endif
