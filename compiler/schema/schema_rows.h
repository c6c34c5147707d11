/* SPDX-License-Identifier: MIT */
#ifndef OPSC_SCHEMA_SCHEMA_ROWS_H
#define OPSC_SCHEMA_SCHEMA_ROWS_H

#include "schema/schema.h"

#include <stddef.h>

/*
 * schema_rows: for the tables of keys. ROWS: rows and their number, of a table; AT: where the value
 * of a row goes.
 */
#define ROWS(rows) (rows), sizeof(rows) / sizeof(rows)[0]
#define AT(T, member) .offset = offsetof(struct T, member)

#endif
