/* SPDX-License-Identifier: MIT */
/* table: functions, statistics and words of conditions */
#include "expr/expr.h"

#define MOST EXPR_ARGS_MAX

/* What a function makes of numbers. */
static struct num fold_abs(const struct num *x, uint32_t n) {
    (void)n;
    return num_ok(*x) && x->n < 0 ? num_neg(*x) : *x;
}

static struct num fold_floor(const struct num *x, uint32_t n) {
    (void)n;
    return num_ok(*x) ? num_int(num_floor(*x)) : *x;
}

static struct num fold_ceil(const struct num *x, uint32_t n) {
    struct num down = num_neg(*x);
    return num_neg(fold_floor(&down, n));
}

/* The change of what does not change. */
static struct num fold_zero(const struct num *x, uint32_t n) {
    (void)n;
    return num_ok(*x) ? num_int(0) : *x;
}

static struct num fold_sum(const struct num *x, uint32_t n) {
    struct num r = num_int(0);
    for (uint32_t i = 0; i < n; i++)
        r = num_add(r, x[i]);
    return r;
}

static struct num fold_avg(const struct num *x, uint32_t n) {
    return num_div(fold_sum(x, n), num_int(n));
}

static struct num extreme(const struct num *x, uint32_t n, int sign) {
    struct num r = x[0];
    for (uint32_t i = 1; i < n && num_ok(r); i++)
        r = !num_ok(x[i]) || num_cmp(x[i], r) == sign ? x[i] : r;
    return r;
}

static struct num fold_min(const struct num *x, uint32_t n) {
    return extreme(x, n, -1);
}

static struct num fold_max(const struct num *x, uint32_t n) {
    return extreme(x, n, 1);
}

const struct expr_function expr_functions[] = {
    {"abs", "ABS", 1, 1, false, EXPR_FN_SAME, fold_abs, "The value without its sign.",
     "abs(diff(db.connections))"},
    {"avg", "AVG", 2, MOST, true, EXPR_FN_SAME, fold_avg, "The average of several series.",
     "avg(web1.cpu, web2.cpu)"},
    {"ceil", "CEIL", 1, 1, false, EXPR_FN_SAME, fold_ceil, "The next whole number above.",
     "ceil(80% of db.max_connections)"},
    {"diff", "DIFF", 1, 1, false, EXPR_FN_SAME, fold_zero,
     "The change since the evaluation before.", "diff(db.connections)"},
    {"fill", "FILL", 2, 2, false, EXPR_FN_FILL, NULL,
     "A value where there is none: a number, repeat or linear.", "fill(sum(api.errors), 0)"},
    {"floor", "FLOOR", 1, 1, false, EXPR_FN_SAME, fold_floor, "The next whole number below.",
     "floor(80% of db.max_connections)"},
    {"if", "IF", 2, 3, false, EXPR_FN_IF, NULL,
     "The second when the first holds, else the third (or nothing).",
     "if(sum(api.requests) >= 20, p95(api.latency), 0)"},
    {"log", "LOG", 1, 1, false, EXPR_FN_NUMBER, NULL, "Natural logarithm.", "log(db.connections)"},
    {"log10", "LOG10", 1, 1, false, EXPR_FN_NUMBER, NULL, "Logarithm to the base 10.",
     "log10(db.connections)"},
    {"max", "MAX", 2, MOST, true, EXPR_FN_SAME, fold_max, "The largest of several series.",
     "max(web1.cpu, web2.cpu)"},
    {"min", "MIN", 2, MOST, true, EXPR_FN_SAME, fold_min, "The smallest of several series.",
     "min(web1.cpu, web2.cpu)"},
    {"rate", "RATE", 1, 1, false, EXPR_FN_PER_SECOND, fold_zero, "The change in a second.",
     "rate(db.free_storage)"},
    {"running_sum", "RUNNING_SUM", 1, 1, false, EXPR_FN_GRAPH, NULL,
     "All values so far, added up; in graphs only.", "running_sum(sum(api.requests))"},
    {"sum", "SUM", 2, MOST, true, EXPR_FN_SAME, fold_sum, "The sum of several series.",
     "sum(web1.network_out, web2.network_out)"},
};
const uint32_t expr_functions_n = sizeof expr_functions / sizeof *expr_functions;

const struct expr_stat expr_stats[] = {
    {"avg", "Average", false, "The average of the samples."},
    {"sum", "Sum", false, "The sum of the samples."},
    {"min", "Minimum", false, "The smallest sample."},
    {"max", "Maximum", false, "The largest sample."},
    {"count", "SampleCount", false, "How many samples there are."},
    {"iqm", "IQM", false, "The average of the middle half of the samples."},
    {"p", "p", true, "Percentile: p99 is what 99 of 100 samples stay below."},
    {"tm", "tm", true, "Trimmed mean: tm99 leaves out the highest 1%."},
    {"wm", "wm", true, "Winsorized mean: wm99 takes the highest 1% as their limit."},
    {"tc", "tc", true, "Trimmed count: samples at or below the percentile."},
    {"ts", "ts", true, "Trimmed sum: the sum of those."},
};
const uint32_t expr_stats_n = sizeof expr_stats / sizeof *expr_stats;

const char *const expr_missing_words[EXPR_MISSING_COUNT + 1] = {
    [EXPR_MISSING_UNSET] = "",
    [EXPR_MISSING_MISSING] = "missing",
    [EXPR_MISSING_IGNORE] = "ignore",
    [EXPR_MISSING_BREACHING] = "breaching",
    [EXPR_MISSING_NOT_BREACHING] = "not-breaching",
};

const struct expr_missing_row expr_missing_rows[EXPR_MISSING_COUNT] = {
    [EXPR_MISSING_UNSET] = {"missing", ""},
    [EXPR_MISSING_MISSING] = {"missing", "the alarm says that it lacks data, and tells nobody"},
    [EXPR_MISSING_IGNORE] = {"ignore", "the alarm stays as it is"},
    [EXPR_MISSING_BREACHING] = {"breaching", "no data is as bad as a bad value"},
    [EXPR_MISSING_NOT_BREACHING] = {"notBreaching", "no data is as good as a good value"},
};

const char *expr_op_text(enum expr_op op) {
    static const char *const texts[] = {
        [EXPR_OP_NONE] = "",       [EXPR_OP_GT] = ">",        [EXPR_OP_GE] = ">=",
        [EXPR_OP_LT] = "<",        [EXPR_OP_LE] = "<=",       [EXPR_OP_OUTSIDE] = "outside",
        [EXPR_OP_ABOVE] = "above", [EXPR_OP_BELOW] = "below", [EXPR_OP_RISES] = "rises",
        [EXPR_OP_FALLS] = "falls",
    };
    return texts[op];
}

enum expr_missing expr_missing_find(str name) {
    for (int i = 1; i < EXPR_MISSING_COUNT; i++) {
        if (str_is(name, expr_missing_words[i]) || str_is(name, expr_missing_rows[i].cloudwatch))
            return (enum expr_missing)i;
    }
    return EXPR_MISSING_UNSET;
}

/* CloudWatch takes at most ten. */
static bool few_decimals(struct num n) {
    return INT64_C(10000000000) % n.d == 0;
}

const struct expr_stat *expr_stat_find(str name, struct num *ret_number) {
    for (uint32_t i = 0; i < expr_stats_n; i++) {
        const struct expr_stat *s = &expr_stats[i];
        if (!s->numbered) {
            if (str_is(name, s->name))
                return s;
            continue;
        }
        str prefix = str_c(s->name), rest = str_sub(name, prefix.n, name.n);
        struct num n;
        if (str_starts(name, prefix) && num_scan(rest, &n) == rest.n && rest.n > 0 && num_ok(n) &&
            num_cmp(n, num_int(0)) >= 0 && num_cmp(n, num_int(100)) <= 0 && few_decimals(n)) {
            *ret_number = n;
            return s;
        }
    }
    return NULL;
}

str expr_stat_cloudwatch(struct arena *a, str name) {
    struct num n = num_int(0);
    const struct expr_stat *s = expr_stat_find(name, &n);
    if (s == NULL)
        return name;
    if (!s->numbered)
        return str_c(s->cloudwatch);
    /* As CloudWatch writes it: `p099.50` is its p99.5. */
    char text[NUM_TEXT_MAX];
    return arena_cat(a, str_c(s->cloudwatch), (str){(unsigned char *)text, num_format(n, text)});
}
