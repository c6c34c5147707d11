/* SPDX-License-Identifier: MIT */
#include "cost/savings.h"

#define TEXT_MAX 8192

enum told { LINT, COST, BEYOND };
static const struct rule {
    const char *name;
    enum told told;
    const char *one, *many, *instead, *advice;
    void (*find)(struct saver *s);
} rules[CFG_SAVING_COUNT] = {
#define SAVING(id, name, told, one, many, instead, advice)                                         \
    [CFG_SAVING_##id] = {name, told, one, many, instead, advice, saving_##id},
#include "model/savings.def"
#undef SAVING
};

const char *cost_saving_name(enum cfg_saving rule) {
    return rules[rule].name;
}

const char *cost_saving_advice(enum cfg_saving rule) {
    return rules[rule].advice;
}

/* ---- one environment */

/* What is the same for all rules of an environment; `total`: of the whole account. */
struct finding {
    struct cost_work work;
    struct arena *arena; /* goes when the environment is done */
    struct bill bill;
    struct cost_range total[COST_VIEWS];
    /* What all rules together have left, when that is wanted. */
    bool summed;
    struct bill rest;
    const struct made_change *rest_changes;
    struct cost_range rest_total[COST_VIEWS];
};

static struct cost_range less(struct cost_range a, struct cost_range b) {
    struct cost_range r = {num_sub(a.low, b.low), num_sub(a.high, b.high)};
    /* What cannot be reckoned saves nothing. */
    if (!num_ok(r.low) || !num_ok(r.high))
        return (struct cost_range){num_int(0), num_int(0)};
    return num_cmp(r.low, r.high) <= 0 ? r : (struct cost_range){r.high, r.low};
}

/* Something, now or later, and at no time does it cost more. */
static bool saves(const struct cost_sheet *s, const struct cost_range *usd) {
    const struct cost_range now = usd[cost_view_now(s)], later = usd[COST_PAID];
    return usd[COST_LIST].low.n >= 0 && now.low.n >= 0 && later.low.n >= 0 &&
           (num_parts(now.high, 100) > 0 || num_parts(later.high, 100) > 0);
}

static bool has_no_amount(const struct cost_saving *v) {
    return v->unknown.n > 0 || v->dated;
}

/* Applies a rule to a bill; false: it does not apply, or what is left cannot be reckoned. */
static bool apply(struct finding *f, const struct rule *rule, struct saver *s,
                  struct cost_range ret[COST_VIEWS]) {
    rule->find(s);
    if (s->found->n == 0)
        return false;
    if (s->changes != NULL && !bill_count(saving_bill(s), &f->work, s->changes))
        saving_unknown(s, arena_printf(f->work.run->arena, "there is no price of it for %.*s",
                                       STR_ARG(f->work.cfg->aws.region.text)));
    return has_no_amount(s->found) || bill_total(saving_bill(s), ret);
}

/* "db: $146.00 a month" is "`db` ($146.00 a month)". */
static void put_name(struct buf *b, str name) {
    uint32_t n = str_find(name, ':');
    buf_printf(b, "`%.*s`", STR_ARG(str_sub(name, 0, n)));
    if (n + 2 < name.n)
        buf_printf(b, " (%.*s)", STR_ARG(str_sub(name, n + 2, name.n)));
}

static str names_text(struct arena *a, const struct saver *s) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < s->names.n; i++) {
        buf_text(&b, list_gap(i, s->found->n, " and "));
        put_name(&b, s->names.at[i]);
    }
    if (s->names.n < s->found->n)
        buf_printf(&b, " and %u more", (unsigned)(s->found->n - s->names.n));
    return buf_keep(&b, a);
}

static struct saver saver_for(struct finding *f, struct cost_saving *found) {
    return (struct saver){.work = &f->work, .arena = f->arena, .before = &f->bill, .found = found};
}

/* What the rules before have not saved already. */
static void add_to_rest(struct finding *f, const struct rule *rule) {
    struct cost_range total[COST_VIEWS], saved[COST_VIEWS];
    struct cost_saving unused = {0};
    struct saver s = saver_for(f, &unused);
    s.before = &f->rest;
    s.changed = f->rest_changes;
    if (!apply(f, rule, &s, total) || has_no_amount(&unused))
        return;
    for (int v = 0; v < COST_VIEWS; v++)
        saved[v] = less(f->rest_total[v], total[v]);
    if (!saves(f->work.sheet, saved))
        return;
    f->rest = *s.after;
    if (s.changes != NULL)
        f->rest_changes = s.changes;
    memcpy(f->rest_total, total, sizeof total);
}

/* `opsc cost` and the hint at a budget say what all rules together save; nobody else asks. */
static bool is_summed(const struct finding *f) {
    const struct config *c = f->work.cfg;
    return f->work.run->asked || given(c->budgets.monthly.limit.at) || c->budgets.services.n > 0;
}

static bool is_wanted(const struct finding *f, enum told told) {
    return told == LINT || (told == COST && f->summed) || f->work.run->asked;
}

static void find_rule(struct finding *f, enum cfg_saving which) {
    const struct rule *rule = &rules[which];
    struct cost_range total[COST_VIEWS];
    struct cost_saving v = {.rule = which};
    struct saver s = saver_for(f, &v);
    if (!apply(f, rule, &s, total))
        return;
    for (int i = 0; i < COST_VIEWS && !has_no_amount(&v); i++)
        v.usd[i] = less(f->total[i], total[i]);
    if (!has_no_amount(&v) && !saves(f->work.sheet, v.usd))
        return;
    if (v.names.n == 0)
        v.names = names_text(f->work.run->arena, &s);
    VEC_PUSH(f->work.run->arena, &f->work.sheet->savings, v);
    if (f->summed && !has_no_amount(&v) && rule->told != BEYOND)
        add_to_rest(f, rule);
}

static bool is_accepted(const struct config *c, enum cfg_saving rule) {
    for (uint32_t i = 0; i < c->cost.accept.n; i++) {
        if (str_is(c->cost.accept.items[i].text, rules[rule].name))
            return true;
    }
    return false;
}

static void find_all(struct finding *f) {
    if (!bill_total(&f->bill, f->total))
        return;
    f->summed = is_summed(f);
    f->rest = f->bill;
    memcpy(f->rest_total, f->total, sizeof f->total);
    for (enum cfg_saving i = (enum cfg_saving)0; i < CFG_SAVING_COUNT; i++) {
        if (is_wanted(f, rules[i].told) && !is_accepted(f->work.cfg, i))
            find_rule(f, i);
    }
    for (int v = 0; v < COST_VIEWS; v++)
        f->work.sheet->saved[v] = less(f->total[v], f->rest_total[v]);
}

/* ---- in words */

bool cost_has_saved(const struct cost_sheet *s) {
    return s->saved[cost_view_now(s)].high.n > 0 || s->saved[COST_PAID].high.n > 0;
}

void cost_put_saved(struct buf *b, const struct cost_sheet *s, const struct cost_range *usd) {
    struct cost_range now = usd[cost_view_now(s)], later = usd[COST_PAID];
    cost_put_money(b, cost_is_covered(s) ? later : now);
    buf_text(b, cost_is_covered(s) ? " of credits a month" : " a month");
    if (cost_is_covered(s) || s->account.ends.year == 0 ||
        (num_cmp(now.low, later.low) == 0 && num_cmp(now.high, later.high) == 0))
        return;
    BUF_LIT(b, ", and ");
    cost_put_money(b, later);
    BUF_LIT(b, " from ");
    date_put(b, s->account.ends);
    BUF_LIT(b, " on");
}

void cost_put_saving(struct buf *b, const struct cost_sheet *s, const struct cost_saving *v) {
    cost_put_saving_where(b, v);
    BUF_LIT(b, ": ");
    buf_text(b, rules[v->rule].instead);
    BUF_LIT(b, " saves ");
    if (v->dated)
        BUF_LIT(b, "that");
    else if (v->unknown.n == 0)
        cost_put_saved(b, s, v->usd);
    else
        buf_printf(b, "an amount that is not known: %.*s", STR_ARG(v->unknown));
}

bool cost_saving_gives_up(enum cfg_saving rule) {
    return rules[rule].told == BEYOND;
}

void cost_put_saving_where(struct buf *b, const struct cost_saving *v) {
    const char *words = v->n == 1 ? rules[v->rule].one : rules[v->rule].many;
    const char *gap = strchr(words, '#');
    buf_put(b, (str){(const unsigned char *)words, (uint32_t)(gap - words)});
    buf_put(b, v->names);
    buf_text(b, gap + 1);
}

static void tell(struct cost_run *r, const struct cost_sheet *s, const struct cost_saving *v) {
    struct buf b = BUF_INIT(TEXT_MAX);
    cost_put_saving(&b, s, v);
    struct diag *d = diag_add(r->dl, DIAG_SAVING, v->at, "%.*s", STR_ARG(buf_str(&b)));
    diag_hint(r->dl, d, "%s Or accept it: `cost: { accept: [%s] }`.", rules[v->rule].advice,
              rules[v->rule].name);
    buf_done(&b);
}

void cost_savings(struct cost_run *r) {
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        struct cost_sheet *s = r->sheets.at[i];
        struct finding f = {.arena = arena_within(r->arena)};
        f.work = (struct cost_work){
            .run = r, .ledger = s->ledger, .sheet = s, .cfg = s->cfg, .low = s->low};
        bill_open(&f.bill, f.arena, r, s);
        find_all(&f);
        diag_context(r->dl, s->context);
        for (uint32_t k = 0; k < s->savings.n; k++) {
            if (rules[s->savings.at[k].rule].told == LINT)
                tell(r, s, &s->savings.at[k]);
        }
        arena_free(f.arena);
    }
    diag_context(r->dl, STR(""));
}
