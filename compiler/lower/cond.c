/* SPDX-License-Identifier: MIT */
#include "lower/cond_parts.h"
#include "lower/measure_compare.h"

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

str cond_duration(struct arena *a, int64_t s) {
    struct buf b = BUF_INIT(128);
    struct quantity q = {.value = num_int(s), .dim = {.time = 1}};
    quantity_format(&b, q);
    return buf_keep(&b, a);
}

const char *cond_comparison(enum expr_op op) {
    static const char *const names[] = {
        [EXPR_OP_GT] = "GreaterThanThreshold",
        [EXPR_OP_GE] = "GreaterThanOrEqualToThreshold",
        [EXPR_OP_LT] = "LessThanThreshold",
        [EXPR_OP_LE] = "LessThanOrEqualToThreshold",
        [EXPR_OP_OUTSIDE] = "LessThanLowerOrGreaterThanUpperThreshold",
        [EXPR_OP_ABOVE] = "GreaterThanUpperThreshold",
        [EXPR_OP_BELOW] = "LessThanLowerThreshold",
    };
    return names[op];
}

/* One metric has a name of its own. */
static str label_of(const struct planning *p) {
    struct buf b = BUF_INIT(MEASURE_TEXT_MAX);
    if (p->out->form == COND_METRIC || p->measured == NULL)
        return STR("");
    buf_text(&b, p->change);
    expr_print(&b, p->measured);
    return buf_keep(&b, p->l->scratch);
}

/* Sets form and text from what is measured. */
static void set_measured(struct planning *p, struct operand o, const struct expr *e) {
    p->left = o;
    p->measured = e;
    p->out->form = o.kind == OPERAND_SERIES ? COND_METRIC : COND_MATH;
    p->out->math = measure_text(&p->out->measure, o, PREC_NONE);
}

static void compare_with(struct cond *c, enum expr_op op, struct num threshold,
                         struct quantity threshold_q) {
    c->op = op;
    c->threshold = threshold;
    c->threshold_q = threshold_q;
}

static const struct quantity one = {.value = {1, 1}, .bare = true};

static bool nothing_measured(struct planning *p, span at) {
    struct diag *d = diag_add(p->l->dl, DIAG_CONDITION_SHAPE, at, "the condition measures nothing");
    diag_hint(p->l->dl, d, "Name a metric, as in `web.cpu > 80%%`.");
    return false;
}

/* 0 <= x <= 100%: beyond that a comparison never changes. */
static void doubt_percentage(struct planning *p, const struct sides *s) {
    if (s->left.kind != OPERAND_SERIES || !measure_is_percent(&s->left) ||
        series_is_counted(&p->out->measure.series.at[s->left.series]))
        return;
    bool at_0 = measure_holds(s->op, num_int(0), s->threshold);
    bool at_100 = measure_holds(s->op, num_int(100), s->threshold);
    if (at_0 == at_100)
        diag_add(p->l->dl, DIAG_NEVER_TRUE, s->right.at,
                 "a percentage from 0%% to 100%% is %s like that", at_0 ? "always" : "never");
}

static bool plan_compare(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    struct sides s;
    if (!measure_sides(&c->measure, e, &s))
        return false;
    if (s.right.kind == OPERAND_CONST) {
        doubt_percentage(p, &s);
        set_measured(p, s.left, e->args[s.swapped]);
        struct quantity q = s.right.q;
        q.percent |= !q.bare && measure_is_percent(&s.left); /* 90% * cpu_share is 45%, not 0.45 */
        compare_with(c, s.op, s.threshold, q);
        return true;
    }
    /* Both sides move: compare the difference with zero. */
    struct expr *minus = ARENA_NEW(p->l->scratch, struct expr);
    *minus = *e;
    minus->kind = EXPR_SUB;
    set_measured(p, measure_sum(&c->measure, s.left, s.right, false, e->at), minus);
    compare_with(c, s.op, num_int(0), (struct quantity){.value = num_int(0), .bare = true});
    return true;
}

static bool plan_band(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    struct operand x = measure_expr(&c->measure, e->args[0]);
    struct num n = e->quantity.value;
    if (x.kind == OPERAND_ERROR)
        return false;
    if (x.kind == OPERAND_CONST)
        return nothing_measured(p, e->at);
    set_measured(p, measure_readable(&c->measure, x, &(struct operand){.q.percent = x.ratio}),
                 e->args[0]);
    c->form = COND_BAND;
    c->op = e->op;
    char text[NUM_TEXT_MAX];
    c->band = arena_str(p->l->scratch, (str){(unsigned char *)text, num_format(n, text)});
    return true;
}

/* By how much it rises or falls, as a threshold above 0. */
static bool trend_size(struct planning *p, const struct expr *by, bool falls, struct operand *x,
                       struct operand *ret_by, bool *ret_relative) {
    struct measure *m = &p->out->measure;
    *ret_by = measure_expr(m, by);
    if (ret_by->kind == OPERAND_ERROR)
        return false;
    /* Of a percentage it is percentage points, of anything else a share of what it was. */
    *ret_relative =
        ret_by->kind == OPERAND_CONST && ret_by->q.percent && !x->ratio && !measure_is_percent(x);
    if (*ret_relative) {
        p->out->threshold = num_mul(ret_by->q.value, num_int(100));
    } else {
        *x = measure_readable(m, *x, ret_by);
        if (!measure_threshold(m, x, ret_by, &p->out->threshold))
            return false;
    }
    if (num_cmp(p->out->threshold, num_int(0)) > 0) {
        if (falls && num_cmp(p->out->threshold, num_int(100)) >= 0 &&
            (*ret_relative || measure_is_percent(x)))
            diag_add(p->l->dl, DIAG_NEVER_TRUE, by->at, "nothing falls by more than all of it");
        return true;
    }
    struct diag *d =
        diag_add(p->l->dl, DIAG_BAD_CLAUSE_VALUE, by->at, "a change is given as a value above 0");
    diag_hint(p->l->dl, d, "For example `falls by 20%%`; without `by` any change counts.");
    return false;
}

/* rises, falls: DIFF() is the change from one evaluation to the next. */
static bool plan_trend(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    struct arena *a = p->l->scratch;
    struct operand x = measure_expr(&c->measure, e->args[0]), by = {.q = {.value = num_int(0)}};
    bool relative = false;
    if (x.kind == OPERAND_ERROR)
        return false;
    if (x.kind == OPERAND_CONST)
        return nothing_measured(p, e->at);
    c->threshold = num_int(0);
    if (e->nargs > 1 && !trend_size(p, e->args[1], e->op == EXPR_OP_FALLS, &x, &by, &relative))
        return false;
    set_measured(p, x, e->args[0]);
    p->change = relative ? "change in percent of " : "change of ";
    p->left.nothing = num_ok(x.nothing) ? num_int(0) : NUM_NAN;
    str of = c->math, before = measure_text(&c->measure, x, PREC_PRODUCT);
    c->math = relative ? arena_printf(a, "100 * DIFF(%.*s) / (%.*s - DIFF(%.*s))", STR_ARG(of),
                                      STR_ARG(before), STR_ARG(of))
                       : arena_printf(a, "DIFF(%.*s)", STR_ARG(of));
    c->form = COND_MATH;
    if (e->op == EXPR_OP_RISES)
        compare_with(c, EXPR_OP_GT, c->threshold, by.q);
    else
        compare_with(c, EXPR_OP_LT, num_neg(c->threshold), by.q);
    return true;
}

/* No data at all: samples are counted, and no sample is a breach. */
static bool plan_missing(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    struct expr **args = e->args[0]->kind == EXPR_STAT ? e->args[0]->args : e->args;
    const struct expr *of = args[0];
    if (of->kind != EXPR_REF && of->kind != EXPR_ERROR) {
        struct diag *d = diag_add(p->l->dl, DIAG_STAT_OF_MATH, of->at,
                                  "`is missing` is said of something that is not a metric");
        diag_hint(p->l->dl, d, "A metric is missing, as in `web.memory is missing for 15m`.");
        return false;
    }
    struct expr *count = ARENA_NEW(p->l->scratch, struct expr);
    *count = (struct expr){
        .kind = EXPR_STAT, .at = of->at, .name = STR("count"), .nargs = 1, .args = args};
    struct operand x = measure_expr(&c->measure, count);
    if (x.kind == OPERAND_ERROR)
        return false;
    if (x.kind == OPERAND_CONST)
        return nothing_measured(p, e->at);
    set_measured(p, x, count);
    compare_with(c, EXPR_OP_LT, num_int(1), one);
    return true;
}

static bool plan_fails(struct planning *p, const struct expr *e) {
    struct cond *c = p->out;
    const struct expr *of = e->args[0];
    struct operand x = measure_expr(&c->measure, of);
    if (x.kind == OPERAND_ERROR)
        return false;
    struct series *s = x.kind == OPERAND_SERIES ? &c->measure.series.at[x.series] : NULL;
    if (s == NULL || s->decl == NULL || !s->decl->health.value) {
        struct diag *d = diag_add(p->l->dl, DIAG_NOT_HEALTH, of->at,
                                  "`fails` needs a health metric: 1 when all is well, 0 when not");
        diag_hint(p->l->dl, d, "Compare it with a value instead, as in `web.cpu > 80%%`.");
        return false;
    }
    if (of->kind == EXPR_REF)
        s->stat = STR("Minimum");
    set_measured(p, x, of);
    compare_with(c, EXPR_OP_LT, num_int(1), one);
    return true;
}

static bool plan_logic(struct planning *p, const struct expr *e) {
    struct operand x = measure_expr(&p->out->measure, e);
    if (x.kind == OPERAND_ERROR)
        return false;
    set_measured(p, x, e);
    p->out->boolean = true;
    compare_with(p->out, EXPR_OP_GE, num_int(1), one);
    return true;
}

static bool plan_root(struct planning *p, const struct expr *e) {
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
        return plan_logic(p, e);
    case EXPR_NOT:
        e = measure_negated(p->l->scratch, e->args[0]);
        return e->kind == EXPR_COMPARE ? plan_compare(p, e) : plan_logic(p, e);
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
    uint32_t own = m->series.n;
    bool *guards = ARENA_ARRAY(p->l->scratch, bool, 2 * own);
    /* A ratio rests on what it is divided by, anything else on the samples of its metrics. */
    for (uint32_t i = 0; i < m->denominators.n; i++)
        guards[m->denominators.at[i]] = true;
    for (uint32_t i = 0; m->denominators.n == 0 && i < own; i++) {
        struct series s = m->series.at[i];
        s.stat = STR("SampleCount");
        guards[measure_series(m, &s).series] = true;
    }
    struct buf b = BUF_INIT(MEASURE_TEXT_MAX);
    for (uint32_t i = 0; i < m->series.n; i++) {
        if (guards[i])
            buf_printf(&b, "%sm%u >= %u", b.n > 0 ? " AND " : "", i + 1, p->c->clauses.min_samples);
    }
    str enough = buf_keep(&b, p->l->scratch);
    c->math = arena_printf(p->l->scratch, "IF(%.*s, %.*s)", STR_ARG(enough), STR_ARG(c->math));
    c->form = c->form == COND_METRIC ? COND_MATH : c->form;
    c->samples_guard = true;
}

static bool check_metrics(struct planning *p) {
    struct cond *c = p->out;
    if (c->math.n > COND_MATH_MAX) {
        diag_add(p->l->dl, DIAG_LIMIT_LENGTH, p->c->root->at,
                 "as metric math the condition has %u characters; CloudWatch takes %d", c->math.n,
                 COND_MATH_MAX);
        return false;
    }
    if (c->measure.series.n > COND_METRICS_MAX) {
        struct diag *d = diag_add(p->l->dl, DIAG_LIMIT_METRICS, p->c->root->at,
                                  "the condition uses %u metrics; CloudWatch takes %d in one alarm",
                                  c->measure.series.n, COND_METRICS_MAX);
        diag_hint(p->l->dl, d, "Make several alarms and join them: `alarm(a) or alarm(b)`.");
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

/* With period 0 to learn which metrics there are, then, when `per` needs it, with the period. */
static bool plan_once(struct planning *p, const struct watched *self, int64_t period_s) {
    struct cond *c = p->out;
    *c = (struct cond){.period_s = period_s};
    c->measure = (struct measure){.l = p->l, .self = self, .period_s = period_s};
    if (!plan_root(p, p->c->root))
        return false;
    if (p->c->clauses.min_samples > 0)
        guard_samples(p);
    return true;
}

struct cond *cond_plan(struct lower *l, const struct watched *self,
                       const struct expr_condition *condition, struct cond_wish wish) {
    struct cond *c = ARENA_NEW(l->plans, struct cond);
    struct planning p = {.l = l, .c = condition, .out = c, .wish = wish, .change = ""};
    if (!plan_once(&p, self, 0) || !check_metrics(&p) || !cond_choose_period(&p))
        return NULL;
    if (c->measure.per_seen && (!plan_once(&p, self, c->period_s) || !check_metrics(&p)))
        return NULL;
    if (!cond_check_samples(&p) || !cond_choose_counts(&p) || !cond_choose_missing(&p))
        return NULL;
    c->label = label_of(&p);
    return c;
}

static void put_key_part(struct buf *b, str s) {
    buf_put(b, s);
    buf_byte(b, '\n');
}

void cond_put_key(struct buf *b, const struct cond *c) {
    buf_clear(b);
    const int64_t numbers[] = {c->form,     c->op,          c->threshold.n, c->threshold.d,
                               c->period_s, c->evaluations, c->datapoints,  c->missing};
    buf_put(b, (str){(const unsigned char *)numbers, sizeof numbers});
    put_key_part(b, c->band);
    put_key_part(b, c->math);
    for (uint32_t i = 0; i < c->measure.series.n; i++) {
        const struct series *s = &c->measure.series.at[i];
        put_key_part(b, s->watched->name);
        put_key_part(b, s->namespace_);
        put_key_part(b, s->metric);
        put_key_part(b, s->stat);
        /* A dimension that is looked up is the resource itself, which is named already. */
        for (uint32_t k = 0; k < s->ndimensions; k++) {
            const struct dimension *d = &s->dimensions[k];
            put_key_part(b, d->name);
            put_key_part(b, d->value->type == VALUE_STR ? d->value->text : STR(""));
        }
    }
}
