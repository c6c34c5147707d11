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
/* The head, a row for each line, and the sum. */
struct cell_row *cells_rows(struct arena *a, const struct cost_sheet *s);
/* "$37.02 of $25.00, above it", and the same from the day on which the regime ends. */
void cells_put_budget(struct buf *b, const struct cost_sheet *s, const struct cost_budget *c);
/*
 * A table of which the first row is the head and the last one the sum; what is in a cell is data.
 */
void table_put_rows(struct buf *b, const struct cell_row *rows, uint32_t n, unsigned columns);
void table_put_text(struct buf *b, str s);
void markdown_put_rows(struct buf *b, const struct cell_row *rows, uint32_t n, unsigned columns);
void markdown_put_text(struct buf *b, str s);
/* "web instance" */
str cells_what(struct arena *a, str of, str item);

#endif
