/* SPDX-License-Identifier: MIT */
#include "lower/measure_call.h"

#define PREC_ATOM 4

static struct operand call_error(void) {
    return (struct operand){.kind = OPERAND_ERROR};
}

/* The arguments as texts in the scale of the first: "m1, m2". */
static bool put_arguments(struct measure *m, struct operand *args, uint32_t n, struct buf *b,
                          span at) {
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0 && !measure_align(m, &args[0], &args[i], at))
            return false;
        if (i > 0)
            BUF_LIT(b, ", ");
        buf_put(b, measure_text(m, args[i], 0));
    }
    return true;
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
    str no = e->nargs == 3 ? arena_printf(m->l->a, ", %.*s", STR_ARG(measure_text(m, args[2], 0)))
                           : STR("");
    r.math = arena_printf(m->l->a, "IF(%.*s, %.*s%.*s)", STR_ARG(args[0].math),
                          STR_ARG(measure_text(m, args[1], 0)), STR_ARG(no));
    return r;
}

/* fill(x, 0), fill(x, repeat), fill(x, linear) */
static struct operand call_fill(struct measure *m, const struct expr *e) {
    struct operand x = measure_expr(m, e->args[0]);
    const struct expr *with = e->args[1];
    if (x.kind == OPERAND_ERROR)
        return x;
    str text;
    if (with->kind == EXPR_REF && with->resource.n == 0 &&
        (str_is(with->name, "repeat") || str_is(with->name, "linear"))) {
        text = str_is(with->name, "repeat") ? STR("REPEAT") : STR("LINEAR");
    } else {
        struct operand y = measure_expr(m, with);
        struct num n;
        /* 0 is 0 in every unit. */
        if (y.kind == OPERAND_CONST && y.q.bare && y.q.value.n == 0)
            text = STR("0");
        else if (measure_threshold(m, &x, &y, &n))
            text = measure_text(m, (struct operand){.kind = OPERAND_CONST, .q = {.value = n}}, 0);
        else
            return call_error();
    }
    struct operand r = x;
    r.math =
        arena_printf(m->l->a, "FILL(%.*s, %.*s)", STR_ARG(measure_text(m, x, 0)), STR_ARG(text));
    return r;
}

struct operand measure_call(struct measure *m, const struct expr *e) {
    const struct expr_function *f = e->function;
    struct operand args[8] = {{0}};
    struct operand r;
    if (e->nargs > 8)
        return call_error();
    if (f->rule == EXPR_FN_FILL) {
        r = call_fill(m, e);
    } else {
        for (uint32_t i = 0; i < e->nargs; i++) {
            args[i] = measure_expr(m, e->args[i]);
            if (args[i].kind == OPERAND_ERROR)
                return args[i];
        }
        if (f->rule == EXPR_FN_IF) {
            r = call_if(m, e, args);
        } else {
            struct buf b = BUF_INIT(65536);
            if (!put_arguments(m, args, e->nargs, &b, e->at)) {
                buf_done(&b);
                return call_error();
            }
            r = args[0];
            bool array = f->of_series && e->nargs > 1;
            r.math = arena_printf(m->l->a, "%s(%s%.*s%s)", f->cloudwatch, array ? "[" : "",
                                  STR_ARG(buf_str(&b)), array ? "]" : "");
            buf_done(&b);
        }
    }
    if (r.kind == OPERAND_ERROR)
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
