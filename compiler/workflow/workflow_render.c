/* SPDX-License-Identifier: MIT */
#include "workflow/workflow_render.h"

#include "base/embed.h"
#include "catalog/table.h"

#include <assert.h>

#define TEXT_MAX (16u << 20)

static void set_actions(struct arena *a, struct map *values) {
    const struct embed_file *f = embed_find(STR("catalog/tables/actions.yaml"));
    struct table t;
    uint32_t bad;
    bool is_table = table_open((str){f->data, f->size}, &t, &bad);
    assert(is_table);
    (void)is_table;
    struct table_row row;
    while (table_next(&t.rows, &row)) {
        struct tmpl_value *v = ARENA_NEW(a, struct tmpl_value);
        str commit = row.values, version = str_split(&commit, ' ');
        v->text = arena_printf(a, "%.*s@%.*s # %.*s", STR_ARG(row.name), STR_ARG(commit),
                               STR_ARG(version));
        map_add(a, values, row.name, v);
    }
}

str workflow_render(struct workflows *w, const char *name, struct map *values) {
    const struct embed_file *f = embed_find(arena_printf(w->a, "templates/workflows/%s", name));
    struct buf b = BUF_INIT(TEXT_MAX);
    set_actions(w->a, values);
    tmpl_render(&b, (str){f->data, f->size}, values);
    return buf_keep(&b, w->a);
}

void workflow_add(struct workflows *w, struct output *out, const char *name, str text) {
    output_add(out, arena_printf(w->a, ".github/workflows/%s", name), text, false);
}
