/* SPDX-License-Identifier: MIT */
#include "expr/expr_ctx.h"

struct habit {
    const char *found, *hint;
};

/* How users of other languages write it; the longer ones first. */
static const struct habit signs[] = {
    {"=>", "Write `>=`."},
    {"=<", "Write `<=`."},
    {"==", "Compare with >, >=, < or <=."},
    {"=", "Compare with >, >=, < or <=."},
    {"!=", "Compare with >, >=, < or <=."},
    {"!", "Write `not`."},
    {"&&", "Write `and`."},
    {"||", "Write `or`."},
    {"&", "Write `and`."},
    {"|", "Write `or`."},
    {"\xE2\x89\xA5", "Write `>=`."},
    {"\xE2\x89\xA4", "Write `<=`."},
    {"\xC3\x97", "Write `*`."},
    {"[", "Write a dot: `web.cpu`."},
    {":", "Write a dot: `web.cpu`. After a key comes a space: `when: web.cpu > 80%`."},
    {"%", "A percent sign follows a number: `80%`."},
    {"\xE2\x82\xAC", "AWS bills in US dollars: `$25`."},
    {"\xC2\xA3", "AWS bills in US dollars: `$25`."},
    {"'", "Only labels of graphs stand in quotes, and quotes come in pairs."},
    {"\"", "Only labels of graphs stand in quotes, and quotes come in pairs."},
    {"{", "Write a dot: `web.cpu`. A variable is written `${name}`."},
};

#define COMPARE_HINT "Compare with >, >=, < or <=."
#define HOW_LONG_HINT                                                                              \
    "`for 5m` says how long it must hold, `over 5m` how much time one evaluation looks at."

static const struct habit words[] = {
    {"during", HOW_LONG_HINT},
    {"within", HOW_LONG_HINT},
    {"in", HOW_LONG_HINT},
    {"last", HOW_LONG_HINT},
    {"since", HOW_LONG_HINT},
    {"every", HOW_LONG_HINT},
    {"above", COMPARE_HINT},
    {"below", COMPARE_HINT},
    {"under", COMPARE_HINT},
    {"greater", COMPARE_HINT},
    {"less", COMPARE_HINT},
    {"more", COMPARE_HINT},
    {"higher", COMPARE_HINT},
    {"lower", COMPARE_HINT},
    {"exceeds", COMPARE_HINT},
    {"reaches", COMPARE_HINT},
    {"equals", COMPARE_HINT},
    {"between", "Write two comparisons: `a > 1s and a < 2s`."},
    {",", "Join comparisons with `and` or `or`."},
    {"xor", "There are `and`, `or` and `not`."},
};

static str text_of(const struct expr_ctx *c, uint32_t from, uint32_t to) {
    return str_sub(c->text.text, from, to);
}

void expr_bad_character(struct expr_ctx *c, uint32_t from) {
    str rest = text_of(c, from, c->text.text.n);
    uint32_t n = utf8_next(rest, 0);
    const char *hint = NULL;
    n = n > 0 ? n : 1;
    for (unsigned i = 0; hint == NULL && i < sizeof signs / sizeof *signs; i++) {
        str found = str_c(signs[i].found);
        if (!str_starts(rest, found))
            continue;
        hint = signs[i].hint;
        n = found.n;
    }
    c->pos = from + n;
    if (c->reported)
        return;
    struct diag *d = diag_add(c->dl, DIAG_CONDITION_SYNTAX, expr_span(c, from, c->pos),
                              "`%.*s` means nothing here", STR_ARG(str_sub(rest, 0, n)));
    if (hint != NULL)
        diag_hint(c->dl, d, "%s", hint);
    c->reported = c->failed = true;
}

/* Units that others use and whose names are near to another one of ours, and what is none. */
static const struct habit foreign_units[] = {
    {"msec", "Write `ms`."},   {"msecs", "Write `ms`."},      {"millis", "Write `ms`."},
    {"percent", "Write `%`."}, {"G", "Write `GB` or `GiB`."}, {"T", "Write `TB` or `TiB`."},
    {"K", "Write `k`."},       {"USD", "Write `$25`."},       {"dollars", "Write `$25`."},
    {"in", HOW_LONG_HINT},     {"within", HOW_LONG_HINT},     {"during", HOW_LONG_HINT},
    {"every", HOW_LONG_HINT},
};

/* `at`: of the unit. */
static void unknown_unit(struct expr_ctx *c, span at, str unit) {
    struct diag *d =
        diag_add(c->dl, DIAG_UNKNOWN_UNIT, at, "there is no unit `%.*s`", STR_ARG(unit));
    for (unsigned i = 0; i < sizeof foreign_units / sizeof *foreign_units; i++) {
        if (!str_is(unit, foreign_units[i].found))
            continue;
        diag_hint(c->dl, d, "%s", foreign_units[i].hint);
        return;
    }
    struct suggest near = suggest_for(unit);
    for (uint32_t i = 0; i < units_n; i++)
        suggest_offer(&near, str_c(units[i].name));
    if (!diag_suggest(c->dl, d, &near))
        diag_hint(c->dl, d, "Units are written as in 80%%, 2s, 500ms, 5m, 16 GiB, $25, 5/min.");
}

void expr_bad_number(struct expr_ctx *c, uint32_t from, uint32_t used, uint32_t bad_unit) {
    bool behind = c->number_end == from && from > 0;
    str before = text_of(c, c->token, c->token_end);
    c->failed = true;
    if (used == 0 && !c->reported) {
        struct diag *d = diag_add(c->dl, DIAG_CONDITION_SYNTAX, expr_span(c, from, from + 1), "%s",
                                  behind ? "`$` stands before the amount" : "a number follows `$`");
        if (behind)
            diag_hint(c->dl, d, "Write `$%.*s`.", STR_ARG(before));
        else
            diag_hint(c->dl, d, "For example `$25`.");
    } else if (bad_unit > 0) {
        uint32_t at = from + used - bad_unit;
        unknown_unit(c, expr_span(c, at, at + bad_unit), text_of(c, at, at + bad_unit));
    } else if (used > 0) {
        diag_add(c->dl, DIAG_NUMBER_TOO_BIG, expr_span(c, from, from + used),
                 "the number is too big, or has too many digits");
    }
    /* What the grammar says of the rest would be an echo. */
    c->reported = true;
}

/* "`>`, a number or the end" */
static void put_expected(struct buf *b, const char *const *names, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        bool word = names[i][0] == 'a' && names[i][1] == ' ';
        bool plain = word || strcmp(names[i], "the end") == 0;
        buf_printf(b, "%s%s%s%s", list_gap(i, n, " or "), plain ? "" : "`", names[i],
                   plain ? "" : "`");
    }
}

static bool starts_with_word(str text, const char *word) {
    str w = str_c(word);
    str t = str_trim(text);
    return str_starts(t, w) && t.n > w.n && t.p[w.n] == ' ';
}

/* Parentheses before the last token: where the last open one stands, or that there is none. */
static bool open_paren(const struct expr_ctx *c, uint32_t *ret_at) {
    uint32_t opened[EXPR_DEPTH_MAX], n = 0, deeper = 0;
    for (uint32_t i = 0; i < c->token; i++) {
        unsigned char byte = c->text.text.p[i];
        if (byte == '(' && n < EXPR_DEPTH_MAX)
            opened[n++] = i;
        else if (byte == '(')
            deeper++;
        else if (byte == ')' && deeper > 0)
            deeper--;
        else if (byte == ')' && n > 0)
            n--;
    }
    if (n > 0)
        *ret_at = opened[n - 1];
    return n > 0;
}

static const char *const clause_words[] = {"for", "over", "with", "treat", NULL};

static bool is_clause(str word) {
    int i = 0;
    while (clause_words[i] != NULL && !str_is(word, clause_words[i]))
        i++;
    return clause_words[i] != NULL;
}

static bool hint_paren(struct expr_ctx *c, struct diag *d, str found) {
    uint32_t at;
    bool open = open_paren(c, &at);
    if (!open && str_is(found, ")")) {
        diag_hint(c->dl, d, "This `)` closes nothing.");
        return true;
    }
    if (!open || (found.n > 0 && !is_clause(found)))
        return false;
    diag_also(c->dl, d, expr_span(c, at, at + 1), "this `(` is not closed");
    diag_hint(c->dl, d,
              "Write `)`%s. Inside of {} and [] a comma ends a text that is not in quotes.",
              found.n > 0 ? " before it" : "");
    return true;
}

/* `for 5m and for 3m`: what follows the comparisons is about all of them. */
static bool hint_clauses(struct expr_ctx *c, struct diag *d, str found) {
    str before = text_of(c, 0, c->token);
    bool any = false;
    while (before.n > 0 && !any)
        any = is_clause(str_split(&before, ' '));
    if (!any || !(str_is(found, "and") || str_is(found, "or") || str_is(found, ",")))
        return false;
    diag_hint(c->dl, d,
              "Write `for`, `over`, `with` and `treat` one after another, for the whole condition: "
              "`a > 80%% and b > 90%% over 1m for 5m`. For different times take two alarms and a "
              "third one: `alarm(x) and alarm(y)`.");
    return true;
}

static void hint_syntax(struct expr_ctx *c, struct diag *d, str found, const char *const *names,
                        unsigned n) {
    if (hint_paren(c, d, found) || hint_clauses(c, d, found))
        return;
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (!str_is(found, words[i].found))
            continue;
        diag_hint(c->dl, d, "%s", words[i].hint);
        return;
    }
    if (starts_with_word(c->text.text, "if") || starts_with_word(c->text.text, "when"))
        diag_hint(c->dl, d, "Begin with what is measured, as in `%s`.", c->example);
    else if (n == 1 && strcmp(names[0], "band") == 0)
        diag_hint(c->dl, d,
                  "A value is compared with >, >=, < or <=; `above band(3)` means above "
                  "the usual range of values.");
    else
        diag_hint(c->dl, d, "A %s reads like `%s`.", c->what, c->example);
}

void expr_syntax_error(struct expr_ctx *c, span at, const char *const *names, unsigned n) {
    c->failed = true;
    if (c->reported)
        return;
    c->reported = true;
    str found = text_of(c, c->token, c->token_end);
    struct diag *d;
    if (str_is(found, "by")) {
        d = diag_add(c->dl, DIAG_BY_MISPLACED, at, "`by` cannot stand here");
        diag_hint(c->dl, d,
                  "It splits a metric in a graph and ends the curve: "
                  "`billing.estimated_charges by service`. An alarm watches one series.");
        return;
    }
    bool word = found.n > 0 && ascii_is_letter(found.p[0]);
    bool one_word = n == 1 && (strcmp(names[0], "samples") == 0 || strcmp(names[0], "times") == 0);
    bool after_number = !one_word && c->number_end > 0 && c->number_end <= c->token &&
                        str_trim(text_of(c, c->number_end, c->token)).n == 0;
    if (word && after_number && !str_is(found, "for") && !str_is(found, "over") &&
        !str_is(found, "within") && !str_is(found, "during")) {
        unknown_unit(c, at, found);
        return;
    }
    if (found.n > 0)
        d = diag_add(c->dl, DIAG_CONDITION_SYNTAX, at, "`%.*s` cannot stand here", STR_ARG(found));
    else
        d = diag_add(c->dl, DIAG_CONDITION_SYNTAX, at, "the %s ends too early", c->what);
    if (n > 0) {
        struct buf b = BUF_INIT(1024);
        put_expected(&b, names, n);
        diag_label(c->dl, d, "expected %.*s", STR_ARG(buf_str(&b)));
        buf_done(&b);
    }
    hint_syntax(c, d, found, names, n);
}

void ex_error(const span *at, struct expr_ctx *c, const char *message) {
    (void)message; /* bison's only one here: its stack has an end */
    if (!c->reported)
        diag_add(c->dl, DIAG_CONDITION_TOO_LONG, *at, "the %s is nested too deeply", c->what);
    c->reported = c->failed = true;
}

/* Other words for a statistic; CloudWatch's own names stand in expr_stats. */
static const struct {
    const char *word, *stat;
} synonyms[] = {
    {"mean", "avg"},      {"median", "p50"},     {"total", "sum"},
    {"samples", "count"}, {"percentile", "p95"},
};

static const char *synonym(str name) {
    for (uint32_t i = 0; i < expr_stats_n; i++) {
        if (!expr_stats[i].numbered && str_is_nocase(name, expr_stats[i].cloudwatch))
            return expr_stats[i].name;
    }
    for (unsigned i = 0; i < sizeof synonyms / sizeof *synonyms; i++) {
        if (str_is_nocase(name, synonyms[i].word))
            return synonyms[i].stat;
    }
    return NULL;
}

static const struct expr_stat *numbered(str name) {
    for (uint32_t i = 0; i < expr_stats_n; i++) {
        str prefix = str_c(expr_stats[i].name);
        if (expr_stats[i].numbered && str_starts(name, prefix) && name.n > prefix.n &&
            ascii_is_digit(name.p[prefix.n]))
            return &expr_stats[i];
    }
    return NULL;
}

void expr_unknown_function(struct expr_ctx *c, span name_at, str name) {
    c->failed = true;
    struct diag *d = diag_add(c->dl, DIAG_UNKNOWN_FUNCTION, name_at,
                              "there is no function or statistic `%.*s`", STR_ARG(name));
    const struct expr_stat *stat = numbered(name);
    const char *other = synonym(name);
    if (stat != NULL) {
        diag_hint(c->dl, d, "The number is from 0 to 100, as in `%s99.9`.", stat->name);
        return;
    }
    if (other != NULL) {
        diag_hint(c->dl, d, "Write `%s`.", other);
        return;
    }
    struct suggest near = suggest_for(name);
    for (uint32_t i = 0; i < expr_functions_n; i++)
        suggest_offer(&near, str_c(expr_functions[i].name));
    for (uint32_t i = 0; i < expr_stats_n; i++) {
        if (!expr_stats[i].numbered)
            suggest_offer(&near, str_c(expr_stats[i].name));
    }
    if (!diag_suggest(c->dl, d, &near))
        diag_hint(c->dl, d, "`opsc catalog functions` has them all.");
}

/* `f` NULL: a statistic. */
void expr_wrong_arguments(struct expr_ctx *c, span at, str name, struct expr_list args,
                          const struct expr_function *f) {
    c->failed = true;
    if (f == NULL) {
        struct diag *d = diag_add(c->dl, DIAG_WRONG_ARGUMENTS, at,
                                  "statistic `%.*s` takes one metric, found %u arguments",
                                  STR_ARG(name), args.n);
        diag_hint(c->dl, d,
                  "How much time one evaluation looks at comes after the comparison: "
                  "`%.*s(web.cpu) > 80%% over 5m`.",
                  STR_ARG(name));
        return;
    }
    struct diag *d;
    if (f->min_args == f->max_args)
        d = diag_add(c->dl, DIAG_WRONG_ARGUMENTS, at, "`%.*s` takes %u argument%s, found %u",
                     STR_ARG(name), f->min_args, f->min_args == 1 ? "" : "s", args.n);
    else
        d = diag_add(c->dl, DIAG_WRONG_ARGUMENTS, at, "`%.*s` takes %u to %u arguments, found %u",
                     STR_ARG(name), f->min_args, f->max_args, args.n);
    diag_hint(c->dl, d, "For example `%s`.", f->example);
}
