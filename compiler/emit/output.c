/* SPDX-License-Identifier: MIT */
#include "emit/output.h"

#include "emit/manifest.h"

#include <assert.h>
#include <stdlib.h>

void output_init(struct output *o, struct arena *a) {
    *o = (struct output){.arena = a};
}

/* Paths come from names that were checked; this is the last line of defence. */
static bool path_is_safe(str path) {
    if (path.n == 0 || path.p[0] == '/')
        return false;
    for (str rest = path; rest.n > 0;) {
        str part = str_split(&rest, '/');
        if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
            return false;
    }
    return true;
}

void output_add(struct output *o, str path, str text, bool executable) {
    assert(path_is_safe(path));
    VEC_PUSH(o->arena, &o->files, (struct output_file){path, text, executable});
    void *before = map_add(o->arena, &o->by_path, path, o);
    assert(before == NULL);
    (void)before;
}

struct comparing {
    struct output *o;
    const struct io *io;
    struct diag_list *dl;
    str dir;
    bool force;
    const struct manifest *old;
    struct output_plan *plan;
};

static bool read_old(struct comparing *c, str path, str *ret, enum io_status *status) {
    struct io_error err = {.status = IO_OK};
    str full = io_path_join(c->o->arena, c->dir, path);
    *status = c->io->probe(c->io->ctx, full, &err);
    if (*status != IO_OK)
        return false;
    *status = c->io->read(c->io->ctx, c->o->arena, full, UINT32_MAX - 1, ret, &err);
    return *status == IO_OK;
}

static void push(struct comparing *c, struct output_entry e) {
    VEC_PUSH(c->o->arena, &c->plan->entries, e);
    c->plan->counts[e.change]++;
}

static void cannot_read(struct comparing *c, str path, enum io_status s) {
    diag_add(c->dl, DIAG_OUTPUT_UNREADABLE, SPAN_NONE, "cannot read `%.*s`: %s",
             STR_ARG(io_path_join(c->o->arena, c->dir, path)), io_status_text(s));
}

static bool compare_file(struct comparing *c, const struct output_file *f) {
    struct output_entry e = {.path = f->path, .new_text = f->text, .executable = f->executable};
    enum io_status s;
    if (!read_old(c, f->path, &e.old_text, &s)) {
        if (s != IO_NOT_FOUND && s != IO_IS_DIRECTORY && s != IO_FAILED && s != IO_NOT_DIRECTORY) {
            cannot_read(c, f->path, s);
            return false;
        }
        e.change = s == IO_NOT_FOUND ? OUTPUT_NEW : OUTPUT_FOREIGN;
        push(c, e);
        return true;
    }
    const struct manifest_entry *m = manifest_find(c->old, f->path);
    if (str_eq(e.old_text, f->text))
        e.change = OUTPUT_SAME;
    else if (m == NULL)
        e.change = OUTPUT_FOREIGN;
    else if (m->hash == manifest_hash(e.old_text) || c->force)
        e.change = OUTPUT_CHANGED;
    else
        e.change = OUTPUT_EDITED;
    push(c, e);
    return true;
}

/* A file that was made and is made no more. */
static bool compare_gone(struct comparing *c, const struct manifest_entry *m) {
    struct output_entry e = {.path = m->path};
    enum io_status s;
    if (!path_is_safe(m->path) || map_get(&c->o->by_path, m->path) != NULL)
        return true;
    if (!read_old(c, m->path, &e.old_text, &s))
        return true;
    bool ours = m->hash == manifest_hash(e.old_text) || c->force;
    e.change = ours ? OUTPUT_REMOVED : OUTPUT_EDITED;
    push(c, e);
    return true;
}

static int by_path(const void *x, const void *y) {
    return str_cmp(((const struct output_entry *)x)->path, ((const struct output_entry *)y)->path);
}

bool output_compare(struct output *o, const struct io *io, struct diag_list *dl, str dir, str only,
                    bool force, struct output_plan *ret) {
    struct manifest old;
    *ret = (struct output_plan){0};
    if (!manifest_read(o->arena, dl, io, dir, &old))
        return false;
    struct comparing c = {o, io, dl, dir, force, &old, ret};
    bool ok = true;
    for (uint32_t i = 0; i < o->files.n; i++) {
        if (str_starts(o->files.at[i].path, only))
            ok &= compare_file(&c, &o->files.at[i]);
    }
    for (uint32_t i = 0; i < old.n; i++) {
        if (str_starts(old.entries[i].path, only))
            ok &= compare_gone(&c, &old.entries[i]);
    }
    if (ret->entries.n > 1)
        qsort(ret->entries.at, ret->entries.n, sizeof *ret->entries.at, by_path);
    return ok;
}

/* Files in the way: nothing is written then. */
static bool report_obstacles(struct output *o, struct diag_list *dl, str dir,
                             const struct output_plan *plan) {
    for (uint32_t i = 0; i < plan->entries.n; i++) {
        const struct output_entry *e = &plan->entries.at[i];
        str path = io_path_join(o->arena, dir, e->path);
        if (e->change == OUTPUT_EDITED) {
            struct diag *d =
                diag_add(dl, DIAG_OUTPUT_EDITED, SPAN_NONE,
                         "`%.*s` was edited by hand since opsc wrote it", STR_ARG(path));
            diag_hint(dl, d,
                      "Say in ops.yaml what you need and run `opsc build --force`, which "
                      "overwrites it; `opsc build --check` shows the difference.");
        } else if (e->change == OUTPUT_FOREIGN) {
            struct diag *d = diag_add(dl, DIAG_OUTPUT_FOREIGN, SPAN_NONE,
                                      "`%.*s` is there and is not from opsc", STR_ARG(path));
            diag_hint(dl, d, "Move it away, or build to another folder with -o.");
        }
    }
    return plan->counts[OUTPUT_EDITED] + plan->counts[OUTPUT_FOREIGN] == 0;
}

static bool write_failed(struct output *o, struct diag_list *dl, str path, enum io_status s,
                         uint32_t done) {
    (void)o;
    struct diag *d = diag_add(dl, DIAG_OUTPUT_WRITE, SPAN_NONE, "cannot write `%.*s`: %s",
                              STR_ARG(path), io_status_text(s));
    diag_hint(dl, d,
              "%u files were written before it. Run the same command again when this is "
              "mended; it goes on from here.",
              done);
    return false;
}

static bool carry_out(struct output *o, const struct io *io, struct diag_list *dl, str dir,
                      const struct output_plan *plan) {
    struct io_error err = {.status = IO_OK};
    uint32_t done = 0;
    for (uint32_t i = 0; i < plan->entries.n; i++) {
        const struct output_entry *e = &plan->entries.at[i];
        str path = io_path_join(o->arena, dir, e->path);
        enum io_status s = IO_OK;
        if (e->change == OUTPUT_NEW || e->change == OUTPUT_CHANGED)
            s = io->write(io->ctx, path, e->new_text, e->executable, &err);
        if (s != IO_OK)
            return write_failed(o, dl, path, s, done);
        done += e->change == OUTPUT_NEW || e->change == OUTPUT_CHANGED;
    }
    for (uint32_t i = 0; i < plan->entries.n; i++) {
        const struct output_entry *e = &plan->entries.at[i];
        if (e->change != OUTPUT_REMOVED)
            continue;
        str path = io_path_join(o->arena, dir, e->path);
        enum io_status s = io->remove(io->ctx, dir, path, &err);
        if (s != IO_OK)
            return write_failed(o, dl, path, s, done);
    }
    return true;
}

bool output_write(struct output *o, const struct io *io, struct diag_list *dl, str dir,
                  const struct output_plan *plan) {
    if (!report_obstacles(o, dl, dir, plan) || !carry_out(o, io, dl, dir, plan))
        return false;
    return manifest_write(o, io, dl, dir, plan);
}
