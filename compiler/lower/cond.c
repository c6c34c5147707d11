/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"

#define WINDOW_MAX_S 86400       /* periods below an hour */
#define WINDOW_LONG_MAX_S 604800 /* periods of an hour and more */
#define HOUR_S 3600

struct planning {
    struct lower *l;
    const struct expr_condition *c;
    struct cond *out;
};

bool cond_is_composite(const struct expr *e) {
    if (e->kind == EXPR_ALARM)
        return true;
    if (e->kind != EXPR_AND && e->kind != EXPR_OR && e->kind != EXPR_NOT)
        return false;
    for (uint32_t i = 0; i < e->nargs; i++) {
        if (cond_is_composite(e->args[i]))
            return true;
    }
    return false;
}

void cond_put_duration(struct buf *b, int64_t s) {
    static const struct {
        int64_t s;
        const char *one, *many;
    } names[] = {{86400, "day", "days"},
                 {3600, "hour", "hours"},
                 {60, "minute", "minutes"},
                 {1, "second", "seconds"}};
    for (unsigned i = 0; i < 4; i++) {
        if (s % names[i].s != 0)
            continue;
        int64_t n = s / names[i].s;
        buf_int(b, n);
        buf_printf(b, " %s", n == 1 ? names[i].one : names[i].many);
        return;
    }
}

static str duration_text(struct arena *a, int64_t s) {
    struct buf b = BUF_INIT(128);
    struct quantity q = {.value = num_int(s), .dim = {.time = 1}};
    quantity_format(&b, q);
    str r = arena_str(a, buf_str(&b));
    buf_done(&b);
    return r;
}

static const char *operator_name(enum expr_op op) {
    switch (op) {
    case EXPR_OP_GT:
        return "GreaterThanThreshold";
    case EXPR_OP_GE:
        return "GreaterThanOrEqualToThreshold";
    case EXPR_OP_LT:
        return "LessThanThreshold";
    case EXPR_OP_LE:
        return "LessThanOrEqualToThreshold";
    case EXPR_OP_OUTSIDE:
        return "LessThanLowerOrGreaterThanUpperThreshold";
    case EXPR_OP_ABOVE:
        return "GreaterThanUpperThreshold";
    case EXPR_OP_BELOW:
        return "LessThanLowerThreshold";
    case EXPR_OP_NONE:
    case EXPR_OP_RISES:
    case EXPR_OP_FALLS:
        break;
    }
    return "";
}

/* Sets form and text from what is measured. */
static void set_measured(struct planning *p, struct operand o) {
    p->out->form = o.kind == OPERAND_SERIES ? COND_METRIC : COND_MATH;
    p->out->math = measure_text(&p->out->measure, o, 0);
}

static bool needs_metrics(struct planning *p, span at) {
    if (p->out->measure.series.n > 0)
        return true;
    struct diag *d = diag_add(p->l->dl, DIAG_CONDITION_SHAPE, at, "the condition measures nothing");
    diag_hint(p->l->dl, d, "Name a metric, as in `web.cpu > 80%%`.");
    return false;
}

/* 0 <= x <= 100%: beyond that a comparison never changes (ECS services alone can pass 100%). */
static void doubt_percentage(struct planning *p, const struct operand *o,
                             const struct operand *value, enum expr_op op) {
    bool percent_metric = o->kind == OPERAND_SERIES && num_cmp(o->scale, num_ratio(1, 100)) == 0;
    if (!percent_metric || value->kind != OPERAND_CONST || !num_ok(value->q.value))
        return;
    struct num v = value->q.value;
    bool above = op == EXPR_OP_GT || op == EXPR_OP_GE;
    int top = num_cmp(v, num_int(1)), bottom = num_cmp(v, num_int(0));
    bool never = (op == EXPR_OP_GT && top >= 0) || (op == EXPR_OP_GE && top > 0) ||
                 (op == EXPR_OP_LT && bottom <= 0) || (op == EXPR_OP_LE && bottom < 0);
    bool always = (above && bottom < 0) || (op == EXPR_OP_GE && bottom == 0) ||
                  (!above && top > 0) || (op == EXPR_OP_LE && top == 0);
    if (never || always)
        diag_add(p->l->dl, DIAG_NEVER_TRUE, value->at,
                 "a percentage from 0%% to 100%% is %s like that", never ? "never" : "always");
}

static bool plan_compare(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    struct operand x = measure_expr(&c->measure, e->args[0]);
    struct operand y = measure_expr(&c->measure, e->args[1]);
    enum expr_op op = e->op;
    if (x.kind == OPERAND_ERROR || y.kind == OPERAND_ERROR || !needs_metrics(p, e->at))
        return false;
    if (x.kind == OPERAND_CONST && y.kind != OPERAND_CONST) {
        /* 80% < web.cpu */
        struct operand t = x;
        x = y;
        y = t;
        op = op == EXPR_OP_GT   ? EXPR_OP_LT
             : op == EXPR_OP_GE ? EXPR_OP_LE
             : op == EXPR_OP_LT ? EXPR_OP_GT
                                : EXPR_OP_GE;
    }
    /* A ratio of counts is read in percent; one compared with a bare number stays as it is. */
    if (x.ratio && y.kind == OPERAND_CONST && y.q.percent)
        x = measure_scale(&c->measure, x, num_int(100));
    /* More than one side moves: compare the difference with zero. */
    if (y.kind != OPERAND_CONST) {
        struct expr minus = *e;
        minus.kind = EXPR_SUB;
        x = measure_expr(&c->measure, &minus);
        if (x.kind == OPERAND_ERROR)
            return false;
        c->threshold = num_int(0);
        c->threshold_q = (struct quantity){.value = num_int(0), .dim = x.dim};
    } else {
        if (!measure_threshold(&c->measure, &x, &y, &c->threshold))
            return false;
        doubt_percentage(p, &x, &y, op);
        c->threshold_q = y.q;
    }
    c->comparison = operator_name(op);
    set_measured(p, x);
    return true;
}

static bool plan_band(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    struct operand x = measure_expr(&c->measure, e->args[0]);
    struct num n = e->quantity.value;
    if (x.kind == OPERAND_ERROR || !needs_metrics(p, e->at))
        return false;
    if (!num_ok(n) || num_cmp(n, num_int(0)) <= 0 || num_cmp(n, num_int(100)) > 0) {
        diag_add(p->l->dl, DIAG_OUT_OF_RANGE, e->at,
                 "the width of a band is a number of standard deviations above 0");
        return false;
    }
    set_measured(p, x);
    c->form = COND_BAND;
    c->comparison = operator_name(e->op);
    char text[NUM_TEXT_MAX];
    c->band = arena_str(p->l->a, (str){(unsigned char *)text, num_format(n, text)});
    return true;
}

/* rises, falls: DIFF() is the change from one evaluation to the next. */
static bool plan_trend(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    struct arena *a = p->l->a;
    struct operand x = measure_expr(&c->measure, e->args[0]);
    if (x.kind == OPERAND_ERROR || !needs_metrics(p, e->at))
        return false;
    bool rises = e->op == EXPR_OP_RISES;
    str of = measure_text(&c->measure, x, 0), before = measure_text(&c->measure, x, 3);
    struct operand by = {.kind = OPERAND_ERROR};
    c->threshold = num_int(0);
    c->threshold_q = (struct quantity){.value = num_int(0), .dim = x.dim};
    c->math = arena_printf(a, "DIFF(%.*s)", STR_ARG(of));
    if (e->nargs > 1) {
        by = measure_expr(&c->measure, e->args[1]);
        if (by.kind == OPERAND_ERROR)
            return false;
        bool percent_metric = dim_eq(x.dim, DIM_NONE);
        if (by.kind == OPERAND_CONST && by.q.percent && !percent_metric) {
            c->math = arena_printf(a, "100 * DIFF(%.*s) / (%.*s - DIFF(%.*s))", STR_ARG(of),
                                   STR_ARG(before), STR_ARG(of));
            c->threshold = num_mul(by.q.value, num_int(100));
        } else if (!measure_threshold(&c->measure, &x, &by, &c->threshold)) {
            return false;
        }
        c->threshold_q = by.q;
    }
    if (!rises)
        c->threshold = num_neg(c->threshold);
    c->comparison = operator_name(rises ? EXPR_OP_GT : EXPR_OP_LT);
    c->form = COND_MATH;
    return true;
}

/* No data at all: samples are counted, and no sample is a breach. */
static bool plan_missing(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    const struct expr *of = e->args[0];
    if (of->kind == EXPR_STAT)
        of = of->args[0];
    struct expr count = {.kind = EXPR_STAT, .at = of->at, .name = STR("count"), .nargs = 1};
    struct expr *arg = ARENA_NEW(p->l->a, struct expr);
    *arg = *of;
    count.args = &arg;
    struct operand x = measure_expr(&c->measure, &count);
    if (x.kind == OPERAND_ERROR)
        return false;
    set_measured(p, x);
    c->comparison = operator_name(EXPR_OP_LT);
    c->threshold = num_int(1);
    c->threshold_q = (struct quantity){.value = num_int(1), .bare = true};
    c->missing = EXPR_MISSING_BREACHING;
    return true;
}

static bool plan_fails(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    const struct expr *of = e->args[0];
    struct operand x = measure_expr(&c->measure, of);
    if (x.kind == OPERAND_ERROR)
        return false;
    const struct series *s = x.kind == OPERAND_SERIES ? &c->measure.series.at[x.series] : NULL;
    if (s == NULL || s->decl == NULL || !s->decl->health.value) {
        struct diag *d = diag_add(p->l->dl, DIAG_NOT_HEALTH, of->at,
                                  "`fails` needs a health metric: 1 when all is well, 0 when not");
        diag_hint(p->l->dl, d, "Compare it with a value instead, as in `web.cpu > 80%%`.");
        return false;
    }
    if (of->kind == EXPR_REF)
        c->measure.series.at[x.series].stat = STR("Minimum");
    set_measured(p, x);
    c->comparison = operator_name(EXPR_OP_LT);
    c->threshold = num_int(1);
    c->threshold_q = (struct quantity){.value = num_int(1), .bare = true};
    c->evaluations = c->datapoints = (uint32_t)num_floor(e->quantity.value);
    c->missing = EXPR_MISSING_BREACHING;
    return true;
}

static bool plan_logic(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    struct operand x = measure_expr(&c->measure, e);
    if (x.kind == OPERAND_ERROR || !needs_metrics(p, e->at))
        return false;
    c->math = arena_printf(p->l->a, "IF(%.*s, 1, 0)", STR_ARG(x.math));
    c->form = COND_MATH;
    c->comparison = operator_name(EXPR_OP_GE);
    c->threshold = num_int(1);
    c->threshold_q = (struct quantity){.value = num_int(1), .bare = true};
    return true;
}

static bool plan_root(struct planning *p) {
    const struct expr *e = p->c->root;
    switch (e->kind) {
    case EXPR_COMPARE:
        return plan_compare(p, e);
    case EXPR_BAND:
        return plan_band(p, e);
    case EXPR_TREND:
        return plan_trend(p, e);
    case EXPR_MISSING:
        return plan_missing(p, e);
    case EXPR_FAILS:
        return plan_fails(p, e);
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
        return plan_logic(p, e);
    case EXPR_ERROR:
        return false;
    case EXPR_NUMBER:
    case EXPR_REF:
    case EXPR_STAT:
    case EXPR_CALL:
    case EXPR_ALARM:
    case EXPR_NEG:
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_OF:
    case EXPR_PER:
    case EXPR_BY:
        break;
    }
    struct diag *d = diag_add(p->l->dl, DIAG_CONDITION_SHAPE, e->at, "this is not a comparison");
    diag_hint(p->l->dl, d, "Say when it is bad, as in `web.cpu > 80%% for 5m`.");
    return false;
}

/* Evaluations with too few samples do not count: the expression has no value there. */
static void guard_samples(struct planning *p) {
    struct cond *c = p->out;
    struct measure *m = &c->measure;
    struct arena *a = p->l->a;
    uint32_t min = p->c->clauses.min_samples, own = m->series.n;
    struct buf b = BUF_INIT(65536);
    for (uint32_t i = 0; i < m->denominators.n; i++)
        buf_printf(&b, "%sm%u >= %u", i > 0 ? " AND " : "", m->denominators.at[i] + 1, min);
    for (uint32_t i = 0; m->denominators.n == 0 && i < own; i++) {
        struct series s = m->series.at[i];
        s.stat = STR("SampleCount");
        VEC_PUSH(a, &m->series, s);
        buf_printf(&b, "%sm%u >= %u", i > 0 ? " AND " : "", m->series.n, min);
    }
    c->math = arena_printf(a, "IF(%.*s, %.*s)", STR_ARG(buf_str(&b)), STR_ARG(c->math));
    c->form = c->form == COND_METRIC ? COND_MATH : c->form;
    c->samples_guard = true;
    buf_done(&b);
}

static bool check_period(struct planning *p, int64_t published) {
    struct cond *c = p->out;
    span at = given(p->c->clauses.over_at) ? p->c->clauses.over_at : p->c->root->at;
    if (c->period_s < published) {
        str every = duration_text(p->l->a, published);
        struct diag *d = diag_add(p->l->dl, DIAG_WINDOW_TOO_SHORT, at,
                                  "the metric has a value every %.*s only", STR_ARG(every));
        diag_hint(p->l->dl, d, "Write `over %.*s` or more.", STR_ARG(every));
        return false;
    }
    if (c->period_s % published != 0 ||
        (c->period_s != 10 && c->period_s != 20 && c->period_s != 30 && c->period_s % 60 != 0)) {
        struct diag *d =
            diag_add(p->l->dl, DIAG_LIMIT_PERIOD, at,
                     "CloudWatch has periods of 10, 20 or 30 seconds and of whole minutes");
        diag_hint(p->l->dl, d, "Write a multiple of %.*s.",
                  STR_ARG(duration_text(p->l->a, published)));
        return false;
    }
    return true;
}

/* N and M from `for`. */
static bool count_evaluations(struct planning *p) {
    struct cond *c = p->out;
    const struct expr_clauses *k = &p->c->clauses;
    struct arena *a = p->l->a;
    if (!given(k->for_at)) {
        c->evaluations = c->evaluations > 0 ? c->evaluations : 1;
        c->datapoints = c->datapoints > 0 ? c->datapoints : 1;
        return true;
    }
    if (p->c->root->kind == EXPR_FAILS) {
        struct diag *d = diag_add(p->l->dl, DIAG_CONDITION_SHAPE, k->for_at,
                                  "`fails N times` says already for how long");
        diag_hint(p->l->dl, d, "Leave one of them out.");
        return false;
    }
    str period = duration_text(a, c->period_s);
    if (k->for_s < c->period_s) {
        struct diag *d = diag_add(p->l->dl, DIAG_WINDOW_TOO_SHORT, k->for_at,
                                  "`for %.*s` is shorter than one evaluation of %.*s",
                                  STR_ARG(duration_text(a, k->for_s)), STR_ARG(period));
        const struct watched *w = c->measure.series.at[0].watched;
        if (watched_attribute(w, STR("monitoring")) != NULL && c->period_s == 300)
            diag_hint(p->l->dl, d, "Write `for 5m`, or give `%.*s` `monitoring: detailed`.",
                      STR_ARG(w->name));
        else
            diag_hint(p->l->dl, d, "Write `for %.*s` or more.", STR_ARG(period));
        return false;
    }
    if (k->for_s % c->period_s != 0) {
        int64_t below = k->for_s / c->period_s * c->period_s;
        struct diag *d = diag_add(p->l->dl, DIAG_WINDOW_UNEVEN, k->for_at,
                                  "`for %.*s` is not a whole number of evaluations of %.*s",
                                  STR_ARG(duration_text(a, k->for_s)), STR_ARG(period));
        diag_hint(p->l->dl, d, "Write `for %.*s` or `for %.*s`.", STR_ARG(duration_text(a, below)),
                  STR_ARG(duration_text(a, below + c->period_s)));
        return false;
    }
    c->evaluations = (uint32_t)(k->for_s / c->period_s);
    c->datapoints = k->for_of > 0 ? k->for_of : c->evaluations;
    if (c->datapoints <= c->evaluations)
        return true;
    struct diag *d = diag_add(p->l->dl, DIAG_WINDOW_TOO_SHORT, k->for_at,
                              "only %u evaluations of %.*s fit in %.*s", c->evaluations,
                              STR_ARG(period), STR_ARG(duration_text(a, k->for_s)));
    diag_hint(p->l->dl, d, "Write `for %u of %.*s` or more.", k->for_of,
              STR_ARG(duration_text(a, c->period_s * (int64_t)k->for_of)));
    return false;
}

static bool check_window(struct planning *p) {
    struct cond *c = p->out;
    int64_t max = c->period_s < HOUR_S ? WINDOW_MAX_S : WINDOW_LONG_MAX_S;
    if (c->period_s * (int64_t)c->evaluations <= max)
        return true;
    span at = given(p->c->clauses.for_at) ? p->c->clauses.for_at : p->c->root->at;
    struct diag *d =
        diag_add(p->l->dl, DIAG_LIMIT_WINDOW, at, "CloudWatch looks back at most %s here",
                 max == WINDOW_MAX_S ? "a day" : "7 days");
    if (c->period_s < HOUR_S)
        diag_hint(p->l->dl, d, "With `over 1h` it looks back up to 7 days.");
    return false;
}

static bool check_metrics(struct planning *p) {
    struct cond *c = p->out;
    if (c->measure.series.n > COND_METRICS_MAX) {
        diag_add(p->l->dl, DIAG_LIMIT_METRICS, p->c->root->at,
                 "the condition uses %u metrics; CloudWatch takes %d in one alarm",
                 c->measure.series.n, COND_METRICS_MAX);
        return false;
    }
    c->region = c->measure.series.at[0].region;
    for (uint32_t i = 1; i < c->measure.series.n; i++) {
        if (c->measure.series.at[i].region == c->region)
            continue;
        struct diag *d = diag_add(p->l->dl, DIAG_COMPOSITE_REGION, c->measure.series.at[i].at,
                                  "these metrics live in different regions");
        diag_hint(p->l->dl, d, "An alarm sees the metrics of its own region only; make two.");
        return false;
    }
    return true;
}

static bool is_percentile(str stat) {
    return stat.n > 1 && stat.p[0] == 'p' && stat.p[1] >= '0' && stat.p[1] <= '9';
}

/* What missing data means: the clause, the key, the shape's own, or CloudWatch's default. */
static void choose_missing(struct planning *p, enum expr_missing wanted) {
    struct cond *c = p->out;
    const struct expr_clauses *k = &p->c->clauses;
    if (k->missing != EXPR_MISSING_UNSET)
        c->missing = k->missing;
    else if (wanted != EXPR_MISSING_UNSET)
        c->missing = wanted;
    if (c->missing == EXPR_MISSING_UNSET)
        c->missing = c->samples_guard ? EXPR_MISSING_NOT_BREACHING : EXPR_MISSING_MISSING;
}

static void dynamodb_rule(struct planning *p) {
    struct cond *c = p->out;
    if (!str_is(c->measure.series.at[0].namespace_, "AWS/DynamoDB") ||
        c->missing == EXPR_MISSING_IGNORE)
        return;
    if (c->missing != EXPR_MISSING_MISSING) {
        struct diag *d =
            diag_add(p->l->dl, DIAG_MISSING_FIXED,
                     given(p->c->clauses.missing_at) ? p->c->clauses.missing_at : p->c->at,
                     "alarms on DynamoDB always ignore missing data");
        diag_hint(p->l->dl, d, "Write `missing: ignore`.");
    }
    c->missing = EXPR_MISSING_IGNORE;
}

static bool plan_once(struct planning *p, const struct watched *self, bool per_by_math) {
    struct cond *c = p->out;
    *c = (struct cond){0};
    c->measure = (struct measure){
        .l = p->l, .self = self, .over_s = p->c->clauses.over_s, .per_by_math = per_by_math};
    return plan_root(p);
}

struct cond *cond_plan(struct lower *l, const struct watched *self,
                       const struct expr_condition *condition, enum expr_missing missing_wanted) {
    struct planning p = {l, condition, ARENA_NEW(l->a, struct cond)};
    struct cond *c = p.out;
    if (!plan_once(&p, self, false))
        return NULL;
    int64_t published = measure_published(&c->measure);
    /* `per` can be free only when the evaluation is as long as it says. */
    if (c->measure.per_s > 0 &&
        (c->measure.per_s < published ||
         (c->measure.over_s > 0 && c->measure.over_s != c->measure.per_s))) {
        if (!plan_once(&p, self, true))
            return NULL;
    }
    c->period_s = c->measure.over_s > 0  ? c->measure.over_s
                  : c->measure.per_s > 0 ? c->measure.per_s
                                         : published;
    if (condition->clauses.min_samples > 0)
        guard_samples(&p);
    for (uint32_t i = 0; i < c->measure.series.n; i++)
        c->low_samples_ignored |= is_percentile(c->measure.series.at[i].stat);
    c->low_samples_ignored &= c->form == COND_METRIC;
    if (!check_period(&p, published) || !count_evaluations(&p) || !check_window(&p) ||
        !check_metrics(&p))
        return NULL;
    choose_missing(&p, missing_wanted);
    dynamodb_rule(&p);
    struct buf b = BUF_INIT(EXPR_BYTES_MAX * 2);
    expr_print(&b, condition->root);
    c->label = arena_str(l->a, buf_str(&b));
    buf_done(&b);
    return c;
}
