/* SPDX-License-Identifier: MIT */
#include "cost/cells.h"

#include "diag/render.h"

#define SAVING_MAX 8192
#define GAP 2 /* spaces between columns */

struct layout {
    struct buf *out;
    unsigned columns;
    size_t width[CELLS];
};

static void widen(struct layout *l, const struct cell_row *r) {
    for (unsigned i = 0; i < l->columns; i++) {
        if (r->cells[i].n > l->width[i])
            l->width[i] = r->cells[i].n;
    }
}

/* Text to the left, amounts to the right; nothing after the last column that has something. */
static void put_row(struct layout *l, const struct cell_row *r) {
    for (unsigned i = 0; i < l->columns; i++) {
        size_t room = l->width[i] - r->cells[i].n;
        if (i > CELL_WHAT)
            buf_repeat(l->out, ' ', GAP + room);
        buf_put(l->out, r->cells[i]);
        if (i == CELL_WHAT)
            buf_repeat(l->out, ' ', room);
    }
    buf_byte(l->out, '\n');
}

void table_put_rows(struct buf *b, const struct cell_row *rows, uint32_t n, unsigned columns) {
    struct layout l = {.out = b, .columns = columns};
    for (uint32_t i = 0; i < n; i++)
        widen(&l, &rows[i]);
    for (uint32_t i = 0; i < n; i++)
        put_row(&l, &rows[i]);
}

/* Texts of a project's catalog may hold anything. */
void table_put_text(struct buf *b, str s) {
    render_shown(b, s);
}

/* The first line that this is assumed of. */
static bool is_first(const struct cost_sheet *s, uint32_t at) {
    for (uint32_t i = 0; i < at; i++) {
        if (str_eq(s->lines.at[i].note, s->lines.at[at].note))
            return false;
    }
    return s->lines.at[at].note.n > 0;
}

static void put_notes(struct buf *b, struct arena *a, const struct cost_sheet *s) {
    bool any = false;
    for (uint32_t i = 0; i < s->lines.n; i++) {
        if (!is_first(s, i))
            continue;
        buf_text(b, any ? "" : "\nAssumed:\n");
        any = true;
        for (uint32_t k = i; k < s->lines.n; k++) {
            const struct cost_line *l = &s->lines.at[k];
            if (str_eq(l->note, s->lines.at[i].note))
                buf_printf(b, "%s%.*s", k == i ? "  " : ", ",
                           STR_ARG(cells_what(a, l->of, l->item)));
        }
        BUF_LIT(b, ": ");
        table_put_text(b, s->lines.at[i].note);
        buf_byte(b, '\n');
    }
}

static void put_budgets(struct buf *b, const struct cost_sheet *s) {
    buf_text(b, s->budgets.n > 0 ? "\nBudgets:\n" : "");
    for (uint32_t i = 0; i < s->budgets.n; i++) {
        BUF_LIT(b, "  ");
        table_put_text(b, s->budgets.at[i].name);
        BUF_LIT(b, ": ");
        cells_put_budget(b, s, &s->budgets.at[i]);
        buf_byte(b, '\n');
    }
}

static void put_savings_of(struct buf *b, const struct cost_sheet *s, bool gives_up) {
    struct buf text = BUF_INIT(SAVING_MAX);
    bool first = true;
    for (uint32_t i = 0; i < s->savings.n; i++) {
        const struct cost_saving *v = &s->savings.at[i];
        if (cost_saving_gives_up(v->rule) != gives_up)
            continue;
        buf_clear(&text);
        cost_put_saving(&text, s, v);
        if (first) {
            buf_text(b, gives_up ? "\nCould be given up" : "\nCould be saved");
            if (!gives_up && cost_has_saved(s)) {
                BUF_LIT(b, ", ");
                cost_put_saved(b, s, s->saved);
                BUF_LIT(b, " in all");
            }
            BUF_LIT(b, ":\n");
        }
        first = false;
        BUF_LIT(b, "  ");
        table_put_text(b, buf_str(&text));
        buf_printf(b, " (%s)\n", cost_saving_name(v->rule));
    }
    buf_done(&text);
}

static void put_dated(struct buf *b, struct cost_run *r, const struct cost_sheet *s) {
    buf_text(b, cost_has_dated(s) ? "\nFrom a day on, and not in these sums:\n" : "");
    for (uint32_t i = 0; i < s->dated.n; i++) {
        const struct cost_dated *d = &s->dated.at[i];
        if (d->begun)
            continue;
        buf_printf(b, "  %.*s: ", STR_ARG(cells_what(r->arena, d->of, d->item)));
        cost_put_dated(b, d);
        buf_byte(b, '\n');
    }
    if (!cost_has_dated(s))
        return;
    BUF_LIT(b, "  in all: ");
    cost_put_from(b, r, s);
    buf_byte(b, '\n');
}

static void put_gaps(struct buf *b, struct arena *a, const struct cost_sheet *s) {
    buf_text(b, s->gaps.n > 0 ? "\nNot estimated, and not in these sums:\n" : "");
    for (uint32_t i = 0; i < s->gaps.n; i++) {
        const struct cost_gap *g = &s->gaps.at[i];
        buf_printf(b, "  %.*s: ", STR_ARG(cells_what(a, g->of, g->item)));
        table_put_text(b, g->why);
        if (g->key.n > 0)
            buf_printf(b, " (%.*s)", STR_ARG(g->key));
        buf_byte(b, '\n');
    }
}

/* Names alone: there are many, and nobody pays for them. */
static void put_free(struct buf *b, struct arena *a, const struct cost_sheet *s) {
    buf_text(b, s->free.n > 0 ? "\nCosts nothing (--format json says why):\n  " : "");
    for (uint32_t i = 0; i < s->free.n; i++) {
        const struct cost_free *f = &s->free.at[i];
        buf_printf(b, "%s%.*s", i > 0 ? ", " : "", STR_ARG(cells_what(a, f->of, f->item)));
        if (f->n > 1)
            buf_printf(b, " (%u)", f->n);
    }
    buf_text(b, s->free.n > 0 ? "\n" : "");
}

void cost_table(struct buf *b, struct cost_run *r) {
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        const struct cost_sheet *s = r->sheets.at[i];
        buf_printf(b, "%s%.*s, %.*s\n\n", i > 0 ? "\n" : "", STR_ARG(s->environment),
                   STR_ARG(s->region));
        table_put_rows(b, cells_rows(r->arena, s), s->lines.n + 2, cells_columns(s));
        buf_byte(b, '\n');
        cost_put_outlook(b, s);
        cost_put_prices(b, s);
        put_dated(b, r, s);
        put_budgets(b, s);
        put_savings_of(b, s, false);
        put_savings_of(b, s, true);
        put_notes(b, r->arena, s);
        put_gaps(b, r->arena, s);
        put_free(b, r->arena, s);
    }
}
