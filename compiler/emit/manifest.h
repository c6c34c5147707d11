/* SPDX-License-Identifier: MIT */
#ifndef OPSC_EMIT_MANIFEST_H
#define OPSC_EMIT_MANIFEST_H

#include "emit/output.h"

/*
 * manifest: the names and hashes of what opsc wrote to a folder:
 *     {"opsc": 1, "files": {"terraform/main.tf": "0123456789abcdef", ...}}
 * While a run writes, a file that it replaces has two, "old new". The hash tells apart opsc's
 * bytes from edited ones; it is no protection against malice.
 */
struct manifest_entry {
    str path;
    uint64_t hash, next; /* equal when nothing is being replaced */
};

struct manifest {
    str text;                       /* as on disk; empty when there is none */
    struct manifest_entry *entries; /* in the order of the file */
    uint32_t n;
    struct map by_path;
};

/*
 * No manifest: an empty one. False after a diagnostic when it is damaged, cannot be read, or names
 * a path that opsc never writes ("../x", "/x").
 */
bool manifest_read(struct arena *a, struct diag_list *dl, const struct io *io, str dir,
                   struct manifest *ret);
const struct manifest_entry *manifest_find(const struct manifest *m, str path);
/* Whether `text` is what opsc wrote. */
bool manifest_knows(const struct manifest_entry *e, str text);
/*
 * The text of the manifest for a plan: `before` it is carried out (old and new hashes), or after.
 * Entries of `old` that the plan does not speak of stay when `outside` says that they are none of
 * its business.
 */
str manifest_text(struct arena *a, const struct manifest *old, const struct output_plan *plan,
                  const struct output_options *outside, bool before);

/* '/' separated, below the folder: no "", "." or ".." in it. */
bool manifest_path_is_safe(str path);
/* Diagnostics; false. `is`: what stands there, where a `wanted` ("file", "folder") should be. */
bool output_unreadable(struct diag_list *dl, str path, enum io_status s);
bool output_in_the_way(struct diag_list *dl, str path, const char *is, const char *wanted);
/* Whether a path is compared at all. */
bool output_in_scope(const struct output_options *opt, str path);

#endif
