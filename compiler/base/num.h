/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_NUM_H
#define OPSC_BASE_NUM_H

#include "base/str.h"

/*
 * num: an exact rational number, n/d in lowest terms with d > 0.
 *
 * Thresholds, percentages and money never pass through a double: 80% of 81 is
 * 324/5 and prints as 64.8 on every machine and in every locale.
 * Arithmetic that does not fit 64 bits gives the "not a number" value {0, 0}
 * (also division by zero), which every operation passes on.
 */
struct num {
    int64_t n, d;
};

#define NUM_NAN ((struct num){0, 0})

static inline struct num num_int(int64_t v) {
    return (struct num){v, 1};
}
struct num num_ratio(int64_t n, int64_t d);
static inline bool num_ok(struct num a) {
    return a.d > 0;
}

struct num num_add(struct num a, struct num b);
struct num num_sub(struct num a, struct num b);
struct num num_mul(struct num a, struct num b);
struct num num_div(struct num a, struct num b);
struct num num_neg(struct num a);
/* -1, 0 or 1; both must be ok. */
int num_cmp(struct num a, struct num b);
static inline bool num_is_int(struct num a) {
    return a.d == 1;
}
/* Towards minus infinity. */
int64_t num_floor(struct num a);
/* How many 1/`parts` it is, half to even: of 7.594 in 100 parts 759. Of what is not negative; what
 * comes out must fit 64 bits. */
uint64_t num_parts(struct num a, uint64_t parts);

/*
 * Reads decimal digits with an optional fraction ("12", "0.5", "1_000" is not
 * a number) from the start of `s`. Returns the bytes read, 0 when there is no
 * number there; *ret is NUM_NAN when it does not fit 64 bits, or has more than 18 decimals.
 */
uint32_t num_scan(str s, struct num *ret);
/* The number that all of `s` is; NUM_NAN: it is none. */
struct num num_of(str s);

/* Whether the decimal form is finite, with at most 18 decimals: then num_format() is exact. */
bool num_is_decimal(struct num a);

#define NUM_TEXT_MAX 48
/*
 * Writes the decimal form to `out` and returns its length: exact when it has a
 * finite expansion of at most 18 decimals (all that num_scan() reads), else rounded half away from
 * zero to 10 decimals; never an exponent, never a locale's comma.
 */
uint32_t num_format(struct num a, char out[NUM_TEXT_MAX]);

#endif
