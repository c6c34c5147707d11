/* SPDX-License-Identifier: MIT */
#include "cost/cost_json.h"

#include "schema/schema.h"

#define SAVING_MAX 8192

/* Amounts are strings: a reader's binary numbers would not keep them. */
void cost_json_exact(struct json *j, const char *key, struct num n) {
    char text[NUM_TEXT_MAX];
    str s = {(const unsigned char *)text, num_format(n, text)};
    json_kstr(j, key, s);
}

static void put_range(struct json *j, const char *key, struct cost_range r) {
    json_key(j, str_c(key));
    json_inline_begin(j);
    json_object_begin(j);
    cost_json_exact(j, "low", r.low);
    cost_json_exact(j, "high", r.high);
    json_object_end(j);
    json_inline_end(j);
}

static void put_date(struct json *j, const char *key, struct date d) {
    if (d.year == 0)
        return;
    struct buf b = BUF_INIT(64);
    date_put(&b, d);
    json_kstr(j, key, buf_str(&b));
    buf_done(&b);
}

void cost_json_amounts(struct json *j, const struct cost_sheet *s, const struct cost_range *usd) {
    put_range(j, "list", usd[COST_LIST]);
    put_range(j, "pay", cost_pay(s, usd));
    put_range(j, "later", usd[COST_PAID]);
}

void cost_json_line(struct json *j, const struct cost_sheet *s, const struct cost_line *l) {
    const struct price *p = l->price;
    json_object_begin(j);
    json_kstr(j, "of", l->of);
    json_kstr(j, "item", l->item);
    json_kstr(j, "price", p->key);
    json_kstr(j, "region", p->region);
    json_kstr(j, "unit", p->unit);
    put_range(j, "quantity", l->quantity);
    put_range(j, "free_quantity", l->cost.free[cost_view_now(s)]);
    cost_json_amounts(j, s, l->cost.usd);
    json_kstr(j, "published", p->published);
    json_kstr(j, "source", p->source);
    json_kbool(j, "locked", p->locked);
    if (l->note.n > 0)
        json_kstr(j, "assumed", l->note);
    json_object_end(j);
}

void cost_json_account(struct json *j, const struct cost_account *a) {
    json_key(j, STR("account"));
    json_object_begin(j);
    json_kstr(j, "regime", str_c(schema_regimes[a->regime]));
    put_date(j, "since", a->since);
    put_date(j, "ends", a->ends);
    if (num_ok(a->credits))
        cost_json_exact(j, "credits", a->credits);
    json_object_end(j);
}

void cost_json_gap(struct json *j, const struct cost_gap *g) {
    json_object_begin(j);
    json_kstr(j, "of", g->of);
    json_kstr(j, "item", g->item);
    json_kstr(j, "why", g->why);
    if (g->key.n > 0)
        json_kstr(j, "key", g->key);
    json_object_end(j);
}

static void put_gaps(struct json *j, const struct cost_sheet *s) {
    json_key(j, STR("not_estimated"));
    json_array_begin(j);
    for (uint32_t i = 0; i < s->gaps.n; i++)
        cost_json_gap(j, &s->gaps.at[i]);
    json_array_end(j);
}

static void put_dated(struct json *j, const struct cost_sheet *s) {
    json_key(j, STR("dated"));
    json_array_begin(j);
    for (uint32_t i = 0; i < s->dated.n; i++) {
        const struct cost_dated *d = &s->dated.at[i];
        json_object_begin(j);
        json_kstr(j, "of", d->of);
        json_kstr(j, "item", d->item);
        json_kstr(j, "price", d->price->key);
        json_kstr(j, "from", d->day);
        cost_json_exact(j, "quantity", d->quantity);
        cost_json_exact(j, "list", d->usd);
        json_kbool(j, "begun", d->begun);
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_free(struct json *j, const struct cost_sheet *s) {
    json_key(j, STR("free"));
    json_array_begin(j);
    for (uint32_t i = 0; i < s->free.n; i++) {
        const struct cost_free *f = &s->free.at[i];
        json_object_begin(j);
        json_kstr(j, "of", f->of);
        json_kstr(j, "item", f->item);
        json_kstr(j, "why", f->why);
        json_kint(j, "n", f->n);
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_budgets(struct json *j, const struct cost_sheet *s) {
    json_key(j, STR("budgets"));
    json_array_begin(j);
    for (uint32_t i = 0; i < s->budgets.n; i++) {
        const struct cost_budget *b = &s->budgets.at[i];
        json_object_begin(j);
        json_kstr(j, "name", b->name);
        cost_json_exact(j, "limit", b->limit);
        cost_json_amounts(j, s, b->usd);
        json_kbool(j, "above", cost_is_above(cost_pay(s, b->usd).high, b->limit));
        json_kbool(j, "above_later", cost_is_above(b->usd[COST_PAID].high, b->limit));
        if (b->from.n > 0) {
            json_kstr(j, "above_from", b->from);
            put_range(j, "pay_from", b->from_usd);
        }
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_saving(struct json *j, const struct cost_sheet *s, const struct cost_saving *v) {
    struct buf b = BUF_INIT(SAVING_MAX);
    json_object_begin(j);
    json_kstr(j, "rule", str_c(cost_saving_name(v->rule)));
    json_kint(j, "n", v->n);
    json_kbool(j, "gives_up", cost_saving_gives_up(v->rule));
    cost_put_saving_where(&b, v);
    json_kstr(j, "where", buf_str(&b));
    json_kstr(j, "advice", str_c(cost_saving_advice(v->rule)));
    if (v->unknown.n > 0)
        json_kstr(j, "unknown", v->unknown);
    else if (v->dated)
        json_kbool(j, "dated", true);
    else
        cost_json_amounts(j, s, v->usd);
    json_object_end(j);
    buf_done(&b);
}

static void put_savings(struct json *j, const struct cost_sheet *s) {
    json_key(j, STR("savings"));
    json_array_begin(j);
    for (uint32_t i = 0; i < s->savings.n; i++)
        put_saving(j, s, &s->savings.at[i]);
    json_array_end(j);
    json_key(j, STR("could_be_saved"));
    json_object_begin(j);
    cost_json_amounts(j, s, s->saved);
    json_object_end(j);
}

static void put_sheet(struct json *j, const struct cost_sheet *s) {
    json_object_begin(j);
    json_kstr(j, "environment", s->environment);
    json_kstr(j, "region", s->region);
    cost_json_account(j, &s->account);
    json_key(j, STR("lines"));
    json_array_begin(j);
    for (uint32_t i = 0; i < s->lines.n; i++)
        cost_json_line(j, s, &s->lines.at[i]);
    json_array_end(j);
    json_key(j, STR("total"));
    json_object_begin(j);
    cost_json_amounts(j, s, s->total);
    json_object_end(j);
    put_budgets(j, s);
    put_savings(j, s);
    put_dated(j, s);
    put_gaps(j, s);
    put_free(j, s);
    json_key(j, STR("prices"));
    json_object_begin(j);
    json_kstr(j, "oldest", s->oldest);
    json_kstr(j, "newest", s->newest);
    json_kbool(j, "undated", s->undated);
    json_kint(j, "locked", s->locked);
    json_object_end(j);
    json_object_end(j);
}

void cost_json_head(struct json *j) {
    json_kint(j, "version", 1);
    json_kstr(j, "currency", STR("USD"));
    json_kint(j, "hours", PRICE_MONTH_HOURS);
}

void cost_json(struct buf *b, const struct cost_run *r) {
    struct json j = json_to(b, 2);
    json_object_begin(&j);
    cost_json_head(&j);
    json_key(&j, STR("environments"));
    json_array_begin(&j);
    for (uint32_t i = 0; i < r->sheets.n; i++)
        put_sheet(&j, r->sheets.at[i]);
    json_array_end(&j);
    json_object_end(&j);
    buf_byte(b, '\n');
}
