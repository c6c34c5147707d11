/* SPDX-License-Identifier: MIT */
#ifndef OPSC_SCHEMA_SCHEMA_JSON_H
#define OPSC_SCHEMA_SCHEMA_JSON_H

#include "base/json.h"
#include "schema/schema.h"

/*
 * schema_json: the tables of ops.yaml for editors and for people.
 *
 * schema_json() writes a JSON Schema (draft 7, which yaml-language-server reads);
 * schema_reference() the same keys as Markdown (docs/reference/). What a resource of each kind
 * takes is the catalog's to say: `resource_rules` adds members to the open object that describes a
 * resource.
 */
typedef void schema_json_fn(struct json *j, void *ctx);
void schema_json(struct buf *out, schema_json_fn *resource_rules, void *ctx);
/* The value that a row takes, as one object of JSON Schema. */
void schema_json_row(struct json *j, const struct schema_row *row);
void schema_reference(struct buf *out);

#endif
