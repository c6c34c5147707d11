/* SPDX-License-Identifier: MIT */
#include "lower/describe.h"

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

void describe_evaluation(struct buf *b, const struct cond *c) {
    if (c->evaluations == 1) {
        BUF_LIT(b, "one evaluation of ");
    } else if (c->datapoints == c->evaluations) {
        buf_printf(b, "%u evaluations in a row of ", c->evaluations);
    } else {
        buf_printf(b, "%u of %u evaluations of ", c->datapoints, c->evaluations);
    }
    cond_put_duration(b, c->period_s);
}

/* The condition with the resource in front of bare names: "web.cpu > 90% for 15m". */
static void put_condition(struct buf *b, const struct alarm *al) {
    if (al->watched != NULL) {
        buf_put(b, al->watched->name);
        BUF_LIT(b, ": ");
    }
    expr_print_condition(b, al->condition);
}

/* The first series of a metric of the catalog; NULL: none. */
static const struct series *first_series(const struct alarm *al) {
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
    BUF_LIT(b, " Do:");
    if (own.n > 0) {
        put_sentence(b, own);
    } else if (known.n > 0) {
        put_prose(b, w, known);
    } else if (al->composite) {
        BUF_LIT(b, " Look at the alarms that it is made of.");
    } else {
        BUF_LIT(b, " Open the dashboards of ");
        buf_put(b, l->prefix);
        BUF_LIT(b, " and see what changed when it began.");
    }
}

void describe_alarm(struct lower *l, const struct alarm *al, struct buf *b) {
    buf_clear(b);
    const struct series *s = first_series(al);
    if (al->cfg != NULL && given(al->cfg->description.at)) {
        put_sentence(b, al->cfg->description.text);
    } else {
        put_condition(b, al);
        buf_byte(b, '.');
        if (al->recommended != NULL)
            put_prose(b, al->watched, al->recommended->because.text);
        else if (s != NULL)
            put_sentence(b, s->decl->doc.text);
    }
    put_action(l, al, s, b);
    if (al->cfg != NULL && given(al->cfg->runbook.at)) {
        BUF_LIT(b, " Runbook: ");
        buf_put(b, al->cfg->runbook.text);
    }
    /* The file and the key, not the line: a line added above would change every alarm below it. */
    str file = source_relative(sources_get(l->dl->sources, al->at.file)->name, l->spec_dir);
    uint32_t where_n = STR(" From ").n + file.n + STR(": ").n + al->path.n;
    str text = buf_str(b);
    /* The place is kept whole; a text that is too long is cut at a code point before it. */
    if (text.n + where_n > DESCRIPTION_MAX) {
        uint32_t taken = where_n + STR("...").n;
        b->n = utf8_cut(text, taken < DESCRIPTION_MAX ? DESCRIPTION_MAX - taken : 0).n;
        BUF_LIT(b, "...");
    }
    BUF_LIT(b, " From ");
    buf_put(b, file);
    BUF_LIT(b, ": ");
    buf_put(b, al->path);
}
