/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_MEASURE_COMPARE_H
#define OPSC_LOWER_MEASURE_COMPARE_H

#include "lower/measure.h"

/*
 * measure_compare: comparisons and what joins them: part of measure_expr().
 */

/* A comparison, turned so that what is measured stands on the left. */
struct sides {
    struct operand left, right;
    enum expr_op op;
    bool swapped;         /* left was written on the right */
    struct num threshold; /* when right is OPERAND_CONST: it, in the unit of left */
};

/* False after a diagnostic. */
bool measure_sides(struct measure *m, const struct expr *e, struct sides *ret);

/* A comparison, `and`, `or` or `not` as a series of 1 and 0. */
struct operand measure_boolean(struct measure *m, const struct expr *e);

/*
 * `not e` without the `not`: turned comparisons, `and` for `or`. What cannot be turned keeps
 * its `not`. `e` is not changed.
 */
const struct expr *measure_negated(struct arena *a, const struct expr *e);

/* Whether `a op b` holds. */
bool measure_holds(enum expr_op op, struct num a, struct num b);

/* In percent when `value` is a percentage, as a plain number when it is one. */
struct operand measure_readable(struct measure *m, struct operand o, const struct operand *value);

#endif
