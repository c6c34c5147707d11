/* SPDX-License-Identifier: MIT */
#ifndef OPSC_YAML_YAML_PACK_H
#define OPSC_YAML_YAML_PACK_H

#include "base/buf.h"
#include "yaml/yaml.h"

/*
 * yaml_pack: a tree of yaml_parse() as bytes, to be read again without libyaml.
 *
 * The files of the catalog are parsed and packed when opsc is built (tools/embed.c) and unpacked
 * when it runs. What comes out is the same tree, node by node. An anchor's node that aliases share
 * is packed once for each of them.
 *
 * The form: three numbers (nodes, items of all lists, pairs of all maps), then the nodes, each
 * before its children:
 *     head    type, style << 2, OWN_TEXT
 *     start   of its span, less the start of the node before
 *     length  of its span
 *     scalar: its text, as a number of bytes and the bytes, when OWN_TEXT; else it is the span
 *     list, map: the number of items or pairs, then the items, or key, value, key, ...
 * Numbers are LEB128, modulo 2^32: seven bits a byte, the lowest first, the last without bit 7.
 */
void yaml_pack(struct buf *out, const struct yaml_node *root);

/*
 * The root of the tree that was packed from the text of `file`. The nodes are one allocation, and
 * texts point into `packed` or the file: both must live as long as the tree. NULL when `packed` is
 * damaged or the file is too short for it; no byte outside of them is read.
 */
struct yaml_node *yaml_unpack(struct arena *a, const struct sources *sources, uint32_t file,
                              str packed);

#endif
