/* SPDX-License-Identifier: MIT */
#include "lower/describe.h"

#include "lower/words.h"

#define TAIL_MAX (128u << 20) /* above what a file of YAML can hold */

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
    return watched_prose_choice(&l->catalog, s->watched, &s->decl->action);
}

static void put_action(struct lower *l, const struct alarm *al, const struct series *s,
                       struct buf *b) {
    const struct watched *w = NULL;
    str own = al->cfg != NULL ? al->cfg->action.text : STR("");
    str known = own.n == 0 ? known_action(l, al, s, &w) : STR("");
    enum cfg_language in = l->catalog.language;
    buf_byte(b, ' ');
    buf_text(b, word(in, WORD_DO));
    if (own.n > 0)
        put_sentence(b, own);
    else if (known.n > 0)
        put_prose(b, w, known);
    else if (al->composite)
        buf_printf(b, " %s", word(in, WORD_PARTS));
    else
        buf_printf(b, " %s %.*s %s", word(in, WORD_DASHBOARDS), STR_ARG(l->prefix),
                   word(in, WORD_CHANGED));
}

bool describe_has_pages(const struct lower *l) {
    return !given(l->cfg->runbooks.state.at) || l->cfg->runbooks.state.value != 0;
}

static void put_page(struct lower *l, const struct alarm *al, struct buf *b) {
    str base = given(l->cfg->runbooks.url.at) ? l->cfg->runbooks.url.text : STR("docs/runbooks");
    buf_put(b, str_ends(base, STR("/")) ? str_sub(base, 0, base.n - 1) : base);
    buf_printf(b, "/%.*s.md", STR_ARG(al->name));
}

/*
 * The pages, and the file and the key, not the line: a line added above would change every alarm
 * below it. `own`: with the page that the user names.
 */
static str tail(struct lower *l, const struct alarm *al, bool own) {
    enum cfg_language in = l->catalog.language;
    struct buf b = BUF_INIT(TAIL_MAX);
    bool pages = describe_has_pages(l);
    own &= al->cfg != NULL && given(al->cfg->runbook.at);
    if (pages || own)
        buf_printf(&b, " %s ", word(in, WORD_RUNBOOK));
    if (pages)
        put_page(l, al, &b);
    if (own)
        buf_printf(&b, "%s%.*s", pages ? ", " : "", STR_ARG(al->cfg->runbook.text));
    str file = source_relative(sources_get(l->dl->sources, al->at.file)->name, l->spec_dir);
    buf_printf(&b, " %s %.*s: %.*s", word(in, WORD_FROM), STR_ARG(file), STR_ARG(al->path));
    return buf_keep(&b, l->passing);
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
            put_sentence(b, s->decl->doc.text);
    }
    put_action(l, al, s, b);
    /* What is at the end is kept whole; a text that is too long is cut at a code point before it.
     */
    str end = tail(l, al, true);
    if (end.n > DESCRIPTION_MAX)
        end = tail(l, al, false);
    if (b->n + end.n > DESCRIPTION_MAX) {
        uint32_t taken = end.n + STR("...").n;
        b->n = utf8_cut(buf_str(b), taken < DESCRIPTION_MAX ? DESCRIPTION_MAX - taken : 0).n;
        BUF_LIT(b, "...");
    }
    buf_put(b, end);
}
