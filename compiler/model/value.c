/* SPDX-License-Identifier: MIT */
#include "model/value.h"

#include <assert.h>

static struct value *make(struct arena *a, enum value_type type, span at) {
    struct value *v = ARENA_NEW(a, struct value);
    v->type = type;
    v->at = at;
    return v;
}

struct value *value_str(struct arena *a, str s, span at) {
    struct value *v = make(a, VALUE_STR, at);
    v->text = s;
    return v;
}

struct value *value_num(struct arena *a, struct num n, span at) {
    struct value *v = make(a, VALUE_NUM, at);
    v->number = n;
    return v;
}

struct value *value_int(struct arena *a, int64_t n, span at) {
    return value_num(a, num_int(n), at);
}

struct value *value_bool(struct arena *a, bool b, span at) {
    struct value *v = make(a, VALUE_BOOL, at);
    v->boolean = b;
    return v;
}

struct value *value_ref(struct arena *a, const struct node *node, const char *attr, span at) {
    struct value *v = make(a, VALUE_REF, at);
    assert(node != NULL);
    v->ref.node = node;
    v->ref.attr = attr;
    return v;
}

struct value *value_file_used(struct arena *a, str path, enum value_file_use use, span at) {
    struct value *v = make(a, VALUE_FILE, at);
    struct value_file *f = ARENA_NEW(a, struct value_file);
    *f = (struct value_file){.path = path, .use = use};
    v->file = f;
    return v;
}

struct value *value_json(struct arena *a, struct value *document, span at) {
    struct value *v = make(a, VALUE_JSON, at);
    v->json = document;
    return v;
}

struct value *value_var(struct arena *a, str name, struct value *is, span at) {
    struct value *v = make(a, VALUE_VAR, at);
    struct value_var *var = ARENA_NEW(a, struct value_var);
    *var = (struct value_var){name, is};
    v->var = var;
    return v;
}

struct value *value_file(struct arena *a, str path, struct value *tokens, span at) {
    struct value *v = make(a, VALUE_FILE, at);
    struct value_file *file = ARENA_NEW(a, struct value_file);
    *file = (struct value_file){.path = path, .tokens = tokens};
    v->file = file;
    return v;
}

struct value *value_list(struct arena *a, enum value_type list_or_text, uint32_t capacity,
                         span at) {
    assert(list_or_text == VALUE_LIST || list_or_text == VALUE_TEXT);
    struct value *v = make(a, list_or_text, at);
    v->list.items = ARENA_ARRAY(a, struct value *, capacity > 0 ? capacity : 1);
    return v;
}

void value_push(struct value *list, struct value *item) {
    assert(list->type == VALUE_LIST || list->type == VALUE_TEXT);
    list->list.items[list->list.n++] = item;
}

struct value *value_map(struct arena *a, uint32_t capacity, span at) {
    struct value *v = make(a, VALUE_MAP, at);
    v->map.fields = ARENA_ARRAY(a, struct value_field, capacity > 0 ? capacity : 1);
    return v;
}

void value_set(struct value *map, str name, struct value *v) {
    assert(map->type == VALUE_MAP);
    map->map.fields[map->map.n++] = (struct value_field){name, v};
}

struct value *value_get(const struct value *map, str name) {
    for (uint32_t i = 0; map->type == VALUE_MAP && i < map->map.n; i++) {
        if (str_eq(map->map.fields[i].name, name))
            return map->map.fields[i].value;
    }
    return NULL;
}

/* Documents are as deep as who read them lets them be. */
struct value *value_copy(struct arena *a, const struct value *v) {
    if (v == NULL)
        return NULL;
    struct value *to = ARENA_NEW(a, struct value);
    *to = *v;
    if (v->type == VALUE_STR) {
        to->text = arena_str(a, v->text);
    } else if (v->type == VALUE_JSON) {
        to->json = value_copy(a, v->json);
    } else if (v->type == VALUE_LIST) {
        to->list.items = ARENA_ARRAY(a, struct value *, v->list.n > 0 ? v->list.n : 1);
        for (uint32_t i = 0; i < v->list.n; i++)
            to->list.items[i] = value_copy(a, v->list.items[i]);
    } else if (v->type == VALUE_MAP) {
        to->map.fields = ARENA_ARRAY(a, struct value_field, v->map.n > 0 ? v->map.n : 1);
        for (uint32_t i = 0; i < v->map.n; i++)
            to->map.fields[i] = (struct value_field){arena_str(a, v->map.fields[i].name),
                                                     value_copy(a, v->map.fields[i].value)};
    }
    return to;
}

str value_text(struct arena *a, const struct value *v) {
    if (v == NULL)
        return STR("");
    if (v->type == VALUE_STR)
        return v->text;
    if (v->type == VALUE_BOOL)
        return v->boolean ? STR("true") : STR("false");
    if (v->type != VALUE_NUM)
        return STR("");
    char out[NUM_TEXT_MAX];
    uint32_t n = num_format(v->number, out);
    return arena_str(a, (str){(const unsigned char *)out, n});
}
