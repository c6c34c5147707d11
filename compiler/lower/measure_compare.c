/* SPDX-License-Identifier: MIT */
#include "lower/measure_compare.h"

static enum expr_op flipped(enum expr_op op) {
    return op == EXPR_OP_GT   ? EXPR_OP_LT
           : op == EXPR_OP_GE ? EXPR_OP_LE
           : op == EXPR_OP_LT ? EXPR_OP_GT
                              : EXPR_OP_GE;
}

static enum expr_op opposite(enum expr_op op) {
    return op == EXPR_OP_GT   ? EXPR_OP_LE
           : op == EXPR_OP_GE ? EXPR_OP_LT
           : op == EXPR_OP_LT ? EXPR_OP_GE
                              : EXPR_OP_GT;
}

bool measure_holds(enum expr_op op, struct num a, struct num b) {
    int c = num_cmp(a, b);
    return op == EXPR_OP_GT ? c > 0 : op == EXPR_OP_GE ? c >= 0 : op == EXPR_OP_LT ? c < 0 : c <= 0;
}

struct operand measure_readable(struct measure *m, struct operand o, const struct operand *value) {
    if (o.kind != OPERAND_MATH || !dim_eq(o.dim, DIM_NONE))
        return o;
    if (value->q.percent)
        return measure_scale(m, o, num_div(o.scale, num_ratio(1, 100)));
    /* Beside what is declared in percent a bare number is a mistake, which measure_threshold()
     * tells. */
    if (value->q.bare && !measure_is_percent(&o))
        return measure_scale(m, o, o.scale);
    return o;
}

bool measure_sides(struct measure *m, const struct expr *e, struct sides *ret) {
    struct operand x = measure_expr(m, e->args[0]), y = measure_expr(m, e->args[1]);
    enum expr_op op = e->op;
    struct num threshold = NUM_NAN;
    if (x.kind == OPERAND_ERROR || y.kind == OPERAND_ERROR)
        return false;
    if (x.kind == OPERAND_CONST && y.kind == OPERAND_CONST) {
        struct diag *d =
            diag_add(m->l->dl, DIAG_CONDITION_SHAPE, e->at, "the condition measures nothing");
        diag_hint(m->l->dl, d, "Name a metric, as in `web.cpu > 80%%`.");
        return false;
    }
    if (x.kind == OPERAND_CONST) {
        /* 80% < web.cpu */
        struct operand t = x;
        x = y;
        y = t;
        op = flipped(op);
    }
    if (y.kind == OPERAND_CONST) {
        x = measure_readable(m, x, &y);
        if (!measure_threshold(m, &x, &y, &threshold))
            return false;
    } else if (!measure_align(m, &x, &y, e->at)) {
        return false;
    }
    *ret = (struct sides){x, y, op, op != e->op, threshold};
    return true;
}

static struct operand boolean(str text, struct num nothing, span at) {
    return (struct operand){.kind = OPERAND_MATH,
                            .math = text,
                            .prec = PREC_BOOL,
                            .scale = num_int(1),
                            .boolean = true,
                            .nothing = nothing,
                            .at = at};
}

static struct operand comparison(struct measure *m, const struct expr *e) {
    struct sides s;
    if (!measure_sides(m, e, &s))
        return (struct operand){.kind = OPERAND_ERROR};
    str right;
    if (s.right.kind == OPERAND_CONST) {
        char t[NUM_TEXT_MAX];
        right =
            arena_str(m->l->scratch, (str){(const unsigned char *)t, num_format(s.threshold, t)});
    } else {
        right = measure_text(m, s.right, PREC_SUM);
    }
    str text =
        arena_printf(m->l->scratch, "%.*s %s %.*s", STR_ARG(measure_text(m, s.left, PREC_SUM)),
                     expr_op_text(s.op), STR_ARG(right));
    struct num nothing = NUM_NAN;
    if (num_ok(s.left.nothing) && num_ok(s.right.nothing))
        nothing = num_int(measure_holds(s.op, s.left.nothing, s.right.nothing));
    return boolean(text, nothing, e->at);
}

const struct expr *measure_negated(struct arena *a, const struct expr *e) {
    if (e->kind == EXPR_NOT)
        return e->args[0];
    struct expr *r = ARENA_NEW(a, struct expr);
    *r = *e;
    if (e->kind == EXPR_COMPARE) {
        r->op = opposite(e->op);
    } else if (e->kind == EXPR_AND || e->kind == EXPR_OR) {
        r->kind = e->kind == EXPR_AND ? EXPR_OR : EXPR_AND;
        r->args = ARENA_ARRAY(a, struct expr *, 2);
        for (int i = 0; i < 2; i++)
            r->args[i] = (struct expr *)measure_negated(a, e->args[i]);
    } else {
        r->kind = EXPR_NOT;
        r->args = ARENA_ARRAY(a, struct expr *, 1);
        r->args[0] = (struct expr *)e;
        r->nargs = 1;
    }
    return r;
}

/* One side of `and` or `or`. CloudWatch does not say which of these binds tighter: parentheses. */
static bool put_side(struct measure *m, const struct expr *e, uint32_t i, struct buf *b,
                     struct num *ret_nothing) {
    const struct expr *side = e->args[i];
    if (side->kind == EXPR_NOT)
        side = measure_negated(m->l->scratch, side->args[0]);
    struct operand o = measure_expr(m, side);
    if (o.kind == OPERAND_ERROR)
        return false;
    if (!o.boolean) {
        diag_add(m->l->dl, DIAG_CONDITION_SHAPE, o.at,
                 "`and`, `or` and `not` stand between comparisons");
        return false;
    }
    bool paren =
        (side->kind == EXPR_AND || side->kind == EXPR_OR) && (side->kind != e->kind || i > 0);
    buf_printf(b, paren ? "(%.*s)" : "%.*s", STR_ARG(o.math));
    *ret_nothing = o.nothing;
    return true;
}

struct operand measure_boolean(struct measure *m, const struct expr *e) {
    if (e->kind == EXPR_COMPARE)
        return comparison(m, e);
    if (e->kind == EXPR_NOT) {
        const struct expr *turned = measure_negated(m->l->scratch, e->args[0]);
        if (turned->kind != EXPR_NOT)
            return measure_expr(m, turned);
        diag_add(m->l->dl, DIAG_CONDITION_SHAPE, e->at, "`not` stands before a comparison");
        return (struct operand){.kind = OPERAND_ERROR};
    }
    bool and = e->kind == EXPR_AND;
    struct buf b = BUF_INIT(MEASURE_TEXT_MAX);
    struct num x = NUM_NAN, y = NUM_NAN;
    bool ok = put_side(m, e, 0, &b, &x);
    buf_text(&b, and? " AND " : " OR ");
    ok &= put_side(m, e, 1, &b, &y);
    str text = buf_keep(&b, m->l->scratch);
    if (!ok)
        return (struct operand){.kind = OPERAND_ERROR};
    struct num nothing = NUM_NAN;
    if (num_ok(x) && num_ok(y))
        nothing = num_int(and? x.n && y.n : x.n || y.n);
    return boolean(text, nothing, e->at);
}
