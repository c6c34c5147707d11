/* SPDX-License-Identifier: MIT */
#include "coverage/coverage.h"

#include "base/glob.h"
#include "lower/lower.h"

void coverage_init(struct coverage_run *r, struct arena *a, struct diag_list *dl) {
    *r = (struct coverage_run){.arena = a, .dl = dl};
}

void coverage_add(struct coverage_run *r, const struct config *cfg, const struct lower_result *low,
                  str environment) {
    struct coverage_sheet *s = ARENA_NEW(r->arena, struct coverage_sheet);
    *s = (struct coverage_sheet){.environment = environment,
                                 .project = cfg->project.text,
                                 .region = cfg->aws.region.text,
                                 .account = cfg->aws.account.text,
                                 .cfg = cfg,
                                 .low = low,
                                 .of = low->coverage};
    VEC_PUSH(r->arena, &r->sheets, s);
    for (uint32_t i = 0; i < s->of->n; i++) {
        const struct coverage_resource *of = &s->of->items[i];
        for (uint32_t k = 0; k < of->nalarms; k++)
            VEC_PUSH(r->arena, &s->lines,
                     (struct coverage_line){.of = of, .alarm = &of->alarms[k]});
    }
}

/* ---- waivers */

/* Of "db.storage-low", else of "db"; NULL: none. */
static const struct cfg_waiver *waiver_of(const struct config *cfg, str resource, str alarm) {
    const struct cfg_waiver *whole = NULL;
    for (uint32_t i = 0; i < cfg->coverage.waive.n; i++) {
        const struct cfg_waiver *w = &cfg->coverage.waive.items[i];
        str rest = w->name.text, name = str_split(&rest, '.');
        if (!str_eq(name, resource))
            continue;
        if (str_eq(rest, alarm) && alarm.n > 0)
            return w;
        if (rest.n == 0)
            whole = w;
    }
    return whole;
}

/* Of "rds/legacy-db", by a pattern; NULL: none. */
static const struct cfg_waiver *waiver_of_account(const struct config *cfg, str kind, str id) {
    for (uint32_t i = 0; i < cfg->coverage.waive.n; i++) {
        const struct cfg_waiver *w = &cfg->coverage.waive.items[i];
        str rest = w->name.text, of = str_split(&rest, '/');
        if (str_eq(of, kind) && of.n < w->name.text.n && glob_fits(rest, id))
            return w;
    }
    return NULL;
}

static bool waiver_holds(const struct cfg_waiver *w, struct date today) {
    struct date until;
    return w != NULL && date_read(w->until.text, &until) && date_cmp(today, until) <= 0;
}

/* ---- sums */

bool coverage_is_missing(const struct coverage_line *l) {
    return coverage_counts(l->alarm->state) && !coverage_watches(l->alarm->state) && !l->waived &&
           l->account_by.n == 0;
}

bool coverage_is_silent(const struct coverage_run *r, const struct coverage_sheet *s, uint32_t i) {
    const struct coverage_resource *of = &s->of->items[i];
    bool watched = of->watching > 0 || (s->by_account != NULL && s->by_account[i] > 0);
    return !watched && of->watchable &&
           !waiver_holds(waiver_of(s->cfg, of->name, STR("")), r->today);
}

static void reckon_line(const struct coverage_run *r, struct coverage_sheet *s,
                        struct coverage_line *l) {
    struct coverage_sums *n = &s->sums;
    bool there = coverage_watches(l->alarm->state) || l->account_by.n > 0;
    l->waiver = waiver_of(s->cfg, l->of->name, l->alarm->name);
    l->waived = !there && waiver_holds(l->waiver, r->today);
    n->perhaps += l->alarm->state == COVERAGE_PERHAPS && !l->waived;
    if (!coverage_counts(l->alarm->state))
        return;
    n->waived += l->waived;
    n->all += !l->waived;
    n->there += there;
    n->over += !there && l->waiver != NULL && !l->waived;
}

static void reckon_sheet(const struct coverage_run *r, struct coverage_sheet *s) {
    s->sums = (struct coverage_sums){0};
    for (uint32_t i = 0; i < s->lines.n; i++)
        reckon_line(r, s, &s->lines.at[i]);
    for (uint32_t i = 0; i < s->of->n; i++)
        s->sums.silent += coverage_is_silent(r, s, i);
    for (uint32_t i = 0; i < s->found.n; i++) {
        struct coverage_found *f = &s->found.at[i];
        f->waiver = waiver_of_account(s->cfg, f->kind, f->id);
        f->waived = f->alarms == 0 && waiver_holds(f->waiver, r->today);
        s->sums.found++;
        s->sums.found_waived += f->waived;
        s->sums.unseen += f->alarms == 0 && !f->waived;
    }
}

void coverage_reckon(struct coverage_run *r) {
    for (uint32_t i = 0; i < r->sheets.n; i++)
        reckon_sheet(r, r->sheets.at[i]);
}

struct num coverage_percent(const struct coverage_sums *s) {
    if (s->all == 0)
        return num_int(100);
    return num_div(num_int((int64_t)s->there * 100), num_int(s->all));
}

/* ---- words */

static const struct {
    const char *word, *why;
} states[COVERAGE_STATES] = {
    [COVERAGE_THERE] = {"there", "there"},
    [COVERAGE_CHANGED] = {"changed", "there, with your exception"},
    [COVERAGE_OWN] = {"own", "by your alarm"},
    [COVERAGE_OFF] = {"off", "an exception turns it off"},
    [COVERAGE_NONE] = {"none", "`alarms` wants no recommended ones"},
    [COVERAGE_FREE] = {"free-tier", "the profile free-tier leaves it out"},
    [COVERAGE_NEEDS] = {"needs", "give"},
    [COVERAGE_PERHAPS] = {"perhaps", "whether it suits is not known: give"},
    [COVERAGE_OFFERED] = {"offered", "not on by itself"},
};

const char *coverage_word(enum coverage_state s) {
    return states[s].word;
}

static str state_text(struct arena *a, const struct coverage_line *l) {
    const struct coverage_alarm *m = l->alarm;
    const char *why = states[m->state].why;
    if (l->account_by.n > 0)
        return arena_printf(a, "by the alarm `%.*s` of the account", STR_ARG(l->account_by));
    if (m->state == COVERAGE_OWN)
        return arena_printf(a, "%s `%.*s`", why, STR_ARG(m->by));
    if (m->state == COVERAGE_NEEDS || m->state == COVERAGE_PERHAPS)
        return arena_printf(a, "%s `%.*s` %.*s", why, STR_ARG(l->of->name), STR_ARG(m->needs));
    return str_c(why);
}

str coverage_why(struct arena *a, const struct coverage_line *l) {
    str text = state_text(a, l);
    const struct cfg_waiver *w = l->waiver;
    if (w == NULL || coverage_watches(l->alarm->state) || l->account_by.n > 0)
        return text;
    return arena_printf(a, "%s until %.*s%s: %.*s", l->waived ? "waived" : "was waived",
                        STR_ARG(w->until.text), l->waived ? "" : ", which is past",
                        STR_ARG(w->reason.text));
}

str coverage_place(struct arena *a, const struct diag_list *dl, span at) {
    if (at.file == 0)
        return STR("");
    struct place p = sources_place(dl->sources, at.file, at.start);
    return arena_printf(a, "%.*s:%u", STR_ARG(p.file), p.line);
}
