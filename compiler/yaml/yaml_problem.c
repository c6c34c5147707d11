/* SPDX-License-Identifier: MIT */
#include "yaml/yaml_problem.h"

/* Longer texts are not repeated in a hint. */
#define EXAMPLE_MAX 60
/* libyaml's limit for a key and its colon on one line. */
#define SIMPLE_KEY_MAX 1024

struct problem {
    struct yaml_text *t;
    uint32_t at;      /* where libyaml stopped */
    uint32_t context; /* where what it was reading starts; `at` when it does not say */
    const struct yaml_node *last;
};

/* ---- looking at the text ------------------------------------------------------------- */

static unsigned char byte_at(const struct problem *q, uint32_t at) {
    return at < q->t->text.n ? q->t->text.p[at] : '\0';
}

static bool is_blank(unsigned char c) {
    return c == ' ' || c == '\t';
}

static uint32_t column(const struct problem *q, uint32_t at) {
    return at - yaml_text_line_start(q->t, at);
}

static bool first_on_line(const struct problem *q, uint32_t at) {
    uint32_t i = yaml_text_line_start(q->t, at);
    while (i < at && is_blank(q->t->text.p[i]))
        i++;
    return i == at;
}

static bool at_end(const struct problem *q) {
    return str_trim(str_sub(q->t->text, q->at, q->t->text.n)).n == 0;
}

/* One character. */
static span here(const struct problem *q, uint32_t at) {
    uint32_t len = at < q->t->text.n ? utf8_next(q->t->text, at) : 0;
    return yaml_text_span(q->t, at, at + len);
}

/* From `at` to the end of its line, without blanks and a comment. */
static span rest_of_line(const struct problem *q, uint32_t at) {
    uint32_t end = yaml_text_line_end(q->t, at);
    for (uint32_t i = at + 1; i < end; i++)
        if (byte_at(q, i) == '#' && is_blank(byte_at(q, i - 1)))
            end = i;
    while (end > at && is_blank(byte_at(q, end - 1)))
        end--;
    return yaml_text_span(q->t, at, end);
}

/* ---- saying it ----------------------------------------------------------------------- */

static void hint_quotes(const struct problem *q, struct diag *d, span at) {
    str text = str_sub(q->t->text, at.start, at.end);
    bool plain = text.n > 0 && text.n <= EXAMPLE_MAX && str_find(text, '"') == text.n &&
                 str_find(text, '\\') == text.n;
    if (plain)
        diag_hint(q->t->dl, d, "Put the text in quotes: `\"%.*s\"`.", STR_ARG(text));
    else
        diag_hint(q->t->dl, d, "Put the whole text in quotes.");
}

/* A quoted text over several lines before the problem is likely one whose end is missing. */
static bool also_long_quote(const struct problem *q, struct diag *d) {
    const struct yaml_node *n = q->last;
    if (n == NULL || n->style != YAML_QUOTED || n->at.end > q->at ||
        yaml_text_line_end(q->t, n->at.start) >= n->at.end ||
        yaml_text_line_start(q->t, q->at) > n->at.end)
        return false;
    span quote = yaml_text_span(q->t, n->at.start > 0 ? n->at.start - 1 : 0, n->at.start);
    diag_also(q->t->dl, d, quote, "this quote ends on line %u",
              (unsigned)sources_place(q->t->dl->sources, q->t->file, n->at.end).line);
    diag_hint(q->t->dl, d, "Is a quote missing at the end of a line?");
    return true;
}

static void explain_character(const struct problem *q) {
    unsigned char c = byte_at(q, q->at);
    if (c == '\t') {
        uint32_t end = q->at;
        while (byte_at(q, end) == '\t')
            end++;
        struct diag *d = diag_add(q->t->dl, DIAG_YAML_TAB, yaml_text_span(q->t, q->at, end),
                                  "a tab is used for indentation");
        diag_hint(q->t->dl, d, "Indent with spaces.");
        return;
    }
    str shown = str_sub(q->t->text, q->at, here(q, q->at).end);
    struct diag *d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, here(q, q->at),
                              "a text cannot start with `%.*s`", STR_ARG(shown));
    span text = rest_of_line(q, q->at);
    for (uint32_t i = text.start; i < text.end; i++)
        if (strchr(",[]{}", byte_at(q, i)) != NULL)
            text.end = i;
    hint_quotes(q, d, text);
}

/* The start of the value when a key and its colon come before `at` on the line; else `at`. */
static uint32_t value_start(const struct problem *q) {
    uint32_t i = yaml_text_line_start(q->t, q->at);
    for (; i + 1 < q->at; i++)
        if (byte_at(q, i) == ':' && is_blank(byte_at(q, i + 1)))
            break;
    for (i++; i < q->at && is_blank(byte_at(q, i));)
        i++;
    return i < q->at ? i : q->at;
}

static bool report_long_key(const struct problem *q, span key) {
    if (key.end - key.start < SIMPLE_KEY_MAX)
        return false;
    diag_add(q->t->dl, DIAG_YAML_SYNTAX, here(q, key.start), "a key is longer than %d characters",
             SIMPLE_KEY_MAX);
    return true;
}

static void explain_colon(const struct problem *q) {
    uint32_t value = value_start(q);
    if (value < q->at) {
        struct diag *d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, here(q, q->at),
                                  "a second `:` on one line needs quotes around the text");
        hint_quotes(q, d, rest_of_line(q, value));
        return;
    }
    uint32_t start = yaml_text_line_start(q->t, q->at);
    while (start < q->at && is_blank(byte_at(q, start)))
        start++;
    span key = yaml_text_span(q->t, start, q->at);
    if (report_long_key(q, key))
        return;
    struct diag *d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, key, "a key cannot stand here");
    diag_hint(
        q->t->dl, d,
        "Indent it like the keys beside it. When the line above is a key, end it with `:` and "
        "a space before the value.");
}

static void explain_missing_colon(const struct problem *q) {
    span at = rest_of_line(q, q->context);
    if (report_long_key(q, at))
        return;
    struct diag *d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, at,
                              "this line is neither `key: value` nor a list item");
    diag_hint(q->t->dl, d,
              "Write a space after the `:` of a key. Indent the line when it belongs to the text "
              "above.");
}

static void explain_text_after(const struct problem *q) {
    unsigned char c = byte_at(q, q->at);
    if (c == ']' || c == '}') {
        diag_add(q->t->dl, DIAG_YAML_SYNTAX, here(q, q->at), "this `%c` closes nothing", c);
        return;
    }
    struct diag *d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, rest_of_line(q, q->at),
                              "unexpected text after a value");
    if (!also_long_quote(q, d))
        diag_hint(q->t->dl, d,
                  "Put the whole value in quotes; inside of single quotes, write `''` for `'`.");
}

/* A block collection ends where it must not: by its indentation or by what the line starts with. */
static void explain_block(const struct problem *q, const char *expected, const char *what) {
    if (!first_on_line(q, q->at)) {
        explain_text_after(q);
        return;
    }
    struct diag *d = NULL;
    if (column(q, q->at) == column(q, q->context))
        d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, rest_of_line(q, q->at), "%s is expected here",
                     expected);
    else
        d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, rest_of_line(q, q->at),
                     "the indentation of this line fits no line above");
    if (q->context != q->at)
        diag_also(q->t->dl, d, here(q, q->context), "the %s around it starts here", what);
    diag_hint(q->t->dl, d, "Indent all parts of a %s alike.", what);
}

static void explain_mapping(const struct problem *q) {
    explain_block(q, "a key", "mapping");
}

static void explain_list(const struct problem *q) {
    explain_block(q, "a list item that starts with `-`", "list");
}

static void explain_document(const struct problem *q) {
    if (!first_on_line(q, q->at)) {
        explain_text_after(q);
        return;
    }
    struct diag *d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, rest_of_line(q, q->at),
                              "this line stands outside of the document");
    diag_hint(q->t->dl, d, "Indent all keys of the top level alike.");
}

static void explain_bracket(const struct problem *q) {
    bool list = byte_at(q, q->context) == '[';
    const char *expected = list ? "`,` or `]`" : "`,` or `}`";
    bool same_line = yaml_text_line_end(q->t, q->context) >= q->at;
    if (same_line && !at_end(q)) {
        struct diag *d =
            diag_add(q->t->dl, DIAG_YAML_SYNTAX, here(q, q->at), "%s is expected here", expected);
        diag_also(q->t->dl, d, here(q, q->context), "to go on with this %s",
                  list ? "list" : "mapping");
        diag_hint(q->t->dl, d, "Put texts that hold `:` `,` or brackets in quotes.");
        return;
    }
    struct diag *d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, here(q, q->context),
                              "this `%s` is not closed", list ? "[" : "{");
    if (!at_end(q))
        diag_also(q->t->dl, d, here(q, q->at), "%s is expected here", expected);
}

static void explain_value(const struct problem *q) {
    diag_add(q->t->dl, DIAG_YAML_SYNTAX, here(q, q->at), "a %s is expected here",
             byte_at(q, q->at) == ':' ? "key" : "value");
}

static void explain_quote(const struct problem *q) {
    struct diag *d =
        diag_add(q->t->dl, DIAG_YAML_SYNTAX, here(q, q->context), "this quote is not closed");
    diag_hint(q->t->dl, d, "End the text with `%c`.", byte_at(q, q->context));
}

static void explain_escape(const struct problem *q) {
    span second = here(q, q->at + 1);
    str escape = str_sub(q->t->text, q->at, second.end);
    struct diag *d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, yaml_text_span(q->t, q->at, second.end),
                              "unknown escape `%.*s` in double quotes", STR_ARG(escape));
    diag_hint(q->t->dl, d, "Use single quotes, in which a backslash is only a backslash.");
}

static void explain_name(const struct problem *q) {
    unsigned char c = byte_at(q, q->context);
    struct diag *d = diag_add(q->t->dl, DIAG_YAML_SYNTAX, here(q, q->context),
                              "a text cannot start with `%c`", c);
    hint_quotes(q, d, rest_of_line(q, q->context));
}

/* ---- the table ----------------------------------------------------------------------- */

/* libyaml's words and what to say instead. `context` NULL: in any context. */
static const struct row {
    const char *context, *problem;
    void (*explain)(const struct problem *q);
    /* without `explain`: */
    enum diag_code code;
    const char *message, *hint;
} rows[] = {
    {NULL, "found character that cannot start any token", .explain = explain_character},
    {NULL, "found a tab character that violates indentation", .explain = explain_character},
    {NULL, "found a tab character where an indentation space is expected",
     .explain = explain_character},
    {NULL, "mapping values are not allowed in this context", .explain = explain_colon},
    {NULL, "could not find expected ':'", .explain = explain_missing_colon},
    {NULL, "did not find expected key", .explain = explain_mapping},
    {NULL, "did not find expected '-' indicator", .explain = explain_list},
    {NULL, "did not find expected <document start>", .explain = explain_document},
    {NULL, "did not find expected ',' or ']'", .explain = explain_bracket},
    {NULL, "did not find expected ',' or '}'", .explain = explain_bracket},
    {NULL, "did not find expected node content", .explain = explain_value},
    {"while scanning a quoted scalar", "found unexpected end of stream", .explain = explain_quote},
    {"while scanning a quoted scalar", "found unexpected document indicator",
     .explain = explain_quote},
    {NULL, "found unknown escape character", .explain = explain_escape},
    {"while scanning an alias", NULL, .explain = explain_name},
    {"while scanning an anchor", NULL, .explain = explain_name},
    {"while scanning a tag", NULL, .explain = explain_name},
    {"while parsing a tag", NULL, .explain = explain_name},
    {"while scanning a directive", NULL, .explain = explain_name},
    {NULL, "found undefined tag handle", NULL, DIAG_YAML_TAG, "the tag is not supported",
     "Put the text in quotes when it starts with `!`."},
    {NULL, "block sequence entries are not allowed in this context", NULL, DIAG_YAML_SYNTAX,
     "a list item cannot start here",
     "Start the list on a line of its own, or put the text in quotes."},
    {NULL, "mapping keys are not allowed in this context", NULL, DIAG_YAML_SYNTAX,
     "a text cannot start with `? `", "Put the text in quotes."},
    {NULL, "did not find expected hexdecimal number", NULL, DIAG_YAML_SYNTAX,
     "an escape lacks digits",
     "Write `\\x` with 2, `\\u` with 4 and `\\U` with 8 digits of 0-9, a-f."},
    {NULL, "found invalid Unicode character escape code", NULL, DIAG_YAML_SYNTAX,
     "an escape stands for no Unicode character", NULL},
    {"while scanning a block scalar", NULL, NULL, DIAG_YAML_SYNTAX,
     "unexpected text after `|` or `>`", "Start the text on the next line."},
    {NULL, "found incompatible YAML document", NULL, DIAG_YAML_SYNTAX,
     "this version of YAML is not supported", "Remove the line."},
};

static bool fits(const char *wanted, const char *given) {
    return wanted == NULL || (given != NULL && strcmp(wanted, given) == 0);
}

void yaml_problem(struct yaml_text *t, const yaml_parser_t *p, const struct yaml_node *last) {
    struct problem q = {.t = t, .last = last};
    q.context = p->context == NULL ? UINT32_MAX : yaml_text_offset(t, p->context_mark.index);
    q.at = yaml_text_offset(t, p->problem_mark.index);
    if (q.context == UINT32_MAX)
        q.context = q.at;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        if (!fits(r->context, p->context) || !fits(r->problem, p->problem))
            continue;
        if (r->explain != NULL) {
            r->explain(&q);
            return;
        }
        struct diag *d = diag_add(t->dl, r->code, here(&q, q.at), "%s", r->message);
        if (r->hint != NULL)
            diag_hint(t->dl, d, "%s", r->hint);
        return;
    }
    const char *why = p->problem != NULL ? p->problem : "no memory is left to read it";
    diag_add(t->dl, DIAG_YAML_SYNTAX, here(&q, q.at), "%s", why);
}
