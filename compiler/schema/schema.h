/* SPDX-License-Identifier: MIT */
#ifndef OPSC_SCHEMA_SCHEMA_H
#define OPSC_SCHEMA_SCHEMA_H

#include "base/map.h"
#include "diag/diag.h"
#include "model/config.h"
#include "yaml/yaml.h"

/*
 * schema: the keys of a YAML file as tables, and the one walker that reads by them.
 *
 * A row is a key: name, type, where its value goes, documentation, an example.
 * Parser, validation, JSON Schema, reference and completion read the same rows;
 * ops.yaml and the files of the catalog are both described this way.
 *
 * The walker reports every problem with its place (unknown keys with a suggestion, wrong types,
 * missing keys, values that do not fit) and fills what it can.
 */
enum schema_type {
    SCHEMA_TEXT,      /* struct cfg_text */
    SCHEMA_NAME,      /* struct cfg_text: a letter, then letters, digits, - and _; at most 64 */
    SCHEMA_CONDITION, /* struct cfg_text: docs/conditions.md */
    SCHEMA_CHOICE,    /* struct cfg_choice: one of row.choices */
    SCHEMA_BOOL,      /* struct cfg_bool: true or false */
    SCHEMA_COUNT,     /* struct cfg_quantity without dimension, not a percentage */
    SCHEMA_DURATION,  /* struct cfg_quantity: time */
    SCHEMA_SIZE,      /* struct cfg_quantity: data */
    SCHEMA_PERCENT,   /* struct cfg_quantity: "80%" */
    SCHEMA_MONEY,     /* struct cfg_quantity: "$25" */
    SCHEMA_TEXTS,     /* struct cfg_texts: a list, or one text */
    SCHEMA_PAIRS,     /* struct cfg_pairs: a mapping of texts */
    SCHEMA_GROUP,     /* a struct: row.table; its span at table.at_offset */
    SCHEMA_ITEMS,     /* CFG_ITEMS: a mapping from name to row.table */
    SCHEMA_NODE,      /* const struct yaml_node *: read by somebody else, row.read says how */
    SCHEMA_DONE       /* taken out of the tree before the walk (include, vars, environments) */
};

enum schema_flag {
    SCHEMA_REQUIRED = 1 << 0,
    SCHEMA_ANY_KEY = 1 << 1, /* ITEMS: keys need not be names (log groups, file names) */
    SCHEMA_TOP = 1 << 2,     /* of the whole spec: not inside of an environment */
    SCHEMA_LISTS = 1 << 3,   /* ITEMS: an entry may be a list; each of it is an item of that name */
};

struct schema_table;
struct schema_walk;

struct schema_row {
    const char *key;
    enum schema_type type;
    unsigned flags;
    size_t offset;
    const char *doc;
    const char *example;
    const char *def; /* the default, as text for people; NULL: none */
    /* CHOICE: NULL-terminated; the value is the index. TEXTS: each is one of them; NULL: any. */
    const char *const *choices;
    const struct schema_table *table; /* GROUP, ITEMS */
    size_t item_size; /* ITEMS. GROUP: the field points to so much, which lies apart; 0: it is it */
    /* NODE, and GROUP or ITEMS with forms of their own: called first; true when it has dealt with
     * the node. */
    bool (*read)(struct schema_walk *w, const struct schema_row *row, const struct yaml_node *n,
                 void *field);
    /* TEXT, TEXTS: extended regular expression (POSIX) of the whole of each text; NULL: any. */
    const char *form;
    const char *min, *max; /* COUNT to MONEY: "1", "15s", both inclusive; NULL: any */
    const char *unless;    /* REQUIRED: this key beside it may stand in its place; NULL: none */
    /* At the top of a spec: so many entries at most (0: any number), and what to do instead of
     * more. A spec that has more is not walked. */
    uint32_t most;
    const char *beyond;
    const char *schema_ref; /* NODE: name of a hand-made piece of JSON Schema (schema_json.c) */
};

#define SCHEMA_NO_OFFSET ((size_t)-1)

struct schema_table {
    const char *name; /* "alarm" */
    const struct schema_row *rows;
    uint32_t n;
    const char *scalar; /* key that a text or list in place of the mapping fills; NULL: none */
    size_t at_offset;   /* span of the whole, or SCHEMA_NO_OFFSET */
    size_t name_offset; /* ITEMS: struct cfg_text that takes the key */
    size_t rest_offset; /* struct cfg_rest for unknown keys, or SCHEMA_NO_OFFSET: they are errors */
};

struct schema_walk {
    struct arena *arena;
    struct diag_list *dl;
    struct map
        *forms; /* expressions that were compiled, for the walks that share it; may be NULL */
    const struct yaml_node
        *key; /* under which the node stands that is being read; NULL: the root */
    const struct schema_row *row; /* of that key, or of the mapping whose entry it is */
    /* A key above it in the same mapping that has nothing, where it may belong; NULL: none. */
    const struct yaml_node *empty;
};

/* Fills `out` (zeroed by the caller) from `n`. False when something was wrong. */
bool schema_read(struct schema_walk *w, const struct schema_table *t, const struct yaml_node *n,
                 void *out);
/* Whether the text has the form of the row; else a diagnostic with the row's example. */
bool schema_check_form(struct schema_walk *w, const struct schema_row *row,
                       const struct cfg_text *t);
/*
 * How many pairs of a mapping, from `i` on, are no keys but the rest of a text whose commas are not
 * in quotes: `{ when: max(a, b) > 3 }`. Reports them; 0: pair `i` is none.
 */
uint32_t schema_comma(struct schema_walk *w, const struct schema_table *t,
                      const struct yaml_node *map, uint32_t i);
/* A text as a quantity of such a type (COUNT to MONEY); false when it is none. */
bool schema_quantity(enum schema_type type, str text, struct quantity *ret);
/* Whether a quantity lies between the row's bounds; else a diagnostic. */
bool schema_check_range(struct schema_walk *w, const struct schema_row *row,
                        const struct cfg_quantity *q, str text);
/* "1 to 65535", "at least 1", "at most 15s"; nothing without bounds. An empty bound is none. */
void schema_put_range(struct buf *out, str min, str max);
/* One value by its row; `field` is the place itself. */
bool schema_read_value(struct schema_walk *w, const struct schema_row *row,
                       const struct yaml_node *n, void *field);
/* A text as struct cfg_text; false after a diagnostic when `n` is not one. */
bool schema_text(struct schema_walk *w, const struct yaml_node *n, const char *what,
                 struct cfg_text *ret);

/* What a type is called and looks like: "a duration", "5m". */
struct schema_type_row {
    const char *name;  /* in the catalog's attribute types: "duration" */
    const char *words; /* "a duration such as 5m" */
};
extern const struct schema_type_row schema_types[SCHEMA_DONE + 1];

/* The environment of a spec that names none. */
#define SCHEMA_ENVIRONMENT "production"

/* The table of ops.yaml: fills struct config. */
extern const struct schema_table schema_spec;
extern const struct schema_table schema_runbooks;
extern const struct schema_table schema_usage_table; /* struct cfg_usage */
extern const struct schema_table schema_log_metric;  /* struct cfg_log_metric, in the catalog too */
extern const char *const schema_log_formats[];       /* "text", "json" */
extern const char *const schema_severities[];        /* "info", "warning", "critical" */
extern const char *const schema_languages[];         /* by enum cfg_language */
extern const char *const schema_regimes[];           /* by enum cfg_regime */
extern const char *const schema_viewers[];
extern const char *const schema_registries[]; /* by enum cfg_registry */
extern const char *const schema_engines[];    /* by enum cfg_engine */
extern const char *const schema_networks[];   /* by enum cfg_network */
extern const char *const schema_stores[];     /* "parameter-store", "secrets-manager" */
extern const char *const schema_regions[];    /* AWS's regions, for did-you-mean and validation */

#endif
