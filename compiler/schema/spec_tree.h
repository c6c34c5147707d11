/* SPDX-License-Identifier: MIT */
#ifndef OPSC_SCHEMA_SPEC_TREE_H
#define OPSC_SCHEMA_SPEC_TREE_H

#include "schema/spec.h"
#include "yaml/yaml.h"

/*
 * spec_tree: what happens to the YAML tree before its keys mean anything. Trees are
 * immutable: each function returns a tree that shares what did not change.
 */

/*
 * Reads a file into dl->sources and parses it. NULL after a diagnostic at `from` (SPAN_NONE: the
 * command line). `nodes`: see yaml_parse().
 */
struct yaml_node *spec_tree_read(struct arena *nodes, struct arena *a, struct diag_list *dl,
                                 const struct io *io, str file, span from);

/* Adds the files under `include:`, recursively. NULL after a diagnostic. */
struct yaml_node *spec_tree_include(struct arena *nodes, struct arena *a, struct diag_list *dl,
                                    const struct io *io, struct yaml_node *root, str file);

/*
 * `over` laid on `base`: mappings merge, null removes (a diagnostic when there is nothing to
 * remove), everything else replaces.
 */
struct yaml_node *spec_tree_overlay(struct arena *a, struct diag_list *dl, struct yaml_node *base,
                                    struct yaml_node *over);

/* A mapping with `key` set to a text that stands at `at`; other keys as they were. */
struct yaml_node *spec_tree_set(struct arena *a, struct diag_list *dl, struct yaml_node *map,
                                str key, str text, span at);

/* Reports every value of the tree that is a secret itself (spec_literal.c). */
void spec_literals(struct diag_list *dl, const struct yaml_node *root);
/*
 * Reports what the command line sets and neither `vars:` (here or in an environment) nor a ${} of
 * the tree knows.
 */
bool spec_vars_check(struct diag_list *dl, const struct yaml_node *root,
                     const struct cfg_pair *given, uint32_t ngiven);
/*
 * Replaces ${name} in every value. `given` wins over the tree's own vars:. Values with a mistake
 * (reported) are marked broken.
 */
struct yaml_node *spec_tree_vars(struct arena *a, struct diag_list *dl, struct yaml_node *root,
                                 const struct cfg_pair *given, uint32_t ngiven);

#endif
