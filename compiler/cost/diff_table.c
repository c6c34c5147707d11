/* SPDX-License-Identifier: MIT */
#include "cost/cells.h"
#include "cost/diff.h"

static void put_budgets(struct buf *b, struct arena *a, const struct cost_pair *p) {
    bool any = false;
    for (uint32_t i = 0; i < p->budgets.n; i++) {
        const struct cost_budget_delta *d = &p->budgets.at[i];
        if (!diff_has_budget(p, d))
            continue;
        buf_text(b, any ? "" : "\nBudgets:\n");
        any = true;
        BUF_LIT(b, "  ");
        table_put_text(b, d->after != NULL ? d->after->name : d->before->name);
        BUF_LIT(b, ": ");
        buf_put(b, diff_budget(a, p, d));
        buf_byte(b, '\n');
    }
}

static void put_gap(struct buf *b, struct arena *a, const struct cost_gap *g, bool why) {
    buf_printf(b, "  %.*s", STR_ARG(cells_what(a, g->of, g->item)));
    if (why) {
        BUF_LIT(b, ": ");
        table_put_text(b, g->why);
    }
    if (why && g->key.n > 0)
        buf_printf(b, " (%.*s)", STR_ARG(g->key));
    buf_byte(b, '\n');
}

static void put_gaps(struct buf *b, struct arena *a, const struct cost_pair *p) {
    buf_text(b, p->unknown.n > 0 ? "\nNewly not estimated, and not in these sums:\n" : "");
    for (uint32_t i = 0; i < p->unknown.n; i++)
        put_gap(b, a, p->unknown.at[i], true);
    buf_text(b, p->known.n > 0 ? "\nEstimated now, and not before:\n" : "");
    for (uint32_t i = 0; i < p->known.n; i++)
        put_gap(b, a, p->known.at[i], false);
}

static void put_pair(struct buf *b, struct arena *a, const struct cost_pair *p) {
    uint32_t n;
    buf_put(b, diff_title(a, p));
    buf_byte(b, '\n');
    if (cost_pair_is_same(p))
        return;
    const struct cell_row *rows = diff_rows(a, p, &n);
    buf_byte(b, '\n');
    table_put_rows(b, rows, n, diff_columns(p));
    if (p->same > 0)
        buf_printf(b, "%u line%s as before.\n", p->same, p->same == 1 ? " is" : "s are");
    put_budgets(b, a, p);
    put_gaps(b, a, p);
}

void cost_diff_table(struct buf *b, const struct cost_diff *d) {
    BUF_LIT(b, "Against ");
    table_put_text(b, diff_revision(d->arena, d));
    BUF_LIT(b, ": ");
    if (d->absent)
        diff_put_absent(b, d, table_put_text);
    else
        BUF_LIT(b, "what this change costs a month.\n");
    for (uint32_t i = 0; i < d->pairs.n; i++) {
        buf_byte(b, '\n');
        put_pair(b, d->arena, &d->pairs.at[i]);
    }
    buf_byte(b, '\n');
    diff_put_sum(b, d);
    cost_put_outlook(b, diff_priced(d));
    cost_put_prices(b, diff_priced(d));
}
