/* SPDX-License-Identifier: MIT */
#include "apply/document.h"

#include "base/embed.h"
#include "model/value_json.h"

#include <stdio.h>

#define PATH_MAX_BYTES 128
#define FILES_DEEP_MAX 8
#define MEMBERS_MAX 64 /* of one object, with those of a file */

str document_file(str name) {
    char path[PATH_MAX_BYTES];
    int n = snprintf(path, sizeof path, "templates/requests/%.*s.json", STR_ARG(name));
    const struct embed_file *f = n < (int)sizeof path ? embed_find(str_c(path)) : NULL;
    return f == NULL ? STR("") : (str){f->data, f->size};
}

static struct value *spliced(struct arena *a, struct value *v, int deep);

static bool put_members(struct arena *a, struct value *to, const struct value *from, int deep) {
    for (uint32_t i = 0; i < from->map.n && to->map.n < MEMBERS_MAX; i++) {
        const struct value_field *f = &from->map.fields[i];
        const char *why;
        if (!str_is(f->name, "@")) {
            struct value *v = spliced(a, f->value, deep);
            if (v == NULL)
                return false;
            value_set(to, f->name, v);
            continue;
        }
        const struct value *file = value_of_json(a, document_file(f->value->text), &why);
        if (file == NULL || file->type != VALUE_MAP || deep == 0 ||
            !put_members(a, to, file, deep - 1))
            return false;
    }
    return to->map.n < MEMBERS_MAX;
}

static struct value *spliced(struct arena *a, struct value *v, int deep) {
    if (v->type == VALUE_MAP) {
        struct value *r = value_map(a, MEMBERS_MAX, v->at);
        return put_members(a, r, v, deep) ? r : NULL;
    }
    for (uint32_t i = 0; v->type == VALUE_LIST && i < v->list.n; i++) {
        v->list.items[i] = spliced(a, v->list.items[i], deep);
        if (v->list.items[i] == NULL)
            return NULL;
    }
    return v;
}

const struct value *document_read(struct arena *a, const char *input) {
    const char *why;
    struct value *v = value_of_json(a, str_c(input), &why);
    return v == NULL || v->type != VALUE_MAP ? NULL : spliced(a, v, FILES_DEEP_MAX);
}
