/* SPDX-License-Identifier: MIT */
/* table: the section `cost:` of ops.yaml */
#include "schema/schema_rows.h"
#include "schema/spec_read.h"

static const struct schema_row cleanup_rows[] = {
    {"prefix", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_cleanup, prefix),
     "How the names of the objects begin.", "tmp/", .form = "[^\n]+"},
    {"older_than", SCHEMA_DURATION, SCHEMA_REQUIRED, AT(cfg_cleanup, older_than),
     "How old an object is when it goes.", "14d", .min = "1d", .max = "3650d"},
};
static const struct schema_table cleanup_table = {
    "a cleanup",     ROWS(cleanup_rows), NULL, SCHEMA_NO_OFFSET, offsetof(struct cfg_cleanup, name),
    SCHEMA_NO_OFFSET};

static const struct schema_row cost_rows[] = {
    {"cleanup", SCHEMA_ITEMS, 0, AT(config, cost.cleanup),
     "Old objects that cleanup_old_data.sh removes, by the name of their bucket in `resources`.",
     "{ data: { prefix: tmp/, older_than: 14d } }", .table = &cleanup_table,
     .item_size = sizeof(struct cfg_cleanup)},
};
const struct schema_table schema_cost = {
    "cost",           ROWS(cost_rows), NULL, offsetof(struct config, cost.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
