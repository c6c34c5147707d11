/* SPDX-License-Identifier: MIT */
#include "lower/budgets.h"
#include "lower/cond.h"

#define AMOUNT_MAX 64

/* "$25", "$25.50" */
static str money(struct lower *l, struct num n) {
    struct num cents = num_mul(n, num_int(100));
    if (num_ok(cents) && num_is_int(cents) && !num_is_int(n))
        return arena_printf(l->a, "$%lld.%02d", (long long)(cents.n / 100), (int)(cents.n % 100));
    struct buf b = BUF_INIT(AMOUNT_MAX);
    quantity_format(&b, (struct quantity){.value = n, .dim = {.money = 1}});
    return buf_keep(&b, l->a);
}

/* An alarm on the whole bill, which goes off above an amount. */
static const struct cond *bill_alarm(const struct alarm *al) {
    const struct cond *c = al->plan;
    if (c == NULL || al->left_out || c->form != COND_METRIC || c->measure.series.n != 1 ||
        (c->op != EXPR_OP_GT && c->op != EXPR_OP_GE))
        return NULL;
    const struct series *s = &c->measure.series.at[0];
    bool whole = s->ndimensions == 1 && s->by.n == 0;
    return whole && str_is(s->namespace_, "AWS/Billing") ? c : NULL;
}

static void check_alarm(struct lower *l, const struct alarm *al) {
    const struct cfg_quantity *limit = &l->cfg->budgets.monthly.limit;
    const struct cond *c = bill_alarm(al);
    if (c == NULL || num_cmp(c->threshold, limit->q.value) <= 0)
        return;
    struct diag *d = diag_add(
        l->dl, DIAG_BUDGET_DISAGREES, al->at,
        "alarm `%.*s` goes off above %.*s, and the budget of the month ends at "
        "%.*s",
        STR_ARG(al->name), STR_ARG(money(l, c->threshold)), STR_ARG(money(l, limit->q.value)));
    diag_also(l->dl, d, limit->at, "the budget");
    diag_hint(l->dl, d, "The budget tells first. If the alarm was to, give it a lower amount.");
}

static void check_sum(struct lower *l) {
    const struct config *c = l->cfg;
    struct num sum = num_int(0);
    for (uint32_t i = 0; i < c->budgets.services.n; i++)
        sum = num_add(sum, c->budgets.services.items[i].limit.q.value);
    if (!num_ok(sum) || num_cmp(sum, c->budgets.monthly.limit.q.value) <= 0)
        return;
    struct diag *d =
        diag_add(l->dl, DIAG_BUDGET_DISAGREES, c->budgets.services.items[0].name.at,
                 "the budgets of services are %.*s together, and that of the month is "
                 "%.*s",
                 STR_ARG(money(l, sum)), STR_ARG(money(l, c->budgets.monthly.limit.q.value)));
    diag_also(l->dl, d, c->budgets.monthly.limit.at, "the month");
    diag_hint(l->dl, d, "The month's can be spent while every service is within its own.");
}

/* Which the limit has been passed for: the alert at 100% has told it. */
static void check_late(struct lower *l, const struct cfg_budget *b) {
    for (uint32_t i = 0; i < b->alerts.n; i++) {
        const struct cfg_text *name = &b->alerts.items[i].name;
        struct num percent;
        uint32_t used = num_scan(str_trim(name->text), &percent);
        if (used == 0 || num_cmp(percent, num_int(100)) <= 0)
            continue;
        struct diag *d = diag_add(l->dl, DIAG_BUDGET_DISAGREES, name->at,
                                  "an alert at `%.*s` comes after the limit", STR_ARG(name->text));
        diag_also(l->dl, d, b->limit.at, "the limit");
        diag_hint(l->dl, d, "If so much may be spent, make that the limit.");
    }
}

static void check_tags(struct lower *l) {
    if (l->cfg->budgets.scope.value != CFG_SCOPE_TAGS)
        return;
    struct diag *d = diag_add(l->dl, DIAG_BUDGET_TAGS, l->cfg->budgets.scope.at,
                              "budgets count only what has the tags `project` and `environment`, "
                              "and only when AWS bills by them");
    diag_hint(l->dl, d,
              "In the account that pays, once: `aws ce update-cost-allocation-tags-status "
              "--cost-allocation-tags-status TagKey=project,Status=Active "
              "TagKey=environment,Status=Active`.\nWhat opsc makes has the tags; give them to "
              "servers, databases and buckets too.");
}

void budget_check(struct lower *l) {
    const struct config *c = l->cfg;
    if (given(c->budgets.monthly.limit.at)) {
        for (uint32_t i = 0; i < l->alarms.n && c->budgets.scope.value == CFG_SCOPE_ACCOUNT; i++)
            check_alarm(l, l->alarms.at[i]);
        if (c->budgets.services.n > 0)
            check_sum(l);
        check_late(l, &c->budgets.monthly);
    }
    for (uint32_t i = 0; i < c->budgets.services.n; i++)
        check_late(l, &c->budgets.services.items[i]);
    check_tags(l);
}
