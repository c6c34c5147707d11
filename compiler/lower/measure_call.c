/* SPDX-License-Identifier: MIT */
#include "lower/measure_call.h"

static struct operand call_error(void) {
    return (struct operand){.kind = OPERAND_ERROR};
}

/* The arguments as texts in the scale of the first: "m1, m2". */
static bool put_arguments(struct measure *m, struct operand *args, uint32_t n, struct buf *b,
                          span at) {
    for (uint32_t i = 1; i < n; i++) {
        if (!measure_align(m, &args[0], &args[i], at))
            return false;
    }
    for (uint32_t i = 0; i < n; i++)
        buf_printf(b, "%s%.*s", i > 0 ? ", " : "", STR_ARG(measure_text(m, args[i], PREC_NONE)));
    return true;
}

/* CloudWatch's arrays hold series only. */
static bool all_series(struct measure *m, const struct expr *e, const struct operand *args) {
    for (uint32_t i = 0; i < e->nargs; i++) {
        if (args[i].kind != OPERAND_CONST)
            continue;
        struct diag *d =
            diag_add(m->l->dl, DIAG_CONDITION_SHAPE, args[i].at,
                     "`%s` is taken over several series, and this is a number", e->function->name);
        diag_hint(m->l->dl, d, "Write it with `if`, as in `if(web.cpu > 5%%, web.cpu, 5%%)`.");
        return false;
    }
    return true;
}

/* Nor does it look for gaps in a number, or take the logarithm of one. */
static struct operand of_number(struct measure *m, const struct expr *e, span at) {
    struct diag *d = diag_add(m->l->dl, DIAG_CONDITION_SHAPE, at,
                              "`%s` is taken of a series, and this is a number", e->function->name);
    diag_hint(m->l->dl, d, "Name a metric, as in `%s`.", e->function->example);
    return call_error();
}

static struct operand call_if(struct measure *m, const struct expr *e, struct operand *args) {
    if (!args[0].boolean) {
        struct diag *d = diag_add(m->l->dl, DIAG_CONDITION_SHAPE, args[0].at,
                                  "the first argument of `if` is a comparison");
        diag_hint(m->l->dl, d, "For example `if(sum(api.requests) > 100, a, b)`.");
        return call_error();
    }
    if (e->nargs == 3 && !measure_align(m, &args[1], &args[2], e->at))
        return call_error();
    struct operand r = args[1];
    if (num_ok(args[0].nothing) && args[0].nothing.n == 0)
        r.nothing = e->nargs == 3 ? args[2].nothing : NUM_NAN;
    else if (!num_ok(args[0].nothing))
        r.nothing = NUM_NAN;
    str no = e->nargs == 3 ? arena_printf(m->l->scratch, ", %.*s",
                                          STR_ARG(measure_text(m, args[2], PREC_NONE)))
                           : STR("");
    r.math = arena_printf(m->l->scratch, "IF(%.*s, %.*s%.*s)", STR_ARG(args[0].math),
                          STR_ARG(measure_text(m, args[1], PREC_NONE)), STR_ARG(no));
    return r;
}

/* fill(x, 0), fill(x, repeat), fill(x, linear) */
static struct operand call_fill(struct measure *m, const struct expr *e) {
    struct operand x = measure_expr(m, e->args[0]);
    const struct expr *with = e->args[1];
    if (x.kind == OPERAND_ERROR)
        return x;
    if (x.kind == OPERAND_CONST)
        return of_number(m, e, x.at);
    str text;
    struct num filled = NUM_NAN;
    if (with->kind == EXPR_REF && with->resource.n == 0 &&
        (str_is(with->name, "repeat") || str_is(with->name, "linear"))) {
        text = str_is(with->name, "repeat") ? STR("REPEAT") : STR("LINEAR");
    } else {
        struct operand y = measure_expr(m, with);
        struct num n;
        if (!measure_threshold(m, &x, &y, &n))
            return call_error();
        y.scale = x.scale;
        text = measure_text(m, y, PREC_NONE);
        filled = y.nothing;
    }
    struct operand r = x;
    r.nothing = filled;
    r.math = arena_printf(m->l->scratch, "FILL(%.*s, %.*s)", STR_ARG(measure_text(m, x, PREC_NONE)),
                          STR_ARG(text));
    return r;
}

/* Numbers alone: a number. Floors and ceilings are those of the number that was written. */
static struct operand call_fold(const struct expr *e, const struct operand *args) {
    struct operand r = args[0];
    struct num x[EXPR_ARGS_MAX], unit = r.q.percent ? num_ratio(1, 100) : num_int(1);
    for (uint32_t i = 0; i < e->nargs; i++)
        x[i] = num_div(args[i].q.value, unit);
    r.q.value = r.nothing = num_mul(e->function->fold(x, e->nargs), unit);
    r.scale = num_int(1);
    r.at = e->at;
    return r;
}

static struct operand call_plain(struct measure *m, const struct expr *e, struct operand *args) {
    const struct expr_function *f = e->function;
    struct num nothing[EXPR_ARGS_MAX];
    bool numbers = true;
    if (f->rule == EXPR_FN_GRAPH && !m->in_graph) {
        struct diag *d = diag_add(m->l->dl, DIAG_CONDITION_SHAPE, e->name_at,
                                  "`%s` depends on how far CloudWatch looks back", f->name);
        diag_hint(m->l->dl, d, "An alarm cannot use it, a graph can.");
        return call_error();
    }
    for (uint32_t i = 0; i < e->nargs; i++) {
        numbers &= args[i].kind == OPERAND_CONST;
        nothing[i] = args[i].nothing;
    }
    if (numbers && f->fold == NULL)
        return of_number(m, e, args[0].at);
    if (!numbers && f->of_series && !all_series(m, e, args))
        return call_error();
    struct buf b = BUF_INIT(MEASURE_TEXT_MAX);
    bool ok = put_arguments(m, args, e->nargs, &b, e->at);
    str inner = buf_keep(&b, m->l->scratch);
    struct operand r = args[0];
    r.math = arena_printf(m->l->scratch, f->of_series ? "%s([%.*s])" : "%s(%.*s)", f->cloudwatch,
                          STR_ARG(inner));
    r.nothing = f->fold != NULL ? f->fold(nothing, e->nargs) : NUM_NAN;
    if (!ok)
        return call_error();
    return numbers && f->fold != NULL ? call_fold(e, args) : r;
}

struct operand measure_call(struct measure *m, const struct expr *e) {
    const struct expr_function *f = e->function;
    struct operand args[EXPR_ARGS_MAX] = {{0}};
    struct operand r;
    if (f->rule == EXPR_FN_FILL) {
        r = call_fill(m, e);
    } else {
        for (uint32_t i = 0; i < e->nargs; i++) {
            args[i] = measure_expr(m, e->args[i]);
            if (args[i].kind == OPERAND_ERROR)
                return args[i];
        }
        r = f->rule == EXPR_FN_IF ? call_if(m, e, args) : call_plain(m, e, args);
    }
    if (r.kind == OPERAND_ERROR || (r.kind == OPERAND_CONST && f->fold != NULL && r.math.n == 0))
        return r;
    r.kind = OPERAND_MATH;
    r.prec = PREC_ATOM;
    r.boolean = false;
    r.at = e->at;
    if (f->rule == EXPR_FN_PER_SECOND)
        r.dim.time = (int8_t)(r.dim.time - 1);
    if (f->rule == EXPR_FN_NUMBER) {
        r.dim = DIM_NONE;
        r.scale = num_int(1);
    }
    return r;
}
