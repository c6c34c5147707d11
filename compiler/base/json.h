/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_JSON_H
#define OPSC_BASE_JSON_H

#include "base/buf.h"

/*
 * json: writes JSON text straight into a buffer, in the order of the calls.
 *
 * The writer places commas, newlines and indentation; the caller names keys and
 * values. Strings are escaped for JSON here and nowhere else. Numbers are exact
 * (struct num). Nothing is allocated. Misuse (a value without a key in an
 * object) is a programming error and asserts.
 *
 * Style: `indent` 0 writes all on one line. With indent > 0 objects and arrays
 * are broken over lines, except between json_inline_begin() and _end(), where
 * everything stays on the line ("metrics": [["AWS/EC2", "CPUUtilization"]]).
 *
 * `hcl_template` true: the text will be read by Terraform's templatefile(), so
 * "${" and "%{" in strings are written as "\\u0024{" and "\\u0025{", which mean the same
 * to JSON and nothing to templatefile(); json_str_template() writes a real "${name}".
 *
 * `jsonencode` true, with indent 0: the bytes that Terraform's function of that name writes: no
 * white space, and "<", ">" and "&" in strings as codes.
 */
struct json {
    struct buf *out;
    unsigned indent;
    bool hcl_template, jsonencode;
    unsigned depth, inline_depth;
    bool first, after_key;
};

struct json json_to(struct buf *out, unsigned indent);

void json_object_begin(struct json *j);
void json_object_end(struct json *j);
void json_array_begin(struct json *j);
void json_array_end(struct json *j);
void json_inline_begin(struct json *j);
void json_inline_end(struct json *j);

void json_key(struct json *j, str key);
void json_str(struct json *j, str s);
void json_num(struct json *j, struct num v);
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
/* A string that is put together: open, any number of pieces, close. */
void json_str_open(struct json *j);
void json_str_piece(struct json *j, str s);
void json_str_template(struct json *j, str variable);
void json_str_close(struct json *j);

/* key and value in one call */
void json_kstr(struct json *j, const char *key, str s);
void json_kint(struct json *j, const char *key, int64_t v);
void json_kbool(struct json *j, const char *key, bool v);

/* The escape of a control, a quote or a backslash; strings of HCL have the same. */
void json_escape_byte(struct buf *out, unsigned char c);
/* Appends `s` escaped for a JSON string, without quotes. */
void json_escape(struct buf *out, str s, bool hcl_template);

#endif
