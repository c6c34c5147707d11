/* SPDX-License-Identifier: MIT */
#ifndef OPSC_SCHEMA_SPEC_READ_H
#define OPSC_SCHEMA_SPEC_READ_H

#include "schema/schema.h"

/*
 * Readers for the sections of ops.yaml that have short forms of their own. Each
 * gets the place named by its row; returns true when it has dealt with the node.
 */
bool spec_read_notify(struct schema_walk *w, const struct schema_row *row,
                      const struct yaml_node *n, void *field);
/* `field` is the whole struct config. */
bool spec_read_alarms(struct schema_walk *w, const struct schema_row *row,
                      const struct yaml_node *n, void *field);
bool spec_read_dashboards(struct schema_walk *w, const struct schema_row *row,
                          const struct yaml_node *n, void *field);

/* `alarms` of one resource: `field` is a struct cfg_recommended. */
bool spec_read_recommended(struct schema_walk *w, const struct schema_row *row,
                           const struct yaml_node *n, void *field);
/* Attributes of what AWS gets: `field` is a struct cfg_exactly. */
bool spec_read_exactly(struct schema_walk *w, const struct schema_row *row,
                       const struct yaml_node *n, void *field);
/* A branch that git allows, of characters that are data to YAML, a shell and GitHub. */
#define BRANCH_FORM "[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*"

extern const struct schema_table schema_override; /* struct cfg_override */
extern const struct schema_table schema_secrets;  /* config.secrets */
extern const struct schema_table schema_backup;   /* config.backup */
extern const struct schema_table schema_ci;       /* config.ci */
extern const struct schema_table schema_deploy;   /* config.deploy */
extern const struct schema_table schema_cost;     /* config.cost */
extern const struct schema_table schema_budgets;  /* config.budgets */
extern const struct schema_table schema_coverage; /* config.coverage */

extern const struct schema_row schema_alarms_word, schema_alarms_key, schema_alarms_items;

#endif
