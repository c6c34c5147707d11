/* SPDX-License-Identifier: MIT */
#ifndef OPSC_YAML_YAML_BUILD_H
#define OPSC_YAML_YAML_BUILD_H

#include "yaml/yaml.h"
#include "yaml/yaml_text.h"

/* yaml_build: libyaml's events to the tree of yaml/yaml.h; see yaml_parse(). For yaml/ only. */
struct yaml_node *yaml_build(struct arena *nodes, struct arena *a, struct yaml_text *t);

#endif
