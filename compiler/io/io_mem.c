/* SPDX-License-Identifier: MIT */
#include "io/io.h"

#include "base/map.h"

#include <stdio.h>
#include <stdlib.h>

struct mem_file {
    str text;
    bool removed;
};

struct io_mem {
    struct arena *arena;
    struct map files; /* path -> struct mem_file */
    unsigned fail_after;
    enum io_status fail_with;
};

struct io_mem *io_mem_new(struct arena *a) {
    struct io_mem *m = ARENA_NEW(a, struct io_mem);
    m->arena = a;
    return m;
}

/* "./a" and "a" are one file. */
static str plain(str path) {
    while (str_starts(path, STR("./")))
        path = str_sub(path, 2, path.n);
    return path;
}

void io_mem_put(struct io_mem *m, str path, str text) {
    struct mem_file *f = map_get(&m->files, plain(path));
    if (f == NULL) {
        f = ARENA_NEW(m->arena, struct mem_file);
        map_add(m->arena, &m->files, arena_str(m->arena, plain(path)), f);
    }
    *f = (struct mem_file){arena_str(m->arena, text), false};
}

str io_mem_get(const struct io_mem *m, str path) {
    const struct mem_file *f = map_get(&m->files, plain(path));
    return f == NULL || f->removed ? (str){NULL, 0} : f->text;
}

void io_mem_fail_write(struct io_mem *m, unsigned nth, enum io_status status) {
    m->fail_after = nth;
    m->fail_with = status;
}

static bool is_folder(const struct io_mem *m, str path) {
    path = plain(path);
    if (path.n == 0 || str_is(path, "."))
        return true;
    for (uint32_t i = 0; i < m->files.n; i++) {
        const struct mem_file *f = m->files.entries[i].value;
        str key = m->files.entries[i].key;
        if (!f->removed && key.n > path.n && str_starts(key, path) && key.p[path.n] == '/')
            return true;
    }
    return false;
}

static enum io_status mem_probe(void *ctx, str path, struct io_error *err) {
    const struct io_mem *m = ctx;
    if (io_mem_get(m, path).p != NULL)
        return io_set(err, IO_OK);
    return io_set(err, is_folder(m, path) ? IO_IS_DIRECTORY : IO_NOT_FOUND);
}

static enum io_status mem_read(void *ctx, struct arena *a, str path, size_t max, str *ret,
                               struct io_error *err) {
    str text = io_mem_get(ctx, path);
    if (text.p == NULL)
        return mem_probe(ctx, path, err);
    if (text.n > max)
        return io_set(err, IO_TOO_BIG);
    *ret = arena_str(a, text);
    return io_set(err, IO_OK);
}

static enum io_status mem_stream(void *ctx, str path, io_piece_fn *piece, void *of,
                                 struct io_error *err) {
    str text = io_mem_get(ctx, path);
    if (text.p == NULL)
        return mem_probe(ctx, path, err);
    piece(of, text);
    return io_set(err, IO_OK);
}

static enum io_status mem_write(void *ctx, str path, str text, bool executable,
                                struct io_error *err) {
    struct io_mem *m = ctx;
    (void)executable;
    if (m->fail_after > 0 && --m->fail_after == 0)
        return io_set(err, m->fail_with);
    str dir = io_path_dir(plain(path));
    while (!str_is(dir, ".") && !str_is(dir, "/")) {
        if (io_mem_get(m, dir).p != NULL)
            return io_set(err, IO_NOT_DIRECTORY);
        dir = io_path_dir(dir);
    }
    if (is_folder(m, path))
        return io_set(err, IO_IS_DIRECTORY);
    io_mem_put(m, path, text);
    return io_set(err, IO_OK);
}

static enum io_status mem_put(void *ctx, const struct io_file *files, uint32_t n,
                              struct io_put *ret, struct io_error *err) {
    io_set(err, IO_OK);
    for (*ret = (struct io_put){0}; ret->done < n; ret->done++) {
        const struct io_file *f = &files[ret->done];
        enum io_status s = !f->replaces && io_mem_get(ctx, f->path).p != NULL
                               ? io_set(err, IO_EXISTS)
                               : mem_write(ctx, f->path, f->text, f->executable, err);
        ret->failed = ret->done;
        if (s != IO_OK)
            return s;
    }
    return err->status;
}

static enum io_status mem_remove(void *ctx, str root, str path, struct io_error *err) {
    struct io_mem *m = ctx;
    struct mem_file *f = map_get(&m->files, plain(path));
    (void)root;
    if (f != NULL)
        f->removed = true;
    return io_set(err, IO_OK);
}

static enum io_status mem_list(void *ctx, struct arena *a, str path, str **ret, uint32_t *ret_n,
                               struct io_error *err) {
    struct io_mem *m = ctx;
    if (!is_folder(m, path))
        return io_set(err, IO_NOT_FOUND);
    path = plain(path);
    uint32_t skip = path.n == 0 || str_is(path, ".") ? 0 : path.n + 1;
    struct map seen = {0};
    for (uint32_t i = 0; i < m->files.n; i++) {
        const struct mem_file *f = m->files.entries[i].value;
        str key = m->files.entries[i].key;
        if (f->removed || key.n <= skip || (skip > 0 && !str_starts(key, path)))
            continue;
        str rest = str_sub(key, skip, key.n);
        map_add(a, &seen, str_split(&rest, '/'), m);
    }
    *ret = ARENA_ARRAY(a, str, seen.n + 1);
    *ret_n = seen.n;
    for (uint32_t i = 0; i < seen.n; i++)
        (*ret)[i] = seen.entries[i].key;
    if (seen.n > 1)
        qsort(*ret, seen.n, sizeof **ret, str_order);
    return io_set(err, IO_OK);
}

static enum io_status mem_lock(void *ctx, str path, int *ret, struct io_error *err) {
    (void)ctx;
    (void)path;
    *ret = 0;
    return io_set(err, IO_OK);
}

static void mem_unlock(void *ctx, str path, int lock) {
    (void)ctx;
    (void)path;
    (void)lock;
}

struct io io_mem(struct io_mem *m) {
    return (struct io){m,         mem_read, mem_write, mem_put,    mem_remove,
                       mem_probe, mem_list, mem_lock,  mem_unlock, mem_stream};
}
