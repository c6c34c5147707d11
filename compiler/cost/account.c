/* SPDX-License-Identifier: MIT */
#include "cost/sheet.h"

/* Accounts opened before have the free amounts of 12 months; later ones have credits. */
static const struct date new_rules = {2025, 7, 15};
#define LEGACY_MONTHS 12
#define FREE_PLAN_MONTHS 6
#define CREDIT_MONTHS 12

/* The same day of a later month, or its last one. */
static struct date add_months(struct date d, int months) {
    int month = d.month - 1 + months;
    struct date r = {d.year + month / 12, month % 12 + 1, d.day};
    int last = date_days_in(r.year, r.month);
    r.day = r.day > last ? last : r.day;
    return r;
}

static bool before(struct date a, struct date b) {
    return date_cmp(a, b) < 0;
}

static void wrong(struct cost_work *w, span at, const char *what, const char *hint) {
    struct diag *d = diag_add(w->run->dl, DIAG_COST_ACCOUNT, at, "%s", what);
    diag_hint(w->run->dl, d, "%s", hint);
}

/* Whether there was such a regime for accounts opened on that day. */
static void check_since(struct cost_work *w, const struct cost_account *a, span at) {
    bool early = before(a->since, new_rules);
    if (a->regime == CFG_REGIME_LEGACY && !early)
        wrong(w, at, "an account opened on 2025-07-15 or later has no 12 months of free amounts",
              "Its regime is `free-plan`, or `paid` with `credits`.");
    if (a->regime == CFG_REGIME_FREE_PLAN && early)
        wrong(w, at, "an account opened before 2025-07-15 has no free plan",
              "Its regime is `legacy`, or `paid`.");
}

void account_read(struct cost_work *w) {
    const struct config *c = w->cfg;
    struct cost_account *a = &w->sheet->account;
    a->regime = (enum cfg_regime)c->cost.account.regime.value;
    a->credits = given(c->cost.account.credits.at) ? c->cost.account.credits.q.value : NUM_NAN;
    const struct cfg_text *since = &c->cost.account.since;
    int months = a->regime == CFG_REGIME_LEGACY      ? LEGACY_MONTHS
                 : a->regime == CFG_REGIME_FREE_PLAN ? FREE_PLAN_MONTHS
                                                     : CREDIT_MONTHS;
    if (given(since->at)) {
        if (!date_read(since->text, &a->since)) {
            wrong(w, since->at, "there is no such day", "Write it as in 2025-03-01.");
            return;
        }
        check_since(w, a, since->at);
        if (a->regime != CFG_REGIME_PAID || num_ok(a->credits))
            a->ends = add_months(a->since, months);
        struct date on;
        if (a->ends.year > 0 && date_read(w->run->on, &on) && !before(on, a->ends))
            *a = (struct cost_account){
                .regime = CFG_REGIME_PAID, .since = a->since, .credits = NUM_NAN};
    } else if (a->regime != CFG_REGIME_PAID) {
        wrong(w, c->cost.account.at, "nothing says when the account was opened",
              "`since` is the day: `account: { regime: legacy, since: 2025-03-01 }`.");
    }
}

enum cost_view cost_view_now(const struct cost_sheet *s) {
    return s->account.regime == CFG_REGIME_LEGACY ? COST_LEGACY : COST_PAID;
}

bool cost_is_covered(const struct cost_sheet *s) {
    return s->account.regime == CFG_REGIME_FREE_PLAN;
}

struct cost_range cost_pay(const struct cost_sheet *s, const struct cost_range usd[COST_VIEWS]) {
    if (cost_is_covered(s))
        return COST_NOTHING;
    return usd[cost_view_now(s)];
}

struct cost_range cost_now(const struct cost_sheet *s) {
    return cost_pay(s, s->total);
}

struct cost_range cost_later(const struct cost_sheet *s) {
    return s->total[COST_PAID];
}

struct num cost_most(const struct cost_run *r) {
    struct num sum = num_int(0);
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        const struct cost_sheet *s = r->sheets.at[i];
        struct num now = cost_now(s).high, later = cost_later(s).high;
        struct num most = num_cmp(now, later) > 0 ? now : later;
        sum = num_add(sum, s->beyond ? NUM_NAN : most);
    }
    return sum;
}

struct num cost_credit_months(const struct cost_sheet *s) {
    struct num high = s->total[cost_view_now(s)].high;
    return num_ok(s->account.credits) && high.n > 0 ? num_div(s->account.credits, high) : NUM_NAN;
}

struct cost_range cost_pay_from(const struct cost_sheet *s, const struct cost_range usd[COST_VIEWS],
                                struct num begun, str day) {
    struct date d;
    bool later = s->account.ends.year == 0 || !date_read(day, &d) || !before(d, s->account.ends);
    struct cost_range base = later ? usd[COST_PAID] : cost_pay(s, usd);
    return !later && cost_is_covered(s)
               ? base
               : (struct cost_range){num_add(base.low, begun), num_add(base.high, begun)};
}

bool cost_has_dated(const struct cost_sheet *s) {
    for (uint32_t i = 0; i < s->dated.n; i++) {
        if (!s->dated.at[i].begun)
            return true;
    }
    return false;
}

/* The next of the days after this one; empty: there is none. */
static str day_after(const struct cost_sheet *s, str day) {
    str next = STR("");
    for (uint32_t i = 0; i < s->dated.n; i++) {
        const struct cost_dated *d = &s->dated.at[i];
        if (!d->begun && str_cmp(d->day, day) > 0 && (next.n == 0 || str_cmp(d->day, next) < 0))
            next = d->day;
    }
    return next;
}

void cost_put_from(struct buf *b, struct cost_run *r, const struct cost_sheet *s) {
    const char *gap = "", *words = " a month from ";
    for (str day = day_after(s, STR("")); day.n > 0; day = day_after(s, day)) {
        buf_text(b, gap);
        cost_put_money(b, cost_pay_from(s, s->total, sheet_begun(r, s, NULL, day), day));
        buf_printf(b, "%s%.*s on", words, STR_ARG(day));
        gap = ", ";
        words = " from ";
    }
}

void cost_put_dated(struct buf *b, const struct cost_dated *d) {
    cost_put_money(b, (struct cost_range){d->usd, d->usd});
    buf_printf(b, " a month from %.*s on", STR_ARG(d->day));
}
