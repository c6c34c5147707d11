/* SPDX-License-Identifier: MIT */
#include "emit/manifest.h"

#include "base/json.h"

#include <cJSON.h>
#include <stdlib.h>

#define MANIFEST_MAX (64u << 20)

uint64_t manifest_hash(str text) {
    return str_hash(text);
}

static bool parse_hash(const char *z, uint64_t *ret) {
    uint64_t h = 0;
    for (unsigned i = 0; i < 16; i++) {
        char c = z[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        h = h << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *ret = h;
    return z[16] == 0;
}

static bool fill(struct arena *a, const cJSON *root, struct manifest *ret) {
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(root, "files");
    if (!cJSON_IsObject(files))
        return false;
    ret->entries = ARENA_ARRAY(a, struct manifest_entry, (uint32_t)cJSON_GetArraySize(files) + 1);
    for (const cJSON *f = files->child; f != NULL; f = f->next) {
        struct manifest_entry *e = &ret->entries[ret->n];
        if (!cJSON_IsString(f) || !parse_hash(f->valuestring, &e->hash))
            return false;
        e->path = arena_str(a, str_c(f->string));
        map_add(a, &ret->by_path, e->path, e);
        ret->n++;
    }
    return true;
}

bool manifest_read(struct arena *a, struct diag_list *dl, const struct io *io, str dir,
                   struct manifest *ret) {
    str path = io_path_join(a, dir, STR(OUTPUT_MANIFEST)), text;
    struct io_error err = {.status = IO_OK};
    *ret = (struct manifest){0};
    enum io_status s = io->read(io->ctx, a, path, MANIFEST_MAX, &text, &err);
    if (s == IO_NOT_FOUND)
        return true;
    if (s != IO_OK) {
        diag_add(dl, DIAG_OUTPUT_UNREADABLE, SPAN_NONE, "cannot read `%.*s`: %s", STR_ARG(path),
                 io_status_text(s));
        return false;
    }
    cJSON *root = cJSON_ParseWithLength((const char *)text.p, text.n);
    bool ok = root != NULL && fill(a, root, ret);
    cJSON_Delete(root);
    if (ok)
        return true;
    struct diag *d =
        diag_add(dl, DIAG_OUTPUT_MANIFEST, SPAN_NONE, "`%.*s` is damaged", STR_ARG(path));
    diag_hint(dl, d,
              "Restore it from version control. Without it opsc cannot tell its files from yours; "
              "if you remove it, move the generated files away as well.");
    return false;
}

const struct manifest_entry *manifest_find(const struct manifest *m, str path) {
    return map_get(&m->by_path, path);
}

static int by_path(const void *x, const void *y) {
    return str_cmp(((const struct manifest_entry *)x)->path,
                   ((const struct manifest_entry *)y)->path);
}

static void put_text(struct buf *b, const struct manifest_entry *list, uint32_t n) {
    struct json j = json_to(b, 2);
    json_object_begin(&j);
    json_kint(&j, "opsc", 1);
    json_key(&j, STR("files"));
    json_object_begin(&j);
    for (uint32_t i = 0; i < n; i++) {
        static const char hex[] = "0123456789abcdef";
        unsigned char h[16];
        for (unsigned k = 0; k < 16; k++)
            h[k] = (unsigned char)hex[list[i].hash >> (60 - 4 * k) & 15];
        json_key(&j, list[i].path);
        json_str(&j, (str){h, 16});
    }
    json_object_end(&j);
    json_object_end(&j);
    buf_byte(b, '\n');
}

bool manifest_write(struct output *o, const struct io *io, struct diag_list *dl, str dir,
                    const struct output_plan *plan) {
    struct arena *a = o->arena;
    struct manifest old;
    if (!manifest_read(a, dl, io, dir, &old))
        return false;
    struct manifest_entry *list =
        ARENA_ARRAY(a, struct manifest_entry, plan->entries.n + old.n + 1);
    struct map seen = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < plan->entries.n; i++) {
        const struct output_entry *e = &plan->entries.at[i];
        map_add(a, &seen, e->path, o);
        if (e->change != OUTPUT_REMOVED)
            list[n++] = (struct manifest_entry){e->path, manifest_hash(e->new_text)};
    }
    /* With --only the rest stays as it was. */
    for (uint32_t i = 0; i < old.n; i++) {
        if (map_get(&seen, old.entries[i].path) == NULL &&
            map_get(&o->by_path, old.entries[i].path) != NULL)
            list[n++] = old.entries[i];
    }
    qsort(list, n, sizeof *list, by_path);
    struct buf b = BUF_INIT(MANIFEST_MAX);
    put_text(&b, list, n);
    str path = io_path_join(a, dir, STR(OUTPUT_MANIFEST)), before = STR("");
    struct io_error err = {.status = IO_OK};
    enum io_status s = io->read(io->ctx, a, path, MANIFEST_MAX, &before, &err);
    s = s == IO_OK && str_eq(before, buf_str(&b))
            ? IO_OK
            : io->write(io->ctx, path, buf_str(&b), false, &err);
    buf_done(&b);
    if (s != IO_OK)
        diag_add(dl, DIAG_OUTPUT_WRITE, SPAN_NONE, "cannot write `%.*s`: %s", STR_ARG(path),
                 io_status_text(s));
    return s == IO_OK;
}
