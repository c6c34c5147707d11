/* SPDX-License-Identifier: MIT */
#ifndef OPSC_MODEL_VALUE_H
#define OPSC_MODEL_VALUE_H

#include "base/arena.h"
#include "diag/source.h"
#include "expr/unit.h"

/*
 * value: what an attribute of a resource holds, in the graph and for the emitters.
 *
 * Immutable once built. Every value carries the span of ops.yaml that it came from.
 */
enum value_type {
    VALUE_UNSET, /* not given: the default of the resource's table holds */
    VALUE_STR,
    VALUE_NUM,
    VALUE_BOOL,
    VALUE_LIST,  /* of values, in order */
    VALUE_MAP,   /* of values by name, in order of name unless the order means something */
    VALUE_BLOCK, /* attributes of a nested block: positional, by the rows of its table */
    VALUE_REF,   /* an attribute of another node: its ARN, its name */
    VALUE_TEXT,  /* a string put together from strings and references */
    VALUE_JSON,  /* a document (list or map inside) that AWS takes as a string of JSON */
    VALUE_VAR,   /* a module variable and what it stands for here */
    VALUE_FILE   /* of a generated file: its text, or what value_file_use says */
};

struct node;
struct value;

/* What Terraform takes of a file beside it. */
enum value_file_use { VALUE_FILE_TEXT, VALUE_FILE_PATH, VALUE_FILE_SHA256 };

struct value_field {
    str name;
    struct value *value;
};

struct value {
    enum value_type type;
    span at;
    union {
        str text;          /* STR */
        struct num number; /* NUM */
        bool boolean;      /* BOOL */
        struct {
            struct value **items;
            uint32_t n;
        } list; /* LIST; TEXT: the parts, STR, REF or VAR */
        struct {
            struct value_field *fields;
            uint32_t n;
        } map; /* MAP */
        struct {
            struct value **attrs; /* one per row of the block's table; NULL = unset */
        } block;
        struct {
            const struct node *node;
            const char *attr; /* Terraform's name: "arn", "id"; NULL: the node */
        } ref;
        struct value *json;
        const struct value_var *var;   /* VAR */
        const struct value_file *file; /* FILE */
    };
};

struct value_var {
    str name; /* of the variable */
    struct value *is;
};

struct value_file {
    str path;             /* below the module's folder */
    struct value *tokens; /* MAP: ${name} in the file, and what each stands for; or NULL */
    enum value_file_use use;
};

struct value *value_str(struct arena *a, str s, span at);
struct value *value_num(struct arena *a, struct num n, span at);
struct value *value_int(struct arena *a, int64_t n, span at);
struct value *value_bool(struct arena *a, bool b, span at);
struct value *value_ref(struct arena *a, const struct node *node, const char *attr, span at);
struct value *value_json(struct arena *a, struct value *document, span at);
struct value *value_var(struct arena *a, str name, struct value *is, span at);
struct value *value_file(struct arena *a, str path, struct value *tokens, span at);
/* A file of the module's folder: its name, or its hash in base64. */
struct value *value_file_used(struct arena *a, str path, enum value_file_use use, span at);
/* Lists and maps are filled with the two functions below before anybody else sees them. */
struct value *value_list(struct arena *a, enum value_type list_or_text, uint32_t capacity, span at);
void value_push(struct value *list, struct value *item);
struct value *value_map(struct arena *a, uint32_t capacity, span at);
void value_set(struct value *map, str name, struct value *v);
/* A literal (STR, NUM, BOOL, UNSET, and LIST, MAP, JSON of these) with its texts; NULL of NULL. */
struct value *value_copy(struct arena *a, const struct value *v);
/* A scalar as text: "25" of 25, "true"; the empty text of what is none, or NULL. */
str value_text(struct arena *a, const struct value *v);
/* The value of `name` in a map, or NULL. */
struct value *value_get(const struct value *map, str name);

#endif
