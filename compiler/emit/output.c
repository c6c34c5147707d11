/* SPDX-License-Identifier: MIT */
#include "emit/output.h"

#include "emit/manifest.h"

#include <assert.h>
#include <stdlib.h>

void output_init(struct output *o, struct arena *a) {
    *o = (struct output){.arena = a};
}

void output_add(struct output *o, str path, str text, bool executable) {
    /* Paths come from names that were checked; this is the last line of defence. */
    assert(manifest_path_is_safe(path));
    VEC_PUSH(o->arena, &o->files, (struct output_file){path, text, executable});
    void *before = map_add(o->arena, &o->by_path, path, o);
    assert(before == NULL);
    (void)before;
}

static struct output_file *find_file(const struct output *o, str path) {
    for (uint32_t i = 0; i < o->files.n; i++) {
        if (str_eq(o->files.at[i].path, path))
            return &o->files.at[i];
    }
    return NULL;
}

str output_text(const struct output *o, str path) {
    const struct output_file *f = find_file(o, path);
    return f != NULL ? f->text : STR("");
}

void output_replace(struct output *o, str path, str text) {
    struct output_file *f = find_file(o, path);
    if (f == NULL)
        output_add(o, path, text, false);
    else
        f->text = text;
}

bool output_in_scope(const struct output_options *opt, str path) {
    return str_starts(path, opt->within) && str_starts(path, opt->only);
}

struct comparing {
    struct output *o;
    const struct io *io;
    struct diag_list *dl;
    str dir;
    const struct output_options *opt;
    struct manifest old;
    struct output_plan *plan;
    struct map folders; /* path -> struct found */
};

/* What stands at a path. */
struct found {
    enum io_status status;
    const char *is; /* IO_FAILED: "a symbolic link" */
    str path;
};

static struct found look(struct comparing *c, str path) {
    struct io_error err = {.status = IO_OK};
    struct found f = {.path = path};
    f.status = c->io->probe(c->io->ctx, io_path_join(c->o->arena, c->dir, path), &err);
    if (f.status == IO_FAILED)
        f.is = (const char *)arena_str(c->o->arena, str_c(err.detail)).p;
    return f;
}

/* IO_IS_DIRECTORY when all folders above the file are folders; else the first that is something
 * else. */
static struct found look_above(struct comparing *c, str path) {
    for (uint32_t i = 0; i < path.n; i++) {
        if (path.p[i] != '/')
            continue;
        str folder = str_sub(path, 0, i);
        struct found *f = map_get(&c->folders, folder);
        if (f == NULL) {
            f = ARENA_NEW(c->o->arena, struct found);
            *f = look(c, folder);
            map_add(c->o->arena, &c->folders, folder, f);
        }
        if (f->status != IO_IS_DIRECTORY)
            return *f;
    }
    return (struct found){.status = IO_IS_DIRECTORY};
}

/* The file's text, when it is a file in real folders. */
static struct found read_old(struct comparing *c, str path, str *ret) {
    struct found f = look_above(c, path);
    if (f.status == IO_OK)
        f.is = "a file"; /* where a folder should be */
    if (f.status != IO_IS_DIRECTORY)
        return f.status == IO_OK ? (struct found){IO_NOT_DIRECTORY, f.is, f.path} : f;
    f = look(c, path);
    if (f.status == IO_IS_DIRECTORY)
        f.is = "a folder";
    if (f.status != IO_OK)
        return f;
    struct io_error err = {.status = IO_OK};
    f.status = c->io->read(c->io->ctx, c->o->arena, io_path_join(c->o->arena, c->dir, path),
                           UINT32_MAX - 1, ret, &err);
    return f;
}

static void push(struct comparing *c, struct output_entry e) {
    VEC_PUSH(c->o->arena, &c->plan->entries, e);
    c->plan->counts[e.change]++;
}

static bool cannot_read(struct comparing *c, const struct found *f) {
    return output_unreadable(c->dl, io_path_join(c->o->arena, c->dir, f->path), f->status);
}

static bool compare_file(struct comparing *c, const struct output_file *f) {
    struct output_entry e = {.path = f->path,
                             .new_text = f->text,
                             .new_hash = str_hash_text(f->text),
                             .executable = f->executable};
    struct found was = read_old(c, f->path, &e.old_text);
    const struct manifest_entry *m = manifest_find(&c->old, f->path);
    if (was.status == IO_NOT_FOUND) {
        e.change = OUTPUT_NEW;
        e.no_folder = !str_eq(was.path, f->path);
    } else if (was.is != NULL) {
        e.change = OUTPUT_FOREIGN;
        e.in_the_way = was.path;
        e.is = was.is;
    } else if (was.status != IO_OK) {
        return cannot_read(c, &was);
    } else if (str_eq(e.old_text, f->text)) {
        e.change = OUTPUT_SAME;
    } else if (m == NULL) {
        e.change = OUTPUT_FOREIGN;
        e.in_the_way = f->path;
    } else {
        e.change = manifest_knows(m, e.old_text) || c->opt->force ? OUTPUT_CHANGED : OUTPUT_EDITED;
    }
    push(c, e);
    return true;
}

/* A file that was made and is made no more. */
static bool compare_gone(struct comparing *c, const struct manifest_entry *m) {
    struct output_entry e = {.path = m->path, .gone = true};
    struct found was = read_old(c, m->path, &e.old_text);
    /* Something else stands there now: not ours, whatever it is. */
    if (was.status == IO_NOT_FOUND || was.is != NULL)
        return true;
    if (was.status != IO_OK)
        return cannot_read(c, &was);
    e.change = manifest_knows(m, e.old_text) || c->opt->force ? OUTPUT_REMOVED : OUTPUT_EDITED;
    push(c, e);
    return true;
}

static int by_path(const void *x, const void *y) {
    return str_cmp(((const struct output_entry *)x)->path, ((const struct output_entry *)y)->path);
}

bool output_compare(struct output *o, const struct io *io, struct diag_list *dl, str dir,
                    const struct output_options *opt, struct output_plan *ret) {
    *ret = (struct output_plan){0};
    struct comparing c = {.o = o, .io = io, .dl = dl, .dir = dir, .opt = opt, .plan = ret};
    if (!manifest_read(o->arena, dl, io, dir, &c.old))
        return false;
    bool ok = true;
    for (uint32_t i = 0; i < o->files.n; i++) {
        if (output_in_scope(opt, o->files.at[i].path))
            ok &= compare_file(&c, &o->files.at[i]);
    }
    for (uint32_t i = 0; i < c.old.n; i++) {
        str path = c.old.entries[i].path;
        if (output_in_scope(opt, path) && map_get(&o->by_path, path) == NULL)
            ok &= compare_gone(&c, &c.old.entries[i]);
    }
    if (ret->entries.n > 1)
        qsort(ret->entries.at, ret->entries.n, sizeof *ret->entries.at, by_path);
    ret->manifest = c.old.text;
    ret->manifest_new = manifest_text(o->arena, &c.old, ret, opt, false);
    ret->interrupted = look(&c, STR(OUTPUT_LOCK)).status == IO_OK;
    return ok;
}
