/* SPDX-License-Identifier: MIT */
#include "cost/cells.h"
#include "tmpl/tmpl.h"

#define SAVING_MAX 8192

/* Text that stays text, in a cell as well as in a list. */
void markdown_put_text(struct buf *b, str s) {
    for (uint32_t i = 0, n; i < s.n; i += n) {
        unsigned char c = s.p[i], after = i + 1 < s.n ? s.p[i + 1] : ' ';
        n = tmpl_unseen(str_sub(s, i, s.n));
        if (n > 0) {
            buf_byte(b, ' ');
            continue;
        }
        n = 1;
        if (strchr("\\`*_<>[]|~&#!@", c) != NULL || (c == ':' && after == '/'))
            buf_byte(b, '\\');
        buf_byte(b, c);
    }
}

static void put_row(struct buf *b, const struct cell_row *r, unsigned columns, bool strong) {
    for (unsigned i = 0; i < columns; i++) {
        bool marked = strong && r->cells[i].n > 0;
        buf_text(b, marked ? "| **" : "| ");
        markdown_put_text(b, r->cells[i]);
        buf_text(b, marked ? "** " : " ");
    }
    BUF_LIT(b, "|\n");
}

void markdown_put_rows(struct buf *b, const struct cell_row *rows, uint32_t n, unsigned columns) {
    for (uint32_t i = 0; i < n; i++) {
        put_row(b, &rows[i], columns, i > 0 && i + 1 == n);
        for (unsigned k = 0; i == 0 && k < columns; k++)
            buf_text(b, k == CELL_WHAT ? "| --- " : "| ---: ");
        buf_text(b, i == 0 ? "|\n" : "");
    }
}

/* One entry of a list: what, why, and the key that would tell. */
static void put_item(struct buf *b, str what, str why, str key) {
    BUF_LIT(b, "- ");
    markdown_put_text(b, what);
    BUF_LIT(b, ": ");
    markdown_put_text(b, why);
    if (key.n > 0)
        buf_printf(b, " (`%.*s`)", STR_ARG(key));
    buf_byte(b, '\n');
}

static void open_details(struct buf *b, uint32_t n, const char *words) {
    buf_printf(b, "\n<details><summary>%u %s</summary>\n\n", n, words);
}

static void put_budgets(struct buf *b, const struct cost_sheet *s) {
    buf_text(b, s->budgets.n > 0 ? "\n" : "");
    for (uint32_t i = 0; i < s->budgets.n; i++) {
        BUF_LIT(b, "- Budget of ");
        markdown_put_text(b, s->budgets.at[i].name);
        BUF_LIT(b, ": ");
        cells_put_budget(b, s, &s->budgets.at[i]);
        buf_byte(b, '\n');
    }
}

static void put_savings(struct buf *b, const struct cost_sheet *s) {
    struct buf text = BUF_INIT(SAVING_MAX);
    if (s->savings.n > 0) {
        BUF_LIT(b, "\n<details><summary>");
        if (cost_has_saved(s))
            cost_put_saved(b, s, s->saved);
        buf_text(b, cost_has_saved(s) ? " could be saved" : "What could be saved");
        BUF_LIT(b, "</summary>\n\n");
    }
    for (uint32_t i = 0; i < s->savings.n; i++) {
        const struct cost_saving *v = &s->savings.at[i];
        buf_clear(&text);
        cost_put_saving(&text, s, v);
        BUF_LIT(b, "- ");
        markdown_put_text(b, buf_str(&text));
        buf_printf(b, " (`%s`)\n", cost_saving_name(v->rule));
    }
    buf_text(b, s->savings.n > 0 ? "\n</details>\n" : "");
    buf_done(&text);
}

static void put_dated(struct buf *b, struct cost_run *r, const struct cost_sheet *s) {
    buf_text(b, cost_has_dated(s) ? "\nFrom a day on, and not in these sums:\n\n" : "");
    for (uint32_t i = 0; i < s->dated.n; i++) {
        const struct cost_dated *d = &s->dated.at[i];
        if (d->begun)
            continue;
        BUF_LIT(b, "- ");
        markdown_put_text(b, cells_what(r->arena, d->of, d->item));
        BUF_LIT(b, ": ");
        cost_put_dated(b, d);
        buf_byte(b, '\n');
    }
    if (!cost_has_dated(s))
        return;
    BUF_LIT(b, "- in all: ");
    cost_put_from(b, r, s);
    buf_byte(b, '\n');
}

static void put_details(struct buf *b, struct arena *a, const struct cost_sheet *s) {
    for (uint32_t i = 0; i < s->lines.n; i++) {
        const struct cost_line *l = &s->lines.at[i];
        if (l->note.n == 0)
            continue;
        BUF_LIT(b, "\nAssumed of ");
        markdown_put_text(b, cells_what(a, l->of, l->item));
        BUF_LIT(b, ": ");
        markdown_put_text(b, l->note);
        BUF_LIT(b, ".\n");
    }
    if (s->gaps.n > 0) {
        open_details(b, s->gaps.n, "not estimated, and not in these sums");
        for (uint32_t i = 0; i < s->gaps.n; i++) {
            const struct cost_gap *g = &s->gaps.at[i];
            put_item(b, cells_what(a, g->of, g->item), g->why, g->key);
        }
        BUF_LIT(b, "\n</details>\n");
    }
    if (s->free.n == 0)
        return;
    open_details(b, s->free.n, "cost nothing");
    for (uint32_t i = 0; i < s->free.n; i++) {
        const struct cost_free *f = &s->free.at[i];
        str what = cells_what(a, f->of, f->item);
        put_item(b, f->n > 1 ? arena_printf(a, "%u x %.*s", f->n, STR_ARG(what)) : what, f->why,
                 STR(""));
    }
    BUF_LIT(b, "\n</details>\n");
}

void cost_markdown(struct buf *b, struct cost_run *r) {
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        const struct cost_sheet *s = r->sheets.at[i];
        buf_text(b, i > 0 ? "\n## Cost of " : "## Cost of ");
        markdown_put_text(b, s->environment);
        buf_printf(b, " in %.*s\n\n", STR_ARG(s->region));
        markdown_put_rows(b, cells_rows(r->arena, s), s->lines.n + 2, cells_columns(s));
        buf_byte(b, '\n');
        cost_put_outlook(b, s);
        cost_put_prices(b, s);
        put_dated(b, r, s);
        put_budgets(b, s);
        put_savings(b, s);
        put_details(b, r->arena, s);
    }
}
