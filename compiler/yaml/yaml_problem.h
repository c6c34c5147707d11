/* SPDX-License-Identifier: MIT */
#ifndef OPSC_YAML_YAML_PROBLEM_H
#define OPSC_YAML_YAML_PROBLEM_H

#include "yaml/yaml.h"
#include "yaml/yaml_text.h"

#include <yaml.h>

/*
 * yaml_problem: why libyaml stopped, as a diagnostic for people. For yaml/ only.
 *
 * `p` has failed; `last` is the last scalar that it gave, or NULL. Adds exactly one diagnostic.
 */
void yaml_problem(struct yaml_text *t, const yaml_parser_t *p, const struct yaml_node *last);

#endif
