/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_MEASURE_H
#define OPSC_LOWER_MEASURE_H

#include "lower/context.h"

/*
 * measure: an arithmetic expression over metrics, bound and with its units checked:
 * the series that it needs and the metric-math text over them.
 *
 * Series are named m1, m2, ... in the order of their first use. Every operand knows its
 * dimension and its scale: value * scale is in base units. Operands that are added or compared
 * are brought to one scale by a factor in the text.
 */
#define MEASURE_SERIES_MAX 500

enum operand_kind {
    OPERAND_ERROR, /* reported */
    OPERAND_CONST,
    OPERAND_SERIES, /* one series as it is */
    OPERAND_MATH
};

struct operand {
    enum operand_kind kind;
    struct quantity q; /* CONST */
    uint32_t series;   /* SERIES: index */
    str math;          /* MATH: CloudWatch's metric math */
    unsigned prec;     /* of math: 1 boolean, 2 sum, 3 product, 4 atom */
    struct dim dim;
    struct num scale;
    bool boolean; /* a comparison: 1 or 0 */
    bool ratio;   /* a quotient of like things: people read it in percent */
    span at;
};

struct measure {
    struct lower *l;
    const struct watched *self; /* resource of bare names; NULL in ops.yaml */
    VEC(struct series) series;
    VEC(uint32_t) denominators; /* series that are sums of counts below a division line */
    int64_t over_s;             /* `over`, or 0 */
    int64_t per_s;    /* period that `per` wants when it can be had for nothing; 0: none */
    bool per_by_math; /* `per` divides by PERIOD() */
    bool in_graph;    /* `by` is allowed */
    unsigned depth;   /* derived metrics inside derived ones */
};

struct operand measure_expr(struct measure *m, const struct expr *e);
/* The same value as text with at least the precedence `prec`. */
str measure_text(struct measure *m, struct operand o, unsigned prec);
/* Both operands in one scale (the left one's); false after a diagnostic when the dimensions differ.
 */
bool measure_align(struct measure *m, struct operand *x, struct operand *y, span at);
/* Multiplies the values of `o` by a factor, in the text. */
struct operand measure_scale(struct measure *m, struct operand o, struct num factor);
/* The constant as a number in the scale of `o`; the dimensions must fit (diagnostic, false). */
bool measure_threshold(struct measure *m, const struct operand *o, const struct operand *value,
                       struct num *ret);
/* How often the slowest of the series is published; 0 without series. */
int64_t measure_published(const struct measure *m);
/* Notes that agents and probes must publish what the series name. */
void measure_use(struct measure *m);

/*
 * Whether every metric and fact that `e` names exists for `self`: recommended alarms and
 * rows that ask for more are left out. `ret_missing` gets the first name that is not there.
 */
bool measure_available(struct lower *l, const struct watched *self, const struct expr *e,
                       str *ret_missing);

/* resolve.c: a name to a series. */
bool resolve_series(struct measure *m, const struct expr *ref, str stat, struct series *ret);
const struct cat_metric *resolve_metric(struct lower *l, const struct watched *w, str name);
struct log_metric *resolve_log_metric(struct lower *l, const struct watched *w, str name);

#endif
