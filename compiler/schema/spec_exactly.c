/* SPDX-License-Identifier: MIT */
#include "model/value.h"
#include "schema/spec_read.h"

/* Which row of which kind it is for is not known here: what can be a number or a word is one. */
static struct value *scalar(struct arena *a, const struct yaml_node *n) {
    struct num number = n->style == YAML_PLAIN ? num_of(n->text) : NUM_NAN;
    bool yes = str_is(n->text, "true");
    struct value *unset;
    if (yaml_is_null(n)) {
        unset = ARENA_NEW(a, struct value);
        unset->at = n->at;
        return unset;
    }
    if (n->style == YAML_PLAIN && (yes || str_is(n->text, "false")))
        return value_bool(a, yes, n->at);
    return num_ok(number) ? value_num(a, number, n->at) : value_str(a, n->text, n->at);
}

/* yaml/ limits the depth. */
static struct value *tree(struct arena *a, const struct yaml_node *n) {
    struct value *v;
    switch (n->type) {
    case YAML_SCALAR:
        return scalar(a, n);
    case YAML_LIST:
        v = value_list(a, VALUE_LIST, n->n, n->at);
        for (uint32_t i = 0; i < n->n; i++)
            value_push(v, tree(a, n->items[i]));
        return v;
    case YAML_MAP:
        break;
    }
    v = value_map(a, n->n, n->at);
    for (uint32_t i = 0; i < n->n; i++)
        value_set(v, n->pairs[i].key->text, tree(a, n->pairs[i].value));
    return v;
}

bool spec_read_exactly(struct schema_walk *w, const struct schema_row *row,
                       const struct yaml_node *n, void *field) {
    struct cfg_exactly *e = field;
    if (n->type != YAML_MAP) {
        struct diag *d = diag_add(w->dl, DIAG_WRONG_TYPE, n->at, "`%s` takes a mapping, found %s",
                                  row->key, yaml_type_name(n));
        diag_hint(w->dl, d, "Write it like `%s: %s`.", row->key, row->example);
        return true;
    }
    e->map = tree(w->arena, n);
    e->at = n->at;
    return true;
}
