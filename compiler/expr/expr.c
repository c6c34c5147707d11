/* SPDX-License-Identifier: MIT */
#include "expr/expr_ctx.h"

#include "expr_parser.h"

span expr_span(const struct expr_ctx *c, uint32_t from, uint32_t to) {
    span at = c->text.at;
    if (!c->text.verbatim)
        return at;
    return (span){at.file, at.start + from, at.start + to};
}

/* How users of other languages write it. */
static const struct {
    const char *found, *hint;
} habits[] = {
    {"=", "Compare with >, >=, < or <=."},
    {"!", "Write `not`."},
    {"&", "Write `and`."},
    {"|", "Write `or`."},
    {"\xE2\x89\xA5", "Write `>=`."},
    {"\xE2\x89\xA4", "Write `<=`."},
    {"\xC3\x97", "Write `*`."},
    {"[", "Write a dot: `web.cpu`."},
    {"%", "A percent sign follows a number: `80%`."},
};

void expr_bad_character(struct expr_ctx *c, uint32_t from) {
    str rest = str_sub(c->text.text, from, c->text.text.n);
    uint32_t n = utf8_next(rest, 0);
    c->pos = from + (n > 0 ? n : 1);
    if (c->reported)
        return;
    struct diag *d =
        diag_add(c->dl, DIAG_CONDITION_SYNTAX, expr_span(c, from, c->pos),
                 "`%.*s` means nothing here", (int)(n > 0 ? n : 0), (const char *)rest.p);
    for (unsigned i = 0; i < sizeof habits / sizeof *habits; i++) {
        if (str_starts(rest, str_c(habits[i].found)))
            diag_hint(c->dl, d, "%s", habits[i].hint);
    }
    c->reported = c->failed = true;
}

void expr_bad_number(struct expr_ctx *c, uint32_t from, uint32_t used, uint32_t bad_unit) {
    c->failed = true;
    if (used == 0) {
        struct diag *d = diag_add(c->dl, DIAG_CONDITION_SYNTAX, expr_span(c, from, from + 1),
                                  "a number follows `$`");
        diag_hint(c->dl, d, "For example `$25`.");
        return;
    }
    if (bad_unit == 0) {
        diag_add(c->dl, DIAG_NUMBER_TOO_BIG, expr_span(c, from, from + used),
                 "the number is too big");
        return;
    }
    uint32_t at = from + used - bad_unit;
    str unit = str_sub(c->text.text, at, at + bad_unit);
    struct diag *d = diag_add(c->dl, DIAG_UNKNOWN_UNIT, expr_span(c, at, at + bad_unit),
                              "there is no unit `%.*s`", STR_ARG(unit));
    struct suggest near = suggest_for(unit);
    for (uint32_t i = 0; i < units_n; i++)
        suggest_offer(&near, str_c(units[i].name));
    if (!diag_suggest(c->dl, d, &near))
        diag_hint(c->dl, d, "Units are written as in 80%%, 2s, 500ms, 5m, 16 GiB, $25, 5/min.");
}

void expr_syntax_error(struct expr_ctx *c, span at, const char *const *names, unsigned n) {
    c->failed = true;
    if (c->reported)
        return;
    c->reported = true;
    str found = STR("");
    if (c->text.verbatim && at.end > at.start)
        found = str_sub(c->text.text, at.start - c->text.at.start, at.end - c->text.at.start);
    struct buf b = BUF_INIT(1024);
    for (unsigned i = 0; i < n; i++) {
        bool word = names[i][0] == 'a' && names[i][1] == ' ';
        bool end = strcmp(names[i], "the end") == 0;
        buf_printf(&b, "%s%s%s%s",
                   i == 0       ? ""
                   : i + 1 == n ? " or "
                                : ", ",
                   word || end ? "" : "`", names[i], word || end ? "" : "`");
    }
    struct diag *d;
    if (found.n > 0)
        d = diag_add(c->dl, DIAG_CONDITION_SYNTAX, at, "`%.*s` cannot stand here", STR_ARG(found));
    else
        d = diag_add(c->dl, DIAG_CONDITION_SYNTAX, at, "the condition cannot be read here");
    if (n > 0)
        diag_label(c->dl, d, "expected %.*s", STR_ARG(buf_str(&b)));
    diag_hint(c->dl, d, "A condition reads like `p95(api.latency) > 2s for 5m`.");
    buf_done(&b);
}

void ex_error(const span *at, struct expr_ctx *c, const char *message) {
    if (!c->reported)
        diag_add(c->dl, DIAG_CONDITION_TOO_LONG, *at, "the condition cannot be read: %s", message);
    c->reported = c->failed = true;
}

static bool parse(struct expr_ctx *c) {
    str t = c->text.text;
    if (t.n > EXPR_BYTES_MAX) {
        diag_add(c->dl, DIAG_CONDITION_TOO_LONG, c->text.at,
                 "the condition is longer than %d characters", EXPR_BYTES_MAX);
        return false;
    }
    if (str_trim(t).n == 0) {
        struct diag *d = diag_add(c->dl, DIAG_CONDITION_SYNTAX, c->text.at, "nothing is said here");
        diag_hint(c->dl, d, "A condition reads like `p95(api.latency) > 2s for 5m`.");
        return false;
    }
    /* The lexer knows the end by a NUL there, which a slice of a file does not have. */
    c->text.text = arena_str(c->arena, t);
    return ex_parse(c) == 0 && !c->failed;
}

struct expr_condition *expr_parse_condition(struct arena *a, struct diag_list *dl,
                                            struct expr_text text) {
    struct expr_ctx c = {.arena = a, .dl = dl, .text = text, .start = TOK_START_CONDITION};
    if (!parse(&c))
        return NULL;
    struct expr_condition *r = ARENA_NEW(a, struct expr_condition);
    *r = c.condition;
    r->at = text.at;
    return r;
}

struct expr_graph *expr_parse_graph(struct arena *a, struct diag_list *dl, struct expr_text text) {
    struct expr_ctx c = {.arena = a, .dl = dl, .text = text, .start = TOK_START_GRAPH};
    if (!parse(&c))
        return NULL;
    struct expr_graph *r = ARENA_NEW(a, struct expr_graph);
    *r = (struct expr_graph){c.series.at, c.series.n, c.graph_over_s};
    return r;
}

struct expr *expr_parse_value(struct arena *a, struct diag_list *dl, struct expr_text text) {
    struct expr_ctx c = {.arena = a, .dl = dl, .text = text, .start = TOK_START_VALUE};
    return parse(&c) ? c.value : NULL;
}
