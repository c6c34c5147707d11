/* SPDX-License-Identifier: MIT */
#include "model/value_json.h"

#include "base/map.h"
#include "model/graph.h"
#include "resource/resource.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

struct reader {
    struct arena *a;
    const char *why;
};

#define EXACT_MAX 9007199254740992.0 /* 2^53 */
#define DECIMALS_MAX 18

/* The shortest decimal that is this double, or NUM_NAN. */
static struct num number_of(double d) {
    int64_t scale = 1;
    for (int i = 0; i <= DECIMALS_MAX; i++, scale *= 10) {
        double scaled = d * (double)scale;
        /* Not a number fails both. */
        if (!(scaled <= EXACT_MAX && scaled >= -EXACT_MAX))
            break;
        int64_t n = (int64_t)(scaled + (scaled < 0 ? -0.5 : 0.5));
        if ((double)n / (double)scale == d)
            return num_ratio(n, scale);
        if (i == DECIMALS_MAX)
            break;
    }
    return NUM_NAN;
}

static struct value *number(struct reader *r, double d) {
    struct num n = number_of(d);
    if (num_ok(n))
        return value_num(r->a, n, SPAN_NONE);
    /* No number of ours: told by its bits, which differ from those of each other one. */
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return value_str(r->a, arena_printf(r->a, "0x%016llx", (unsigned long long)bits), SPAN_NONE);
}

static struct value *read_any(struct reader *r, const cJSON *j, unsigned depth);

#define FEW_MEMBERS 16

/* Readers of JSON disagree on which of two members of one name counts: the first could be what is
 * wanted, and hide the other. */
static bool is_twice(struct reader *r, struct map *seen, const struct value *v, str name) {
    if (v->map.n <= FEW_MEMBERS)
        return value_get(v, name) != NULL;
    for (uint32_t i = seen->n; i < v->map.n; i++)
        map_add(r->a, seen, v->map.fields[i].name, r);
    return map_get(seen, name) != NULL;
}

static struct value *read_all(struct reader *r, const cJSON *j, unsigned depth) {
    uint32_t n = (uint32_t)cJSON_GetArraySize(j);
    bool list = cJSON_IsArray(j);
    struct map seen = {0};
    struct value *v =
        list ? value_list(r->a, VALUE_LIST, n, SPAN_NONE) : value_map(r->a, n, SPAN_NONE);
    if (!list && n > FEW_MEMBERS)
        map_reserve(r->a, &seen, n);
    for (const cJSON *c = j->child; c != NULL; c = c->next) {
        struct value *item = read_any(r, c, depth + 1);
        if (item == NULL)
            return NULL;
        str name = list ? STR("") : arena_str(r->a, str_c(c->string));
        if (list) {
            value_push(v, item);
        } else if (is_twice(r, &seen, v, name)) {
            r->why = "an object has two members of one name";
            return NULL;
        } else {
            value_set(v, name, item);
        }
    }
    return v;
}

static struct value *read_any(struct reader *r, const cJSON *j, unsigned depth) {
    if (depth > VALUE_JSON_DEPTH_MAX) {
        r->why = "it is nested too deeply";
        return NULL;
    }
    if (cJSON_IsArray(j) || cJSON_IsObject(j))
        return read_all(r, j, depth);
    if (cJSON_IsString(j))
        return value_str(r->a, arena_str(r->a, str_c(j->valuestring)), SPAN_NONE);
    if (cJSON_IsNumber(j))
        return number(r, j->valuedouble);
    if (cJSON_IsBool(j))
        return value_bool(r->a, cJSON_IsTrue(j), SPAN_NONE);
    return ARENA_NEW(r->a, struct value);
}

static bool only_space(const char *p, const char *end) {
    return str_trim((str){(const unsigned char *)p, (uint32_t)(end - p)}).n == 0;
}

struct value *value_of_json(struct arena *a, str text, const char **ret_why) {
    struct reader r = {.a = a, .why = "it is not JSON"};
    struct value *v = NULL;
    const char *end = NULL, *p = (const char *)text.p;
    /* cJSON ends its strings with NUL: one inside would cut what is compared. */
    bool nul = str_find(text, 0) < text.n || str_contains(text, STR("\\u0000"));
    cJSON *root = nul || text.n == 0 ? NULL : cJSON_ParseWithLengthOpts(p, text.n, &end, false);
    if (root != NULL && only_space(end, p + text.n))
        v = read_any(&r, root, 0);
    cJSON_Delete(root);
    if (v == NULL)
        *ret_why = nul ? "it has a character that no text can have" : r.why;
    return v;
}

static int by_name(const void *x, const void *y) {
    const struct value_field *const *a = x, *const *b = y;
    int c = str_cmp((*a)->name, (*b)->name);
    return c != 0 ? c : (*a > *b) - (*a < *b);
}

/* Members by name: the order in which somebody wrote them says nothing. */
static void put_map(struct json *j, const struct value *v) {
    const struct value_field **sorted = calloc(v->map.n + 1, sizeof *sorted);
    json_object_begin(j);
    for (uint32_t i = 0; sorted != NULL && i < v->map.n; i++)
        sorted[i] = &v->map.fields[i];
    if (sorted != NULL)
        qsort(sorted, v->map.n, sizeof *sorted, by_name);
    for (uint32_t i = 0; i < v->map.n; i++) {
        const struct value_field *f = sorted != NULL ? sorted[i] : &v->map.fields[i];
        json_key(j, f->name);
        value_to_json(j, f->value);
    }
    json_object_end(j);
    free(sorted);
}

static void put_text(struct json *j, const struct value *v) {
    str from = v->type == VALUE_VAR    ? v->var->name
               : v->type == VALUE_FILE ? v->file->path
                                       : v->ref.node->label;
    json_str_piece(j, STR("${"));
    if (v->type == VALUE_REF) {
        json_str_piece(j, str_c(v->ref.node->kind->tf));
        json_str_piece(j, STR("."));
    }
    json_str_piece(j, from);
    if (v->type == VALUE_REF && v->ref.attr != NULL) {
        json_str_piece(j, STR("."));
        json_str_piece(j, str_c(v->ref.attr));
    }
    json_str_piece(j, STR("}"));
}

static void put_string(struct json *j, const struct value *v) {
    json_str_open(j);
    for (uint32_t i = 0; v->type == VALUE_TEXT && i < v->list.n; i++) {
        const struct value *part = v->list.items[i];
        if (part->type == VALUE_STR)
            json_str_piece(j, part->text);
        else
            put_text(j, part);
    }
    if (v->type != VALUE_TEXT)
        put_text(j, v);
    json_str_close(j);
}

void value_to_json(struct json *j, const struct value *v) {
    switch (v->type) {
    case VALUE_STR:
        json_str(j, v->text);
        break;
    case VALUE_NUM:
        json_num(j, v->number);
        break;
    case VALUE_BOOL:
        json_bool(j, v->boolean);
        break;
    case VALUE_LIST:
        json_array_begin(j);
        for (uint32_t i = 0; i < v->list.n; i++)
            value_to_json(j, v->list.items[i]);
        json_array_end(j);
        break;
    case VALUE_MAP:
        put_map(j, v);
        break;
    case VALUE_JSON:
        value_to_json(j, v->json);
        break;
    case VALUE_REF:
    case VALUE_VAR:
    case VALUE_FILE:
    case VALUE_TEXT:
        put_string(j, v);
        break;
    case VALUE_UNSET:
    case VALUE_BLOCK:
        json_null(j);
        break;
    }
}

void value_put_json(struct buf *out, const struct value *v) {
    struct json j = json_to(out, 0);
    value_to_json(&j, v);
}

void value_put_jsonencode(struct buf *out, const struct value *v) {
    struct json j = json_to(out, 0);
    j.jsonencode = true;
    value_to_json(&j, v);
}
