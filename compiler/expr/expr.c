/* SPDX-License-Identifier: MIT */
#include "expr/expr_ctx.h"

#include "expr_parser.h"

span expr_span(const struct expr_ctx *c, uint32_t from, uint32_t to) {
    return text_place(c->text.origin, c->text.at, from, to);
}

static bool parse(struct expr_ctx *c) {
    str t = c->text.text;
    if (t.n > EXPR_BYTES_MAX) {
        diag_add(c->dl, DIAG_CONDITION_TOO_LONG, c->text.at, "the %s is longer than %d characters",
                 c->what, EXPR_BYTES_MAX);
        return false;
    }
    if (str_trim(t).n == 0) {
        struct diag *d = diag_add(c->dl, DIAG_CONDITION_SYNTAX, c->text.at, "nothing is said here");
        diag_hint(c->dl, d, "A %s reads like `%s`.", c->what, c->example);
        return false;
    }
    /* The lexer knows the end by a NUL there, which a slice of a file does not have. */
    c->text.text = arena_str(c->names, t);
    return ex_parse(c) == 0 && !c->failed;
}

struct expr_condition *expr_parse_condition(struct arena *a, struct arena *names,
                                            struct diag_list *dl, struct expr_text text) {
    struct expr_ctx c = {.arena = a,
                         .names = names,
                         .dl = dl,
                         .text = text,
                         .start = TOK_START_CONDITION,
                         .what = "condition",
                         .example = "p95(api.latency) > 2s for 5m"};
    if (!parse(&c))
        return NULL;
    struct expr_condition *r = ARENA_NEW(a, struct expr_condition);
    *r = c.condition;
    r->at = text.at;
    return r;
}

struct expr_graph *expr_parse_graph(struct arena *a, struct diag_list *dl, struct expr_text text) {
    struct expr_ctx c = {.arena = a,
                         .names = a,
                         .dl = dl,
                         .text = text,
                         .start = TOK_START_GRAPH,
                         .what = "graph",
                         .example = "p50(api.latency), p95(api.latency) over 5m"};
    if (!parse(&c))
        return NULL;
    struct expr_graph *r = ARENA_NEW(a, struct expr_graph);
    *r = (struct expr_graph){c.series.at, c.series.n, c.graph_over_s};
    return r;
}

struct expr *expr_parse_value(struct arena *a, struct diag_list *dl, struct expr_text text) {
    struct expr_ctx c = {.arena = a,
                         .names = a,
                         .dl = dl,
                         .text = text,
                         .start = TOK_START_VALUE,
                         .what = "value",
                         .example = "80% of db.max_connections"};
    return parse(&c) ? c.value : NULL;
}
