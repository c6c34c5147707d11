/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_EMBED_H
#define OPSC_BASE_EMBED_H

#include "base/str.h"

/*
 * embed: files of the source tree that travel inside the binary.
 *
 * catalog/, templates/ and docs/diagnostics/ are turned into a constant table at build
 * time (tools/embed.c). Paths are as in the source tree ("catalog/ec2.yaml"), sorted by
 * bytes, so that the files of one folder stand side by side. Data is not NUL-terminated.
 * The kinds of the catalog (the files right below catalog/) and their translations (catalog/es/)
 * are there parsed as well: `tree` is what yaml_unpack() reads (yaml/yaml_pack.h). Other files have
 * none.
 */
struct embed_file {
    const char *path;
    const unsigned char *data;
    uint32_t size;
    const unsigned char *tree;
    uint32_t tree_size; /* bytes; 0: none */
};

extern const struct embed_file embed_files[];
extern const uint32_t embed_nfiles;

/* The file with exactly this path, or NULL. */
const struct embed_file *embed_find(str path);

#endif
