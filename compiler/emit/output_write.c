/* SPDX-License-Identifier: MIT */
#include "emit/manifest.h"
#include "emit/output.h"

struct writing {
    struct output *o;
    const struct io *io;
    struct diag_list *dl;
    str dir;
    const struct output_options *opt;
    struct output_plan *plan;
    uint32_t done; /* files that were written or removed */
};

static void report_edited(struct writing *w, const struct output_entry *e) {
    str path = io_path_join(w->o->arena, w->dir, e->path);
    struct diag *d = diag_add(w->dl, DIAG_OUTPUT_EDITED, SPAN_NONE,
                              "`%.*s` was edited by hand since opsc wrote it", STR_ARG(path));
    if (e->gone)
        diag_hint(w->dl, d,
                  "ops.yaml makes this file no more. Copy what you need of it and run `opsc "
                  "build --force`, which removes it.");
    else
        diag_hint(w->dl, d,
                  "Say in ops.yaml what you need and run `opsc build --force`, which "
                  "overwrites it; `opsc build --check` shows the difference.");
}

static void report_foreign(struct writing *w, const struct output_entry *e) {
    str path = io_path_join(w->o->arena, w->dir, e->in_the_way);
    if (e->is == NULL) {
        struct diag *d = diag_add(w->dl, DIAG_OUTPUT_FOREIGN, SPAN_NONE,
                                  "`%.*s` is there and is not from opsc", STR_ARG(path));
        diag_hint(w->dl, d, "Move it away, or build to another folder with -o.");
        return;
    }
    output_in_the_way(w->dl, path, e->is, str_eq(e->in_the_way, e->path) ? "file" : "folder");
}

/* Files in the way: nothing is written then. */
static bool report_obstacles(struct writing *w) {
    for (uint32_t i = 0; i < w->plan->entries.n; i++) {
        const struct output_entry *e = &w->plan->entries.at[i];
        if (e->change == OUTPUT_EDITED)
            report_edited(w, e);
        else if (e->change == OUTPUT_FOREIGN)
            report_foreign(w, e);
    }
    return w->plan->counts[OUTPUT_EDITED] + w->plan->counts[OUTPUT_FOREIGN] == 0;
}

static bool write_failed(struct writing *w, str path, enum io_status s) {
    struct diag *d = diag_add(w->dl, DIAG_OUTPUT_WRITE, SPAN_NONE, "cannot write `%.*s`: %s",
                              STR_ARG(path), io_status_text(s));
    if (w->done == 0)
        diag_hint(w->dl, d, "Nothing was written.");
    else
        diag_hint(w->dl, d,
                  "%u %s written or removed before it. Run the same command again when this "
                  "is mended; it goes on from here.",
                  w->done, w->done == 1 ? "file was" : "files were");
    return false;
}

static bool put_files(struct writing *w) {
    struct arena *a = w->o->arena;
    const struct output_plan *plan = w->plan;
    struct io_file *files = ARENA_ARRAY(a, struct io_file, plan->entries.n);
    uint32_t n = 0;
    for (uint32_t i = 0; i < plan->entries.n; i++) {
        const struct output_entry *e = &plan->entries.at[i];
        if (e->change == OUTPUT_NEW || e->change == OUTPUT_CHANGED)
            files[n++] = (struct io_file){io_path_join(a, w->dir, e->path), e->new_text,
                                          e->executable, e->change == OUTPUT_CHANGED, e->no_folder};
    }
    struct io_error err = {.status = IO_OK};
    struct io_put put;
    enum io_status s = w->io->put(w->io->ctx, files, n, &put, &err);
    w->done = put.done;
    return s == IO_OK || write_failed(w, files[put.failed].path, s);
}

static bool carry_out(struct writing *w) {
    const struct io *io = w->io;
    struct io_error err = {.status = IO_OK};
    if (!put_files(w))
        return false;
    for (uint32_t i = 0; i < w->plan->entries.n; i++) {
        const struct output_entry *e = &w->plan->entries.at[i];
        if (e->change != OUTPUT_REMOVED)
            continue;
        str path = io_path_join(w->o->arena, w->dir, e->path);
        enum io_status s = io->remove(io->ctx, w->dir, path, &err);
        if (s != IO_OK)
            return write_failed(w, path, s);
        w->done++;
    }
    return true;
}

static bool write_manifest(struct writing *w, str text) {
    str path = io_path_join(w->o->arena, w->dir, STR(OUTPUT_MANIFEST));
    struct io_error err = {.status = IO_OK};
    enum io_status s = w->io->write(w->io->ctx, path, text, false, &err);
    return s == IO_OK || write_failed(w, path, s);
}

/* Whether all folders above are folders of ours: nothing is done through a symbolic link. */
static bool in_folders(struct writing *w, str path) {
    struct io_error err = {.status = IO_OK};
    for (uint32_t i = 0; i < path.n; i++) {
        str folder = io_path_join(w->o->arena, w->dir, str_sub(path, 0, i));
        if (path.p[i] == '/' && w->io->probe(w->io->ctx, folder, &err) != IO_IS_DIRECTORY)
            return false;
    }
    return true;
}

/* Temporary files of a run that was killed, in one folder. */
static void sweep_folder(struct writing *w, str folder) {
    struct arena *a = w->o->arena;
    struct io_error err = {.status = IO_OK};
    str *names;
    uint32_t n;
    if (w->io->probe(w->io->ctx, folder, &err) != IO_IS_DIRECTORY ||
        w->io->list(w->io->ctx, a, folder, &names, &n, &err) != IO_OK)
        return;
    for (uint32_t i = 0; i < n; i++) {
        if (io_is_temporary(names[i]))
            w->io->remove(w->io->ctx, w->dir, io_path_join(a, folder, names[i]), &err);
    }
}

static void sweep_above(struct writing *w, struct map *seen, str path) {
    str folder = io_path_dir(io_path_join(w->o->arena, w->dir, path));
    if (map_add(w->o->arena, seen, folder, w) == NULL && in_folders(w, path))
        sweep_folder(w, folder);
}

/* A file that the killed run made, unless it is whole. */
static void sweep_unfinished(struct writing *w, str path) {
    str full = io_path_join(w->o->arena, w->dir, path), text;
    struct io_error err = {.status = IO_OK};
    if (in_folders(w, path) && w->io->probe(w->io->ctx, full, &err) == IO_OK &&
        w->io->read(w->io->ctx, w->o->arena, full, UINT32_MAX - 1, &text, &err) == IO_OK &&
        io_is_unfinished(text))
        w->io->remove(w->io->ctx, w->dir, full, &err);
}

/* Wherever this run, or the one that was killed, writes. */
static void sweep(struct writing *w, const struct manifest *m) {
    struct map seen = {0};
    sweep_above(w, &seen, STR(OUTPUT_MANIFEST));
    for (uint32_t i = 0; i < w->o->files.n; i++)
        sweep_above(w, &seen, w->o->files.at[i].path);
    for (uint32_t i = 0; i < m->n; i++) {
        sweep_above(w, &seen, m->entries[i].path);
        sweep_unfinished(w, m->entries[i].path);
    }
}

/* Another run has written here since the plan was made. */
static bool is_outdated(struct writing *w, struct manifest *ret_now, bool *ret_ok) {
    *ret_ok = manifest_read(w->o->arena, w->dl, w->io, w->dir, ret_now);
    return *ret_ok && !str_eq(ret_now->text, w->plan->manifest);
}

static bool write_locked(struct writing *w) {
    struct manifest old;
    bool ok, outdated = is_outdated(w, &old, &ok);
    if (ok && (outdated || w->plan->interrupted)) {
        sweep(w, &old);
        ok = output_compare(w->o, w->io, w->dl, w->dir, w->opt, w->plan);
    }
    if (!ok || !report_obstacles(w))
        return false;
    uint32_t files = w->plan->counts[OUTPUT_NEW] + w->plan->counts[OUTPUT_CHANGED];
    if (files > 0 && !write_manifest(w, manifest_text(w->o->arena, &old, w->plan, w->opt, true)))
        return false;
    return carry_out(w) && write_manifest(w, w->plan->manifest_new);
}

bool output_write(struct output *o, const struct io *io, struct diag_list *dl, str dir,
                  const struct output_options *opt, struct output_plan *plan) {
    struct writing w = {o, io, dl, dir, opt, plan, 0};
    const uint32_t *n = plan->counts;
    bool obstacles = n[OUTPUT_EDITED] + n[OUTPUT_FOREIGN] > 0;
    bool changes = n[OUTPUT_NEW] + n[OUTPUT_CHANGED] + n[OUTPUT_REMOVED] > 0;
    if (!obstacles && !changes && str_eq(plan->manifest, plan->manifest_new) && !plan->interrupted)
        return true;
    /* A file that another run is just replacing looks edited: look again when it is done. */
    struct manifest now;
    bool ok = true;
    if (obstacles && !plan->interrupted && !is_outdated(&w, &now, &ok))
        return ok && report_obstacles(&w);
    str path = io_path_join(o->arena, dir, STR(OUTPUT_LOCK));
    struct io_error err = {.status = IO_OK};
    int lock;
    enum io_status s = io->lock(io->ctx, path, &lock, &err);
    bool file = s == IO_IS_DIRECTORY || s == IO_FAILED;
    if (s != IO_OK)
        return write_failed(&w, file ? path : dir, s);
    ok = write_locked(&w);
    io->unlock(io->ctx, path, lock);
    return ok;
}
