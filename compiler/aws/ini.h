/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_INI_H
#define OPSC_AWS_INI_H

#include "base/arena.h"

/*
 * ini: ~/.aws/config and ~/.aws/credentials, as botocore reads them.
 *
 * `[section]`, `key = value` or `key: value`, comments with # or ; at the start of a line. Lines
 * further in than a key belong to its value, with their line ends; when the key has no text of its
 * own they are keys inside of it. Keys are in lower case, but for those inside of one. What is in
 * [DEFAULT] is in every section. A section or key that comes twice is an error.
 */
struct ini_entry {
    str key, value;
};

struct ini_section {
    str name; /* as written: "profile deploy" */
    VEC(struct ini_entry) entries;
};

struct ini {
    VEC(struct ini_section *) sections;
};

/*
 * False when it is none: `ret_line` (from 1) and `ret_why` say where and why, without any value of
 * it.
 */
bool ini_parse(struct arena *a, str text, struct ini *ret, uint32_t *ret_line,
               const char **ret_why);
/* The section [name]; NULL when there is none. */
const struct ini_section *ini_find(const struct ini *f, str name);
/* The section [kind name], where the name may be in quotes; the last such one, or NULL. */
const struct ini_section *ini_find_kind(struct arena *a, const struct ini *f, str kind, str name);
/* The value of a key; empty when there is none. `s` may be NULL. */
str ini_value(const struct ini_section *s, const char *key);
bool ini_has(const struct ini_section *s, const char *key);
/* The value of `key` inside of `outer`; empty when there is none. */
str ini_nested(const struct ini_section *s, str outer, const char *key);

/*
 * The words of a line as a shell without expansions finds them: spaces, quotes of both sorts,
 * backslashes. False when a quote is not closed.
 */
struct ini_words {
    VEC(str) words;
};
bool ini_split_words(struct arena *a, str line, struct ini_words *ret);

#endif
