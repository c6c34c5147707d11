/* SPDX-License-Identifier: MIT */
/* whether budgets and alarms on the bill agree with what the system comes to */
#include "cost/made.h"

#define TEXT_MAX 1024

/* What is set against a limit: of the account, or of what has the tags of the environment. */
struct agreeing {
    struct cost_run *run;
    const struct cost_sheet *sheet;
    uint32_t environments; /* whose sums these are */
};

static bool is_within(const struct agreeing *a, const struct cost_sheet *s) {
    bool tags = a->sheet->cfg->budgets.scope.value == CFG_SCOPE_TAGS;
    return s == a->sheet || (!tags && s->ledger == a->sheet->ledger);
}

/* What a budget counts of all environments that it counts; NULL: the whole. False: too much. */
static bool sum_of(struct agreeing *a, const struct cfg_budget *budget,
                   struct cost_range ret[COST_VIEWS]) {
    a->environments = 0;
    bool ok = true;
    cost_clear(ret);
    for (uint32_t i = 0; i < a->run->sheets.n; i++) {
        const struct cost_sheet *s = a->run->sheets.at[i];
        struct cost_range of[COST_VIEWS];
        if (!is_within(a, s))
            continue;
        a->environments++;
        if (budget != NULL)
            sheet_budget_of(a->run, s, budget, of);
        ok &= cost_add_to(ret, budget != NULL ? of : s->total);
    }
    return ok;
}

/* Whose sum it is, and what it does. */
struct sum_words {
    const char *what, *comes;
};

static struct sum_words words_of(const struct agreeing *a, bool month) {
    if (!month)
        return (struct sum_words){"what it counts", "comes to"};
    if (a->environments == 1)
        return (struct sum_words){"the system", "comes to"};
    return (struct sum_words){"the environments of its account", "come to"};
}

/* "the system comes to $37.02", "from 2026-03-01 on the system may come to $20.00..37.02". */
static void put_comes_to(struct buf *b, struct sum_words words, struct cost_range usd, bool sure) {
    buf_printf(b, "%s %s ", words.what, sure ? words.comes : "may come to");
    cost_put_money(b, usd);
}

static void put_from(struct buf *b, const struct cost_account *account) {
    if (account->ends.year == 0)
        return;
    BUF_LIT(b, "from ");
    date_put(b, account->ends);
    BUF_LIT(b, " on ");
}

/* What of all that is counted has begun by a day. */
static struct num begun_by(struct agreeing *a, const struct cfg_budget *budget, str day) {
    struct num sum = num_int(0);
    for (uint32_t i = 0; i < a->run->sheets.n; i++) {
        if (is_within(a, a->run->sheets.at[i]))
            sum = num_add(sum, sheet_begun(a->run, a->run->sheets.at[i], budget, day));
    }
    return sum;
}

/* The first day, of those that are told, from which it is above the limit; empty: none. */
static str above_from(struct agreeing *a, const struct cfg_budget *budget,
                      const struct cost_range *usd, struct num limit, struct cost_range *ret) {
    str first = COST_TOLD_BEFORE, none = STR("");
    struct map tried = {0}; /* days: there are few, and many databases */
    bool found = false;
    for (uint32_t i = 0; i < a->run->sheets.n; i++) {
        const struct cost_sheet *s = a->run->sheets.at[i];
        for (uint32_t k = 0; is_within(a, s) && k < s->dated.n; k++) {
            str day = s->dated.at[k].day;
            if (s->dated.at[k].begun || str_cmp(day, first) >= 0 ||
                map_add(a->run->arena, &tried, day, a) != NULL)
                continue;
            struct cost_range from = cost_pay_from(a->sheet, usd, begun_by(a, budget, day), day);
            if (!cost_is_above(from.high, limit))
                continue;
            found = true;
            first = day;
            *ret = from;
        }
    }
    return found ? first : none;
}

/* Of what is to be paid now and later, that which is above the limit first; false: neither. */
static bool put_above(struct buf *b, struct agreeing *a, const struct cfg_budget *budget,
                      const struct cost_range *usd, struct num limit, bool month) {
    const struct cost_sheet *s = a->sheet;
    struct cost_range now = usd[cost_view_now(s)], later = usd[COST_PAID];
    bool already = !cost_is_covered(s) && cost_is_above(now.high, limit);
    if (!already && !cost_is_above(later.high, limit)) {
        struct cost_range from;
        str day = above_from(a, budget, usd, limit, &from);
        if (day.n > 0) {
            buf_printf(b, "from %.*s on ", STR_ARG(day));
            put_comes_to(b, words_of(a, month), from, cost_is_above(from.low, limit));
        }
        return day.n > 0;
    }
    struct cost_range shown = already ? now : later;
    if (!already)
        put_from(b, &s->account);
    put_comes_to(b, words_of(a, month), shown, cost_is_above(shown.low, limit));
    return true;
}

static void hint(struct agreeing *a, struct diag *d) {
    struct buf b = BUF_INIT(TEXT_MAX);
    const struct cost_range *saved = a->sheet->saved;
    BUF_LIT(&b, "`opsc cost` has the lines");
    if (saved[COST_PAID].high.n > 0) {
        BUF_LIT(&b, ", and says how to save ");
        cost_put_saved(&b, a->sheet, saved);
    }
    diag_hint(a->run->dl, d, "%.*s.", STR_ARG(buf_str(&b)));
    buf_done(&b);
}

static void check_budget(struct agreeing *a, const struct cfg_budget *c, bool month) {
    struct cost_range usd[COST_VIEWS];
    struct num limit = c->limit.q.value;
    if (!given(c->limit.at) || !sum_of(a, month ? NULL : c, usd))
        return;
    struct buf b = BUF_INIT(TEXT_MAX);
    if (put_above(&b, a, month ? NULL : c, usd, limit, month)) {
        struct buf amount = BUF_INIT(TEXT_MAX);
        cost_put_money(&amount, (struct cost_range){limit, limit});
        struct diag *d = diag_add(a->run->dl, DIAG_BUDGET_BELOW, c->limit.at,
                                  "the budget of %.*s is %.*s, and %.*s",
                                  STR_ARG(month ? STR("the month") : c->name.text),
                                  STR_ARG(buf_str(&amount)), STR_ARG(buf_str(&b)));
        hint(a, d);
        buf_done(&amount);
    }
    buf_done(&b);
}

/* ---- alarms on the bill */

/* Of an alarm on the bill: whether it is on the whole, and goes off above an amount. */
static bool is_above_amount(const struct node *n, struct num *ret) {
    const struct value *dims = node_get(n, "dimensions"), *op = node_get(n, "comparison_operator"),
                       *limit = node_get(n, "threshold");
    if (dims == NULL || dims->type != VALUE_MAP || dims->map.n != 1 || op == NULL ||
        !str_starts(op->text, STR("GreaterThan")) || limit == NULL || limit->type != VALUE_NUM)
        return false;
    *ret = limit->number;
    return true;
}

/* When even the least is above, it goes off every month. */
static void check_alarm(struct agreeing *a, const struct node *n) {
    struct num limit;
    struct cost_range usd[COST_VIEWS];
    if (!is_above_amount(n, &limit) || !sum_of(a, NULL, usd))
        return;
    for (int v = 0; v < COST_VIEWS; v++)
        usd[v].high = usd[v].low;
    struct buf b = BUF_INIT(TEXT_MAX), amount = BUF_INIT(TEXT_MAX);
    if (put_above(&b, a, NULL, usd, limit, true)) {
        cost_put_money(&amount, (struct cost_range){limit, limit});
        struct diag *d = diag_add(a->run->dl, DIAG_BILL_ALARM, n->at,
                                  "alarm `%.*s` goes off when the bill is above %.*s, and %.*s",
                                  STR_ARG(made_name(a->sheet->cfg, n)), STR_ARG(buf_str(&amount)),
                                  STR_ARG(buf_str(&b)));
        diag_hint(a->run->dl, d,
                  "It goes off every month. Give it a higher amount, or save: `opsc cost` has the "
                  "lines.");
    }
    buf_done(&b);
    buf_done(&amount);
}

void cost_agree(struct cost_run *r) {
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        struct agreeing a = {.run = r, .sheet = r->sheets.at[i]};
        const struct config *c = a.sheet->cfg;
        diag_context(r->dl, a.sheet->context);
        check_budget(&a, &c->budgets.monthly, true);
        for (uint32_t k = 0; k < c->budgets.services.n; k++)
            check_budget(&a, &c->budgets.services.items[k], false);
        const struct lower_result *low = a.sheet->low;
        for (uint32_t k = 0; k < low->graph->nodes.n; k++) {
            if (low->alarm_of[k].bill)
                check_alarm(&a, low->graph->nodes.at[k]);
        }
    }
    diag_context(r->dl, STR(""));
}
