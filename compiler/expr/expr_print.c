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
        return 4;
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

static void put_binary(struct buf *b, const struct expr *e, const char *sign, int left, int right) {
    put(b, e->args[0], left);
    buf_text(b, sign);
    put(b, e->args[1], right);
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
    put(b, e->args[0], 5);
    buf_text(b, e->op == EXPR_OP_RISES ? " rises" : " falls");
    if (e->nargs > 1) {
        BUF_LIT(b, " by ");
        put(b, e->args[1], 5);
    }
}

static void put_band(struct buf *b, const struct expr *e) {
    put(b, e->args[0], 5);
    buf_text(b, e->op == EXPR_OP_OUTSIDE ? " outside band("
                : e->op == EXPR_OP_ABOVE ? " above band("
                                         : " below band(");
    quantity_format(b, e->quantity);
    buf_byte(b, ')');
}

void expr_print(struct buf *b, const struct expr *e) {
    switch (e->kind) {
    case EXPR_NUMBER:
        quantity_format(b, e->quantity);
        break;
    case EXPR_REF:
        put_name(b, e);
        break;
    case EXPR_STAT:
    case EXPR_CALL:
        put_call(b, e);
        break;
    case EXPR_ALARM:
        BUF_LIT(b, "alarm(");
        buf_put(b, e->name);
        buf_byte(b, ')');
        break;
    case EXPR_NEG:
        buf_byte(b, '-');
        put(b, e->args[0], 7);
        break;
    case EXPR_ADD:
        put_binary(b, e, " + ", 5, 6);
        break;
    case EXPR_SUB:
        put_binary(b, e, " - ", 5, 6);
        break;
    case EXPR_MUL:
        put_binary(b, e, " * ", 6, 7);
        break;
    case EXPR_DIV:
        put_binary(b, e, " / ", 6, 7);
        break;
    case EXPR_OF:
        put_binary(b, e, " of ", 9, 8);
        break;
    case EXPR_PER:
        put(b, e->args[0], 9);
        BUF_LIT(b, " per ");
        quantity_format(b, e->quantity);
        break;
    case EXPR_BY:
        put(b, e->args[0], 5);
        BUF_LIT(b, " by ");
        buf_put(b, e->name);
        break;
    case EXPR_COMPARE:
        put_binary(b, e, compare_text(e->op), 5, 5);
        break;
    case EXPR_BAND:
        put_band(b, e);
        break;
    case EXPR_TREND:
        put_trend(b, e);
        break;
    case EXPR_MISSING:
        put(b, e->args[0], 5);
        BUF_LIT(b, " is missing");
        break;
    case EXPR_FAILS:
        put(b, e->args[0], 5);
        BUF_LIT(b, " fails ");
        quantity_format(b, e->quantity);
        BUF_LIT(b, " times");
        break;
    case EXPR_AND:
        put_binary(b, e, " and ", 2, 3);
        break;
    case EXPR_OR:
        put_binary(b, e, " or ", 1, 2);
        break;
    case EXPR_NOT:
        BUF_LIT(b, "not ");
        put(b, e->args[0], 3);
        break;
    case EXPR_ERROR:
        buf_byte(b, '?');
        break;
    }
}

static void put_duration(struct buf *b, int64_t s) {
    quantity_format(b, (struct quantity){.value = num_int(s), .dim = {.time = 1}});
}

void expr_print_condition(struct buf *b, const struct expr_condition *c) {
    const struct expr_clauses *k = &c->clauses;
    expr_print(b, c->root);
    if (k->over_at.file != 0) {
        BUF_LIT(b, " over ");
        put_duration(b, k->over_s);
    }
    if (k->for_at.file != 0) {
        BUF_LIT(b, " for ");
        if (k->for_of > 0)
            buf_printf(b, "%u of ", k->for_of);
        put_duration(b, k->for_s);
    }
    if (k->min_samples > 0)
        buf_printf(b, " with at least %u samples", k->min_samples);
    if (k->missing != EXPR_MISSING_UNSET)
        buf_printf(b, " treat missing as %s", expr_missing_rows[k->missing].name);
}
