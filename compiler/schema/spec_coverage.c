/* SPDX-License-Identifier: MIT */
/* table: the section `coverage:` of ops.yaml */
#include "schema/schema_rows.h"
#include "schema/spec_read.h"

static const struct schema_row waiver_rows[] = {
    {"until", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_waiver, until),
     "The last day on which it holds; from the next one on the alarm counts as missing again.",
     "2027-03-31", .form = "[0-9]{4}-[0-9]{2}-[0-9]{2}"},
    {"reason", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_waiver, reason), "Why nobody needs it.",
     "Storage grows by itself until the move in March."},
};
static const struct schema_table waiver_table = {
    "a waiver",      ROWS(waiver_rows), NULL, SCHEMA_NO_OFFSET, offsetof(struct cfg_waiver, name),
    SCHEMA_NO_OFFSET};

static const struct schema_row coverage_rows[] = {
    {"waive", SCHEMA_ITEMS, SCHEMA_ANY_KEY, AT(config, coverage.waive),
     "What `opsc coverage` is not to count as missing: a recommended alarm (`db.storage-low`), all "
     "of a resource (`db`), or what is in the account and not in `resources` (`rds/legacy-*`).",
     "{ db.storage-low: { until: 2027-03-31, reason: Storage grows by itself. } }",
     .table = &waiver_table, .item_size = sizeof(struct cfg_waiver)},
};
const struct schema_table schema_coverage = {
    "coverage",       ROWS(coverage_rows), NULL, offsetof(struct config, coverage.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
