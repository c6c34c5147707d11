/* SPDX-License-Identifier: MIT */
#include "yaml/yaml.h"

#include "yaml/yaml_build.h"
#include "yaml/yaml_text.h"

bool yaml_is_null(const struct yaml_node *n) {
    return n->type == YAML_SCALAR && n->style == YAML_PLAIN &&
           (n->text.n == 0 || str_is(n->text, "~") || str_is(n->text, "null"));
}

struct yaml_node *yaml_parse(struct arena *nodes, struct arena *a, struct diag_list *dl,
                             uint32_t file) {
    struct yaml_text text;
    if (!yaml_text_open(&text, dl, file))
        return NULL;
    return yaml_build(nodes, a, &text);
}

const struct yaml_pair *yaml_find(const struct yaml_node *map, str key) {
    if (map->type != YAML_MAP)
        return NULL;
    for (uint32_t i = 0; i < map->n; i++)
        if (str_eq(map->pairs[i].key->text, key))
            return &map->pairs[i];
    return NULL;
}

struct yaml_node *yaml_get(const struct yaml_node *map, str key) {
    const struct yaml_pair *pair = yaml_find(map, key);
    return pair == NULL ? NULL : pair->value;
}

const char *yaml_type_name(const struct yaml_node *n) {
    if (yaml_is_null(n))
        return "nothing";
    static const char *const names[] = {
        [YAML_SCALAR] = "a text", [YAML_LIST] = "a list", [YAML_MAP] = "a mapping"};
    return names[n->type];
}
