/* SPDX-License-Identifier: MIT */
#ifndef OPSC_EMIT_MANIFEST_H
#define OPSC_EMIT_MANIFEST_H

#include "emit/output.h"

/*
 * manifest: the names and hashes of what opsc wrote to a folder:
 *     {"opsc": 1, "files": {"terraform/main.tf": "0123456789abcdef", ...}}
 * The hash tells apart opsc's bytes from edited ones; it is no protection against malice.
 */
struct manifest_entry {
    str path;
    uint64_t hash;
};

struct manifest {
    struct manifest_entry *entries; /* in the order of the file */
    uint32_t n;
    struct map by_path;
};

/* No manifest: an empty one. False after a diagnostic when it is damaged or cannot be read. */
bool manifest_read(struct arena *a, struct diag_list *dl, const struct io *io, str dir,
                   struct manifest *ret);
const struct manifest_entry *manifest_find(const struct manifest *m, str path);
/* What the folder holds after the plan; written only when it differs from what is there. */
bool manifest_write(struct output *o, const struct io *io, struct diag_list *dl, str dir,
                    const struct output_plan *plan);
uint64_t manifest_hash(str text);

#endif
