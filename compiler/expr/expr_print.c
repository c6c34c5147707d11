/* SPDX-License-Identifier: MIT */
#include "expr/expr.h"

/* The higher the tighter; as in the grammar. */
static int precedence(const struct expr *e) {
    switch (e->kind) {
    case EXPR_OR:
        return 1;
    case EXPR_AND:
        return 2;
    case EXPR_NOT:
        return 3;
    case EXPR_COMPARE:
    case EXPR_BAND:
    case EXPR_TREND:
    case EXPR_MISSING:
    case EXPR_FAILS:
    case EXPR_BY:
        return 4;
    case EXPR_ADD:
    case EXPR_SUB:
        return 5;
    case EXPR_MUL:
    case EXPR_DIV:
        return 6;
    case EXPR_NEG:
        return 7;
    case EXPR_OF:
    case EXPR_PER:
        return 8;
    case EXPR_NUMBER:
    case EXPR_REF:
    case EXPR_STAT:
    case EXPR_CALL:
    case EXPR_ALARM:
    case EXPR_ERROR:
        break;
    }
    return 9;
}

static void put(struct buf *b, const struct expr *e, int least) {
    bool paren = precedence(e) < least;
    if (paren)
        buf_byte(b, '(');
    expr_print(b, e);
    if (paren)
        buf_byte(b, ')');
}

static void put_name(struct buf *b, const struct expr *e) {
    if (e->resource.n > 0) {
        buf_put(b, e->resource);
        buf_byte(b, '.');
    }
    buf_put(b, e->name);
}

static void put_call(struct buf *b, const struct expr *e) {
    if (e->kind == EXPR_CALL)
        buf_text(b, e->function->name);
    else
        buf_put(b, e->name);
    buf_byte(b, '(');
    for (uint32_t i = 0; i < e->nargs; i++) {
        if (i > 0)
            BUF_LIT(b, ", ");
        put(b, e->args[i], 0);
    }
    buf_byte(b, ')');
}

static const char *compare_text(enum expr_op op) {
    return op == EXPR_OP_GT ? " > " : op == EXPR_OP_GE ? " >= " : op == EXPR_OP_LT ? " < " : " <= ";
}

static void put_trend(struct buf *b, const struct expr *e) {
    buf_text(b, e->op == EXPR_OP_RISES ? " rises" : " falls");
    if (e->nargs > 1) {
        BUF_LIT(b, " by ");
        put(b, e->args[1], 5);
    }
}

static void put_band(struct buf *b, const struct expr *e) {
    buf_text(b, e->op == EXPR_OP_OUTSIDE ? " outside band("
                : e->op == EXPR_OP_ABOVE ? " above band("
                                         : " below band(");
    quantity_format(b, e->quantity);
    buf_byte(b, ')');
}

/* Signs between two arguments, and how tight those must be at least. */
static const struct infix {
    const char *sign;
    int left, right;
} infixes[EXPR_ERROR + 1] = {
    [EXPR_OR] = {" or ", 1, 2}, [EXPR_AND] = {" and ", 2, 3}, [EXPR_ADD] = {" + ", 5, 6},
    [EXPR_SUB] = {" - ", 5, 6}, [EXPR_MUL] = {" * ", 6, 7},   [EXPR_DIV] = {" / ", 6, 7},
    [EXPR_OF] = {" of ", 9, 8},
};

/* A comparison by its kind, after what it looks at. */
static void put_comparison(struct buf *b, const struct expr *e) {
    put(b, e->args[0], 5);
    if (e->kind == EXPR_COMPARE) {
        buf_text(b, compare_text(e->op));
        put(b, e->args[1], 5);
    } else if (e->kind == EXPR_BAND) {
        put_band(b, e);
    } else if (e->kind == EXPR_TREND) {
        put_trend(b, e);
    } else if (e->kind == EXPR_MISSING) {
        BUF_LIT(b, " is missing");
    } else {
        BUF_LIT(b, " fails ");
        quantity_format(b, e->quantity);
        BUF_LIT(b, " times");
    }
}

void expr_print(struct buf *out, const struct expr *e) {
    const struct infix *infix = &infixes[e->kind];
    switch (e->kind) {
    case EXPR_NUMBER:
        quantity_format(out, e->quantity);
        break;
    case EXPR_REF:
        put_name(out, e);
        break;
    case EXPR_STAT:
    case EXPR_CALL:
        put_call(out, e);
        break;
    case EXPR_ALARM:
        BUF_LIT(out, "alarm(");
        buf_put(out, e->name);
        buf_byte(out, ')');
        break;
    case EXPR_NEG:
        buf_byte(out, '-');
        put(out, e->args[0], 7);
        break;
    case EXPR_NOT:
        BUF_LIT(out, "not ");
        put(out, e->args[0], 3);
        break;
    case EXPR_PER:
        put(out, e->args[0], 9);
        BUF_LIT(out, " per ");
        quantity_format(out, e->quantity);
        break;
    case EXPR_BY:
        put(out, e->args[0], 5);
        BUF_LIT(out, " by ");
        buf_put(out, e->name);
        break;
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_OF:
    case EXPR_AND:
    case EXPR_OR:
        put(out, e->args[0], infix->left);
        buf_text(out, infix->sign);
        put(out, e->args[1], infix->right);
        break;
    case EXPR_COMPARE:
    case EXPR_BAND:
    case EXPR_TREND:
    case EXPR_MISSING:
    case EXPR_FAILS:
        put_comparison(out, e);
        break;
    case EXPR_ERROR:
        buf_byte(out, '?');
        break;
    }
}

static void put_duration(struct buf *b, int64_t s) {
    quantity_format(b, (struct quantity){.value = num_int(s), .dim = {.time = 1}});
}

void expr_print_condition(struct buf *out, const struct expr_condition *c) {
    const struct expr_clauses *k = &c->clauses;
    expr_print(out, c->root);
    if (k->over_at.file != 0) {
        BUF_LIT(out, " over ");
        put_duration(out, k->over_s);
    }
    if (k->for_at.file != 0) {
        BUF_LIT(out, " for ");
        if (k->for_of > 0)
            buf_printf(out, "%u of ", k->for_of);
        put_duration(out, k->for_s);
    }
    if (k->min_samples > 0)
        buf_printf(out, " with at least %u samples", k->min_samples);
    if (k->missing != EXPR_MISSING_UNSET)
        buf_printf(out, " treat missing as %s", expr_missing_rows[k->missing].name);
}
