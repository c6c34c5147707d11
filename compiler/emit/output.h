/* SPDX-License-Identifier: MIT */
#ifndef OPSC_EMIT_OUTPUT_H
#define OPSC_EMIT_OUTPUT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "diag/diag.h"
#include "io/io.h"

/*
 * output: a set of files to be, and its meeting with what is on disk.
 *
 * Every file written is named in a manifest (OUTPUT_MANIFEST, JSON, in the output
 * folder) with a hash of its bytes. By it opsc knows, next time:
 *   same bytes        left alone (not even touched)
 *   hash as recorded  ours: replaced
 *   hash differs      edited by hand: kept and reported, unless forced
 *   not recorded      foreign: never overwritten, not even when forced
 *   recorded, no longer made: removed when its hash is as recorded; else kept and reported
 * Nothing is read, written or removed through a symbolic link or outside of the folder, whatever
 * the manifest says. All decisions are made before the first byte is written. The manifest is
 * written first, with the old and the new hash of what changes, and again last: a run that is
 * killed leaves files that the next run knows as its own, also when the spec has changed since. A
 * lock file keeps two runs apart and, when it was left behind, tells the next run to remove
 * temporary and unfinished files.
 */
#define OUTPUT_MANIFEST ".opsc-manifest.json"
#define OUTPUT_LOCK ".opsc-lock"

struct output_file {
    str path; /* below the folder; '/' separated, no "." or ".." */
    str text;
    bool executable;
};

struct output {
    struct arena *arena;
    VEC(struct output_file) files;
    struct map by_path;
};

void output_init(struct output *o, struct arena *a);
/* Adds a file; the text must live as long as the output. A path that is there already asserts. */
void output_add(struct output *o, str path, str text, bool executable);

/* The text of a file; empty when there is none of this path. Another text for it, or a new file. */
str output_text(const struct output *o, str path);
void output_replace(struct output *o, str path, str text);

enum output_change {
    OUTPUT_SAME,
    OUTPUT_NEW,
    OUTPUT_CHANGED,
    OUTPUT_REMOVED,
    OUTPUT_EDITED,
    OUTPUT_FOREIGN
};

struct output_entry {
    str path;
    enum output_change change;
    str old_text;      /* CHANGED, REMOVED, EDITED: what is on disk */
    str new_text;      /* empty for REMOVED */
    uint64_t new_hash; /* of new_text */
    bool executable;
    bool no_folder; /* NEW: nor is its folder there */
    bool gone;      /* EDITED: no longer made */
    str in_the_way; /* FOREIGN: the path that is, itself or a folder above it */
    const char *is; /* FOREIGN: what it is when it is no file: "a folder", "a symbolic link" */
};

/* What of the folder is compared. */
struct output_options {
    str within; /* a folder of it ("staging/"): the rest belongs to other runs */
    str only;   /* a path prefix of the user's; other files are neither written nor removed */
    bool force; /* edited files are replaced */
};

struct output_plan {
    VEC(struct output_entry) entries; /* sorted by path */
    uint32_t counts[OUTPUT_FOREIGN + 1];
    str manifest; /* the text on disk, and what it will be */
    str manifest_new;
    bool interrupted; /* a run was killed here: temporary and unfinished files may be left */
};

/*
 * Compares with the folder `dir`. Returns false after a diagnostic when the folder or its
 * manifest cannot be read (a damaged manifest is an error, not a reason to overwrite).
 */
bool output_compare(struct output *o, const struct io *io, struct diag_list *dl, str dir,
                    const struct output_options *opt, struct output_plan *ret);

/*
 * Carries the plan out, or a newer one when another run has written since (`plan` is that then).
 * False after a diagnostic; what was written by then is said in it.
 */
bool output_write(struct output *o, const struct io *io, struct diag_list *dl, str dir,
                  const struct output_options *opt, struct output_plan *plan);

/* A unified diff of old and new text of an entry, for `--check`: at most `max_lines` lines. */
void output_diff(struct buf *out, const struct output_entry *e, uint32_t max_lines, bool colour);

#endif
