/* SPDX-License-Identifier: MIT */
#ifndef OPSC_MODEL_VALUE_JSON_H
#define OPSC_MODEL_VALUE_JSON_H

#include "base/json.h"
#include "model/value.h"

/*
 * value_json: JSON as values, and back.
 *
 * Members keep their order. Numbers are those that a double can hold; what a decimal of 64 bits
 * cannot is kept as a text. null is VALUE_UNSET. An object with two members of one name is refused.
 */
#define VALUE_JSON_DEPTH_MAX 128

/* NULL when it is none; `ret_why` says it then, without any of the text. */
struct value *value_of_json(struct arena *a, str text, const char **ret_why);
/*
 * A value as JSON on one line, members by name; what only Terraform knows as its address in "${}".
 */
void value_put_json(struct buf *out, const struct value *v);
/* The same as Terraform's jsonencode() writes it: what AWS keeps as a text is to be the same text,
 * whoever has written it. */
void value_put_jsonencode(struct buf *out, const struct value *v);
/* The same into a document that is being written. */
void value_to_json(struct json *j, const struct value *v);

#endif
