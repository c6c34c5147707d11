/* SPDX-License-Identifier: MIT */
/* Tokens of conditions (docs/conditions.md). Numbers are read by quantity_scan(), where the units are. */
#include "expr/expr_ctx.h"
#include "expr_parser.h"

static int number(struct expr_ctx *c, uint32_t from, EX_STYPE *value, EX_LTYPE *at) {
    struct quantity q;
    uint32_t bad_unit = 0;
    uint32_t used = quantity_scan(str_sub(c->text.text, from, c->text.text.n), &q, &bad_unit);
    c->pos = from + (used > 0 ? used : 1);
    *at = expr_span(c, from, c->pos);
    if (used == 0 || bad_unit > 0 || !num_ok(q.value)) {
        expr_bad_number(c, from, used, bad_unit);
        q = (struct quantity){.value = NUM_NAN};
    }
    c->token = from;
    c->token_end = c->pos;
    c->number_end = q.bare ? c->pos : 0;
    value->TOK_NUMBER = q;
    return TOK_NUMBER;
}

static int quoted(struct expr_ctx *c, uint32_t from, uint32_t to, EX_STYPE *value) {
    value->TOK_STRING = str_sub(c->text.text, from + 1, to - 1);
    return TOK_STRING;
}

int ex_lex(EX_STYPE *value, EX_LTYPE *at, struct expr_ctx *c) {
    if (c->start != 0) {
        int first = c->start;
        c->start = 0;
        *at = expr_span(c, 0, 0);
        return first;
    }
    const unsigned char *base = c->text.text.p, *lim = base + c->text.text.n;
    const unsigned char *cur = base + c->pos, *tok, *mark = cur, *ctx = cur;
    int kind;
    for (;;) {
        tok = cur;
        /*!re2c
        re2c:define:YYCTYPE = "unsigned char";
        re2c:define:YYCURSOR = cur;
        re2c:define:YYLIMIT = lim;
        re2c:define:YYMARKER = mark;
        re2c:define:YYCTXMARKER = ctx;
        re2c:yyfill:enable = 0;
        re2c:eof = 0;

        space = [ \t\r\n];
        name  = [A-Za-z_][A-Za-z0-9_]* ("-" [A-Za-z0-9_]+)*;
        stat  = ("p" | "tm" | "wm" | "tc" | "ts") [0-9]{1,3} "." [0-9]+;

        space+     { continue; }
        $          { kind = TOK_END; goto done; }
        [0-9$]     { return number(c, (uint32_t)(tok - base), value, at); }
        ">"        { kind = TOK_GT; goto done; }
        ">="       { kind = TOK_GE; goto done; }
        "<"        { kind = TOK_LT; goto done; }
        "<="       { kind = TOK_LE; goto done; }
        "+"        { kind = TOK_PLUS; goto done; }
        "-"        { kind = TOK_MINUS; goto done; }
        "*"        { kind = TOK_TIMES; goto done; }
        "/"        { kind = TOK_SLASH; goto done; }
        "("        { kind = TOK_LPAREN; goto done; }
        ")"        { kind = TOK_RPAREN; goto done; }
        ","        { kind = TOK_COMMA; goto done; }
        "."        { kind = TOK_DOT; goto done; }
        "and"      { kind = TOK_AND; goto done; }
        "or"       { kind = TOK_OR; goto done; }
        "not"      { kind = TOK_NOT; goto done; }
        "of"       { kind = TOK_OF; goto done; }
        "per"      { kind = TOK_PER; goto done; }
        "by"       { kind = TOK_BY; goto done; }
        "as"       { kind = TOK_AS; goto done; }
        "is"       { kind = TOK_IS; goto done; }
        "missing"  { kind = TOK_MISSING; goto done; }
        "outside"  { kind = TOK_OUTSIDE; goto done; }
        "above"    { kind = TOK_ABOVE; goto done; }
        "below"    { kind = TOK_BELOW; goto done; }
        "band"     { kind = TOK_BAND; goto done; }
        "rises"    { kind = TOK_RISES; goto done; }
        "falls"    { kind = TOK_FALLS; goto done; }
        "fails"    { kind = TOK_FAILS; goto done; }
        "times"    { kind = TOK_COUNT_TIMES; goto done; }
        "for"      { kind = TOK_FOR; goto done; }
        "over"     { kind = TOK_OVER; goto done; }
        "with"     { kind = TOK_WITH; goto done; }
        "at"       { kind = TOK_AT; goto done; }
        "least"    { kind = TOK_LEAST; goto done; }
        "samples"  { kind = TOK_SAMPLES; goto done; }
        "treat"    { kind = TOK_TREAT; goto done; }
        "alarm"    { kind = TOK_ALARM; goto done; }
        stat / space* "("  { kind = TOK_NAME; goto done; }
        name       { kind = TOK_NAME; goto done; }
        "'" [^'\x00-\x1f]* "'"    { kind = TOK_STRING; goto done; }
        ["] [^"\x00-\x1f]* ["]    { kind = TOK_STRING; goto done; }
        *          { kind = TOK_EX_UNDEF; goto done; }
        */
    }
done:
    c->pos = (uint32_t)(cur - base);
    uint32_t from = (uint32_t)(tok - base), to = c->pos;
    *at = expr_span(c, from, to);
    c->token = from;
    c->token_end = to;
    /* Of names, and of words, which are names after a dot. */
    value->TOK_NAME = str_sub(c->text.text, from, to);
    if (kind == TOK_STRING)
        return quoted(c, from, to, value);
    if (kind == TOK_EX_UNDEF)
        expr_bad_character(c, from);
    return kind;
}
