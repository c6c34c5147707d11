/* SPDX-License-Identifier: MIT */
#ifndef OPSC_EXPR_EXPR_H
#define OPSC_EXPR_EXPR_H

#include "base/arena.h"
#include "diag/diag.h"
#include "expr/unit.h"

/*
 * expr: the syntax of conditions and of what graphs draw (docs/conditions.md).
 *
 * Text to tree; names are not looked up here and nothing is folded: that is
 * lower/'s work, which knows the resources. The grammar is grammar/expr.y (bison)
 * and grammar/expr.re (re2c).
 *
 * Ownership: nodes live in the arena and are not changed after parsing; `str`s
 * point into a copy of the text there, or in the arena for names.
 * Errors: diagnostics with spans in the file.
 */
#define EXPR_BYTES_MAX 4096
#define EXPR_DEPTH_MAX 128
#define EXPR_ARGS_MAX 10 /* of a function */

enum expr_kind {
    EXPR_NUMBER, /* quantity */
    EXPR_REF,    /* resource.name, or a bare name (resource empty: the catalog's own metrics) */
    EXPR_STAT,   /* stat(args[0]): fn is the statistic's text: "avg", "p99.9" */
    EXPR_CALL,   /* fn(args...): a row of expr_functions */
    EXPR_ALARM,  /* alarm(name) */
    EXPR_NEG,    /* -args[0] */
    EXPR_ADD,
    EXPR_SUB,
    EXPR_MUL,
    EXPR_DIV,
    EXPR_OF,      /* args[0] of args[1]: a percentage of a quantity */
    EXPR_PER,     /* args[0] per quantity (a time) */
    EXPR_BY,      /* args[0] by name */
    EXPR_COMPARE, /* args[0] op args[1] */
    EXPR_BAND,    /* args[0] op(outside, above, below) band(quantity) */
    EXPR_TREND,   /* args[0] op(rises, falls) [by args[1]] */
    EXPR_MISSING, /* args[0] is missing */
    EXPR_FAILS,   /* args[0] fails quantity times */
    EXPR_AND,
    EXPR_OR,
    EXPR_NOT,
    EXPR_ERROR /* a mistake was reported here; whoever meets it stays silent */
};

enum expr_op {
    EXPR_OP_NONE,
    EXPR_OP_GT,
    EXPR_OP_GE,
    EXPR_OP_LT,
    EXPR_OP_LE,
    EXPR_OP_OUTSIDE,
    EXPR_OP_ABOVE,
    EXPR_OP_BELOW,
    EXPR_OP_RISES,
    EXPR_OP_FALLS
};

/* As users write it: ">", "outside", "rises". */
const char *expr_op_text(enum expr_op op);

struct expr_function;

struct expr {
    enum expr_kind kind;
    enum expr_op op;
    span at;      /* the whole of it */
    span name_at; /* of the name, the operator or the keyword */
    struct expr **args;
    uint32_t nargs;
    uint32_t depth; /* of the tree below, this node included */
    str name; /* EXPR_REF: metric or fact (may have dots: "health.every"); EXPR_STAT: the statistic;
                 EXPR_ALARM, EXPR_BY: the name */
    union {
        struct quantity quantity;             /* EXPR_NUMBER, EXPR_BAND, EXPR_FAILS, EXPR_PER */
        str resource;                         /* EXPR_REF; empty: bare */
        const struct expr_function *function; /* EXPR_CALL */
    };
};

/* A row of the function table: everything about a function but its meaning in lower/. */
enum expr_function_rule {
    EXPR_FN_SAME,       /* dimension of the first argument; all arguments must have it */
    EXPR_FN_GRAPH,      /* the same, but it depends on how far CloudWatch looks back: no alarms */
    EXPR_FN_PER_SECOND, /* dimension of the first argument per time */
    EXPR_FN_NUMBER,     /* no dimension */
    EXPR_FN_FILL,       /* fill(x, value): of the same dimension, or the words repeat / linear */
    EXPR_FN_IF          /* if(condition, a, b): a and b alike, b may be absent */
};

struct expr_function {
    const char *name;       /* as users write it: "running_sum" */
    const char *cloudwatch; /* metric math: "RUNNING_SUM" */
    uint8_t min_args, max_args;
    bool of_series; /* takes several series as an array: MAX([a, b]) */
    enum expr_function_rule rule;
    /* The function of `n` numbers, at least one; NULL: it makes sense for series only. */
    struct num (*fold)(const struct num *args, uint32_t n);
    const char *doc;
    const char *example;
};
extern const struct expr_function expr_functions[];
extern const uint32_t expr_functions_n;

/* A row of the statistics table; percentile-like ones take a number ("p" and 99.9). */
struct expr_stat {
    const char *name;       /* "avg", "p" */
    const char *cloudwatch; /* "Average"; for numbered ones the prefix: "p", "tm" */
    bool numbered;
    const char *doc;
};
extern const struct expr_stat expr_stats[];
extern const uint32_t expr_stats_n;
/* The row of "p99.9" or "avg", or NULL; `*ret_number` is 99.9 for numbered ones. */
const struct expr_stat *expr_stat_find(str name, struct num *ret_number);
/* CloudWatch's name of the statistic: "Average", "p99.9", "tm99". Written to the arena. */
str expr_stat_cloudwatch(struct arena *a, str name);

enum expr_missing {
    EXPR_MISSING_UNSET,
    EXPR_MISSING_MISSING,
    EXPR_MISSING_IGNORE,
    EXPR_MISSING_BREACHING,
    EXPR_MISSING_NOT_BREACHING,
    EXPR_MISSING_COUNT
};
/* "not-breaching", as users write it, indexed by the enum; "" for UNSET, NULL at the end. */
extern const char *const expr_missing_words[EXPR_MISSING_COUNT + 1];
/* "notBreaching", as CloudWatch writes it, which users may too; indexed by the enum. */
struct expr_missing_row {
    const char *cloudwatch;
    const char *doc;
};
extern const struct expr_missing_row expr_missing_rows[EXPR_MISSING_COUNT];
enum expr_missing expr_missing_find(str name); /* EXPR_MISSING_UNSET: no such word */

/* What follows the comparison; a span with file 0 means: not given. */
struct expr_clauses {
    int64_t for_s;   /* `for 5m`, `for 3 of 5m`: seconds */
    uint32_t for_of; /* the 3 of `for 3 of 5m`; 0 without */
    int64_t over_s;
    uint32_t min_samples;
    enum expr_missing missing;
    span for_at, over_at, samples_at, missing_at;
};

struct expr_condition {
    struct expr *root;
    struct expr_clauses clauses;
    span at;
};

/* One curve of a graph: `p95(api.latency) as "95th"`. */
struct expr_series {
    struct expr *root;
    str label; /* empty: made from the expression */
    span at;
};

struct expr_graph {
    struct expr_series *series;
    uint32_t n;
    int64_t over_s; /* `over 5m` at the end; 0 without */
};

/*
 * The text to parse. `at` is where it stands in its file; `origin` where its
 * bytes came from (text_place()).
 */
struct expr_text {
    str text;
    span at;
    const struct text_origin *origin;
};

/*
 * NULL after at least one diagnostic. Names are kept longer than the tree by who meets them: they
 * have an arena of their own, which may be the same.
 */
struct expr_condition *expr_parse_condition(struct arena *a, struct arena *names,
                                            struct diag_list *dl, struct expr_text text);
/* A comma-separated list of series. NULL after at least one diagnostic. */
struct expr_graph *expr_parse_graph(struct arena *a, struct diag_list *dl, struct expr_text text);
/* A single sum without comparison, as in `is:` of a catalog's metric. NULL after at least one
 * diagnostic. */
struct expr *expr_parse_value(struct arena *a, struct diag_list *dl, struct expr_text text);

/* Writes a tree back as text, in the one canonical form: for explanations and labels. */
void expr_print(struct buf *out, const struct expr *e);
void expr_print_condition(struct buf *out, const struct expr_condition *c);

#endif
