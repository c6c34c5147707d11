/* SPDX-License-Identifier: MIT */
#ifndef OPSC_YAML_YAML_KEYS_H
#define OPSC_YAML_YAML_KEYS_H

#include "yaml/yaml.h"

/*
 * yaml_keys: which nodes may be keys of a mapping. For yaml/ only.
 *
 * `nodes` are key, value, key, ...: `n` of them. Reports keys that are given again or that
 * cannot be keys, and puts NULL in their place. A key that is `skip` goes without a word.
 */
void yaml_check_keys(struct arena *a, struct diag_list *dl, const struct yaml_node *skip,
                     struct yaml_node **nodes, uint32_t n);

/* A name or key of the input as a message may show it: not longer than a line. */
str yaml_shown(str s);

#endif
