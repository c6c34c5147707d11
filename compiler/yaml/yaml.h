/* SPDX-License-Identifier: MIT */
#ifndef OPSC_YAML_YAML_H
#define OPSC_YAML_YAML_H

#include "base/arena.h"
#include "diag/diag.h"

/*
 * yaml: text to a tree with positions. The only user of libyaml.
 *
 * The tree is immutable and lives in the arena. Scalars stay text: their meaning
 * is the schema's business, so `no` is never a boolean by surprise. Aliases are
 * allowed and share the anchor's node; a cycle, or aliases that would expand to
 * more than YAML_NODES_MAX nodes, is an error. Merge keys (<<) and tags other
 * than the core ones are errors. Duplicate keys are errors that show both places.
 *
 * Input must be UTF-8 (a byte order mark is skipped), without control characters; lines
 * end with LF or CRLF and nothing else (a lone CR, U+0085, U+2028 and U+2029 are errors, as
 * libyaml and editors disagree about them). An escape for NUL is an error too. One document.
 */
#define YAML_BYTES_MAX (64u << 20)
#define YAML_DEPTH_MAX 64
#define YAML_NODES_MAX (8u << 20)

enum yaml_type { YAML_SCALAR, YAML_LIST, YAML_MAP };
enum yaml_style { YAML_PLAIN, YAML_QUOTED, YAML_BLOCK };

struct yaml_pair;

struct yaml_node {
    enum yaml_type type;
    enum yaml_style style; /* of a scalar */
    /*
     * Scalar: its text in the source, without quotes for a quoted scalar, from the `|` or `>` on
     * for a block scalar; empty where a value is left out.
     * Collection: from its first to its last byte. An anchor or a tag in front is not part of it.
     */
    span at;
    uint32_t size; /* nodes in this subtree, aliases expanded */
    uint32_t n;    /* of a list or map */
    bool broken;   /* a scalar in which a mistake was reported: whoever reads it stays silent */
    const struct text_origin *origin; /* of the text's bytes; NULL: not known one by one */
    str text;                         /* scalar */
    union {
        struct yaml_node **items; /* list: n */
        struct yaml_pair *pairs;  /* map: n, in the order of the file */
    };
};

struct yaml_pair {
    struct yaml_node *key; /* always a scalar */
    struct yaml_node *value;
};

/* A plain scalar that is empty, `~` or `null`. (One with the tag !!str counts as quoted.) */
bool yaml_is_null(const struct yaml_node *n);

/*
 * Parses the text of `file` (already in dl->sources). Returns the root, or NULL
 * after adding at least one diagnostic. An empty document gives an empty map.
 *
 * The tree is in `nodes`, the texts that are not in the file as they are (escapes, folded lines) in
 * `a`: what copied the texts of a tree can outlive it.
 *
 * After errors that leave the tree whole (a key twice, a key that is not text, a tag, a second
 * document) the root is returned too, so that more can be checked: of a key given twice the
 * first stays, a pair with a bad key is left out. Errors are counted in `dl`, as everywhere.
 */
struct yaml_node *yaml_parse(struct arena *nodes, struct arena *a, struct diag_list *dl,
                             uint32_t file);

/* The value of `key` in a map, or NULL. */
struct yaml_node *yaml_get(const struct yaml_node *map, str key);
/* The pair, for the key's position. */
const struct yaml_pair *yaml_find(const struct yaml_node *map, str key);

/* "a text", "a list", "a mapping", "nothing": for messages. */
const char *yaml_type_name(const struct yaml_node *n);

#endif
