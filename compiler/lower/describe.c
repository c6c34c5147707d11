/* SPDX-License-Identifier: MIT */
#include "lower/describe.h"

#include "lower/words.h"

#define TEXT_MAX (1u << 20)

static void begin_sentence(struct buf *b) {
    if (b->n > 0)
        buf_byte(b, ' ');
}

static void end_sentence(struct buf *b) {
    unsigned char last = b->n > 0 ? b->p[b->n - 1] : '.';
    if (last != '.' && last != '!' && last != '?')
        buf_byte(b, '.');
}

static void put_sentence(struct buf *b, str s) {
    s = str_trim(s);
    if (s.n == 0)
        return;
    begin_sentence(b);
    buf_put(b, s);
    end_sentence(b);
}

/* A template of the catalog. */
static void put_prose(struct buf *b, const struct watched *w, str t) {
    t = str_trim(t);
    if (t.n == 0)
        return;
    begin_sentence(b);
    watched_put_prose(b, w, t);
    end_sentence(b);
}

void describe_condition(const struct alarm *al, struct buf *b) {
    if (al->watched != NULL) {
        buf_put(b, al->watched->name);
        BUF_LIT(b, ": ");
    }
    expr_print_condition(b, al->condition);
}

const struct series *describe_series(const struct alarm *al) {
    for (uint32_t i = 0; al->plan != NULL && i < al->plan->measure.series.n; i++) {
        if (al->plan->measure.series.at[i].decl != NULL)
            return &al->plan->measure.series.at[i];
    }
    return NULL;
}

str describe_metric_action(struct lower *l, const struct series *s) {
    str named = watched_prose_choice(&l->catalog, s->watched, &s->named->action);
    if (named.n > 0 || s->named == s->decl)
        return named;
    return watched_prose_choice(&l->catalog, s->watched, &s->decl->action);
}

str describe_commands(struct arena *a, str s, str region) {
    static const str command = {(const unsigned char *)"`aws ", 5};
    if (str_find_pair(s, 0, '`', 'a') == s.n)
        return s;
    struct buf b = BUF_INIT(TEXT_MAX);
    for (; s.n > 0; s = str_sub(s, 1, s.n)) {
        if (str_starts(s, command)) {
            buf_printf(&b, "`aws --region %.*s", STR_ARG(region));
            s = str_sub(s, command.n - 1, s.n);
        }
        buf_byte(&b, s.p[0]);
    }
    return buf_keep(&b, a);
}

/* What the catalog says is to be done, of the recommended alarm or else the metric; empty: nothing.
 */
static str known_action(struct lower *l, const struct alarm *al, const struct series *s,
                        const struct watched **ret_of) {
    str known = STR("");
    *ret_of = al->watched;
    if (al->recommended != NULL)
        known = watched_prose_choice(&l->catalog, al->watched, &al->recommended->action);
    if (known.n > 0 || s == NULL)
        return known;
    *ret_of = s->watched;
    return describe_metric_action(l, s);
}

/* With a space before it. */
static void put_word(struct buf *b, enum cfg_language in, enum word w) {
    buf_byte(b, ' ');
    buf_text(b, word(in, w));
}

/* A metric of log lines that the user has made, of which the catalog says nothing; NULL: none. */
static const struct log_metric *own_lines(const struct alarm *al) {
    for (uint32_t i = 0; al->plan != NULL && i < al->plan->measure.series.n; i++) {
        if (al->plan->measure.series.at[i].logged != NULL)
            return al->plan->measure.series.at[i].logged;
    }
    return NULL;
}

static void put_lines(const struct log_metric *of, enum cfg_language in, struct buf *b) {
    put_word(b, in, WORD_IN_LOG);
    buf_printf(b, " `%.*s`%s `%.*s`.", STR_ARG(of->log->group), word(in, WORD_MATCHING),
               STR_ARG(str_trim(of->match.text)));
}

static void put_action(struct lower *l, const struct alarm *al, const struct series *s,
                       struct buf *b) {
    const struct watched *w = NULL;
    str own = al->cfg != NULL ? al->cfg->action.text : STR("");
    str known = own.n == 0 ? known_action(l, al, s, &w) : STR("");
    enum cfg_language in = l->catalog.language;
    put_word(b, in, WORD_DO);
    if (own.n > 0)
        put_sentence(b, own);
    else if (known.n > 0)
        put_prose(b, w, describe_commands(l->scratch, known, lower_region(l, al->region)));
    else if (al->composite)
        put_word(b, in, WORD_PARTS);
    else if (own_lines(al) != NULL)
        put_lines(own_lines(al), in, b);
    else {
        put_word(b, in, WORD_DASHBOARDS);
        buf_byte(b, ' ');
        buf_put(b, l->prefix);
        put_word(b, in, WORD_CHANGED);
    }
}

bool describe_has_pages(const struct lower *l) {
    return !given(l->cfg->runbooks.state.at) || l->cfg->runbooks.state.value != 0;
}

static void put_page(struct lower *l, const struct alarm *al, struct buf *b) {
    str base = given(l->cfg->runbooks.url.at) ? l->cfg->runbooks.url.text : STR("docs/runbooks");
    buf_put(b, str_ends(base, STR("/")) ? str_sub(base, 0, base.n - 1) : base);
    buf_byte(b, '/');
    buf_put(b, al->name);
    BUF_LIT(b, ".md");
}

/*
 * The pages, and the file and the key, not the line: a line added above would change every alarm
 * below it. `own`: with the page that the user names.
 */
static void put_end(struct lower *l, const struct alarm *al, bool own, struct buf *b) {
    enum cfg_language in = l->catalog.language;
    bool pages = describe_has_pages(l);
    own &= al->cfg != NULL && given(al->cfg->runbook.at);
    if (pages || own) {
        put_word(b, in, WORD_RUNBOOK);
        buf_byte(b, ' ');
    }
    if (pages)
        put_page(l, al, b);
    if (pages && own)
        BUF_LIT(b, ", ");
    if (own)
        buf_put(b, al->cfg->runbook.text);
    put_word(b, in, WORD_FROM);
    buf_byte(b, ' ');
    buf_put(b, source_relative(sources_get(l->dl->sources, al->at.file)->name, l->spec_dir));
    BUF_LIT(b, ": ");
    buf_put(b, al->path);
}

/*
 * A text that is too long is cut at a code point; what is from `at` on, its end, is kept whole and
 * moves down over what was cut, which is more than the dots are.
 */
static void shorten(struct buf *b, uint32_t at) {
    const str dots = STR("..."), text = str_sub(buf_str(b), 0, at);
    const str end = str_sub(buf_str(b), at, (uint32_t)b->n);
    uint32_t to = 0;
    if (b->n <= DESCRIPTION_MAX)
        return;
    if (end.n + dots.n < DESCRIPTION_MAX) {
        to = utf8_cut(text, DESCRIPTION_MAX - end.n - dots.n).n;
        memcpy(b->p + to, dots.p, dots.n);
        to += dots.n;
    }
    memmove(b->p + to, end.p, end.n);
    b->n = to + end.n;
}

void describe_alarm(struct lower *l, const struct alarm *al, struct buf *b) {
    buf_clear(b);
    const struct series *s = describe_series(al);
    if (al->cfg != NULL && given(al->cfg->description.at)) {
        put_sentence(b, al->cfg->description.text);
    } else {
        describe_condition(al, b);
        buf_byte(b, '.');
        if (al->recommended != NULL)
            put_prose(b, al->watched, al->recommended->because.text);
        else if (s != NULL)
            put_sentence(b, s->named->doc.text);
    }
    put_action(l, al, s, b);
    uint32_t at = (uint32_t)b->n;
    put_end(l, al, true, b);
    if (b->n - at > DESCRIPTION_MAX) {
        b->n = at;
        put_end(l, al, false, b);
    }
    shorten(b, at);
}
