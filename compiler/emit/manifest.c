/* SPDX-License-Identifier: MIT */
#include "emit/manifest.h"

#include "base/json.h"

#include <cJSON.h>
#include <stdlib.h>

#define MANIFEST_MAX (64u << 20)
#define HASH_DIGITS 16

bool manifest_path_is_safe(str path) {
    if (path.n == 0 || path.p[0] == '/')
        return false;
    for (str rest = path; rest.n > 0;) {
        str part = str_split(&rest, '/');
        if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
            return false;
    }
    return path.p[path.n - 1] != '/';
}

bool output_unreadable(struct diag_list *dl, str path, enum io_status s) {
    struct diag *d = diag_add(dl, DIAG_OUTPUT_UNREADABLE, SPAN_NONE, "cannot read `%.*s`: %s",
                              STR_ARG(path), io_status_text(s));
    diag_hint(dl, d, "Nothing was written. opsc reads what is there to see whether it is its own.");
    return false;
}

bool output_in_the_way(struct diag_list *dl, str path, const char *is, const char *wanted) {
    struct diag *d = diag_add(dl, DIAG_OUTPUT_FOREIGN, SPAN_NONE,
                              "`%.*s` is %s where opsc writes a %s", STR_ARG(path), is, wanted);
    diag_hint(dl, d,
              "opsc writes and removes nothing through it. Move it away, or build to "
              "another folder with -o.");
    return false;
}

static bool parse_hash(const char *z, uint64_t *ret) {
    uint64_t h = 0;
    for (unsigned i = 0; i < HASH_DIGITS; i++) {
        unsigned char c = (unsigned char)z[i];
        if (!(ascii_is_digit(c) || (c >= 'a' && c <= 'f')))
            return false;
        h = h << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *ret = h;
    return true;
}

/* "0123456789abcdef", or two of them. */
static bool parse_hashes(const char *z, struct manifest_entry *e) {
    if (!parse_hash(z, &e->hash))
        return false;
    e->next = e->hash;
    if (z[HASH_DIGITS] == 0)
        return true;
    return z[HASH_DIGITS] == ' ' && parse_hash(z + HASH_DIGITS + 1, &e->next) &&
           z[2 * HASH_DIGITS + 1] == 0;
}

/* NULL, or what is wrong. */
static const char *fill(struct arena *a, const cJSON *root, struct manifest *ret) {
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(root, "files");
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(root, "opsc");
    if (!cJSON_IsObject(files) || !cJSON_IsNumber(version))
        return "is damaged";
    if (version->valueint != 1)
        return "was written by a newer opsc";
    ret->entries = ARENA_ARRAY(a, struct manifest_entry, (uint32_t)cJSON_GetArraySize(files) + 1);
    for (const cJSON *f = files->child; f != NULL; f = f->next) {
        struct manifest_entry *e = &ret->entries[ret->n];
        if (!cJSON_IsString(f) || !parse_hashes(f->valuestring, e))
            return "is damaged";
        e->path = arena_str(a, str_c(f->string));
        if (!manifest_path_is_safe(e->path))
            return (const char *)arena_printf(a, "names `%.*s`, where opsc never writes",
                                              STR_ARG(e->path))
                .p;
        if (map_add(a, &ret->by_path, e->path, e) != NULL)
            return "is damaged";
        ret->n++;
    }
    return NULL;
}

bool manifest_read(struct arena *a, struct diag_list *dl, const struct io *io, str dir,
                   struct manifest *ret) {
    str path = io_path_join(a, dir, STR(OUTPUT_MANIFEST)), text;
    struct io_error err = {.status = IO_OK};
    *ret = (struct manifest){0};
    enum io_status s = io->probe(io->ctx, path, &err);
    if (s == IO_OK)
        s = io->read(io->ctx, a, path, MANIFEST_MAX, &text, &err);
    else if (s == IO_FAILED)
        return output_in_the_way(dl, path, err.detail, "file");
    if (s == IO_NOT_FOUND)
        return true;
    if (s != IO_OK)
        return output_unreadable(dl, path, s);
    cJSON *root = cJSON_ParseWithLength((const char *)text.p, text.n);
    const char *wrong = root != NULL ? fill(a, root, ret) : "is damaged";
    cJSON_Delete(root);
    ret->text = text;
    if (wrong == NULL)
        return true;
    struct diag *d =
        diag_add(dl, DIAG_OUTPUT_MANIFEST, SPAN_NONE, "`%.*s` %s", STR_ARG(path), wrong);
    if (str_contains(text, STR("<<<<<<<")))
        diag_hint(
            dl, d,
            "It holds a merge conflict. Take either side of it and of the generated files, then "
            "run `opsc build --force`.");
    else
        diag_hint(dl, d,
                  "Restore it from version control. Without it opsc cannot tell its files from "
                  "yours; if you remove it, move the generated files away as well.");
    return false;
}

const struct manifest_entry *manifest_find(const struct manifest *m, str path) {
    return map_get(&m->by_path, path);
}

bool manifest_knows(const struct manifest_entry *e, str text) {
    uint64_t h = str_hash_text(text);
    return e->hash == h || e->next == h;
}

static int by_path(const void *x, const void *y) {
    return str_cmp(((const struct manifest_entry *)x)->path,
                   ((const struct manifest_entry *)y)->path);
}

static void put_hash(struct buf *b, uint64_t hash) {
    static const char hex[] = "0123456789abcdef";
    for (unsigned k = 0; k < HASH_DIGITS; k++)
        buf_byte(b, (unsigned char)hex[hash >> (60 - 4 * k) & 15]);
}

static str put_text(struct arena *a, const struct manifest_entry *list, uint32_t n) {
    struct buf b = BUF_INIT(MANIFEST_MAX);
    struct json j = json_to(&b, 2);
    json_object_begin(&j);
    json_kint(&j, "opsc", 1);
    json_key(&j, STR("files"));
    json_object_begin(&j);
    for (uint32_t i = 0; i < n; i++) {
        json_key(&j, list[i].path);
        json_str_open(&j);
        put_hash(&b, list[i].hash);
        if (list[i].next != list[i].hash) {
            buf_byte(&b, ' ');
            put_hash(&b, list[i].next);
        }
        json_str_close(&j);
    }
    json_object_end(&j);
    json_object_end(&j);
    buf_byte(&b, '\n');
    return buf_keep(&b, a);
}

/* False: not in the manifest. */
static bool entry_of(const struct output_entry *e, bool before, struct manifest_entry *ret) {
    *ret = (struct manifest_entry){.path = e->path};
    if (e->change == OUTPUT_REMOVED) {
        ret->hash = ret->next = str_hash_text(e->old_text);
        return before;
    }
    ret->next = e->new_hash;
    ret->hash = before && e->change == OUTPUT_CHANGED ? str_hash_text(e->old_text) : ret->next;
    return true;
}

str manifest_text(struct arena *a, const struct manifest *old, const struct output_plan *plan,
                  const struct output_options *outside, bool before) {
    struct manifest_entry *list =
        ARENA_ARRAY(a, struct manifest_entry, plan->entries.n + old->n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < plan->entries.n; i++)
        n += entry_of(&plan->entries.at[i], before, &list[n]);
    for (uint32_t i = 0; i < old->n; i++) {
        if (!output_in_scope(outside, old->entries[i].path))
            list[n++] = old->entries[i];
    }
    if (n > 1)
        qsort(list, n, sizeof *list, by_path);
    return put_text(a, list, n);
}
