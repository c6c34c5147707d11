/* SPDX-License-Identifier: MIT */
#include "expr/expr_ctx.h"

/* A year: CloudWatch looks back a week at most, and products of it stay small. */
#define TIME_MAX_S (366 * 86400)

/* Beyond this the tree is not built: whoever walks it may recurse. */
static bool too_deep(struct expr_ctx *c, span at, uint32_t depth) {
    if (depth <= EXPR_DEPTH_MAX)
        return false;
    if (!c->reported)
        diag_add(c->dl, DIAG_CONDITION_TOO_LONG, at, "the expression is nested more than %d deep",
                 EXPR_DEPTH_MAX);
    c->reported = c->failed = true;
    return true;
}

static struct expr *make(struct expr_ctx *c, enum expr_kind kind, span at) {
    struct expr *e = ARENA_NEW(c->arena, struct expr);
    e->kind = kind;
    e->at = at;
    e->name_at = at;
    e->depth = 1;
    return e;
}

static struct expr *with_args(struct expr_ctx *c, struct expr *e, struct expr *x, struct expr *y) {
    e->nargs = y != NULL ? 2 : 1;
    e->args = ARENA_ARRAY(c->arena, struct expr *, 2);
    e->args[0] = x;
    e->args[1] = y;
    e->depth = (y != NULL && y->depth > x->depth ? y->depth : x->depth) + 1;
    if (too_deep(c, e->at, e->depth))
        return make(c, EXPR_ERROR, e->at);
    return e;
}

struct expr *expr_number(struct expr_ctx *c, span at, struct quantity q) {
    struct expr *e = make(c, EXPR_NUMBER, at);
    e->quantity = q;
    return e;
}

struct expr *expr_ref(struct expr_ctx *c, span at, str resource, str name, span name_at) {
    struct expr *e = make(c, EXPR_REF, at);
    e->resource = resource;
    e->name = name;
    e->name_at = name_at;
    return e;
}

str expr_join(struct expr_ctx *c, str left, str right) {
    return arena_cat3(c->names, left, STR("."), right);
}

struct expr *expr_unary(struct expr_ctx *c, enum expr_kind kind, span at, span op_at,
                        struct expr *x) {
    struct expr *e = make(c, kind, at);
    e->name_at = op_at;
    return with_args(c, e, x, NULL);
}

struct expr *expr_binary(struct expr_ctx *c, enum expr_kind kind, span at, span op_at,
                         struct expr *l, struct expr *r) {
    struct expr *e = make(c, kind, at);
    e->name_at = op_at;
    return with_args(c, e, l, r);
}

struct expr *expr_compare(struct expr_ctx *c, span at, span op_at, enum expr_op op, struct expr *l,
                          struct expr *r) {
    struct expr *e = make(c, EXPR_COMPARE, at);
    e->op = op;
    e->name_at = op_at;
    return with_args(c, e, l, r);
}

static void bad_clause(struct expr_ctx *c, span at, const char *what, const char *example) {
    struct diag *d = diag_add(c->dl, DIAG_BAD_CLAUSE_VALUE, at, "%s", what);
    diag_hint(c->dl, d, "For example `%s`.", example);
    c->failed = true;
}

/* The lexer has told already what is wrong with a number that is not one. */
static void bad_number(struct expr_ctx *c, struct quantity n, span at, const char *what,
                       const char *example) {
    if (num_ok(n.value))
        bad_clause(c, at, what, example);
    c->failed = true;
}

/* A whole number of at least 1. */
static bool whole(struct quantity n, uint32_t *ret) {
    if (!n.bare || !num_is_int(n.value) || n.value.n < 1 || n.value.n > 1000000)
        return false;
    *ret = (uint32_t)n.value.n;
    return true;
}

struct expr *expr_band(struct expr_ctx *c, span at, span op_at, enum expr_op op, struct expr *l,
                       struct quantity n, span n_at) {
    struct expr *e = make(c, EXPR_BAND, at);
    if (!n.bare || num_cmp(n.value, num_int(0)) <= 0 || num_cmp(n.value, num_int(100)) > 0)
        bad_number(c, n, n_at, "the width of a band is a number of standard deviations above 0",
                   "outside band(3)");
    e->op = op;
    e->name_at = op_at;
    e->quantity = n;
    return with_args(c, e, l, NULL);
}

struct expr *expr_trend(struct expr_ctx *c, span at, span op_at, enum expr_op op, struct expr *l,
                        struct expr *by) {
    struct expr *e = make(c, EXPR_TREND, at);
    e->op = op;
    e->name_at = op_at;
    return with_args(c, e, l, by);
}

struct expr *expr_fails(struct expr_ctx *c, span at, span op_at, struct expr *l, struct quantity n,
                        span n_at) {
    struct expr *e = make(c, EXPR_FAILS, at);
    uint32_t times;
    if (!whole(n, &times))
        bad_number(c, n, n_at, "`fails` takes a whole number of times", "fails 3 times");
    e->name_at = op_at;
    e->quantity = n;
    return with_args(c, e, l, NULL);
}

struct expr *expr_of(struct expr_ctx *c, span at, span op_at, struct quantity n, span n_at,
                     struct expr *x) {
    struct expr *e = make(c, EXPR_OF, at);
    if (!n.percent)
        bad_number(c, n, n_at, "`of` follows a percentage", "80% of db.max_connections");
    e->name_at = op_at;
    return with_args(c, e, expr_number(c, n_at, n), x);
}

static bool is_time(struct quantity n) {
    return dim_eq(n.dim, (struct dim){.time = 1}) && num_is_int(n.value) && n.value.n > 0 &&
           n.value.n <= TIME_MAX_S;
}

struct expr *expr_per(struct expr_ctx *c, span at, span op_at, struct expr *x, struct quantity n,
                      span n_at) {
    struct expr *e = make(c, EXPR_PER, at);
    if (!is_time(n))
        bad_number(c, n, n_at, "`per` takes a time of whole seconds", "per 1m");
    e->name_at = op_at;
    e->quantity = n;
    return with_args(c, e, x, NULL);
}

struct expr *expr_by(struct expr_ctx *c, span at, struct expr *x, str name, span name_at) {
    struct expr *e = make(c, EXPR_BY, at);
    e->name = name;
    e->name_at = name_at;
    return with_args(c, e, x, NULL);
}

struct expr *expr_alarm(struct expr_ctx *c, span at, str name, span name_at) {
    struct expr *e = make(c, EXPR_ALARM, at);
    e->name = name;
    e->name_at = name_at;
    return e;
}

struct expr_list expr_list_one(struct expr_ctx *c, struct expr *e) {
    struct expr_list l = {ARENA_ARRAY(c->arena, struct expr *, 8), 1, e->depth};
    l.items[0] = e;
    return l;
}

struct expr_list expr_list_add(struct expr_ctx *c, struct expr_list l, struct expr *e) {
    if (l.n % 8 == 0)
        l.items = arena_grow(c->arena, l.items, l.n * sizeof *l.items, (l.n + 8) * sizeof *l.items,
                             _Alignof(struct expr *));
    l.items[l.n++] = e;
    l.depth = e->depth > l.depth ? e->depth : l.depth;
    return l;
}

struct expr *expr_call(struct expr_ctx *c, span at, str name, span name_at, struct expr_list args) {
    struct num number;
    const struct expr_stat *stat = expr_stat_find(name, &number);
    const struct expr_function *f = NULL;
    /* A name can be both, min(x) and min(x, y): a statistic is of one metric. */
    for (uint32_t i = 0; i < expr_functions_n && f == NULL && (stat == NULL || args.n != 1); i++)
        f = str_is(name, expr_functions[i].name) ? &expr_functions[i] : NULL;
    if (stat == NULL && f == NULL) {
        expr_unknown_function(c, name_at, name);
        return make(c, EXPR_ERROR, at);
    }
    bool windowed = stat != NULL && args.n == 2 && args.items[1]->kind == EXPR_NUMBER &&
                    args.items[1]->quantity.dim.time == 1;
    bool is_stat = stat != NULL && (args.n == 1 || f == NULL || windowed);
    if (args.n < (is_stat ? 1 : f->min_args) || args.n > (is_stat ? 1 : f->max_args)) {
        expr_wrong_arguments(c, at, name, args, is_stat ? NULL : f);
        return make(c, EXPR_ERROR, at);
    }
    struct expr *e = make(c, is_stat ? EXPR_STAT : EXPR_CALL, at);
    e->name = name;
    e->name_at = name_at;
    e->function = is_stat ? NULL : f;
    e->args = args.items;
    e->nargs = args.n;
    e->depth = args.depth + 1;
    return too_deep(c, at, e->depth) ? make(c, EXPR_ERROR, at) : e;
}

/* True when the clause was there already (reported). */
static bool twice(struct expr_ctx *c, span at, span before, const char *clause) {
    if (before.file == 0)
        return false;
    struct diag *d = diag_add(c->dl, DIAG_CLAUSE_TWICE, at, "`%s` is said twice", clause);
    diag_also(c->dl, d, before, "first said here");
    c->failed = true;
    return true;
}

static int64_t seconds(struct expr_ctx *c, struct quantity n, span at, const char *what,
                       const char *example) {
    if (is_time(n))
        return n.value.n;
    bad_number(c, n, at, what, example);
    return 60;
}

#define FOR_TAKES "`for` takes a time of whole seconds, at most a year"
#define OVER_TAKES "`over` takes a time of whole seconds, at most a year"

void expr_clause_for(struct expr_ctx *c, span at, struct quantity n, span n_at) {
    struct expr_clauses *k = &c->condition.clauses;
    if (twice(c, at, k->for_at, "for"))
        return;
    k->for_at = at;
    k->for_s = seconds(c, n, n_at, FOR_TAKES, "for 5m");
}

void expr_clause_for_of(struct expr_ctx *c, span at, struct quantity m, span m_at,
                        struct quantity n, span n_at) {
    struct expr_clauses *k = &c->condition.clauses;
    if (twice(c, at, k->for_at, "for"))
        return;
    k->for_at = at;
    k->for_s = seconds(c, n, n_at, FOR_TAKES, "for 3 of 5m");
    if (!whole(m, &k->for_of)) {
        bad_number(c, m, m_at, "before `of` stands a whole number of evaluations", "for 3 of 5m");
        k->for_of = 1;
    }
}

void expr_clause_over(struct expr_ctx *c, span at, struct quantity n, span n_at) {
    struct expr_clauses *k = &c->condition.clauses;
    if (twice(c, at, k->over_at, "over"))
        return;
    k->over_at = at;
    k->over_s = seconds(c, n, n_at, OVER_TAKES, "over 5m");
}

void expr_clause_samples(struct expr_ctx *c, span at, struct quantity n, span n_at) {
    struct expr_clauses *k = &c->condition.clauses;
    if (twice(c, at, k->samples_at, "with at least"))
        return;
    k->samples_at = at;
    if (!whole(n, &k->min_samples))
        bad_number(c, n, n_at, "`with at least` takes a whole number of samples",
                   "with at least 20 samples");
}

void expr_clause_missing(struct expr_ctx *c, span at, str word, span word_at) {
    struct expr_clauses *k = &c->condition.clauses;
    if (twice(c, at, k->missing_at, "treat missing"))
        return;
    k->missing_at = at;
    k->missing = expr_missing_find(word);
    if (k->missing != EXPR_MISSING_UNSET)
        return;
    c->failed = true;
    struct diag *d = diag_add(c->dl, DIAG_BAD_CLAUSE_VALUE, word_at,
                              "missing data cannot be treated as `%.*s`", STR_ARG(word));
    struct suggest near = suggest_for(word);
    for (int i = 1; i < EXPR_MISSING_COUNT; i++)
        suggest_offer(&near, str_c(expr_missing_words[i]));
    if (!diag_suggest(c->dl, d, &near))
        diag_hint(c->dl, d, "It is breaching, not-breaching, ignore or missing.");
}

void expr_add_series(struct expr_ctx *c, span at, struct expr *e, str label) {
    VEC_PUSH(c->arena, &c->series, (struct expr_series){e, label, at});
}

void expr_graph_over(struct expr_ctx *c, struct quantity n, span n_at) {
    c->graph_over_s = seconds(c, n, n_at, OVER_TAKES, "over 5m");
}
