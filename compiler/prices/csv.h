/* SPDX-License-Identifier: MIT */
#ifndef OPSC_PRICES_CSV_H
#define OPSC_PRICES_CSV_H

#include "base/arena.h"
#include "base/str.h"

/*
 * csv: rows of a CSV file that comes in pieces, one at a time, in constant memory.
 *
 * A field is text up to the next comma, or text between quotes, in which "" means one and commas
 * and line ends mean nothing. AWS does not double all quotes: one that no comma and no line end
 * follows stays what it is. Lines end with LF or CRLF; an empty line is no row. A NUL, a row that
 * is longer than CSV_ROW_MAX or has more than CSV_FIELDS_MAX fields, and an end inside of quotes or
 * without a line end are errors.
 */
#define CSV_ROW_MAX 65536
#define CSV_FIELDS_MAX 1024

enum csv_problem {
    CSV_FINE,
    CSV_NUL,
    CSV_LONG_ROW,
    CSV_MANY_FIELDS,
    CSV_OPEN_QUOTE, /* the file ends inside of quotes */
    CSV_CUT,        /* the file ends inside of a row */
    CSV_STOPPED     /* the reader of the rows said so */
};

/* The fields of a row are valid until it returns; false ends the reading. */
typedef bool csv_row_fn(void *ctx, const str *fields, uint32_t n);

struct csv {
    csv_row_fn *on_row;
    void *ctx;
    uint64_t line; /* of the row that is read, from 1 */
    enum csv_problem problem;
    unsigned state; /* internal from here on */
    uint64_t lines; /* so far */
    uint32_t n, nfields;
    uint32_t starts[CSV_FIELDS_MAX + 1];
    unsigned char text[CSV_ROW_MAX];
};

void csv_open(struct csv *c, csv_row_fn *on_row, void *ctx);
/* False when it is wrong: `problem`, at `line`. Nothing is read from then on. */
bool csv_feed(struct csv *c, str piece);
/* The file is over. */
bool csv_close(struct csv *c);
/* "a NUL byte", ...: for messages. */
const char *csv_problem_text(enum csv_problem p);

#endif
