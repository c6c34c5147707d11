/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_MEASURE_H
#define OPSC_LOWER_MEASURE_H

#include "catalog/wants.h"
#include "lower/context.h"

/*
 * measure: an arithmetic expression over metrics, bound and with its units checked:
 * the series that it needs and the metric-math text over them.
 *
 * Series are named m1, m2, ... in the order of their first use. Every operand knows its
 * dimension and its scale: value * scale is in base units. Operands that are added or compared
 * are brought to one scale by a factor in the text.
 */
#define MEASURE_SERIES_MAX                                                                         \
    500 /* metrics of a graph ("CloudWatch service quotas"); alarms have fewer */
#define MEASURE_TEXT_MAX                                                                           \
    (1u << 20)                /* far above what CloudWatch takes: that is an error of its own */
#define MEASURE_DERIVED_MAX 8 /* derived metrics inside derived ones */

enum operand_kind {
    OPERAND_ERROR, /* reported */
    OPERAND_CONST,
    OPERAND_SERIES, /* one series as it is */
    OPERAND_MATH
};

/* How tightly a text binds. */
enum operand_prec { PREC_NONE, PREC_BOOL, PREC_SUM, PREC_PRODUCT, PREC_ATOM };

struct operand {
    enum operand_kind kind;
    struct quantity q;      /* CONST */
    uint32_t series;        /* SERIES: index */
    str math;               /* MATH: CloudWatch's metric math */
    enum operand_prec prec; /* of math */
    struct dim dim;
    struct num scale;
    bool boolean; /* a comparison: 1 or 0 */
    bool ratio;   /* a quotient of like things: people read it in percent */
    /* The value in base units when nothing happened: what is counted is 0 then. NUM_NAN: there is
     * none. */
    struct num nothing;
    span at;
};

struct measure {
    VEC(struct series) series;
    VEC(uint32_t) denominators; /* series that are sums of counts below a division line */
    struct lower *l;
    const struct watched *self; /* resource of bare names; NULL in ops.yaml */
    int64_t over_s;             /* `over`, or 0 */
    int64_t period_s;           /* of the alarm, by which `per` divides; 0: not known yet */
    int64_t per_s;  /* graphs: period that `per` wants when it can be had for nothing; 0: none */
    bool per_seen;  /* an alarm's text depends on period_s */
    bool in_graph;  /* `by` is allowed */
    unsigned depth; /* derived metrics inside derived ones */
    const struct expr *asked; /* the outermost derived name, while what it is made of is bound */
    const struct cat_metric *asked_metric; /* what it stands for */
};

struct operand measure_expr(struct measure *m, const struct expr *e);
/* The same value as text with at least the precedence `prec`. */
str measure_text(struct measure *m, struct operand o, enum operand_prec prec);
/* Both operands in one scale (the left one's); false after a diagnostic when the dimensions differ.
 */
bool measure_align(struct measure *m, struct operand *x, struct operand *y, span at);
/* Multiplies the values of `o` by a factor, in the text. */
struct operand measure_scale(struct measure *m, struct operand o, struct num factor);
/* x + y or x - y of aligned operands that are not both constants. */
struct operand measure_sum(struct measure *m, struct operand x, struct operand y, bool add,
                           span at);
/* The series as an operand; one that is there already is taken. */
struct operand measure_series(struct measure *m, const struct series *s);
/* CloudWatch's unit of it is percent. */
bool measure_is_percent(const struct operand *o);
/* One metric of CloudWatch, whatever the statistic. */
bool series_same_metric(const struct series *x, const struct series *y);
/* Adds up or counts samples: 0 when there are none. */
bool series_is_counted(const struct series *s);
/*
 * Whether each sample is an event (a request, a message), so that samples add up and there are as
 * many as there are events; else they tell of one state again and again.
 */
bool series_has_events(const struct series *s);
/* The statistic `e` adds up samples of `s` that do not add up; false after an error. */
bool measure_doubt_sum(struct measure *m, const struct expr *e, const struct series *s);
/* The constant as a number in the scale of `o`; the dimensions must fit (diagnostic, false). */
bool measure_threshold(struct measure *m, const struct operand *o, const struct operand *value,
                       struct num *ret);
/* How often the slowest of the series is published; 0 without series. */
int64_t measure_published(const struct measure *m);
/* Notes that agents and probes must publish what the series name. */
void measure_use(struct measure *m);

/*
 * Whether every metric and fact that `e` names exists for `self`: recommended alarms and
 * rows that ask for more are left out. measure_wants() adds what stands in the way.
 */
bool measure_available(struct lower *l, const struct watched *self, const struct expr *e);
void measure_wants(struct lower *l, const struct watched *self, const struct expr *e,
                   struct wants *s);

/* resolve.c: a name to a series. */
/* What a name stands for; of `log_metric` and `decl` the former goes first, and both may be NULL.
 */
struct resolved {
    const struct watched *watched;
    struct log_metric *log_metric;
    const struct cat_metric *decl;
};
/* False after a diagnostic: there is no such resource. */
bool resolve_name(struct measure *m, const struct expr *ref, struct resolved *ret);
/* `r` is what resolve_name() says of `ref`. */
bool resolve_series(struct measure *m, const struct resolved *r, const struct expr *ref, str stat,
                    struct series *ret);
struct log_metric *resolve_log_metric(struct lower *l, const struct watched *w, str name);

#endif
