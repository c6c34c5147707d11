/* SPDX-License-Identifier: MIT */
/*
 * The way back from an alarm to the condition that means it. Whether it does is not decided here:
 * it is compiled and compared.
 */
#include "expr/expr.h"
#include "import/parts.h"

#define WHEN_MAX 4096

static const char *operator_of(str comparison) {
    static const struct {
        const char *cloudwatch;
        enum expr_op op;
    } rows[] = {{"GreaterThanThreshold", EXPR_OP_GT},
                {"GreaterThanOrEqualToThreshold", EXPR_OP_GE},
                {"LessThanThreshold", EXPR_OP_LT},
                {"LessThanOrEqualToThreshold", EXPR_OP_LE}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (str_is(comparison, rows[i].cloudwatch))
            return expr_op_text(rows[i].op);
    }
    return NULL;
}

/* "avg" of Average, "p99.9" of itself; false: there is none. */
static bool put_stat(struct buf *b, str cloudwatch) {
    struct num n;
    for (uint32_t i = 0; i < expr_stats_n; i++) {
        if (!expr_stats[i].numbered && str_is(cloudwatch, expr_stats[i].cloudwatch)) {
            buf_text(b, expr_stats[i].name);
            return true;
        }
    }
    const struct expr_stat *s = expr_stat_find(cloudwatch, &n);
    if (s == NULL || !s->numbered)
        return false;
    buf_put(b, cloudwatch);
    return true;
}

/* CloudWatch's number in the unit of the metric. */
static bool put_threshold(struct buf *b, const struct cat_metric *k, str stat, struct num n) {
    const struct unit *u = metric_unit_find(k->unit.text);
    bool counted = str_is(stat, "SampleCount") || str_starts(stat, STR("tc"));
    struct quantity q = {.value = n, .bare = true};
    if (u != NULL && !counted) {
        bool percent = str_is(k->unit.text, "Percent");
        q.value = num_mul(n, u->scale);
        q.dim = u->dim;
        q.percent = percent;
        q.bare = !percent && (dim_eq(u->dim, DIM_NONE) || u->dim.count == 1) && u->dim.time == 0;
        if (q.bare)
            q.dim = DIM_NONE;
    }
    if (!num_ok(q.value))
        return false;
    quantity_format(b, q);
    return true;
}

static void put_duration(struct buf *b, const char *before, int64_t s) {
    buf_text(b, before);
    quantity_format(b, (struct quantity){.value = num_int(s), .dim = {.time = 1}});
}

static bool whole(const struct entry *e, const char *attr, int64_t otherwise, int64_t *ret) {
    const struct value *v = import_get(e, attr);
    if (v != NULL && (v->type != VALUE_NUM || !num_is_int(v->number)))
        return false;
    *ret = v == NULL ? otherwise : v->number.n;
    return *ret > 0;
}

static bool put_clauses(struct buf *b, const struct entry *e, bool full) {
    int64_t period_s, n, m;
    if (!whole(e, "period", 0, &period_s) || !whole(e, "evaluation_periods", 1, &n) ||
        !whole(e, "datapoints_to_alarm", n, &m) || period_s > 86400 || n > 86400)
        return false;
    if (full)
        put_duration(b, " over ", period_s);
    if (n == 1)
        return true;
    if (m == n)
        put_duration(b, " for ", period_s * n);
    else
        buf_printf(b, " for %lld of ", (long long)m);
    if (m != n)
        put_duration(b, "", period_s * n);
    return true;
}

static bool put_condition(struct buf *b, const struct entry *e, const struct series_of *of,
                          bool full) {
    str stat = import_text(e, "statistic");
    const struct value *threshold = import_get(e, "threshold");
    const char *op = operator_of(import_text(e, "comparison_operator"));
    stat = stat.n > 0 ? stat : import_text(e, "extended_statistic");
    if (op == NULL || threshold == NULL || threshold->type != VALUE_NUM || !put_stat(b, stat))
        return false;
    str name = of->seen->name;
    buf_printf(b, "(%.*s.%.*s) %s ", STR_ARG(name), STR_ARG(of->metric->name.text), op);
    return put_threshold(b, of->metric, stat, threshold->number) && put_clauses(b, e, full);
}

bool import_condition(struct import *im, struct entry *e) {
    struct series_of of;
    struct buf b = BUF_INIT(WHEN_MAX);
    if (!import_series(im, e->have, &of))
        return false;
    bool ok = put_condition(&b, e, &of, false);
    e->when = buf_keep(&b, im->a);
    ok = ok && put_condition(&b, e, &of, true);
    e->full = buf_keep(&b, im->a);
    e->of = of.seen;
    return ok;
}

/* ---- alarms over alarms */

static const struct entry *alarm_called(const struct import *im, str name) {
    for (uint32_t i = 0; i < im->entries.n; i++) {
        const struct entry *e = im->entries.at[i];
        if (strcmp(e->section->key, "alarms") == 0 && str_eq(e->have->name, name))
            return e;
    }
    return NULL;
}

static str word_of(str *rest) {
    uint32_t n = 0;
    while (n < rest->n && ascii_is_letter(rest->p[n]))
        n++;
    str r = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, n, rest->n);
    return r;
}

/* ("name") after ALARM. */
static bool put_alarm(struct import *im, struct buf *b, str *rest) {
    if (!str_starts(*rest, STR("(\"")))
        return false;
    *rest = str_sub(*rest, 2, rest->n);
    str name = str_split(rest, '"');
    const struct entry *e = alarm_called(im, name);
    if (e == NULL || !str_starts(*rest, STR(")")))
        return false;
    *rest = str_sub(*rest, 1, rest->n);
    buf_printf(b, "alarm(%.*s)", STR_ARG(e->key));
    return true;
}

/* AND, OR, NOT and ALARM("x") alone; a rule is otherwise as AWS has it. */
bool import_rule(struct import *im, struct entry *e) {
    struct buf b = BUF_INIT(1u << 16);
    str rest = str_trim(import_text(e, "alarm_rule"));
    bool ok = rest.n > 0;
    while (rest.n > 0 && ok) {
        unsigned char c = rest.p[0];
        str word = word_of(&rest);
        if (str_is(word, "ALARM"))
            ok = put_alarm(im, &b, &rest);
        else if (str_is(word, "AND") || str_is(word, "OR") || str_is(word, "NOT"))
            buf_put(&b, arena_fold_case(im->a, word));
        else if (word.n == 0 && (c == '(' || c == ')' || c == ' ')) {
            buf_byte(&b, c);
            rest = str_sub(rest, 1, rest.n);
        } else
            ok = false;
    }
    e->when = e->full = buf_keep(&b, im->a);
    return ok;
}
