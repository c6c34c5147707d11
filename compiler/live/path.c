/* SPDX-License-Identifier: MIT */
#include "live/path.h"

#include "model/value_json.h"

static int hex(unsigned char c) {
    unsigned char lower = (unsigned char)(c | 0x20);
    return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* No JSON begins with %. */
static str decoded(struct arena *a, str s) {
    if (s.n == 0 || s.p[0] != '%')
        return s;
    unsigned char *p = arena_alloc(a, s.n, 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        int high = i + 2 < s.n ? hex(s.p[i + 1]) : -1, low = i + 2 < s.n ? hex(s.p[i + 2]) : -1;
        bool code = s.p[i] == '%' && high >= 0 && low >= 0;
        p[n++] = code ? (unsigned char)(high * 16 + low) : s.p[i];
        i += code ? 2 : 0;
    }
    return (str){p, n};
}

struct value *path_document(struct arena *a, str text) {
    const char *why;
    return value_of_json(a, decoded(a, text), &why);
}

/* "Type=EMAIL]": the items that have it. */
static const struct value *those(struct arena *a, const struct value *v, str condition) {
    str is = str_sub(condition, 0, condition.n - 1), name = str_split(&is, '=');
    bool list = v->type == VALUE_LIST;
    uint32_t n = list ? v->list.n : 1;
    struct value *r = value_list(a, VALUE_LIST, n, SPAN_NONE);
    for (uint32_t i = 0; i < n; i++) {
        struct value *item = list ? v->list.items[i] : (struct value *)v;
        const struct value *has = value_get(item, name);
        if (has != NULL && has->type == VALUE_STR && str_eq(has->text, is))
            value_push(r, item);
    }
    return r;
}

static const struct value *down(struct arena *a, const struct value *v, str path);

static uint32_t size_of(const struct value *v) {
    return v == NULL ? 0 : v->type == VALUE_LIST ? v->list.n : 1;
}

static const struct value *through(struct arena *a, const struct value *list, str path) {
    const struct value **found = ARENA_ARRAY(a, const struct value *, list->list.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->list.n; i++) {
        found[i] = down(a, list->list.items[i], path);
        n += size_of(found[i]);
    }
    struct value *r = value_list(a, VALUE_LIST, n, SPAN_NONE);
    for (uint32_t i = 0; i < list->list.n; i++) {
        bool many = found[i] != NULL && found[i]->type == VALUE_LIST;
        for (uint32_t k = 0; k < size_of(found[i]); k++)
            value_push(r, many ? found[i]->list.items[k] : (struct value *)found[i]);
    }
    return r;
}

/* Paths are rows of ours, and as deep as these say. */
static const struct value *down(struct arena *a, const struct value *v, str path) {
    while (path.n > 0 && v != NULL) {
        if (v->type == VALUE_LIST)
            return through(a, v, path);
        if (v->type == VALUE_STR)
            v = v->text.n == 0 ? NULL : path_document(a, v->text);
        str step = str_split(&path, '/'), name = str_split(&step, '[');
        v = v == NULL ? NULL : value_get(v, name);
        if (v != NULL && step.n > 0)
            v = those(a, v, step);
    }
    return v == NULL || v->type == VALUE_UNSET ? NULL : v;
}

static const struct value *find(struct arena *a, const struct path_scope *at, str path) {
    if (str_starts(path, STR("$"))) {
        while (at->up != NULL)
            at = at->up;
        return down(a, at->v, str_sub(path, 1, path.n));
    }
    while (str_starts(path, STR("..")) && at->up != NULL) {
        path = str_sub(path, path.n > 2 ? 3 : 2, path.n);
        at = at->up;
    }
    return down(a, at->v, path);
}

const struct value *path_find(struct arena *a, const struct path_scope *at, str path) {
    const struct value *v = find(a, at, str_split(&path, '|'));
    while (v == NULL && path.n > 0)
        v = find(a, at, str_split(&path, '|'));
    return v;
}
