/* SPDX-License-Identifier: MIT */
#ifndef OPSC_RESOURCE_RESOURCE_ROWS_H
#define OPSC_RESOURCE_RESOURCE_ROWS_H

#include "resource/resource.h"

/*
 * resource_rows: members of a kind, a call and an attribute, filled from an array of rows. For the
 * tables of resource/ only.
 */
#define RESOURCE_COUNT(rows) (sizeof(rows) / sizeof(rows)[0])
#define ATTRS(rows) .attrs = (rows), .nattrs = RESOURCE_COUNT(rows)
#define READS(rows) .reads = (rows), .nreads = RESOURCE_COUNT(rows)
#define PARAMS(rows) .params = (rows), .nparams = RESOURCE_COUNT(rows)
#define BLOCK(rows) .block = (rows), .nblock = RESOURCE_COUNT(rows)

#endif
