/* SPDX-License-Identifier: MIT */
#include "lower/dashboard.h"

static bool is_counted(const struct series *s) {
    return str_is(s->stat, "SampleCount") || str_is(s->stat, "Sum");
}

/*
 * Sums and counts grow with the period, and are no percentage of anything: a line is at home beside
 * its own statistic in its own period only.
 */
static bool same_height(const struct series *drawn, int64_t drawn_s, const struct series *watched,
                        int64_t watched_s) {
    bool counted = is_counted(drawn) || is_counted(watched);
    return !counted || (str_eq(drawn->stat, watched->stat) && drawn_s == watched_s);
}

/* The side of the condition that is measured, and whether it is bad when above. */
static struct operand measured_side(struct measure *m, const struct expr *root, bool *ret_above) {
    if (root->kind == EXPR_FAILS) {
        *ret_above = false;
        return measure_expr(m, root->args[0]);
    }
    bool above = root->op == EXPR_OP_GT || root->op == EXPR_OP_GE;
    struct operand x = measure_expr(m, root->args[0]);
    *ret_above = above;
    if (x.kind != OPERAND_CONST)
        return x;
    *ret_above = !above;
    return measure_expr(m, root->args[1]);
}

/*
 * The threshold of an alarm in the unit of a curve. What the alarm measures and what the curve
 * draws are measured again side by side: equal texts over the same series are the same thing.
 * `root` is of the alarm's condition.
 */
static bool line_of(const struct graph_view *g, const struct curve *c, const struct alarm *al,
                    const struct expr *root, struct dashboard_line *ret) {
    const struct cond *k = al->plan;
    *ret = (struct dashboard_line){.alarm = al, .band = root->kind == EXPR_BAND};
    if (!ret->band && root->kind != EXPR_COMPARE && root->kind != EXPR_FAILS)
        return false;
    struct measure m = g->measure;
    m.self = al->watched;
    struct operand x =
        ret->band ? measure_expr(&m, root->args[0]) : measured_side(&m, root, &ret->above);
    if (ret->band) {
        /* A model is of one statistic: the band belongs to just that curve. */
        ret->series = x.series;
        return x.kind == OPERAND_SERIES && c->value.kind == OPERAND_SERIES &&
               c->value.series == x.series && g->period_s == k->period_s;
    }
    if (x.kind == OPERAND_SERIES && c->value.kind == OPERAND_SERIES) {
        const struct series *drawn = &g->measure.series.at[c->value.series];
        const struct series *watched = &m.series.at[x.series];
        ret->value = k->threshold;
        return drawn->by.n == 0 && series_same_metric(drawn, watched) &&
               same_height(drawn, g->period_s, watched, k->period_s);
    }
    if (x.kind != OPERAND_MATH || c->value.kind != OPERAND_MATH ||
        m.series.n != g->measure.series.n)
        return false;
    struct measure again = g->measure;
    struct operand y = measure_expr(&again, c->root);
    ret->value = num_div(k->threshold_q.value, c->value.scale);
    return y.kind == OPERAND_MATH && str_eq(x.math, y.math) && num_ok(ret->value);
}

struct dashboard_lines dashboard_lines(struct lower *l, const struct graph_view *g) {
    struct dashboard_lines r = {0};
    bool band = false;
    uint32_t n;
    struct alarm **list = graph_alarms(l, g, &n);
    for (uint32_t i = 0; i < n; i++) {
        const struct expr *root = lower_condition(l, list[i])->root;
        struct dashboard_line line;
        uint32_t k = 0;
        while (k < g->n && !line_of(g, &g->curves[k], list[i], root, &line))
            k++;
        /* A graph shows at most one band. */
        if (k == g->n || (line.band && band))
            continue;
        band |= line.band;
        VEC_PUSH(l->a, &r, line);
    }
    return r;
}
