/* SPDX-License-Identifier: MIT */
#ifndef OPSC_EXPR_EXPR_CTX_H
#define OPSC_EXPR_EXPR_CTX_H

#include "expr/expr.h"

/*
 * expr_ctx: what lexer and parser share during one parse, and the constructors that the
 * grammar's actions call. Internal to expr/ and grammar/.
 */
struct expr_list {
    struct expr **items;
    uint32_t n;
    uint32_t depth; /* of the deepest */
};

struct expr_ctx {
    struct arena *arena, *names; /* of nodes; of their `str`s */
    struct diag_list *dl;
    struct expr_text text;
    const char *what, *example; /* what is read, and one that is right: for messages */
    uint32_t pos;               /* of the lexer, in text.text */
    uint32_t token, token_end;  /* the last token, in text.text */
    uint32_t number_end;        /* of the last number when it had no unit; 0: none */
    int start;                  /* first token, or 0 when it has been given */
    bool failed;
    bool reported; /* a syntax error has been told; further ones are its echo */
    struct expr_condition condition;
    VEC(struct expr_series) series;
    int64_t graph_over_s;
    struct expr *value;
};

/* Offsets in the text as a place in the file. */
span expr_span(const struct expr_ctx *c, uint32_t from, uint32_t to);

struct expr *expr_number(struct expr_ctx *c, span at, struct quantity q);
struct expr *expr_ref(struct expr_ctx *c, span at, str resource, str name, span name_at);
str expr_join(struct expr_ctx *c, str left, str right);
struct expr *expr_unary(struct expr_ctx *c, enum expr_kind kind, span at, span op_at,
                        struct expr *x);
struct expr *expr_binary(struct expr_ctx *c, enum expr_kind kind, span at, span op_at,
                         struct expr *l, struct expr *r);
struct expr *expr_compare(struct expr_ctx *c, span at, span op_at, enum expr_op op, struct expr *l,
                          struct expr *r);
struct expr *expr_band(struct expr_ctx *c, span at, span op_at, enum expr_op op, struct expr *l,
                       struct quantity n, span n_at);
struct expr *expr_trend(struct expr_ctx *c, span at, span op_at, enum expr_op op, struct expr *l,
                        struct expr *by);
struct expr *expr_fails(struct expr_ctx *c, span at, span op_at, struct expr *l, struct quantity n,
                        span n_at);
struct expr *expr_of(struct expr_ctx *c, span at, span op_at, struct quantity n, span n_at,
                     struct expr *x);
struct expr *expr_per(struct expr_ctx *c, span at, span op_at, struct expr *x, struct quantity n,
                      span n_at);
struct expr *expr_by(struct expr_ctx *c, span at, struct expr *x, str name, span name_at);
struct expr *expr_call(struct expr_ctx *c, span at, str name, span name_at, struct expr_list args);
struct expr *expr_alarm(struct expr_ctx *c, span at, str name, span name_at);
struct expr_list expr_list_one(struct expr_ctx *c, struct expr *e);
struct expr_list expr_list_add(struct expr_ctx *c, struct expr_list l, struct expr *e);

void expr_clause_for(struct expr_ctx *c, span at, struct quantity n, span n_at);
void expr_clause_for_of(struct expr_ctx *c, span at, struct quantity m, span m_at,
                        struct quantity n, span n_at);
void expr_clause_over(struct expr_ctx *c, span at, struct quantity n, span n_at);
void expr_clause_samples(struct expr_ctx *c, span at, struct quantity n, span n_at);
void expr_clause_missing(struct expr_ctx *c, span at, str word, span word_at);
void expr_add_series(struct expr_ctx *c, span at, struct expr *e, str label);
void expr_graph_over(struct expr_ctx *c, struct quantity n, span n_at);

/*
 * expr_error.c: what a user reads. `names`: what could have stood there; n 0: too many to list.
 */
void expr_syntax_error(struct expr_ctx *c, span at, const char *const *names, unsigned n);
void ex_error(const span *at, struct expr_ctx *c, const char *message);
void expr_unknown_function(struct expr_ctx *c, span name_at, str name);
void expr_wrong_arguments(struct expr_ctx *c, span at, str name, struct expr_list args,
                          const struct expr_function *f);

/* From the lexer: a number that cannot be read, a character that is not of the language. */
void expr_bad_number(struct expr_ctx *c, uint32_t from, uint32_t used, uint32_t bad_unit);
void expr_bad_character(struct expr_ctx *c, uint32_t from);

#endif
