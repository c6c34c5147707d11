/* SPDX-License-Identifier: MIT */
#include "catalog/catalog.h"

#include "base/embed.h"
#include "catalog/table.h"
#include "catalog/translation.h"
#include "expr/expr.h"
#include "yaml/yaml.h"
#include "yaml/yaml_pack.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define CATALOG_FILE_MAX (1u << 20)
#define TABLE_PATH_MAX 128

void catalog_init(struct catalog *c, struct arena *a, struct diag_list *dl) {
    *c = (struct catalog){.arena = a, .dl = dl};
}

static bool is_word_byte(unsigned char c) {
    return ascii_is_alnum(c) || c == '_' || c == '-';
}

static bool has_word(str text, str word) {
    for (uint32_t i = 0; word.n > 0 && i + word.n <= text.n; i++) {
        uint32_t end = i + word.n;
        if (memcmp(text.p + i, word.p, word.n) == 0 && (i == 0 || !is_word_byte(text.p[i - 1])) &&
            (end == text.n || !is_word_byte(text.p[end])))
            return true;
    }
    return false;
}

/* A metric that its probe never publishes: alarms on it would wait for ever. */
static void check_probe(struct catalog *c, const struct cat_kind *k) {
    for (uint32_t i = 0; i < k->metrics.n; i++) {
        const struct cat_metric *m = &k->metrics.items[i];
        if (m->source.value != CAT_SOURCE_PROBE || given(m->is.at) ||
            has_word(k->probe.run.text, m->name.text))
            continue;
        struct diag *d =
            diag_add(c->dl, DIAG_CATALOG_FILE, m->name.at,
                     given(k->probe.at) ? "`%.*s` has `source: probe`, but `run` never names it"
                                        : "`%.*s` has `source: probe`, but the kind has no `probe`",
                     STR_ARG(m->name.text));
        diag_hint(c->dl, d, "`put %.*s VALUE` in `run` of `probe` publishes it.",
                  STR_ARG(m->name.text));
    }
}

/* A cost is a price, or says in words why there is none. */
static void check_costs(struct catalog *c, const struct cat_kind *k) {
    for (uint32_t i = 0; i < k->costs.n; i++) {
        const struct cat_cost *cost = &k->costs.items[i];
        bool price = cost->price.n > 0, is = given(cost->is.at), usage = given(cost->usage.at);
        int said = price + given(cost->free.at) + given(cost->unpriced.at);
        bool from = given(cost->from.at);
        if (said == 1 && !((is || from) && usage) && (price || !(is || usage || from)))
            continue;
        struct diag *d = diag_add(c->dl, DIAG_CATALOG_FILE, cost->name.at,
                                  "the cost `%.*s` is not one price, nor words in place of one",
                                  STR_ARG(cost->name.text));
        diag_hint(c->dl, d,
                  "Give `price`, with `is` or `usage` where it is not one of it; or `free`, or "
                  "`unpriced`.");
    }
}

/* `errors`: how many there were before `n` was made. */
static struct cat_kind *read_kind(struct catalog *c, const struct yaml_node *n, uint32_t errors) {
    struct cat_kind *k = ARENA_NEW(c->arena, struct cat_kind);
    struct schema_walk w = {.arena = c->arena, .dl = c->dl, .forms = &c->forms};
    if (n == NULL || !schema_read(&w, &cat_kind_table, n, k))
        return NULL;
    check_probe(c, k);
    check_costs(c, k);
    kind_attribute_check(c->dl, k->attributes.items, k->attributes.n, 0);
    kind_list_check(c->dl, k);
    return c->dl->errors == errors ? k : NULL;
}

/* The texts of a kind in the language of the spec; `n`: the file with them. */
static void translate(struct catalog *c, struct cat_kind *k, const struct yaml_node *n) {
    struct cat_translation t = {0};
    struct schema_walk w = {.arena = c->arena, .dl = c->dl, .forms = &c->forms};
    if (n != NULL && schema_read(&w, &cat_translation_table, n, &t))
        translation_lay(c->dl, k, &t);
}

/* Of the project's own kind: the file of the same kind in a folder `es` beside it. */
static void translate_own(struct catalog *c, const struct io *io, str path, struct cat_kind *k) {
    const char *folder = translation_folder(c->language);
    str text, dir = io_path_dir(path);
    struct io_error err = {.status = IO_OK};
    if (folder == NULL)
        return;
    str file = io_path_join(c->arena, dir,
                            arena_printf(c->arena, "%s/%.*s.yaml", folder, STR_ARG(k->kind.text)));
    enum io_status st = io->read(io->ctx, c->arena, file, CATALOG_FILE_MAX, &text, &err);
    if (st == IO_OK) {
        uint32_t at = sources_add(c->dl->sources, file, text, false);
        translate(c, k, yaml_parse(c->arena, c->arena, c->dl, at));
        return;
    }
    struct diag *d =
        diag_add(c->dl, st == IO_NOT_FOUND ? DIAG_TRANSLATION_MISSING : DIAG_FILE_UNREADABLE,
                 k->kind.at, "the texts of `%.*s` in the language `%s` cannot be read: %s",
                 STR_ARG(k->kind.text), schema_languages[c->language], io_status_text(st));
    diag_hint(c->dl, d, "Write them in `%.*s`; until then they are in English.", STR_ARG(file));
}

/* A project has one file for a kind; it stands in place of a built-in one. */
static bool add_kind(struct catalog *c, struct cat_kind *k) {
    const struct cat_kind *first = map_add(c->arena, &c->kinds, k->kind.text, k);
    if (first == NULL)
        return true;
    struct diag *d = diag_add(c->dl, DIAG_DUPLICATE_KEY, k->kind.at,
                              "kind `%.*s` is defined in two files", STR_ARG(k->kind.text));
    diag_also(c->dl, d, first->kind.at, "first defined here");
    return false;
}

bool catalog_add_files(struct catalog *c, const struct io *io, const struct cfg_texts *files,
                       str spec) {
    bool ok = true;
    for (uint32_t i = 0; i < files->n; i++) {
        str path = io_path_join(c->arena, io_path_dir(spec), files->items[i].text);
        str text;
        struct io_error err = {.status = IO_OK};
        enum io_status st = io->read(io->ctx, c->arena, path, CATALOG_FILE_MAX, &text, &err);
        if (st != IO_OK) {
            diag_add(c->dl, DIAG_FILE_UNREADABLE, files->items[i].at, "cannot read `%.*s`: %s",
                     STR_ARG(path), io_status_text(st));
            ok = false;
            continue;
        }
        uint32_t errors = c->dl->errors, file = sources_add(c->dl->sources, path, text, false);
        struct cat_kind *k = read_kind(c, yaml_parse(c->arena, c->arena, c->dl, file), errors);
        if (k != NULL)
            translate_own(c, io, path, k);
        ok &= k != NULL && c->dl->errors == errors && add_kind(c, k);
    }
    c->broken = !ok;
    return ok;
}

static const struct embed_file *find_embedded(struct catalog *c, str dir, str name) {
    /* A name comes from a user: only a plain one may become a path. */
    for (uint32_t i = 0; i < name.n; i++) {
        if (name.p[i] == '/' || name.p[i] == '.')
            return NULL;
    }
    return embed_find(arena_printf(c->arena, "%.*s/%.*s.yaml", STR_ARG(dir), STR_ARG(name)));
}

static const struct yaml_node *unpack(struct catalog *c, const struct embed_file *f) {
    str text = {f->data, f->size}, tree = {f->tree, f->tree_size};
    uint32_t file = sources_add(c->dl->sources, str_c(f->path), text, true);
    const struct yaml_node *n = yaml_unpack(c->arena, c->dl->sources, file, tree);
    assert(n != NULL);
    return n;
}

static void translate_embedded(struct catalog *c, struct cat_kind *k) {
    const char *folder = translation_folder(c->language);
    const struct embed_file *f = NULL;
    if (folder != NULL)
        f = find_embedded(c, arena_cat(c->arena, STR("catalog/"), str_c(folder)), k->kind.text);
    if (f != NULL)
        translate(c, k, unpack(c, f));
}

const struct cat_kind *catalog_kind(struct catalog *c, str name) {
    struct cat_kind *k = map_get(&c->kinds, name);
    if (k != NULL || map_get(&c->failed, name) != NULL)
        return k;
    const struct embed_file *f = find_embedded(c, STR("catalog"), name);
    if (f == NULL)
        return NULL;
    k = read_kind(c, unpack(c, f), c->dl->errors);
    if (k != NULL)
        translate_embedded(c, k);
    map_add(c->arena, k != NULL ? &c->kinds : &c->failed, name, k != NULL ? (void *)k : (void *)c);
    return k;
}

str catalog_own_file(const struct catalog *c, const struct cat_kind *k) {
    const struct source *f = sources_get(c->dl->sources, k->at.file);
    return f->builtin ? STR("") : f->name;
}

str *catalog_names(struct catalog *c, uint32_t *ret_n) {
    str *names = ARENA_ARRAY(c->arena, str, embed_nfiles + c->kinds.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < embed_nfiles; i++) {
        str path = str_c(embed_files[i].path);
        str name = str_sub(path, 8, path.n >= 5 ? path.n - 5 : 0);
        if (str_starts(path, STR("catalog/")) && str_find(name, '/') == name.n &&
            map_get(&c->kinds, name) == NULL)
            names[n++] = name;
    }
    for (uint32_t i = 0; i < c->kinds.n; i++)
        names[n++] = c->kinds.entries[i].key;
    qsort(names, n, sizeof *names, str_order);
    *ret_n = n;
    return names;
}

bool catalog_open_table(str name, struct table *ret) {
    char path[TABLE_PATH_MAX];
    uint32_t bad;
    int n = snprintf(path, sizeof path, "catalog/tables/%.*s.yaml", STR_ARG(name));
    const struct embed_file *f = n < (int)sizeof path ? embed_find(str_c(path)) : NULL;
    if (f == NULL)
        return false;
    /* It was checked when opsc was built. */
    bool ok = table_open((str){f->data, f->size}, ret, &bad);
    assert(ok);
    return ok;
}

static struct table *find_table(struct catalog *c, str name) {
    struct table *t = map_get(&c->tables, name), opened;
    if (t != NULL || !catalog_open_table(name, &opened))
        return t;
    t = ARENA_NEW(c->arena, struct table);
    *t = opened;
    map_add(c->arena, &c->tables, arena_str(c->arena, name), t);
    return t;
}

str catalog_lookup(struct catalog *c, str table, str row, str column, bool *ret_known) {
    struct table *t = find_table(c, table);
    *ret_known = false;
    return t != NULL ? table_value(c->arena, t, row, column, ret_known) : STR("");
}

str catalog_match(struct catalog *c, str table, str name, str *ret_star) {
    const struct table *t = find_table(c, table);
    return t != NULL ? table_match(t, name, ret_star) : STR("");
}

const struct expr *catalog_computation(struct catalog *c, const struct cfg_text *is) {
    /* By where it stands: what is wrong with it is shown there. */
    str key = {(const unsigned char *)&is->at, sizeof is->at};
    struct expr *e = map_get(&c->values, key);
    if (e != NULL)
        return e;
    e = expr_parse_value(c->arena, c->dl, (struct expr_text){is->text, is->at, is->origin});
    if (e != NULL)
        map_add(c->arena, &c->values, arena_str(c->arena, key), e);
    return e;
}

void catalog_suggest_row(struct catalog *c, str table, struct suggest *s) {
    const struct table *t = find_table(c, table);
    struct table_row row;
    for (str rest = t != NULL ? t->rows : STR(""); table_next(&rest, &row);)
        suggest_offer(s, row.name);
}
