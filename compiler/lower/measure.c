/* SPDX-License-Identifier: MIT */
#include "lower/measure.h"

#include "lower/measure_call.h"
#include "lower/measure_compare.h"

static const struct operand operand_error = {.kind = OPERAND_ERROR};

static bool bad(const struct operand *o) {
    return o->kind == OPERAND_ERROR;
}

static str text_of_num(struct arena *a, struct num n) {
    char t[NUM_TEXT_MAX];
    uint32_t len = num_format(n, t);
    return arena_str(a, (str){(const unsigned char *)t, len});
}

str measure_text(struct measure *m, struct operand o, enum operand_prec prec) {
    struct arena *a = m->l->scratch;
    switch (o.kind) {
    case OPERAND_SERIES:
        return o.series == 0 ? STR("m1") : arena_printf(a, "m%u", o.series + 1);
    case OPERAND_CONST:
        return text_of_num(a, num_div(o.q.value, num_ok(o.scale) ? o.scale : num_int(1)));
    case OPERAND_MATH:
        if (o.prec < prec)
            return arena_cat3(a, STR("("), o.math, STR(")"));
        return o.math;
    case OPERAND_ERROR:
        break;
    }
    return STR("0");
}

static struct operand constant(struct quantity q, span at) {
    return (struct operand){.kind = OPERAND_CONST,
                            .q = q,
                            .dim = q.dim,
                            .scale = num_int(1),
                            .nothing = q.value,
                            .at = at};
}

static struct operand math(const struct operand *like, str text, enum operand_prec prec, span at) {
    return (struct operand){.kind = OPERAND_MATH,
                            .math = text,
                            .prec = prec,
                            .dim = like->dim,
                            .scale = like->scale,
                            .nothing = NUM_NAN,
                            .at = at};
}

struct operand measure_scale(struct measure *m, struct operand o, struct num factor) {
    if (bad(&o) || num_cmp(factor, num_int(1)) == 0)
        return o;
    struct operand r = o;
    r.scale = num_div(o.scale, factor);
    if (o.kind == OPERAND_CONST)
        return r;
    r.kind = OPERAND_MATH;
    r.prec = PREC_PRODUCT;
    str text = measure_text(m, o, PREC_PRODUCT);
    if (factor.d != 1 && factor.n == 1)
        r.math = arena_printf(m->l->scratch, "%.*s / %lld", STR_ARG(text), (long long)factor.d);
    else
        r.math = arena_cat3(m->l->scratch, text_of_num(m->l->scratch, factor), STR(" * "), text);
    return r;
}

static struct operand fold(struct measure *m, const struct expr *e, struct operand x,
                           struct operand y) {
    struct quantity q = {.bare = x.q.bare && y.q.bare, .percent = x.q.percent && y.q.percent};
    q.dim = x.q.bare ? y.q.dim : x.q.dim;
    if (e->kind == EXPR_ADD)
        q.value = num_add(x.q.value, y.q.value);
    else if (e->kind == EXPR_SUB)
        q.value = num_sub(x.q.value, y.q.value);
    else if (e->kind == EXPR_DIV)
        q = (struct quantity){.value = num_div(x.q.value, y.q.value),
                              .dim = dim_div(x.q.dim, y.q.dim),
                              .bare = q.bare};
    else
        q = (struct quantity){.value = num_mul(x.q.value, y.q.value),
                              .dim = dim_mul(x.q.dim, y.q.dim),
                              .bare = q.bare};
    if (num_ok(q.value))
        return constant(q, e->at);
    diag_add(m->l->dl, DIAG_NUMBER_OVERFLOW, e->at, "%s",
             e->kind == EXPR_DIV && y.q.value.n == 0 ? "division by zero"
                                                     : "the number does not fit");
    return operand_error;
}

struct operand measure_sum(struct measure *m, struct operand x, struct operand y, bool add,
                           span at) {
    str text =
        arena_cat3(m->l->scratch, measure_text(m, x, PREC_SUM), add ? STR(" + ") : STR(" - "),
                   measure_text(m, y, add ? PREC_SUM : PREC_PRODUCT));
    struct operand r = math(x.kind == OPERAND_CONST ? &y : &x, text, PREC_SUM, at);
    r.nothing = add ? num_add(x.nothing, y.nothing) : num_sub(x.nothing, y.nothing);
    return r;
}

static struct operand sum_or_difference(struct measure *m, const struct expr *e, struct operand x,
                                        struct operand y) {
    if (!measure_align(m, &x, &y, e->at))
        return operand_error;
    if (x.kind == OPERAND_CONST && y.kind == OPERAND_CONST)
        return fold(m, e, x, y);
    return measure_sum(m, x, y, e->kind == EXPR_ADD, e->at);
}

/* Series of sums of counts below a division line: how many samples a ratio rests on. */
static void note_denominator(struct measure *m, const struct operand *y) {
    if (y->kind == OPERAND_SERIES && series_is_counted(&m->series.at[y->series]) &&
        y->dim.count == 1)
        VEC_PUSH(m->l->scratch, &m->denominators, y->series);
}

static struct operand product_or_quotient(struct measure *m, const struct expr *e, struct operand x,
                                          struct operand y) {
    if (x.kind == OPERAND_CONST && y.kind == OPERAND_CONST)
        return fold(m, e, x, y);
    bool div = e->kind == EXPR_DIV;
    if (div && y.kind == OPERAND_CONST && y.q.value.n == 0)
        return fold(m, e, constant(y.q, y.at), y);
    if (div)
        note_denominator(m, &y);
    str text =
        arena_cat3(m->l->scratch, measure_text(m, x, PREC_PRODUCT), div ? STR(" / ") : STR(" * "),
                   measure_text(m, y, div ? PREC_ATOM : PREC_PRODUCT));
    struct operand r = math(&x, text, PREC_PRODUCT, e->at);
    r.dim = div ? dim_div(x.dim, y.dim) : dim_mul(x.dim, y.dim);
    r.scale = div ? num_div(x.scale, y.scale) : num_mul(x.scale, y.scale);
    r.ratio = div && dim_eq(r.dim, DIM_NONE) && !dim_eq(x.dim, DIM_NONE);
    r.nothing = div ? num_div(x.nothing, y.nothing) : num_mul(x.nothing, y.nothing);
    return r;
}

static struct operand binary(struct measure *m, const struct expr *e) {
    struct operand x = measure_expr(m, e->args[0]), y = measure_expr(m, e->args[1]);
    if (bad(&x) || bad(&y))
        return operand_error;
    if (e->kind == EXPR_ADD || e->kind == EXPR_SUB)
        return sum_or_difference(m, e, x, y);
    return product_or_quotient(m, e, x, y);
}

static bool same_dimension(const struct dimension *x, const struct dimension *y) {
    const struct value *v = x->value, *w = y->value;
    if (!str_eq(x->name, y->name) || v->type != w->type)
        return false;
    return v->type == VALUE_STR ? str_eq(v->text, w->text) : v->ref.node == w->ref.node;
}

/* Metrics of one resource can differ in their dimensions alone: a queue and its dead-letter queue.
 */
bool series_same_metric(const struct series *x, const struct series *y) {
    bool same = x->watched == y->watched && str_eq(x->metric, y->metric) &&
                str_eq(x->namespace_, y->namespace_) && x->ndimensions == y->ndimensions;
    for (uint32_t i = 0; same && i < x->ndimensions; i++)
        same = same_dimension(&x->dimensions[i], &y->dimensions[i]);
    return same;
}

static bool same_series(const struct series *x, const struct series *y) {
    return series_same_metric(x, y) && str_eq(x->stat, y->stat) && str_eq(x->by, y->by);
}

bool series_is_counted(const struct series *s) {
    return str_is(s->stat, "Sum") || str_is(s->stat, "SampleCount") ||
           str_starts(s->stat, STR("tc")) || str_starts(s->stat, STR("ts"));
}

struct operand measure_series(struct measure *m, const struct series *s) {
    uint32_t i = 0;
    while (i < m->series.n && !same_series(&m->series.at[i], s))
        i++;
    if (i == MEASURE_SERIES_MAX) {
        diag_add(m->l->dl, DIAG_LIMIT_METRICS, s->at, "more than %d metrics in one expression",
                 MEASURE_SERIES_MAX);
        return operand_error;
    }
    if (i == m->series.n)
        VEC_PUSH(m->l->plans, &m->series, *s);
    struct operand r = {
        .kind = OPERAND_SERIES, .series = i, .at = s->at, .scale = num_int(1), .nothing = NUM_NAN};
    if (s->unit != NULL) {
        r.dim = s->unit->dim;
        r.scale = s->unit->scale;
    }
    if (series_is_counted(s))
        r.nothing = num_int(0);
    if (str_is(s->stat, "SampleCount") || str_starts(s->stat, STR("tc"))) {
        r.dim = (struct dim){.count = 1};
        r.scale = num_int(1);
    }
    return r;
}

static struct operand derived(struct measure *m, const struct watched *w,
                              const struct cat_metric *k, const struct expr *ref) {
    if (m->depth == MEASURE_DERIVED_MAX) {
        diag_add(m->l->dl, DIAG_CATALOG_FILE, k->is.at, "`%.*s` is derived from itself",
                 STR_ARG(k->name.text));
        return operand_error;
    }
    const struct expr *is = catalog_computation(&m->l->catalog, &k->is);
    if (is == NULL)
        return operand_error;
    const struct watched *self = m->self;
    m->self = w;
    if (m->depth++ == 0) {
        m->asked = ref;
        m->asked_metric = k;
    }
    struct operand r = measure_expr(m, is);
    if (--m->depth == 0) {
        m->asked = NULL;
        m->asked_metric = NULL;
    }
    m->self = self;
    r.at = ref->at;
    const struct unit *u = metric_unit_find(k->unit.text);
    if (!bad(&r) && u != NULL && dim_eq(u->dim, r.dim) && r.kind != OPERAND_CONST)
        r = measure_scale(m, r, num_div(r.scale, u->scale));
    return r;
}

/* A name: a metric, a derived metric or a fact. `stat` empty: none was asked for. */
static struct operand reference(struct measure *m, const struct expr *ref, str stat) {
    struct lower *l = m->l;
    struct resolved named;
    if (!resolve_name(m, ref, &named))
        return operand_error;
    const struct watched *w = named.watched;
    bool logged = named.log_metric != NULL;
    const struct cat_metric *k = named.decl;
    if (!logged && k != NULL && given(k->is.at) && watched_if(&l->catalog, w, &k->when)) {
        if (stat.n == 0)
            return derived(m, w, k, ref);
        struct diag *d = diag_add(l->dl, DIAG_STAT_OF_MATH, ref->at,
                                  "`%.*s` is computed from other metrics and has no statistics",
                                  STR_ARG(ref->name));
        diag_hint(l->dl, d, "Write it without `%.*s()`. It is `%.*s`.", STR_ARG(stat),
                  STR_ARG(k->is.text));
        return operand_error;
    }
    struct fact f;
    if (!logged && k == NULL && watched_knows_fact(w, ref->name)) {
        if (watched_fact(&l->catalog, w, ref->name, &f))
            return constant(f.q, ref->at);
        if (w->broken)
            return operand_error;
        struct diag *d =
            diag_add(l->dl, DIAG_METRIC_NOT_HERE, ref->at, "`%.*s` of `%.*s` is not known",
                     STR_ARG(ref->name), STR_ARG(w->name));
        diag_hint(l->dl, d, "Say it at the resource: `%.*s: { %.*s: ... }`.", STR_ARG(w->name),
                  STR_ARG(ref->name));
        diag_also(l->dl, d, w->at, "`%.*s` is defined here", STR_ARG(w->name));
        return operand_error;
    }
    struct series s;
    return resolve_series(m, &named, ref, stat, &s) ? measure_series(m, &s) : operand_error;
}

static struct operand statistic(struct measure *m, const struct expr *e) {
    const struct expr *arg = e->args[0];
    if (arg->kind == EXPR_REF) {
        struct operand r = reference(m, arg, e->name);
        bool fits = r.kind != OPERAND_SERIES || measure_doubt_sum(m, e, &m->series.at[r.series]);
        return fits ? r : operand_error;
    }
    if (arg->kind != EXPR_ERROR) {
        struct diag *d =
            diag_add(m->l->dl, DIAG_STAT_OF_MATH, arg->at,
                     "`%.*s` is asked of something that is not a metric", STR_ARG(e->name));
        diag_hint(m->l->dl, d, "A statistic stands next to the metric: `%.*s(web.cpu) + 1`.",
                  STR_ARG(e->name));
    }
    return operand_error;
}

static struct operand percentage_of(struct measure *m, const struct expr *e) {
    struct operand x = measure_expr(m, e->args[0]), y = measure_expr(m, e->args[1]);
    if (bad(&x) || bad(&y))
        return operand_error;
    struct expr times = *e;
    times.kind = EXPR_MUL;
    if (x.kind == OPERAND_CONST && y.kind == OPERAND_CONST) {
        struct operand r = fold(m, &times, x, y);
        r.q.bare = y.q.bare;
        r.q.percent = y.q.percent;
        return r;
    }
    return product_or_quotient(m, &times, x, y);
}

/* What an alarm's window counted, as so many in `per_s`: a factor, since its period is known. */
static struct operand rate_in_alarm(struct measure *m, struct operand x, int64_t per_s) {
    m->per_seen = true;
    if (m->period_s == 0)
        return x;
    return measure_scale(m, x, num_ratio(per_s, m->period_s));
}

/* In a graph: free when one value is as long, else a division by PERIOD(). */
static struct operand rate_in_graph(struct measure *m, struct operand x, int64_t per_s) {
    if ((m->over_s == 0 || m->over_s == per_s) && (m->per_s == 0 || m->per_s == per_s)) {
        m->per_s = per_s;
        return x;
    }
    struct operand r = x;
    str text = measure_text(m, x, PREC_PRODUCT);
    r.kind = OPERAND_MATH;
    r.prec = PREC_PRODUCT;
    r.math = per_s == 1 ? arena_printf(m->l->scratch, "%.*s / PERIOD(m1)", STR_ARG(text))
                        : arena_printf(m->l->scratch, "%lld * %.*s / PERIOD(m1)", (long long)per_s,
                                       STR_ARG(text));
    return r;
}

/* `x per 1m`: so many in a minute, whatever the period. */
static struct operand rate_per(struct measure *m, const struct expr *e) {
    struct operand x = measure_expr(m, e->args[0]);
    if (bad(&x))
        return x;
    if (x.kind == OPERAND_CONST ||
        (x.kind == OPERAND_SERIES && !series_is_counted(&m->series.at[x.series]))) {
        struct diag *d = diag_add(m->l->dl, DIAG_CONDITION_SHAPE, x.at,
                                  "`per` follows what is counted, and this is %s",
                                  x.kind == OPERAND_CONST ? "a number" : "not a sum");
        diag_hint(m->l->dl, d, "For example `sum(api.requests) per 1m > 100/min`.");
        return operand_error;
    }
    int64_t per_s = num_floor(e->quantity.value);
    struct operand r = m->in_graph ? rate_in_graph(m, x, per_s) : rate_in_alarm(m, x, per_s);
    r.at = e->at;
    r.ratio = false;
    r.dim.time = (int8_t)(r.dim.time - 1);
    r.scale = num_div(x.scale, num_int(per_s));
    r.nothing = m->period_s > 0 ? num_div(x.nothing, num_int(m->period_s)) : x.nothing;
    return r;
}

static struct operand split_by(struct measure *m, const struct expr *e) {
    struct lower *l = m->l;
    struct operand x = measure_expr(m, e->args[0]);
    if (bad(&x))
        return x;
    if (!m->in_graph || x.kind != OPERAND_SERIES) {
        struct diag *d = diag_add(l->dl, DIAG_BY_MISPLACED, e->name_at,
                                  m->in_graph ? "`by` follows a metric, not an expression"
                                              : "`by` stands in graphs only");
        diag_hint(l->dl, d, "An alarm watches one series; name the one that matters.");
        return operand_error;
    }
    struct series *s = &m->series.at[x.series];
    struct suggest near = suggest_for(e->name);
    for (uint32_t i = 0; s->decl != NULL && i < s->decl->by.n; i++) {
        suggest_offer(&near, s->decl->by.items[i].key.text);
        if (str_eq(s->decl->by.items[i].key.text, e->name)) {
            s->by = s->decl->by.items[i].value.text;
            return x;
        }
    }
    struct diag *d = diag_add(l->dl, DIAG_BY_MISPLACED, e->name_at, "`%.*s` is not split by `%.*s`",
                              STR_ARG(s->text), STR_ARG(e->name));
    diag_suggest(l->dl, d, &near);
    return operand_error;
}

static struct operand negative(struct measure *m, const struct expr *e) {
    struct operand x = measure_expr(m, e->args[0]);
    if (x.kind == OPERAND_CONST) {
        x.q.value = x.nothing = num_neg(x.q.value);
        return x;
    }
    struct operand r = measure_scale(m, x, num_int(-1));
    r.scale = num_neg(r.scale);
    r.nothing = num_neg(x.nothing);
    return r;
}

struct operand measure_expr(struct measure *m, const struct expr *e) {
    switch (e->kind) {
    case EXPR_NUMBER:
        if (num_ok(e->quantity.value))
            return constant(e->quantity, e->at);
        return operand_error;
    case EXPR_REF:
        return reference(m, e, STR(""));
    case EXPR_STAT:
        return statistic(m, e);
    case EXPR_CALL:
        return measure_call(m, e);
    case EXPR_NEG:
        return negative(m, e);
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
        return binary(m, e);
    case EXPR_OF:
        return percentage_of(m, e);
    case EXPR_PER:
        return rate_per(m, e);
    case EXPR_BY:
        return split_by(m, e);
    case EXPR_COMPARE:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
        return measure_boolean(m, e);
    case EXPR_ALARM:
    case EXPR_BAND:
    case EXPR_TREND:
    case EXPR_MISSING:
    case EXPR_FAILS:
        diag_add(m->l->dl, DIAG_CONDITION_SHAPE, e->at,
                 "this cannot be a part of a larger expression");
        break;
    case EXPR_ERROR:
        break;
    }
    return operand_error;
}
