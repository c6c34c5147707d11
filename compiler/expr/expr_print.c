/* SPDX-License-Identifier: MIT */
#include "expr/expr.h"

/* How tightly each kind binds, as in the grammar: the higher the tighter. Two sides: what stands
 * between. */
static const struct form {
    int precedence;
    const char *sign;
    int left, right; /* what the sides bind at least */
} forms[] = {
    [EXPR_OR] = {1, " or ", 1, 2},    [EXPR_AND] = {2, " and ", 2, 3},
    [EXPR_NOT] = {3, NULL, 0, 0},     [EXPR_COMPARE] = {4, NULL, 0, 0},
    [EXPR_BAND] = {4, NULL, 0, 0},    [EXPR_TREND] = {4, NULL, 0, 0},
    [EXPR_MISSING] = {4, NULL, 0, 0}, [EXPR_FAILS] = {4, NULL, 0, 0},
    [EXPR_BY] = {4, NULL, 0, 0},      [EXPR_ADD] = {5, " + ", 5, 6},
    [EXPR_SUB] = {5, " - ", 5, 6},    [EXPR_MUL] = {6, " * ", 6, 7},
    [EXPR_DIV] = {6, " / ", 6, 7},    [EXPR_NEG] = {7, NULL, 0, 0},
    [EXPR_OF] = {8, " of ", 9, 8},    [EXPR_PER] = {8, NULL, 0, 0},
    [EXPR_NUMBER] = {9, NULL, 0, 0},  [EXPR_REF] = {9, NULL, 0, 0},
    [EXPR_STAT] = {9, NULL, 0, 0},    [EXPR_CALL] = {9, NULL, 0, 0},
    [EXPR_ALARM] = {9, NULL, 0, 0},   [EXPR_ERROR] = {9, NULL, 0, 0},
};

static void put(struct buf *b, const struct expr *e, int least) {
    bool paren = forms[e->kind].precedence < least;
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

/* What is said of one thing: "x is missing", "x rises by 5". */
static void put_said(struct buf *b, const struct expr *e) {
    put(b, e->args[0], e->kind == EXPR_PER ? 9 : 5);
    switch ((int)e->kind) {
    case EXPR_COMPARE:
        buf_byte(b, ' ');
        buf_text(b, expr_op_text(e->op));
        buf_byte(b, ' ');
        put(b, e->args[1], 5);
        break;
    case EXPR_BAND:
        buf_printf(b, " %s band(", expr_op_text(e->op));
        quantity_format(b, e->quantity);
        buf_byte(b, ')');
        break;
    case EXPR_TREND:
        buf_printf(b, " %s", expr_op_text(e->op));
        if (e->nargs > 1) {
            BUF_LIT(b, " by ");
            put(b, e->args[1], 5);
        }
        break;
    case EXPR_MISSING:
        BUF_LIT(b, " is missing");
        break;
    case EXPR_FAILS:
        BUF_LIT(b, " fails ");
        quantity_format(b, e->quantity);
        BUF_LIT(b, " times");
        break;
    case EXPR_PER:
        BUF_LIT(b, " per ");
        quantity_format(b, e->quantity);
        break;
    default:
        BUF_LIT(b, " by ");
        buf_put(b, e->name);
        break;
    }
}

void expr_print(struct buf *out, const struct expr *e) {
    const struct form *form = &forms[e->kind];
    if (form->sign != NULL) {
        put(out, e->args[0], form->left);
        buf_text(out, form->sign);
        put(out, e->args[1], form->right);
        return;
    }
    switch ((int)e->kind) {
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
        buf_printf(out, "alarm(%.*s)", STR_ARG(e->name));
        break;
    case EXPR_NEG:
        buf_byte(out, '-');
        put(out, e->args[0], 7);
        break;
    case EXPR_NOT:
        BUF_LIT(out, "not ");
        put(out, e->args[0], 3);
        break;
    case EXPR_ERROR:
        buf_byte(out, '?');
        break;
    default:
        put_said(out, e);
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
        buf_printf(out, " treat missing as %s", expr_missing_words[k->missing]);
}
