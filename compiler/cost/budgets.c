/* SPDX-License-Identifier: MIT */
#include "cost/sheet.h"

#include "lower/budgets.h"

/* The service of a price: its name has - in place of spaces. */
static const struct budget_service *billed_as(struct cost_run *r, const struct price *p) {
    struct arena *a = r->arena;
    str name = arena_str(a, p->service);
    unsigned char *bytes = ARENA_ARRAY(a, unsigned char, name.n + 1);
    for (uint32_t i = 0; i < name.n; i++)
        bytes[i] = name.p[i] == '-' ? ' ' : name.p[i];
    return budget_service_named(a, (str){bytes, name.n});
}

static bool has_value(const struct budget_service *s, const char *value) {
    for (int i = 0; i < BUDGET_FILTER_VALUES_MAX && s->values[i] != NULL; i++) {
        if (strcmp(s->values[i], value) == 0)
            return true;
    }
    return false;
}

/* What leaves EC2 is a budget of its own, and part of EC2's: nobody says what else it leaves from.
 */
#define TRANSFER "EC2: Data Transfer - Internet (Out)"
#define TRANSFER_OF "EC2 - Other"

static bool counts(const struct budget_service *budget, const struct budget_service *line) {
    for (int i = 0; i < BUDGET_FILTER_VALUES_MAX && line->values[i] != NULL; i++) {
        if (has_value(budget, line->values[i]))
            return true;
    }
    return has_value(line, TRANSFER) && has_value(budget, TRANSFER_OF);
}

void sheet_budget_of(struct cost_run *r, const struct cost_sheet *s, const struct cfg_budget *c,
                     struct cost_range ret[COST_VIEWS]) {
    const struct budget_service *wanted = budget_service_named(r->arena, c->name.text);
    cost_clear(ret);
    for (uint32_t i = 0; i < s->lines.n; i++) {
        const struct cost_line *l = &s->lines.at[i];
        const struct budget_service *of = billed_as(r, l->price);
        if (wanted != NULL && of != NULL && counts(wanted, of))
            cost_add_to(ret, l->cost.usd);
    }
}

/* Whether what is next to it takes its place by that day. */
static bool is_followed(const struct cost_sheet *s, uint32_t i, str day) {
    const struct cost_dated *d = &s->dated.at[i], *next = d + 1;
    return i + 1 < s->dated.n && str_eq(next->of, d->of) && str_cmp(next->day, day) <= 0;
}

/* A line of what has begun already is in the sums: what follows it takes only the rest. */
static struct num before_it(const struct cost_sheet *s, uint32_t i) {
    for (; i > 0 && str_eq(s->dated.at[i - 1].of, s->dated.at[i].of); i--) {
        if (s->dated.at[i - 1].begun)
            return s->dated.at[i - 1].usd;
    }
    return num_int(0);
}

struct num sheet_begun(struct cost_run *r, const struct cost_sheet *s, const struct cfg_budget *c,
                       str day) {
    const struct budget_service *wanted =
        c == NULL ? NULL : budget_service_named(r->arena, c->name.text);
    struct num sum = num_int(0);
    for (uint32_t i = 0; i < s->dated.n; i++) {
        const struct cost_dated *d = &s->dated.at[i];
        if (d->begun || str_cmp(d->day, day) > 0 || is_followed(s, i, day))
            continue;
        const struct budget_service *of = c == NULL ? NULL : billed_as(r, d->price);
        if (c == NULL || (wanted != NULL && of != NULL && counts(wanted, of)))
            sum = num_add(sum, num_sub(d->usd, before_it(s, i)));
    }
    return sum;
}

/* The first day from which it is above the limit. */
static void set_from(struct cost_work *w, const struct cfg_budget *c, struct cost_budget *b) {
    const struct cost_sheet *s = w->sheet;
    struct map tried = {0}; /* days: there are few, and many databases */
    for (uint32_t i = 0; i < s->dated.n; i++) {
        str day = s->dated.at[i].day;
        if (s->dated.at[i].begun || (b->from.n > 0 && str_cmp(day, b->from) >= 0) ||
            map_add(w->run->arena, &tried, day, w) != NULL)
            continue;
        struct cost_range usd = cost_pay_from(s, b->usd, sheet_begun(w->run, s, c, day), day);
        if (cost_is_above(usd.high, b->limit) &&
            !cost_is_above(cost_pay(s, b->usd).high, b->limit)) {
            b->from = day;
            b->from_usd = usd;
        }
    }
}

static void add_service(struct cost_work *w, const struct cfg_budget *c) {
    struct cost_budget b = {.name = c->name.text, .limit = c->limit.q.value};
    sheet_budget_of(w->run, w->sheet, c, b.usd);
    set_from(w, c, &b);
    VEC_PUSH(w->run->arena, &w->sheet->budgets, b);
}

void sheet_budgets(struct cost_work *w) {
    const struct config *c = w->cfg;
    if (given(c->budgets.monthly.limit.at)) {
        struct cost_budget b = {.name = STR("the month"),
                                .limit = c->budgets.monthly.limit.q.value};
        memcpy(b.usd, w->sheet->total, sizeof b.usd);
        set_from(w, NULL, &b);
        VEC_PUSH(w->run->arena, &w->sheet->budgets, b);
    }
    for (uint32_t i = 0; i < c->budgets.services.n; i++) {
        if (given(c->budgets.services.items[i].limit.at))
            add_service(w, &c->budgets.services.items[i]);
    }
}

bool cost_is_above(struct num usd, struct num limit) {
    struct num cents = cost_cents(usd);
    return !num_ok(cents) || num_cmp(cents, limit) > 0;
}
