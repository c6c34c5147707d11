/* SPDX-License-Identifier: MIT */
#include "cost/cells.h"
#include "cost/diff.h"

#include <assert.h>

#define TEXT_MAX 8192
#define SHORT_COMMIT 12

static void put_signed(struct buf *b, struct num usd) {
    bool less = usd.n < 0;
    struct num size = less ? num_neg(usd) : usd;
    if (num_parts(size, 100) > 0)
        buf_byte(b, less ? '-' : '+');
    buf_byte(b, '$');
    price_put_usd(b, size);
}

void cost_put_change(struct buf *b, struct cost_range before, struct cost_range after) {
    struct num low = num_sub(after.low, before.low), high = num_sub(after.high, before.high);
    if (!num_ok(low) || !num_ok(high)) {
        BUF_LIT(b, COST_BEYOND);
        return;
    }
    put_signed(b, low);
    if (num_cmp(cost_cents(low.n < 0 ? num_neg(low) : low),
                cost_cents(high.n < 0 ? num_neg(high) : high)) == 0 &&
        (low.n < 0) == (high.n < 0))
        return;
    BUF_LIT(b, "..");
    put_signed(b, high);
}

str diff_revision(struct arena *a, const struct cost_diff *d) {
    if (str_starts(d->commit, d->revision))
        return d->revision;
    return arena_printf(a, "%.*s (%.*s)", STR_ARG(d->revision),
                        STR_ARG(str_sub(d->commit, 0, SHORT_COMMIT)));
}

void diff_put_absent(struct buf *b, const struct cost_diff *d, void (*put)(struct buf *, str)) {
    if (!d->absent)
        return;
    put(b, d->spec);
    BUF_LIT(b, " was not there: all of it is new.\n");
}

const struct cost_sheet *diff_priced(const struct cost_diff *d) {
    const struct cost_sheet *found = NULL;
    for (uint32_t i = 0; i < d->pairs.n; i++) {
        const struct cost_sheet *s = cost_pair_sheet(&d->pairs.at[i]);
        if (found == NULL || (found->lines.n == 0 && s->lines.n > 0))
            found = s;
    }
    return found;
}

static struct cost_range sum_of(const struct cost_run *r) {
    struct cost_range sum = COST_NOTHING;
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        struct cost_range now = cost_now(r->sheets.at[i]);
        sum.low = num_add(sum.low, now.low);
        sum.high = num_add(sum.high, now.high);
    }
    return sum;
}

void diff_put_sum(struct buf *b, const struct cost_diff *d) {
    struct cost_range before = sum_of(d->before), after = sum_of(d->after);
    if (d->pairs.n < 2 || !num_ok(before.high) || !num_ok(after.high))
        return;
    BUF_LIT(b, "All environments: ");
    cost_put_money(b, before);
    BUF_LIT(b, " -> ");
    cost_put_money(b, after);
    BUF_LIT(b, " to pay a month, ");
    cost_put_change(b, before, after);
    BUF_LIT(b, ".\n");
}

/* ---- the rows of a table */

enum { DIFF_WHAT, DIFF_QUANTITY, DIFF_LIST, DIFF_PAY, DIFF_CHANGE, DIFF_LATER };

static bool has_later(const struct cost_sheet *s) {
    return s != NULL && cells_columns(s) == CELLS;
}

unsigned diff_columns(const struct cost_pair *p) {
    return has_later(p->before) || has_later(p->after) ? CELLS : CELLS - 1;
}

/* "16 -> 32 GB-month" */
static str quantity(struct arena *a, const struct cost_line *before,
                    const struct cost_line *after) {
    const struct cost_line *l = after != NULL ? after : before;
    struct buf x = BUF_INIT(TEXT_MAX), y = BUF_INIT(TEXT_MAX);
    bool mixed =
        before != NULL && after != NULL && !str_eq(before->price->unit, after->price->unit);
    if (before != NULL)
        cost_put_quantity(&x, before->quantity);
    if (mixed)
        buf_printf(&x, " %.*s", STR_ARG(before->price->unit));
    cost_put_quantity(&y, l->quantity);
    if (before != NULL && after != NULL && (mixed || !str_eq(buf_str(&x), buf_str(&y)))) {
        BUF_LIT(&x, " -> ");
        buf_put(&x, buf_str(&y));
    } else {
        buf_clear(&x);
        buf_put(&x, buf_str(&y));
    }
    buf_printf(&x, " %.*s", STR_ARG(l->price->unit));
    buf_done(&y);
    return buf_keep(&x, a);
}

static str money(struct arena *a, const struct cost_range *r) {
    struct buf b = BUF_INIT(TEXT_MAX);
    cost_put_money(&b, *r);
    return buf_keep(&b, a);
}

/* "$1.28 -> $2.56"; one of them may be NULL. */
static str step(struct arena *a, const struct cost_range *before, const struct cost_range *after) {
    if (before == NULL)
        return after != NULL ? money(a, after) : STR("");
    if (after == NULL)
        return money(a, before);
    str x = money(a, before), y = money(a, after);
    return str_eq(x, y) ? y : arena_cat3(a, x, STR(" -> "), y);
}

static str change(struct arena *a, const struct cost_range *before,
                  const struct cost_range *after) {
    struct buf b = BUF_INIT(TEXT_MAX);
    cost_put_change(&b, before != NULL ? *before : COST_NOTHING,
                    after != NULL ? *after : COST_NOTHING);
    return buf_keep(&b, a);
}

static void set_amounts(struct arena *a, const struct cost_pair *p, const struct cost_range *x,
                        const struct cost_range *y, struct cell_row *r) {
    const struct cost_range was = x != NULL ? cost_pay(p->before, x) : COST_NOTHING,
                            is = y != NULL ? cost_pay(p->after, y) : COST_NOTHING;
    const struct cost_range *before = x != NULL ? &was : NULL, *after = y != NULL ? &is : NULL;
    r->cells[DIFF_LIST] =
        step(a, x != NULL ? &x[COST_LIST] : NULL, y != NULL ? &y[COST_LIST] : NULL);
    r->cells[DIFF_PAY] = step(a, before, after);
    r->cells[DIFF_CHANGE] = change(a, before, after);
    r->cells[DIFF_LATER] =
        step(a, x != NULL ? &x[COST_PAID] : NULL, y != NULL ? &y[COST_PAID] : NULL);
}

/* "~ web instance (ec2.t3.micro.linux -> ec2.t3.small.linux)" */
static str what(struct arena *a, const struct cost_delta *d) {
    const struct cost_line *l = d->after != NULL ? d->after : d->before;
    str name = cells_what(a, l->of, l->item);
    if (d->before == NULL || d->after == NULL)
        return arena_cat(a, d->before == NULL ? STR("+ ") : STR("- "), name);
    if (str_eq(d->before->price->key, l->price->key))
        return arena_cat(a, STR("~ "), name);
    return arena_printf(a, "~ %.*s (%.*s -> %.*s)", STR_ARG(name), STR_ARG(d->before->price->key),
                        STR_ARG(l->price->key));
}

static struct cell_row head(struct arena *a, const struct cost_pair *p) {
    struct cell_row r = {
        {STR(""), STR("quantity"), STR("list price"), STR("to pay"), STR("change"), STR("later")}};
    const struct cost_sheet *s = cost_pair_sheet(p);
    struct buf b = BUF_INIT(TEXT_MAX);
    if (s->account.ends.year > 0) {
        BUF_LIT(&b, "from ");
        date_put(&b, s->account.ends);
        r.cells[DIFF_LATER] = buf_keep(&b, a);
    }
    return r;
}

struct cell_row *diff_rows(struct arena *a, const struct cost_pair *p, uint32_t *ret_n) {
    struct cell_row *rows = ARENA_ARRAY(a, struct cell_row, p->lines.n + 2);
    uint32_t n = 0;
    rows[n++] = head(a, p);
    for (uint32_t i = 0; i < p->lines.n; i++) {
        const struct cost_delta *d = &p->lines.at[i];
        struct cell_row *r = &rows[n++];
        r->cells[DIFF_WHAT] = what(a, d);
        r->cells[DIFF_QUANTITY] = quantity(a, d->before, d->after);
        set_amounts(a, p, d->before != NULL ? d->before->cost.usd : NULL,
                    d->after != NULL ? d->after->cost.usd : NULL, r);
    }
    rows[n].cells[DIFF_WHAT] = STR("a month");
    set_amounts(a, p, p->before != NULL ? p->before->total : NULL,
                p->after != NULL ? p->after->total : NULL, &rows[n++]);
    *ret_n = n;
    return rows;
}

str diff_title(struct arena *a, const struct cost_pair *p) {
    const struct cost_sheet *s = cost_pair_sheet(p);
    struct buf b = BUF_INIT(TEXT_MAX);
    buf_printf(&b, "%.*s, ", STR_ARG(s->environment));
    if (p->before != NULL && !str_eq(p->before->region, s->region))
        buf_printf(&b, "%.*s -> ", STR_ARG(p->before->region));
    buf_put(&b, s->region);
    if (cost_pair_is_same(p)) {
        buf_printf(&b, ": nothing changes (%u line%s, ", p->same, p->same == 1 ? "" : "s");
        cost_put_money(&b, cost_now(s));
        BUF_LIT(&b, " to pay a month)");
    }
    buf_text(&b, p->before == NULL ? " (new)" : p->after == NULL ? " (gone)" : "");
    return buf_keep(&b, a);
}

/* ---- budgets */

bool diff_has_budget(const struct cost_pair *p, const struct cost_budget_delta *d) {
    if (d->before == NULL || d->after == NULL || d->was_above || d->is_above)
        return true;
    struct cost_range was = cost_pay(p->before, d->before->usd),
                      is = cost_pay(p->after, d->after->usd);
    return num_cmp(d->before->limit, d->after->limit) != 0 || num_cmp(was.low, is.low) != 0 ||
           num_cmp(was.high, is.high) != 0;
}

static struct cost_range exactly(struct num usd) {
    return (struct cost_range){usd, usd};
}

/* Whether it is above only when the regime of the account has ended. */
static bool is_above_later(const struct cost_sheet *s, const struct cost_budget *b) {
    return b != NULL && !cost_is_above(cost_pay(s, b->usd).high, b->limit) &&
           cost_is_above(b->usd[COST_PAID].high, b->limit);
}

void diff_put_from(struct buf *b, const struct cost_pair *p) {
    const struct cost_sheet *s = p->after;
    if (s == NULL || (cells_columns(s) < CELLS && p->before != NULL))
        s = p->before;
    assert(s != NULL);
    if (s->account.ends.year == 0) {
        BUF_LIT(b, "later ");
        return;
    }
    BUF_LIT(b, "from ");
    date_put(b, s->account.ends);
    BUF_LIT(b, " on ");
}

str diff_budget(struct arena *a, const struct cost_pair *p, const struct cost_budget_delta *d) {
    struct buf b = BUF_INIT(TEXT_MAX);
    struct cost_range was = COST_NOTHING, is = COST_NOTHING, was_limit = COST_NOTHING,
                      limit = COST_NOTHING;
    bool later = is_above_later(p->before, d->before) || is_above_later(p->after, d->after);
    if (later)
        diff_put_from(&b, p);
    if (d->before != NULL) {
        was = later ? d->before->usd[COST_PAID] : cost_pay(p->before, d->before->usd);
        was_limit = exactly(d->before->limit);
    }
    if (d->after != NULL) {
        is = later ? d->after->usd[COST_PAID] : cost_pay(p->after, d->after->usd);
        limit = exactly(d->after->limit);
    }
    buf_put(&b, step(a, d->before != NULL ? &was : NULL, d->after != NULL ? &is : NULL));
    BUF_LIT(&b, " of ");
    buf_put(&b, step(a, d->before != NULL ? &was_limit : NULL, d->after != NULL ? &limit : NULL));
    buf_text(&b, d->after == NULL    ? "; there is no such budget any more"
                 : d->before == NULL ? "; a new budget"
                                     : "");
    if (d->is_above && !d->was_above && d->before != NULL)
        BUF_LIT(&b, ", above it by this change");
    else if (d->is_above)
        BUF_LIT(&b, ", above it");
    else if (d->was_above && d->after != NULL)
        BUF_LIT(&b, ", no longer above it");
    return buf_keep(&b, a);
}
