/* SPDX-License-Identifier: MIT */
#include "drift/ignore.h"

#include "base/glob.h"
#include "resource/resource.h"
#include "schema/schema_rows.h"
#include "schema/spec_tree.h"

#define DAY_FORM "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"

static const struct schema_row row_rows[] = {
    {"kind", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(ignore_row, kind), "Terraform's type.",
     "aws_cloudwatch_metric_alarm"},
    {"name", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(ignore_row, name),
     "Its name in the report; * and ? stand for others.", "shop-production-web-*",
     .form = "[^\n]+"},
    {"path", SCHEMA_TEXT, 0, AT(ignore_row, path), "The attribute, if not all of it is meant.",
     "threshold", .form = "[^\n]+"},
    {"until", SCHEMA_TEXT, 0, AT(ignore_row, until), "The last day.", "2027-01-31",
     .form = DAY_FORM},
    {"reason", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(ignore_row, reason), "Why it may differ.",
     "Set by hand until the load test is over.", .form = "[^\n]*[^[:space:]][^\n]*"},
};
static const struct schema_table row_table = {
    "a row of `ignore`", ROWS(row_rows),  NULL, offsetof(struct ignore_row, at),
    SCHEMA_NO_OFFSET,    SCHEMA_NO_OFFSET};

static void check_kind(struct schema_walk *w, const struct cfg_text *kind) {
    struct suggest near = suggest_for(kind->text);
    for (uint32_t i = 0; i < resource_kinds_n; i++) {
        if (str_is(kind->text, resource_kinds[i]->tf))
            return;
        suggest_offer(&near, str_c(resource_kinds[i]->tf));
    }
    struct diag *d = diag_add(w->dl, DIAG_IGNORE_KIND, kind->at,
                              "opsc makes no resource of the type `%.*s`", STR_ARG(kind->text));
    if (!diag_suggest(w->dl, d, &near))
        diag_hint(w->dl, d, "It is the `kind` that `opsc drift --format json` shows.");
}

static bool read_rows(struct schema_walk *w, const struct schema_row *row,
                      const struct yaml_node *n, void *field) {
    struct ignore_list *list = field;
    /* What is missing in a row is told at the row. */
    struct schema_walk within = *w;
    within.key = NULL;
    if (n->type != YAML_LIST && !yaml_is_null(n)) {
        struct diag *d = diag_add(w->dl, DIAG_WRONG_TYPE, n->at, "`%s` takes a list, found %s",
                                  row->key, yaml_type_name(n));
        diag_hint(w->dl, d, "Each begins with a dash: `- kind: aws_cloudwatch_metric_alarm`.");
        return true;
    }
    list->n = n->type == YAML_LIST ? n->n : 0;
    list->rows = ARENA_ARRAY(w->arena, struct ignore_row, list->n + 1);
    for (uint32_t i = 0; i < list->n; i++) {
        struct ignore_row *r = &list->rows[i];
        if (schema_read(&within, &row_table, n->items[i], r))
            check_kind(w, &r->kind);
    }
    return true;
}

static const struct schema_row file_rows[] = {
    {"ignore", SCHEMA_NODE, SCHEMA_REQUIRED, .offset = 0, "What may differ.",
     "[{ kind: aws_sns_topic, name: shop-*, reason: Made by hand. }]", .read = read_rows},
};
static const struct schema_table file_table = {
    "the file", ROWS(file_rows), NULL, SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

str ignore_path(struct arena *a, str spec_file) {
    return io_path_join(a, io_path_dir(spec_file), STR(IGNORE_NAME));
}

bool ignore_read(struct arena *a, struct diag_list *dl, const struct io *io, str file, bool asked,
                 struct ignore_list **ret) {
    struct io_error err = {.status = IO_OK};
    *ret = NULL;
    if (io->probe(io->ctx, file, &err) == IO_NOT_FOUND) {
        if (asked)
            diag_add(dl, DIAG_FILE_UNREADABLE, SPAN_NONE, "cannot read `%.*s`: %s", STR_ARG(file),
                     io_status_text(IO_NOT_FOUND));
        return !asked;
    }
    uint32_t errors = dl->errors;
    const struct yaml_node *root = spec_tree_read(a, a, dl, io, file, SPAN_NONE);
    struct schema_walk w = {.arena = a, .dl = dl, .forms = ARENA_NEW(a, struct map)};
    struct ignore_list *list = ARENA_NEW(a, struct ignore_list);
    list->file = arena_str(a, file);
    if (root != NULL)
        schema_read(&w, &file_table, root, list);
    *ret = list;
    return dl->errors == errors;
}

bool ignore_has_ended(const struct ignore_row *r, str today) {
    return given(r->until.at) && str_cmp(r->until.text, today) < 0;
}

bool ignore_means(const struct ignore_row *r, str kind, str name) {
    return str_eq(r->kind.text, kind) && glob_fits(r->name.text, name);
}

bool ignore_means_path(const struct ignore_row *r, str path) {
    for (uint32_t n = 1; n <= path.n; n++) {
        bool whole = n == path.n || path.p[n] == '.' || path.p[n] == '[';
        if (whole && glob_fits(r->path.text, str_sub(path, 0, n)))
            return true;
    }
    return false;
}
