/* SPDX-License-Identifier: MIT */
#include "lower/secrets.h"

#define EVERY_MAX_S (1000 * DAY_S) /* Secrets Manager's longest */
#define ASSUMED_S (365 * DAY_S)
#define RDS_S (7 * DAY_S) /* as RDS does it unless told otherwise */
#define SLACK_S (DAY_S)   /* before what a machine does counts as overdue */
#define REMIND_S (14 * DAY_S)
#define REMIND_FROM_S (30 * DAY_S)

/* What follows `rotate:`, word by word. */
struct words {
    str rest;
};

static bool take(struct words *w, const char *word) {
    str s = str_trim(w->rest);
    str head = str_split(&s, ' ');
    if (!str_is(head, word))
        return false;
    w->rest = str_trim(s);
    return true;
}

static bool bad(struct lower *l, span at, const char *why) {
    struct diag *d = diag_add(l->dl, DIAG_BAD_ROTATION, at, "%s", why);
    diag_hint(
        l->dl, d,
        "Write `every 180 days by hand`, `by external team`, `every 30 days by rds`; or `every "
        "90 days` with `of`, a database, and `user`, and a function does it.");
    return false;
}

static bool read_every(struct lower *l, struct secret *s, struct words *w, span at) {
    struct quantity q;
    uint32_t wrong = 0, n = quantity_scan(w->rest, &q, &wrong);
    bool ends = n == w->rest.n || (n > 0 && w->rest.p[n] == ' ');
    if (n == 0 || wrong > 0 || !ends || q.dim.time != 1 || !num_is_int(q.value))
        return bad(l, at, "after `every` comes a duration");
    w->rest = str_trim(str_sub(w->rest, n, w->rest.n));
    s->every_s = num_floor(q.value);
    if (s->every_s % DAY_S != 0 || s->every_s < DAY_S || s->every_s > EVERY_MAX_S)
        return bad(l, at, "secrets are rotated every so many whole days, at most 1000");
    return true;
}

/* One space between words: who wrote a tab, or a line more, meant no other words. */
static str with_spaces(struct lower *l, str text) {
    struct buf b = BUF_INIT(1u << 16);
    bool gap = false;
    for (uint32_t i = 0; i < text.n; i++) {
        unsigned char c = text.p[i];
        bool space = c == ' ' || (c >= '\t' && c <= '\r');
        if (!space && gap && b.n > 0)
            BUF_LIT(&b, " ");
        if (!space)
            buf_byte(&b, c);
        gap = space;
    }
    return buf_keep(&b, l->a);
}

/* A word that is nearly one of those that opsc knows is no team. */
static bool is_near(struct lower *l, str who, span at) {
    struct suggest near = suggest_for(who);
    suggest_offer(&near, STR("hand"));
    suggest_offer(&near, STR("rds"));
    if (near.best.n == 0 || near.by_word || near.distance > 1)
        return false;
    struct diag *d = diag_add(l->dl, DIAG_BAD_ROTATION, at, "`%.*s` is nearly `%.*s`", STR_ARG(who),
                              STR_ARG(near.best));
    diag_hint(l->dl, d, "Did you mean `%.*s`? Of people of this name write `the %.*s team`.",
              STR_ARG(near.best), STR_ARG(who));
    return true;
}

/* Whether `who` is this word, in whatever letters. */
static bool is_word(str who, const char *word) {
    uint32_t n = (uint32_t)strlen(word);
    bool same = who.n == n;
    for (uint32_t i = 0; same && i < n; i++)
        same = (who.p[i] | 0x20) == (unsigned char)word[i];
    return same;
}

static bool set_by(struct lower *l, struct secret *s, str who, span at) {
    if (is_word(who, "lambda") || is_word(who, "function"))
        return bad(l, at, "a function rotates it when nobody is named: leave `by` out");
    s->by = is_word(who, "hand")  ? SECRET_BY_HAND
            : is_word(who, "rds") ? SECRET_BY_RDS
                                  : SECRET_BY_OTHERS;
    s->who = who;
    return s->by != SECRET_BY_OTHERS || !is_near(l, who, at);
}

static bool read_text(struct lower *l, struct secret *s, bool *has_by) {
    const struct cfg_text *t = &s->cfg->rotate;
    struct words w = {with_spaces(l, t->text)};
    if (take(&w, "every") && !read_every(l, s, &w, t->at))
        return false;
    *has_by = take(&w, "by");
    if (*has_by && w.rest.n > 0) {
        if (!set_by(l, s, w.rest, t->at))
            return false;
        w.rest = STR("");
    } else if (*has_by) {
        return bad(l, t->at, "`by` does not say whom");
    }
    return w.rest.n == 0 || bad(l, t->at, "this is no rotation");
}

static bool no_age(struct lower *l, const struct secret *s) {
    struct diag *d = diag_add(l->dl, DIAG_SECRET_NO_AGE, s->cfg->name.at,
                              "nobody says when `%.*s` is replaced", STR_ARG(s->cfg->name.text));
    diag_hint(l->dl, d,
              "Add `rotate: every 180 days by hand`, or the name of the team that does it. It gets "
              "an alarm on its age.");
    return false;
}

static void assumed(struct lower *l, struct secret *s) {
    s->every_s = ASSUMED_S;
    struct diag *d =
        diag_add(l->dl, DIAG_SECRET_AGE_ASSUMED, s->cfg->rotate.at,
                 "`%.*s` is taken to be overdue after 365 days", STR_ARG(s->cfg->name.text));
    diag_hint(l->dl, d, "Say how often: `rotate: every 180 days by %.*s`.", STR_ARG(s->who));
}

static bool by_machine(const struct secret *s) {
    return s->by == SECRET_BY_RDS || s->by == SECRET_BY_LAMBDA;
}

static bool check_remind(struct lower *l, struct secret *s) {
    const struct cfg_quantity *q = &s->cfg->remind;
    if (by_machine(s)) {
        if (!given(q->at))
            return true;
        return bad(l, q->at, "what does it by itself needs no reminder");
    }
    if (!given(q->at)) {
        s->remind_s = s->every_s >= REMIND_FROM_S ? REMIND_S : 0;
        return true;
    }
    s->remind_s = num_floor(q->q.value);
    if (s->remind_s >= 0 && s->remind_s < s->every_s)
        return true;
    return bad(l, q->at, "a reminder comes before the secret is due, and after it was replaced");
}

bool secret_rotation(struct lower *l, struct secret *s) {
    const struct cfg_secret *c = s->cfg;
    bool in_text = false;
    if (given(c->rotate.at) && !read_text(l, s, &in_text))
        return false;
    if (in_text && given(c->by.at))
        return bad(l, c->by.at, "`rotate` says already by whom");
    if (given(c->by.at) && str_trim(c->by.text).n == 0)
        return bad(l, c->by.at, "`by` does not say whom");
    if (given(c->by.at) && !set_by(l, s, with_spaces(l, c->by.text), c->by.at))
        return false;
    if (s->who.n == 0 && s->every_s == 0)
        return no_age(l, s);
    if (s->who.n == 0 && !(given(c->of.at) && given(c->user.at)))
        return bad(l, c->rotate.at,
                   "nobody is named who does it, nor the account whose password a "
                   "function could replace");
    if (s->who.n == 0)
        s->by = SECRET_BY_LAMBDA;
    if (s->every_s == 0 && s->by == SECRET_BY_RDS)
        s->every_s = RDS_S;
    else if (s->every_s == 0 && s->by == SECRET_BY_HAND)
        return no_age(l, s);
    else if (s->every_s == 0)
        assumed(l, s);
    s->max_age_s = s->every_s + (by_machine(s) ? SLACK_S : 0);
    return check_remind(l, s);
}
