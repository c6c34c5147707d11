/* SPDX-License-Identifier: MIT */
#include "cost/cells.h"
#include "cost/diff.h"

/* Rows of one environment that are shown: a comment on GitHub takes 65,536 characters. */
#define LINES_SHOWN 60
#define GAPS_SHOWN 20

/* What is to be paid now; nothing of an environment that is not there. */
static struct cost_range pay(const struct cost_sheet *s) {
    return s != NULL ? cost_now(s) : COST_NOTHING;
}

static bool same_money(struct cost_range a, struct cost_range b) {
    return num_cmp(a.low, b.low) == 0 && num_cmp(a.high, b.high) == 0;
}

/* What it comes to when offers and credits have ended, where that is something else. */
static void put_later(struct buf *b, const struct cost_pair *p) {
    struct cost_range before = pay(p->before), after = pay(p->after);
    before = p->before != NULL ? cost_later(p->before) : before;
    after = p->after != NULL ? cost_later(p->after) : after;
    if (same_money(before, pay(p->before)) && same_money(after, pay(p->after)))
        return;
    BUF_LIT(b, "; ");
    diff_put_from(b, p);
    BUF_LIT(b, "**");
    cost_put_change(b, before, after);
    BUF_LIT(b, "**, to ");
    cost_put_money(b, after);
}

/* The whole in a line or a few: a reader may stop there. */
static void put_summary(struct buf *b, const struct cost_diff *d) {
    for (uint32_t i = 0; i < d->pairs.n; i++) {
        const struct cost_pair *p = &d->pairs.at[i];
        BUF_LIT(b, "- ");
        markdown_put_text(b, diff_title(d->arena, p));
        if (!cost_pair_is_same(p)) {
            BUF_LIT(b, ": **");
            cost_put_change(b, pay(p->before), pay(p->after));
            BUF_LIT(b, "** a month, to ");
            cost_put_money(b, pay(p->after));
            put_later(b, p);
        }
        buf_byte(b, '\n');
    }
    if (d->pairs.n < 2)
        return;
    buf_byte(b, '\n');
    diff_put_sum(b, d);
}

static void put_budgets(struct buf *b, struct arena *a, const struct cost_pair *p) {
    bool any = false;
    for (uint32_t i = 0; i < p->budgets.n; i++) {
        const struct cost_budget_delta *d = &p->budgets.at[i];
        if (!diff_has_budget(p, d))
            continue;
        buf_text(b, any ? "" : "\n");
        any = true;
        buf_text(b, d->is_above && !d->was_above ? "- :warning: Budget of " : "- Budget of ");
        markdown_put_text(b, d->after != NULL ? d->after->name : d->before->name);
        BUF_LIT(b, ": ");
        markdown_put_text(b, diff_budget(a, p, d));
        buf_byte(b, '\n');
    }
}

static void put_gaps(struct buf *b, struct arena *a, const struct cost_pair *p) {
    buf_text(b, p->unknown.n > 0 ? "\nNewly not estimated, and not in these sums:\n\n" : "");
    for (uint32_t i = 0; i < p->unknown.n && i < GAPS_SHOWN; i++) {
        const struct cost_gap *g = p->unknown.at[i];
        BUF_LIT(b, "- ");
        markdown_put_text(b, cells_what(a, g->of, g->item));
        BUF_LIT(b, ": ");
        markdown_put_text(b, g->why);
        if (g->key.n > 0)
            buf_printf(b, " (`%.*s`)", STR_ARG(g->key));
        buf_byte(b, '\n');
    }
    if (p->unknown.n > GAPS_SHOWN)
        buf_printf(b, "- and %u more\n", p->unknown.n - GAPS_SHOWN);
}

/* The rows, without those beyond what is shown. */
static void put_rows(struct buf *b, struct arena *a, const struct cost_pair *p) {
    uint32_t n;
    struct cell_row *rows = diff_rows(a, p, &n);
    uint32_t hidden = p->lines.n > LINES_SHOWN ? p->lines.n - LINES_SHOWN : 0;
    if (hidden > 0) {
        rows[LINES_SHOWN + 2] = rows[n - 1];
        rows[LINES_SHOWN + 1] = (struct cell_row){
            {arena_printf(a, "and %u more", hidden), STR(""), STR(""), STR(""), STR(""), STR("")}};
        n = LINES_SHOWN + 3;
    }
    markdown_put_rows(b, rows, n, diff_columns(p));
}

static void put_pair(struct buf *b, struct arena *a, const struct cost_pair *p) {
    if (cost_pair_is_same(p))
        return;
    BUF_LIT(b, "\n<details><summary>");
    markdown_put_text(b, cost_pair_sheet(p)->environment);
    buf_printf(b, ": %u line%s changed, %u as before</summary>\n\n", p->lines.n,
               p->lines.n == 1 ? "" : "s", p->same);
    put_rows(b, a, p);
    put_gaps(b, a, p);
    BUF_LIT(b, "\n</details>\n");
}

/* The same for one spec every time; nothing in it ends the comment. */
static void put_mark(struct buf *b, str spec) {
    BUF_LIT(b, "<!-- opsc cost: ");
    for (uint32_t i = 0; i < spec.n; i++) {
        unsigned char c = spec.p[i];
        if (ascii_is_alnum(c) || c == '.' || c == '_' || c == '-' || c == '/')
            buf_byte(b, c);
    }
    BUF_LIT(b, " -->\n");
}

void cost_diff_markdown(struct buf *b, const struct cost_diff *d) {
    put_mark(b, d->spec);
    BUF_LIT(b, "### What this change costs a month\n\n");
    put_summary(b, d);
    for (uint32_t i = 0; i < d->pairs.n; i++)
        put_budgets(b, d->arena, &d->pairs.at[i]);
    for (uint32_t i = 0; i < d->pairs.n; i++)
        put_pair(b, d->arena, &d->pairs.at[i]);
    BUF_LIT(b, "\nAgainst ");
    markdown_put_text(b, diff_revision(d->arena, d));
    BUF_LIT(b, ". ");
    diff_put_absent(b, d, markdown_put_text);
    cost_put_outlook(b, diff_priced(d));
    cost_put_prices(b, diff_priced(d));
}
