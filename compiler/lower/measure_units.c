/* SPDX-License-Identifier: MIT */
/* What fits what: dimensions, scales and numbers without a unit. */
#include "lower/measure.h"

bool measure_is_percent(const struct operand *o) {
    return dim_eq(o->dim, DIM_NONE) && num_cmp(o->scale, num_ratio(1, 100)) == 0;
}

/* What an operand is, for people. */
static const char *describe(const struct operand *o) {
    bool constant = o->kind == OPERAND_CONST;
    if (constant && o->q.bare)
        return "a number";
    if (constant ? o->q.percent : measure_is_percent(o))
        return "a percentage";
    return dim_describe(o->dim);
}

/* Whether the bare number `n` may stand beside `o`: counts have no unit, and 0 is 0 in every unit.
 */
static bool bare_fits(const struct operand *n, const struct operand *o) {
    if (n->kind != OPERAND_CONST || !n->q.bare)
        return false;
    return n->q.value.n == 0 || dim_eq(o->dim, (struct dim){.count = 1}) ||
           (dim_eq(o->dim, DIM_NONE) && !measure_is_percent(o));
}

static bool report_bare(struct measure *m, const struct operand *n, const struct operand *o) {
    struct lower *l = m->l;
    struct buf b = BUF_INIT(256);
    bool percent = measure_is_percent(o);
    quantity_format(&b, (struct quantity){.value = num_mul(n->q.value, o->scale),
                                          .dim = o->dim,
                                          .percent = percent});
    struct diag *d =
        diag_add(l->dl, DIAG_BARE_NUMBER, n->at, "a number without a unit beside %s", describe(o));
    diag_hint(l->dl, d, "In CloudWatch's unit it would mean %.*s; write a unit, as in `%s`.",
              STR_ARG(buf_str(&b)), percent ? "80%" : dim_example(o->dim));
    buf_done(&b);
    return false;
}

/* Both of a dimension, or a diagnostic. */
static bool dims_meet(struct measure *m, const struct operand *x, const struct operand *y,
                      span at) {
    if (bare_fits(x, y) || bare_fits(y, x))
        return true;
    bool xc = x->kind == OPERAND_CONST, yc = y->kind == OPERAND_CONST;
    if (xc && x->q.bare && !yc)
        return report_bare(m, x, y);
    if (yc && y->q.bare && !xc)
        return report_bare(m, y, x);
    if (dim_eq(x->dim, y->dim))
        return true;
    struct diag *d = diag_add(m->l->dl, DIAG_UNIT_MISMATCH, at, "%s and %s do not fit", describe(x),
                              describe(y));
    diag_also(m->l->dl, d, x->at, "%s", describe(x));
    diag_also(m->l->dl, d, y->at, "%s", describe(y));
    return false;
}

bool measure_align(struct measure *m, struct operand *x, struct operand *y, span at) {
    if (x->kind == OPERAND_ERROR || y->kind == OPERAND_ERROR)
        return false;
    if (!dims_meet(m, x, y, at))
        return false;
    if (x->kind == OPERAND_CONST)
        x->scale = y->scale;
    else if (y->kind == OPERAND_CONST)
        y->scale = x->scale;
    else
        *y = measure_scale(m, *y, num_div(y->scale, x->scale));
    return true;
}

/* Facts that a hint names at most. */
#define FACTS_SHOWN 3

/* " `of db.storage`, `of db.ram`": what a percentage of the resource can be of. */
static void put_shares(struct measure *m, const struct operand *o, struct buf *b) {
    const struct watched *w = m->series.at[o->series].watched;
    uint32_t attributes = w != NULL ? w->kind->attributes.n : 0, n = 0;
    uint32_t all = attributes + (w != NULL ? w->kind->facts.n : 0);
    for (uint32_t i = 0; i < all && n < FACTS_SHOWN; i++) {
        str name = i < attributes ? w->kind->attributes.items[i].name.text
                                  : w->kind->facts.items[i - attributes].name.text;
        struct fact f;
        bool again = i >= attributes && kind_attribute(w->kind, name) != NULL;
        if (!again && watched_fact(&m->l->catalog, w, name, &f) && dim_eq(f.q.dim, o->dim))
            buf_printf(b, "%s `of %.*s.%.*s`", n++ > 0 ? "," : "", STR_ARG(w->name), STR_ARG(name));
    }
}

static bool report_mismatch(struct measure *m, const struct operand *o,
                            const struct operand *value) {
    struct diag_list *dl = m->l->dl;
    struct diag *d = diag_add(dl, DIAG_UNIT_MISMATCH, value->at, "%s is compared with %s",
                              describe(o), describe(value));
    diag_label(dl, d, "%s", describe(value));
    diag_also(dl, d, o->at, "%s", describe(o));
    struct buf b = BUF_INIT(DIAG_TEXT_MAX);
    if (value->q.percent && o->kind == OPERAND_SERIES &&
        !series_is_counted(&m->series.at[o->series]))
        put_shares(m, o, &b);
    if (b.n > 0)
        diag_hint(dl, d, "Write a value such as `%s`, or of what it is a percentage:%.*s.",
                  dim_example(o->dim), STR_ARG(buf_str(&b)));
    else
        diag_hint(dl, d, "Write a value such as `%s`.", dim_example(o->dim));
    buf_done(&b);
    return false;
}

bool measure_threshold(struct measure *m, const struct operand *o, const struct operand *value,
                       struct num *ret) {
    struct lower *l = m->l;
    if (o->kind == OPERAND_ERROR || value->kind == OPERAND_ERROR)
        return false;
    if (value->kind != OPERAND_CONST) {
        struct diag *d = diag_add(l->dl, DIAG_NOT_CONSTANT, value->at,
                                  "a value is needed here, not something that is measured");
        diag_hint(l->dl, d, "Write a value such as `%s`.", dim_example(o->dim));
        return false;
    }
    if (!bare_fits(value, o)) {
        if (value->q.bare)
            return report_bare(m, value, o);
        if (!dim_eq(value->dim, o->dim))
            return report_mismatch(m, o, value);
    }
    *ret = num_div(value->q.value, o->scale);
    if (num_ok(*ret))
        return true;
    diag_add(l->dl, DIAG_NUMBER_OVERFLOW, value->at, "the number does not fit");
    return false;
}
