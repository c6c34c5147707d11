/* SPDX-License-Identifier: MIT */
/* attributes as the API has them */
#include "apply/input_parts.h"
#include "base/base64.h"
#include "model/value_json.h"

static void not_known(struct input *in, const struct resource_attr *row) {
    if (in->why.n == 0)
        in->why =
            arena_printf(in->from->a, "%s is not known before something else is there", row->tf);
}

/* At a path of names; maps on the way are made. */
static void set_at(struct arena *a, struct value *map, str path, struct value *v,
                   uint32_t capacity) {
    str name = str_split(&path, '/');
    if (path.n == 0) {
        value_set(map, name, v);
        return;
    }
    struct value *inner = value_get(map, name);
    if (inner == NULL) {
        inner = value_map(a, capacity, SPAN_NONE);
        value_set(map, name, inner);
    }
    set_at(a, inner, path, v, capacity);
}

uint32_t input_count_rows(const struct resource_attr *rows, uint32_t n) {
    uint32_t all = n;
    for (uint32_t i = 0; i < n; i++)
        all += rows[i].nblock;
    return all;
}

void input_put_rows(struct input *in, struct value *map, const struct resource_attr *rows,
                    uint32_t n, struct value *const *attrs) {
    for (uint32_t i = 0; i < n; i++) {
        if (attrs[i] == NULL || !input_is_written(&rows[i]))
            continue;
        if (rows[i].api == NULL && attrs[i]->type == VALUE_BLOCK) {
            input_put_rows(in, map, rows[i].block, rows[i].nblock, attrs[i]->block.attrs);
            continue;
        }
        struct value *v = input_as_api(in, &rows[i], attrs[i]);
        if (v != NULL && rows[i].api != NULL)
            set_at(in->from->a, map, str_c(rows[i].api), v, input_count_rows(rows, n));
    }
}

static struct value *block(struct input *in, const struct resource_attr *row,
                           const struct value *v) {
    struct value *map =
        value_map(in->from->a, input_count_rows(row->block, row->nblock), SPAN_NONE);
    if (v->type == VALUE_BLOCK)
        input_put_rows(in, map, row->block, row->nblock, v->block.attrs);
    return map;
}

struct value *input_pairs(struct arena *a, const struct value *map, str names) {
    str key = str_split(&names, ',');
    struct value *list = value_list(a, VALUE_LIST, map->map.n, SPAN_NONE);
    for (uint32_t i = 0; i < map->map.n; i++) {
        struct value *pair = value_map(a, 2, SPAN_NONE);
        value_set(pair, key, value_str(a, map->map.fields[i].name, SPAN_NONE));
        value_set(pair, names, map->map.fields[i].value);
        value_push(list, pair);
    }
    return list;
}

/* Blocks that AWS has as a map. */
static struct value *entries(struct arena *a, const struct value *list) {
    struct value *map = value_map(a, list->list.n, SPAN_NONE);
    for (uint32_t i = 0; i < list->list.n; i++)
        value_set(map, value_text(a, value_get(list->list.items[i], STR("Key"))),
                  value_get(list->list.items[i], STR("Value")));
    return map;
}

static struct value *blocks(struct input *in, const struct resource_attr *row,
                            const struct value *v) {
    uint32_t n = v->type == VALUE_LIST ? v->list.n : 1;
    struct value *list = value_list(in->from->a, VALUE_LIST, n, SPAN_NONE);
    for (uint32_t i = 0; i < n; i++)
        value_push(list, block(in, row, v->type == VALUE_LIST ? v->list.items[i] : v));
    return (row->flags & ATTR_ENTRIES) != 0 ? entries(in->from->a, list) : list;
}

/* The bytes of a file of the module, which AWS takes in base64. */
static struct value *bytes(struct input *in, const struct value *v) {
    const struct input_from *from = in->from;
    str s = from->file == NULL ? STR("") : from->file(from->ctx, from->node, v->file->path);
    if (s.n == 0 && in->why.n == 0)
        in->why = arena_printf(from->a, "there is no file %.*s", STR_ARG(v->file->path));
    struct buf b = BUF_INIT(INPUT_TEXT_MAX);
    base64_put(&b, s);
    return value_str(from->a, buf_keep(&b, from->a), v->at);
}

static struct value *text_of(struct arena *a, const struct value *v) {
    if (v->type != VALUE_JSON)
        return v->type == VALUE_STR ? (struct value *)v : value_str(a, value_text(a, v), v->at);
    struct buf b = BUF_INIT(INPUT_TEXT_MAX);
    value_put_jsonencode(&b, v->json);
    return value_str(a, buf_keep(&b, a), v->at);
}

static struct value *boolean(struct arena *a, const struct resource_attr *row,
                             const struct value *v) {
    bool is = v->type == VALUE_BOOL ? v->boolean : str_is(value_text(a, v), "true");
    const char *word = row->no == NULL ? NULL : is ? row->yes : row->no;
    return word == NULL ? value_bool(a, is, v->at) : value_str(a, str_c(word), v->at);
}

static struct value *number(struct arena *a, const struct value *v) {
    return v->type == VALUE_STR ? value_num(a, num_of(v->text), v->at) : (struct value *)v;
}

struct value *input_as_api(struct input *in, const struct resource_attr *row,
                           const struct value *v) {
    struct arena *a = in->from->a;
    if (row->type == ATTR_BLOCK)
        return block(in, row, v);
    if (row->type == ATTR_BLOCKS)
        return blocks(in, row, v);
    const struct value *is = known_value(in->from->known, in->from->node, v);
    if (is != NULL && is->type == VALUE_FILE && is->file->use == VALUE_FILE_PATH)
        return bytes(in, is);
    if (is == NULL || known_lacks(is)) {
        not_known(in, row);
        return NULL;
    }
    switch (row->type) {
    case ATTR_BOOL:
        return boolean(a, row, is);
    case ATTR_NUM:
        return number(a, is);
    case ATTR_STR:
    case ATTR_JSON:
        return (row->flags & ATTR_NUMBER) != 0 ? number(a, is) : text_of(a, is);
    case ATTR_STR_MAP:
        return row->pair == NULL ? (struct value *)is : input_pairs(a, is, str_c(row->pair));
    case ATTR_STR_LIST:
    case ATTR_STR_SET:
    case ATTR_BLOCK:
    case ATTR_BLOCKS:
        break;
    }
    return (struct value *)is;
}
