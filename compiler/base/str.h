/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_STR_H
#define OPSC_BASE_STR_H

#include "base/ascii.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * str: a slice of bytes that somebody else owns.
 *
 * Not NUL-terminated; may hold any byte. Passed by value. A slice lives as long
 * as what it points into: a source file, an arena, or a literal. The empty
 * slice may have p == NULL.
 */
typedef struct {
    const unsigned char *p;
    uint32_t n;
} str;

/* A number that a macro has, as a literal. */
#define TEXT_OF(macro) TEXT_OF_IT(macro)
#define TEXT_OF_IT(number) #number

/* A slice of a string literal. */
#define STR(lit) ((str){(const unsigned char *)("" lit), sizeof(lit) - 1})
/* The same as a constant initialiser for tables. */
#define STR_INIT(lit)                                                                              \
    { (const unsigned char *)("" lit), sizeof(lit) - 1 }
/* Arguments for a "%.*s" of printf. Names `s` twice: no call with an effect. */
#define STR_ARG(s) (int)(s).n, (const char *)(s).p

/* A slice of a NUL-terminated string; NULL gives the empty slice. */
static inline str str_c(const char *z) {
    return z == NULL ? (str){NULL, 0} : (str){(const unsigned char *)z, (uint32_t)strlen(z)};
}

static inline bool str_eq(str a, str b) {
    /* Names that were bound are often one and the same. */
    return a.n == b.n && (a.n == 0 || a.p == b.p || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool str_is(str a, const char *z) {
    /* Tables are searched by it, and most names differ in the first letter. */
    if (a.n == 0 || a.p[0] != (unsigned char)z[0])
        return a.n == 0 && z[0] == 0;
    return strlen(z) == a.n && memcmp(a.p, z, a.n) == 0;
}
/* What stands before item i of n in "a, b and c"; `last` before the last one: " and ", " or ". */
static inline const char *list_gap(uint32_t i, uint32_t n, const char *last) {
    return i == 0 ? "" : i + 1 < n ? ", " : last;
}
/* str_eq() and str_is() with ASCII letters of either case. */
bool str_eq_nocase(str a, str b);
bool str_is_nocase(str a, const char *z);
/* Whether it can be the name of an environment variable: letters, digits and _, no digit first. */
bool str_is_variable(str s);
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
/* Order by bytes, as memcmp; a prefix comes first. Locale plays no part. */
int str_cmp(str a, str b);
/* The same of two `str`, for qsort(). */
int str_order(const void *a, const void *b);

/* The first position of `c` in `s`, or s.n. */
static inline uint32_t str_find(str s, unsigned char c) {
    const unsigned char *p = s.n == 0 ? NULL : memchr(s.p, c, s.n);
    return p == NULL ? s.n : (uint32_t)(p - s.p);
}
/* The first position from `from` on, which is at most s.n, where `x` is followed by `y`, or s.n. */
uint32_t str_find_pair(str s, uint32_t from, unsigned char x, unsigned char y);
bool str_contains(str s, str part);
/* The bytes from `from` to `to`; both are cut to the length of `s`. */
static inline str str_sub(str s, uint32_t from, uint32_t to) {
    to = to < s.n ? to : s.n;
    from = from < to ? from : to;
    /* Nothing is added to NULL, not even 0. */
    return (str){from == 0 ? s.p : s.p + from, to - from};
}
/*
 * The first byte from `from` on that JSON or HCL might have to escape, or s.n: controls, DEL, ", \,
 * $, %, what is not ASCII.
 */
uint32_t str_skip_plain(str s, uint32_t from);
/* Without spaces, tabs, CR and LF at either end. */
str str_trim(str s);
/* Cuts `*rest` at the first `sep`: returns what is before, leaves what is after. */
str str_split(str *rest, unsigned char sep);
/* What follows the last `c`; all of it when there is none, or `c` is 0. */
str str_after_last(str s, char c);

/* The same on every machine and in every version. */
uint64_t str_hash(str s);
/* Another one, four times as fast for what is long. */
uint64_t str_hash_text(str s);

/*
 * utf8_next: length of the code point at s.p[at] (1 to 4), or 0 when the bytes
 * there are not valid UTF-8 (overlong, surrogate, truncated, above U+10FFFF).
 */
uint32_t utf8_next(str s, uint32_t at);
/* Offset of the first byte that is not valid UTF-8, or s.n when all is well. */
uint32_t utf8_check(str s);
/* The start of `s`, at most so many bytes, not cut inside of a code point. */
str utf8_cut(str s, uint32_t bytes);
/* Number of code points; invalid bytes count as one each. */
uint32_t utf8_count(str s);

#endif
