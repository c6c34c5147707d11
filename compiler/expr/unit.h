/* SPDX-License-Identifier: MIT */
#ifndef OPSC_EXPR_UNIT_H
#define OPSC_EXPR_UNIT_H

#include "base/num.h"
#include "base/str.h"

/*
 * unit: dimensions and units of everything that a user can measure or write.
 *
 * A quantity is a number in base units with a dimension: exponents of time
 * (base: second), data (byte), count (one) and money (US dollar). Ratios and
 * percentages have all exponents 0; the base is the fraction (80% == 4/5).
 */
struct dim {
    int8_t time, data, count, money;
};

#define DIM_NONE ((struct dim){0, 0, 0, 0})

static inline bool dim_eq(struct dim a, struct dim b) {
    return memcmp(&a, &b, sizeof a) == 0;
}
struct dim dim_mul(struct dim a, struct dim b);
struct dim dim_div(struct dim a, struct dim b);

struct quantity {
    struct num value; /* in base units */
    struct dim dim;
    bool bare;    /* written without a unit: "5" */
    bool percent; /* written as "80%" */
};

/* A unit as users write it: a row of the table units[]. */
struct unit {
    const char *name; /* "ms" */
    const char *doc;  /* "millisecond" */
    struct dim dim;
    struct num scale; /* one of it in base units */
    bool written;     /* quantity_format() uses it; such rows of a dimension are sorted by scale */
};
extern const struct unit units[];
extern const uint32_t units_n;
const struct unit *unit_find(str name);

/*
 * A unit as CloudWatch names it in metric data ("Percent", "Milliseconds",
 * "Bytes/Second", "Count"): the same table shape. "None" has no dimension. USD is
 * ours, for billing.
 */
extern const struct unit metric_units[];
extern const uint32_t metric_units_n;
const struct unit *metric_unit_find(str name);

/*
 * Reads one quantity from the start of `s`: "$25", "80%", "2s", "16 GiB", "5/min",
 * "4 GiB/month", "12". One space may stand between number and unit. Returns the
 * bytes read (0: no number there) and stops where the quantity ends. A word after the number that
 * is not a unit is left unread ("3 of" reads "3"), unless it touches the number ("5foo"): then
 * `*ret_bad_unit` is its length and the return value covers it. "5/min(" is read as "5", since min(
 * is a function.
 */
uint32_t quantity_scan(str s, struct quantity *ret, uint32_t *ret_bad_unit);

/*
 * Writes a quantity for people, in the unit that gives the shortest text: "80%", "2s", "16 GiB",
 * "$25", "5/min", "64.8". What quantity_scan() read is read from it again as the same quantity.
 */
struct buf;
void quantity_format(struct buf *out, struct quantity q);
/* "a percentage", "a time", "an amount of data", "a count per time", "money": for messages. */
const char *dim_describe(struct dim d);
/* An example value: "80%", "2s", "16 GiB", "$25", "5", "5/min". */
const char *dim_example(struct dim d);

#endif
