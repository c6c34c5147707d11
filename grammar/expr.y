/* SPDX-License-Identifier: MIT */
/* Conditions and graphs (docs/conditions.md). Syntax only: every action builds one node. */
%require "3.8"
%expect 0
%define api.pure full
%define api.prefix {ex_}
%define api.token.prefix {TOK_}
%define api.location.type {span}
%define api.value.type union
%define parse.error custom
%define lr.type canonical-lr
%define lr.default-reduction consistent
%locations
%param {struct expr_ctx *c}

%code requires {
#include "expr/expr_ctx.h"
}
%code provides {
int ex_lex(EX_STYPE *value, EX_LTYPE *at, struct expr_ctx *c);
}
%code {
#define YYLLOC_DEFAULT(cur, rhs, n)                                                                \
    do {                                                                                           \
        if (n)                                                                                     \
            (cur) = span_join((rhs)[1], (rhs)[n]);                                                 \
        else                                                                                       \
            (cur) = (span){(rhs)[0].file, (rhs)[0].end, (rhs)[0].end};                             \
    } while (0)
#define YYINITDEPTH 200
#define YYMAXDEPTH 200
}

%token END 0 "the end"
%token START_CONDITION START_GRAPH START_VALUE
%token <struct quantity> NUMBER "a number"
%token <str> NAME "a name" STRING "a text in quotes"
%token GT ">" GE ">=" LT "<" LE "<="
%token PLUS "+" MINUS "-" TIMES "*" SLASH "/" LPAREN "(" RPAREN ")" COMMA "," DOT "."
/* The words of the language; each is a name where nothing else can stand, and keeps its text. */
%token <str> AND "and" OR "or" NOT "not" OF "of" PER "per" BY "by" AS "as" IS "is" MISSING "missing"
%token <str> OUTSIDE "outside" ABOVE "above" BELOW "below" BAND "band" RISES "rises" FALLS "falls"
%token <str> FAILS "fails" COUNT_TIMES "times" FOR "for" OVER "over" WITH "with" AT "at" LEAST "least"
%token <str> SAMPLES "samples" TREAT "treat" ALARM "alarm"

/* Rather than a rule for each level: every operand would climb through all of them. */
%left OR
%left AND
%precedence NOT
%left PLUS MINUS
%left TIMES SLASH
%precedence SIGN

%nterm <struct expr *> logic sum postfix primary
%nterm <struct expr *> series_value trend_by
%nterm <enum expr_op> compare_op band_op trend_op
%nterm <struct expr_list> arguments
%nterm <str> word dotted

%start start
%%

start:
    START_CONDITION logic clauses END       { c->condition.root = $logic; c->condition.at = @logic; }
|   START_GRAPH graph graph_over END
|   START_VALUE sum END                     { c->value = $sum; }
;

logic:
    sum
|   sum[l] compare_op[op] sum[r]            { $$ = expr_compare(c, @$, @op, $op, $l, $r); }
|   sum[l] band_op[op] BAND LPAREN NUMBER[n] RPAREN
                                            { $$ = expr_band(c, @$, @op, $op, $l, $n, @n); }
|   sum[l] trend_op[op] trend_by[by]        { $$ = expr_trend(c, @$, @op, $op, $l, $by); }
|   sum[l] IS MISSING                       { $$ = expr_unary(c, EXPR_MISSING, @$, @IS, $l); }
|   sum[l] FAILS NUMBER[n] COUNT_TIMES      { $$ = expr_fails(c, @$, @FAILS, $l, $n, @n); }
|   logic[l] OR logic[r]                    { $$ = expr_binary(c, EXPR_OR, @$, @OR, $l, $r); }
|   logic[l] AND logic[r]                   { $$ = expr_binary(c, EXPR_AND, @$, @AND, $l, $r); }
|   NOT logic[e]                            { $$ = expr_unary(c, EXPR_NOT, @$, @NOT, $e); }
;
compare_op: GT { $$ = EXPR_OP_GT; } | GE { $$ = EXPR_OP_GE; } | LT { $$ = EXPR_OP_LT; } | LE { $$ = EXPR_OP_LE; };
band_op: OUTSIDE { $$ = EXPR_OP_OUTSIDE; } | ABOVE { $$ = EXPR_OP_ABOVE; } | BELOW { $$ = EXPR_OP_BELOW; };
trend_op: RISES { $$ = EXPR_OP_RISES; } | FALLS { $$ = EXPR_OP_FALLS; };
trend_by: %empty { $$ = NULL; } | BY sum { $$ = $sum; };

sum:
    postfix
|   sum[l] PLUS sum[r]                      { $$ = expr_binary(c, EXPR_ADD, @$, @PLUS, $l, $r); }
|   sum[l] MINUS sum[r]                     { $$ = expr_binary(c, EXPR_SUB, @$, @MINUS, $l, $r); }
|   sum[l] TIMES sum[r]                     { $$ = expr_binary(c, EXPR_MUL, @$, @TIMES, $l, $r); }
|   sum[l] SLASH sum[r]                     { $$ = expr_binary(c, EXPR_DIV, @$, @SLASH, $l, $r); }
|   MINUS sum[e] %prec SIGN                 { $$ = expr_unary(c, EXPR_NEG, @$, @MINUS, $e); }
;
postfix:
    primary
|   NUMBER[n] OF postfix[e]                 { $$ = expr_of(c, @$, @OF, $n, @n, $e); }
|   primary[e] PER NUMBER[n]                { $$ = expr_per(c, @$, @PER, $e, $n, @n); }
;
primary:
    NUMBER                                  { $$ = expr_number(c, @$, $1); }
|   NAME                                    { $$ = expr_ref(c, @$, STR(""), $1, @1); }
|   NAME DOT dotted                         { $$ = expr_ref(c, @$, $1, $dotted, @dotted); }
|   NAME LPAREN arguments RPAREN            { $$ = expr_call(c, @$, $1, @1, $arguments); }
|   ALARM LPAREN word RPAREN                { $$ = expr_alarm(c, @$, $word, @word); }
|   LPAREN logic RPAREN                     { $$ = $logic; }
;
/* After a dot every word is a name, and so is a statistic. */
dotted:
    word
|   dotted[l] DOT word                      { $$ = expr_join(c, $l, $word); }
;
word:
    NAME | AND | OR | NOT | OF | PER | BY | AS | IS | MISSING | OUTSIDE | ABOVE | BELOW | BAND | RISES | FALLS
|   FAILS | COUNT_TIMES | FOR | OVER | WITH | AT | LEAST | SAMPLES | TREAT | ALARM
;
arguments:
    logic                                   { $$ = expr_list_one(c, $logic); }
|   arguments[l] COMMA logic                { $$ = expr_list_add(c, $l, $logic); }
;

clauses: %empty | clauses clause;
clause:
    FOR NUMBER[n]                           { expr_clause_for(c, @$, $n, @n); }
|   FOR NUMBER[m] OF NUMBER[n]              { expr_clause_for_of(c, @$, $m, @m, $n, @n); }
|   OVER NUMBER[n]                          { expr_clause_over(c, @$, $n, @n); }
|   WITH AT LEAST NUMBER[n] SAMPLES         { expr_clause_samples(c, @$, $n, @n); }
|   TREAT MISSING AS word                   { expr_clause_missing(c, @$, $word, @word); }
;

graph: series | graph COMMA series;
series:
    series_value[e]                         { expr_add_series(c, @$, $e, STR("")); }
|   series_value[e] AS STRING[s]            { expr_add_series(c, @$, $e, $s); }
;
series_value:
    sum
|   sum BY word                             { $$ = expr_by(c, @$, $sum, $word, @word); }
;
graph_over: %empty | OVER NUMBER[n]         { expr_graph_over(c, $n, @n); };

%%

/* What was found, and at most four things that could have stood there. */
static int yyreport_syntax_error(const yypcontext_t *ctx, struct expr_ctx *c) {
    enum { MOST = 4 };
    yysymbol_kind_t expected[MOST];
    int n = yypcontext_expected_tokens(ctx, expected, MOST);
    const char *names[MOST];
    for (int i = 0; i < n && i < MOST; i++)
        names[i] = yysymbol_name(expected[i]);
    expr_syntax_error(c, *yypcontext_location(ctx), names, n > 0 && n <= MOST ? (unsigned)n : 0);
    return 0;
}
