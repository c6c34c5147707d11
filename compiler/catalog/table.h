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
 * YAML to editors, but read line by line, in this form only: a table has hundreds of rows of
 * which a spec needs two or three, and libyaml would take longer for it than for everything else.
 */
#define TABLE_COLUMNS_MAX 16

struct table {
    str columns[TABLE_COLUMNS_MAX];
    uint32_t ncolumns;
    struct map rows; /* name -> str: the values, by space; "-" for none */
};

/* False when a line is something else; `ret_bad` is then the offset of that line. */
bool table_read(struct arena *a, str text, struct table *ret, uint32_t *ret_bad);
/* The value, or the empty slice when there is none; `ret_known` tells whether the row is there. */
str table_value(const struct table *t, str row, str column, bool *ret_known);

#endif
