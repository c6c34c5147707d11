/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_TABLE_H
#define OPSC_CATALOG_TABLE_H

#include "base/map.h"

/*
 * table: a file of catalog/tables/: names with a value in each column.
 *
 *     # comment
 *     columns: [vcpus, memory]
 *     rows:
 *       t3.micro: 2 1
 *       serverless: "- -" # quotes where YAML wants them
 *
 * YAML to editors, but read line by line, in this form only, and only as far as somebody asks: a
 * table has hundreds of rows, of which a spec needs two or three. One that is asked more often is
 * indexed. What is in the binary was checked when it was built (tools/embed.c).
 */
#define TABLE_COLUMNS_MAX 16

struct table {
    str columns[TABLE_COLUMNS_MAX];
    uint32_t ncolumns;
    str rows;         /* the lines after `rows:` */
    struct map found; /* name -> struct table_row, of the names asked for; empty: not there */
    uint32_t scans;   /* how often its rows were looked through */
    bool indexed;     /* `found` has all rows */
};

struct table_row {
    str name;
    str values; /* by space; "-" for none */
};

/* Reads the head. False when a line of it is something else; `ret_bad` is then its offset. */
bool table_open(str text, struct table *ret, uint32_t *ret_bad);
/* Cuts the next row off `*rows`; false at the end. A line that is no row has an empty name. */
bool table_next(str *rows, struct table_row *ret);
/* Whether the whole text is a table and no name is there twice; `ret_bad` as in table_open(). */
bool table_check(struct arena *a, str text, uint32_t *ret_bad);
/* The value, or the empty slice when there is none; `ret_known` tells whether the row is there. */
str table_value(struct arena *a, struct table *t, str row, str column, bool *ret_known);
/* The first row with a `*` in its name that is `name` but for what stands in place of the `*`,
 * which is `ret_star`; the empty slice when there is none. */
str table_match(const struct table *t, str name, str *ret_star);

#endif
