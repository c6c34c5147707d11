/* SPDX-License-Identifier: MIT */
#include "schema/schema_json.h"

#include "schema/schema.h"
#include "schema/spec_read.h"

#define DEPTH_MAX 8

/* A cell of a Markdown table. */
static void put_cell(struct buf *out, const char *z) {
    for (; *z != 0; z++) {
        if (*z == '|')
            buf_byte(out, '\\');
        buf_byte(out, (unsigned char)*z);
    }
}

/* Keys that are read by hand: what they take is in the sentence beside it, or in the table below.
 */
static const char *type_name(const struct schema_row *row) {
    if (row->schema_ref != NULL && strcmp(row->schema_ref, "texts") == 0)
        return schema_types[SCHEMA_TEXTS].name;
    if (row->schema_ref != NULL && strcmp(row->schema_ref, "pairs") == 0)
        return schema_types[SCHEMA_PAIRS].name;
    if (row->schema_ref != NULL && strcmp(row->schema_ref, "exactly") == 0)
        return "mapping";
    if ((row->flags & SCHEMA_LISTS) != 0)
        return "mapping by name, or a list of those";
    return schema_types[row->type].name;
}

static void put_type(struct buf *out, const struct schema_row *row) {
    if (row->choices == NULL) {
        put_cell(out, type_name(row));
        buf_text(out, row->min != NULL || row->max != NULL ? ", " : "");
        schema_put_range(out, str_c(row->min), str_c(row->max));
        return;
    }
    buf_text(out, row->type == SCHEMA_TEXTS ? "a list of " : "");
    bool first = true;
    for (int i = 0; row->choices[i] != NULL; i++) {
        if (row->choices[i][0] == 0)
            continue;
        buf_printf(out, "%s`%s`", first ? "" : ", ", row->choices[i]);
        first = false;
    }
}

static void put_rows(struct buf *out, const struct schema_table *t) {
    buf_text(out,
             "| key | takes | meaning | default | example |\n| --- | --- | --- | --- | --- |\n");
    for (uint32_t i = 0; i < t->n; i++) {
        const struct schema_row *row = &t->rows[i];
        bool required = (row->flags & SCHEMA_REQUIRED) != 0;
        buf_printf(out, "| `%s`%s", row->key, required ? " (required" : "");
        if (required && row->unless != NULL)
            buf_printf(out, " without `%s`", row->unless);
        buf_text(out, required ? ") | " : " | ");
        put_type(out, row);
        buf_text(out, " | ");
        put_cell(out, row->doc);
        buf_text(out, " | ");
        put_cell(out, row->def != NULL ? row->def : "");
        buf_text(out, " | ");
        if (row->example != NULL) {
            buf_byte(out, '`');
            put_cell(out, row->example);
            buf_byte(out, '`');
        }
        buf_text(out, " |\n");
    }
}

static void put_table(struct buf *out, const struct schema_table *t, const char *path,
                      unsigned depth) {
    buf_printf(out, "\n## %s\n\n", path);
    if (t->scalar != NULL)
        buf_printf(out, "A value in place of the mapping stands for `%s`.\n\n", t->scalar);
    put_rows(out, t);
    for (uint32_t i = 0; i < t->n && depth < DEPTH_MAX; i++) {
        const struct schema_row *row = &t->rows[i];
        if (row->table == NULL)
            continue;
        struct buf name = BUF_INIT(4096);
        bool named = row->type == SCHEMA_ITEMS || row->type == SCHEMA_NODE;
        buf_printf(&name, "%s%s%s%s", depth == 0 ? "" : path, depth == 0 ? "" : ".", row->key,
                   named ? ".<name>" : "");
        buf_byte(&name, 0);
        put_table(out, row->table, (const char *)name.p, depth + 1);
        buf_done(&name);
    }
}

void schema_reference(struct buf *out) {
    buf_text(out, "# Reference of ops.yaml\n\nMade by `opsc schema --reference` from the tables "
                  "that opsc reads by. "
                  "Conditions are in [conditions.md](../conditions.md); the keys of each kind of "
                  "resource are shown by "
                  "`opsc catalog show KIND`.\n");
    put_table(out, &schema_spec, "ops.yaml", 0);
}
