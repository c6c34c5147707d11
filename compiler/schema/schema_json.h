/* SPDX-License-Identifier: MIT */
#ifndef OPSC_SCHEMA_SCHEMA_JSON_H
#define OPSC_SCHEMA_SCHEMA_JSON_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * schema_json: the tables of ops.yaml for editors and for people.
 *
 * schema_json() writes a JSON Schema (draft 7, which yaml-language-server reads);
 * schema_reference() the same keys as Markdown (docs/reference/).
 */
void schema_json(struct buf *out, struct arena *a);
void schema_reference(struct buf *out);

#endif
