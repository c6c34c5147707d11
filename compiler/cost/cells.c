/* SPDX-License-Identifier: MIT */
#include "cost/cells.h"

#include "catalog/price_lock.h"

#define CELL_MAX 4096

unsigned cells_columns(const struct cost_sheet *s) {
    return s->account.regime == CFG_REGIME_PAID ? CELLS - 1 : CELLS;
}

str cells_what(struct arena *a, str of, str item) {
    return item.n == 0 ? of : arena_cat3(a, of, STR(" "), item);
}

static str money(struct arena *a, struct cost_range r) {
    struct buf b = BUF_INIT(CELL_MAX);
    cost_put_money(&b, r);
    return buf_keep(&b, a);
}

static struct cell_row head(struct arena *a, const struct cost_sheet *s) {
    struct cell_row r = {
        {STR(""), STR("quantity"), STR("list price"), STR("free"), STR("to pay"), STR("later")}};
    struct buf b = BUF_INIT(CELL_MAX);
    if (s->account.ends.year > 0) {
        BUF_LIT(&b, "from ");
        date_put(&b, s->account.ends);
        r.cells[CELL_LATER] = buf_keep(&b, a);
    }
    return r;
}

static void set_money(struct arena *a, const struct cost_sheet *s, const struct cost_range *usd,
                      struct cell_row *r) {
    r->cells[CELL_LIST] = money(a, usd[COST_LIST]);
    r->cells[CELL_PAY] = money(a, cost_pay(s, usd));
    r->cells[CELL_LATER] = money(a, usd[COST_PAID]);
}

/* "730 of 750 ec2-hours": what was free, and of which allowance. */
static str free_text(struct arena *a, const struct cost_sheet *s, const struct cost_line *l) {
    enum cost_view view = cost_view_now(s);
    struct cost_range taken = l->cost.free[view];
    if (taken.high.n == 0)
        return STR("");
    struct buf b = BUF_INIT(CELL_MAX);
    cost_put_quantity(&b, taken);
    const struct price_pool *pools[] = {view == COST_LEGACY ? l->price->legacy : NULL,
                                        l->price->always};
    const char *gap = " ";
    for (int i = 0; i < 2; i++) {
        if (pools[i] == NULL)
            continue;
        buf_printf(&b, "%s%.*s", gap, STR_ARG(pools[i]->name));
        gap = ", ";
    }
    return buf_keep(&b, a);
}

static struct cell_row line(struct arena *a, const struct cost_sheet *s,
                            const struct cost_line *l) {
    struct cell_row r = {{cells_what(a, l->of, l->item)}};
    struct buf b = BUF_INIT(CELL_MAX);
    cost_put_quantity(&b, l->quantity);
    buf_printf(&b, " %.*s", STR_ARG(l->price->unit));
    r.cells[CELL_QUANTITY] = buf_keep(&b, a);
    r.cells[CELL_FREE] = free_text(a, s, l);
    set_money(a, s, l->cost.usd, &r);
    return r;
}

struct cell_row *cells_rows(struct arena *a, const struct cost_sheet *s) {
    struct cell_row *rows = ARENA_ARRAY(a, struct cell_row, s->lines.n + 2);
    struct cell_row *total = &rows[s->lines.n + 1];
    rows[0] = head(a, s);
    for (uint32_t i = 0; i < s->lines.n; i++)
        rows[i + 1] = line(a, s, &s->lines.at[i]);
    total->cells[CELL_WHAT] = STR("a month");
    set_money(a, s, s->total, total);
    return rows;
}

static void put_spent(struct buf *b, const struct cost_budget *c, struct cost_range usd) {
    cost_put_money(b, usd);
    BUF_LIT(b, " of ");
    cost_put_money(b, (struct cost_range){c->limit, c->limit});
    buf_text(b, cost_is_above(usd.high, c->limit) ? ", above it" : "");
}

void cells_put_budget(struct buf *b, const struct cost_sheet *s, const struct cost_budget *c) {
    put_spent(b, c, cost_pay(s, c->usd));
    if (s->account.regime != CFG_REGIME_PAID) {
        buf_text(b, s->account.ends.year > 0 ? "; from " : "; later ");
        if (s->account.ends.year > 0) {
            date_put(b, s->account.ends);
            BUF_LIT(b, " on ");
        }
        put_spent(b, c, c->usd[COST_PAID]);
    }
    if (c->from.n > 0) {
        buf_printf(b, "; from %.*s on ", STR_ARG(c->from));
        put_spent(b, c, c->from_usd);
    }
}

static void put_credits(struct buf *b, const struct cost_sheet *s) {
    struct num months = cost_credit_months(s), credits = s->account.credits;
    cost_put_money(b, (struct cost_range){credits, credits});
    if (num_ok(months)) {
        BUF_LIT(b, " of credits pay ");
        /* A tenth of a month is three days: more would be a pretence. */
        struct num tenths = num_ratio(num_floor(num_mul(months, num_int(10))), 10);
        cost_put_quantity(b, (struct cost_range){tenths, tenths});
        BUF_LIT(b, " months");
    } else {
        BUF_LIT(b, " of credits pay it all");
    }
}

static void put_covered(struct buf *b, const struct cost_sheet *s) {
    BUF_LIT(b, "The free plan ends on ");
    date_put(b, s->account.ends);
    BUF_LIT(b, ", or before, when its credits are used up");
    if (num_ok(s->account.credits)) {
        BUF_LIT(b, " (");
        put_credits(b, s);
        BUF_LIT(b, ")");
    }
    BUF_LIT(b, "; from then on ");
    cost_put_money(b, cost_later(s));
    BUF_LIT(b, " a month is to be paid, or the account is closed.\n");
}

void cost_put_outlook(struct buf *b, const struct cost_sheet *s) {
    const struct cost_account *a = &s->account;
    if (a->regime == CFG_REGIME_FREE_PLAN && a->ends.year > 0) {
        put_covered(b, s);
        return;
    }
    if (a->regime == CFG_REGIME_LEGACY && a->ends.year > 0) {
        BUF_LIT(b, "The account's 12 months of free amounts end on ");
        date_put(b, a->ends);
        BUF_LIT(b, ": ");
        cost_put_money(b, cost_now(s));
        BUF_LIT(b, " a month before, ");
        cost_put_money(b, cost_later(s));
        BUF_LIT(b, " from that day on.\n");
    }
    if (!num_ok(a->credits))
        return;
    put_credits(b, s);
    if (a->regime == CFG_REGIME_PAID && a->ends.year > 0) {
        BUF_LIT(b, ", and end on ");
        date_put(b, a->ends);
    }
    BUF_LIT(b, ".\n");
}

static void put_days(struct buf *b, str oldest, str newest) {
    if (str_eq(oldest, newest))
        buf_printf(b, "on %.*s", STR_ARG(oldest));
    else
        buf_printf(b, "from %.*s to %.*s", STR_ARG(oldest), STR_ARG(newest));
}

void cost_put_prices(struct buf *b, const struct cost_sheet *s) {
    BUF_LIT(b, "US dollars for a month of 730 hours, without taxes.");
    if (s->lines.n == 0) {
        buf_byte(b, '\n');
        return;
    }
    BUF_LIT(b, " List prices published ");
    put_days(b, s->oldest, s->newest);
    buf_text(b, s->undated ? ", some without a date" : "");
    if (s->locked > 0) {
        buf_printf(b, "; those of %u of %u lines are of " PRICE_LOCK_NAME ", published ", s->locked,
                   s->lines.n);
        put_days(b, s->lock_oldest, s->lock_newest);
    }
    BUF_LIT(b, ".\n");
}
