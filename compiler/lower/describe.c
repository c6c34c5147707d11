/* SPDX-License-Identifier: MIT */
#include "lower/describe.h"

static void put_sentence(struct buf *b, str s) {
    s = str_trim(s);
    if (s.n == 0)
        return;
    if (b->n > 0)
        buf_byte(b, ' ');
    buf_put(b, s);
    unsigned char last = s.p[s.n - 1];
    if (last != '.' && last != '!' && last != '?')
        buf_byte(b, '.');
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

/* What the user says, else the recommended alarm, else the metric; empty: nobody says anything. */
static str action_of(struct lower *l, const struct alarm *al, const struct series *s) {
    str action = al->cfg != NULL ? al->cfg->action.text : STR("");
    if (action.n == 0 && al->recommended != NULL)
        action = watched_prose_choice(&l->catalog, al->watched, &al->recommended->action);
    if (action.n == 0 && s != NULL)
        action = watched_prose_choice(&l->catalog, s->watched, &s->decl->action);
    return action;
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
            put_sentence(b, watched_prose(l->a, al->watched, al->recommended->because.text));
        else if (s != NULL)
            put_sentence(b, s->decl->doc.text);
    }
    str action = action_of(l, al, s);
    if (action.n > 0) {
        BUF_LIT(b, " Do:");
        put_sentence(b, action);
    } else if (al->composite) {
        BUF_LIT(b, " Do: Look at the alarms that it is made of.");
    } else {
        BUF_LIT(b, " Do: Open the dashboards of ");
        buf_put(b, l->prefix);
        BUF_LIT(b, " and see what changed when it began.");
    }
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
