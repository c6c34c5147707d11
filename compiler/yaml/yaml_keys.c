/* SPDX-License-Identifier: MIT */
#include "yaml/yaml_keys.h"

/* Up to this many keys are compared one by one. */
#define FEW_KEYS 8
#define SHOWN_MAX 60

/*
 * A hash table with its size known from the start. Unlike struct map it never grows and keeps the
 * hashes, so that it seldom looks at a key again: with 100,000 keys that is most of the time.
 */
struct slot {
    uint32_t hash;
    uint32_t at; /* of the key in `nodes`, plus 1; 0: free */
};

struct keys {
    struct yaml_node **nodes;
    struct slot *slots; /* NULL: few keys */
    uint32_t mask;
};

str yaml_shown(str s) {
    return utf8_cut(s, SHOWN_MAX);
}

static bool key_ok(struct diag_list *dl, const struct yaml_node *key) {
    if (key->type != YAML_SCALAR || key->style == YAML_BLOCK) {
        struct diag *d = diag_add(dl, DIAG_YAML_KEY, key->at, "a key must be a text on one line");
        diag_hint(dl, d, "Put the key in quotes when it is meant to be a text.");
        return false;
    }
    if (key->style == YAML_PLAIN && key->text.n == 0) {
        diag_add(dl, DIAG_YAML_KEY, key->at, "a key is missing");
        return false;
    }
    if (key->style == YAML_PLAIN && str_is(key->text, "<<")) {
        struct diag *d =
            diag_add(dl, DIAG_YAML_TAG, key->at, "the merge key `<<` is not supported");
        diag_hint(dl, d, "Use `include:` or `environments:` to share settings.");
        return false;
    }
    return true;
}

/* The earlier node with the key of nodes[at], or NULL; remembers it then. */
static const struct yaml_node *find_first(struct keys *k, uint32_t at) {
    str key = k->nodes[at]->text;
    if (k->slots == NULL) {
        for (uint32_t i = 0; i < at; i += 2)
            if (k->nodes[i] != NULL && str_eq(k->nodes[i]->text, key))
                return k->nodes[i];
        return NULL;
    }
    uint32_t hash = (uint32_t)str_hash(key), i = hash & k->mask;
    for (; k->slots[i].at != 0; i = (i + 1) & k->mask) {
        const struct yaml_node *n = k->nodes[k->slots[i].at - 1];
        if (k->slots[i].hash == hash && str_eq(n->text, key))
            return n;
    }
    k->slots[i] = (struct slot){hash, at + 1};
    return NULL;
}

void yaml_check_keys(struct arena *a, struct diag_list *dl, const struct yaml_node *skip,
                     struct yaml_node **nodes, uint32_t n) {
    struct keys k = {.nodes = nodes};
    if (n > FEW_KEYS * 2) {
        uint32_t size = 1;
        while (size < n)
            size *= 2;
        k.slots = ARENA_ARRAY(a, struct slot, size);
        k.mask = size - 1;
    }
    for (uint32_t i = 0; i < n; i += 2) {
        const struct yaml_node *key = nodes[i];
        if (key == skip || !key_ok(dl, key)) {
            nodes[i] = NULL;
            continue;
        }
        const struct yaml_node *first = find_first(&k, i);
        if (first == NULL)
            continue;
        struct diag *d = diag_add(dl, DIAG_DUPLICATE_KEY, key->at, "key `%.*s` is given twice",
                                  STR_ARG(yaml_shown(key->text)));
        diag_also(dl, d, first->at, "first given here");
        nodes[i] = NULL;
    }
}
