/* SPDX-License-Identifier: MIT */
#include "drift/report_parts.h"

#include "diag/render.h"
#include "resource/resource.h"

#define SHOWN_BYTES 160
#define COLUMN_MAX 44 /* to which the values of an item are brought */
#define PLAIN "\033[0m"
#define GONE "\033[31m"
#define COME "\033[32m"

struct writing {
    struct buf *b;
    const struct report *r;
    bool colour;
};

static void put_line(void *ctx, char sign, str line) {
    const struct writing *w = ctx;
    bool colour = w->colour && sign != ' ';
    buf_text(w->b, "      ");
    buf_text(w->b, !colour ? "" : sign == '+' ? COME : GONE);
    buf_byte(w->b, (unsigned char)sign);
    buf_byte(w->b, ' ');
    buf_put(w->b, line);
    buf_text(w->b, colour ? PLAIN "\n" : "\n");
}

static void put_place(struct buf *b, str place) {
    if (place.n > 0) {
        BUF_LIT(b, "  ");
        render_shown(b, place);
    }
    buf_byte(b, '\n');
}

static void put_side(const struct writing *w, const char *colour, str value) {
    buf_text(w->b, w->colour ? colour : "");
    buf_put(w->b, value);
    buf_text(w->b, w->colour ? PLAIN : "");
}

/* What stands beside the path; false: nothing, the values take lines. */
static bool put_beside(const struct writing *w, const struct diff_change *d, uint32_t column) {
    struct arena *a = w->r->arena;
    uint32_t width = utf8_count(d->path);
    str have, want;
    if (!d->unknown && !report_glance(a, d, &have, &want))
        return false;
    buf_repeat(w->b, ' ', column > width ? column - width + 1 : 1);
    if (d->unknown) {
        BUF_LIT(w->b, "not compared, it depends on ");
        buf_put(w->b, report_value(a, d, d->want, SHOWN_BYTES));
        return true;
    }
    put_side(w, GONE, have);
    BUF_LIT(w->b, " -> ");
    put_side(w, COME, want);
    return true;
}

static void put_change(struct writing *w, const struct diff_item *item, const struct diff_change *d,
                       uint32_t column) {
    struct buf *b = w->b;
    BUF_LIT(b, "    ");
    render_shown(b, d->path);
    buf_byte(b, ':');
    bool beside = put_beside(w, d, column);
    if (d->replaces && item->action == DIFF_REPLACE)
        BUF_LIT(b, " (makes another one)");
    put_place(b, report_place(w->r, d->at, item->want));
    uint32_t more = beside ? 0 : report_lines(w->r->arena, d, put_line, w);
    if (more > 0)
        buf_printf(b, "      ... %u more line%s: --format json has all\n", more,
                   more == 1 ? "" : "s");
}

/* How wide the paths are that have their values beside them. */
static uint32_t column_of(const struct report *r, const struct diff_item *item) {
    uint32_t column = 0;
    for (uint32_t i = 0; i < item->changes.n; i++) {
        const struct diff_change *d = &item->changes.at[i];
        uint32_t width = utf8_count(d->path);
        str have, want;
        bool beside = d->unknown || report_glance(r->arena, d, &have, &want);
        if (beside && width <= COLUMN_MAX && width > column)
            column = width;
    }
    return column;
}

static void put_item(struct writing *w, const struct diff_item *item) {
    const struct node *n = report_node(item);
    const struct report_words *words = &report_words[item->action];
    bool colour = w->colour && words->colour[0] != 0;
    buf_printf(w->b, "%s%s%s %s ", colour ? words->colour : "", words->sign, colour ? PLAIN : "",
               n->kind->title);
    render_shown(w->b, report_name(n));
    buf_text(w->b, report_elsewhere(n, w->r->region));
    if (item->action == DIFF_CREATE)
        buf_text(w->b, w->r->plan ? "" : ": is not there");
    else if (item->action == DIFF_ORPHAN)
        BUF_LIT(w->b, ": is there, and ops.yaml does not have it");
    else if (item->action == DIFF_LOST)
        buf_printf(w->b, ": %s", item->why);
    put_place(w->b, item->want == NULL ? STR("") : report_place(w->r, n->at, n));
    uint32_t column = column_of(w->r, item);
    for (uint32_t i = 0; i < item->changes.n; i++)
        put_change(w, item, &item->changes.at[i], column);
}

static void put_ignored(struct buf *b, const struct report *r) {
    if (r->ignored.n > 0) {
        buf_printf(b, "%u ignored by ", r->ignored.n);
        render_shown(b, r->ignore->file);
        BUF_LIT(b, ":\n");
    }
    for (uint32_t i = 0; i < r->ignored.n; i++) {
        const struct report_ignored *x = &r->ignored.at[i];
        const struct node *n = report_node(x->item);
        buf_printf(b, "    %s ", n->kind->title);
        render_shown(b, report_name(n));
        BUF_LIT(b, ", ");
        render_shown(b, x->change == NULL ? str_c(report_words[x->item->action].sum_drift)
                                          : x->change->path);
        BUF_LIT(b, ": ");
        render_shown(b, x->row->reason.text);
        if (given(x->row->until.at))
            buf_printf(b, " (until %.*s)", STR_ARG(x->row->until.text));
        put_place(b, report_row_place(r, x->row));
    }
    for (uint32_t i = 0; r->ignore != NULL && i < r->ignore->n; i++) {
        const struct ignore_row *row = &r->ignore->rows[i];
        str why = report_idle(r, row);
        if (why.n == 0)
            continue;
        render_shown(b, report_row_place(r, row));
        buf_printf(b, " %.*s (", STR_ARG(why));
        render_shown(b, row->kind.text);
        BUF_LIT(b, " ");
        render_shown(b, row->name.text);
        BUF_LIT(b, ")\n");
    }
}

void report_summary(struct buf *b, const struct report *r) {
    buf_put(b, report_sums(r));
    buf_byte(b, '\n');
}

void report_text(struct buf *b, const struct report *r, bool colour) {
    struct writing w = {b, r, colour};
    for (uint32_t i = 0; i < r->diff.items.n; i++) {
        if (report_tells(&r->diff.items.at[i]))
            put_item(&w, &r->diff.items.at[i]);
    }
    for (uint32_t i = 0; i < r->diff.items.n; i++) {
        const struct diff_item *item = &r->diff.items.at[i];
        uint32_t n = report_unread(r, i);
        if (n > 0)
            buf_printf(b, "not compared: %u of the kind %s (%s): %s\n", n, item->want->kind->title,
                       item->want->kind->tf, item->why);
    }
    put_ignored(b, r);
    report_summary(b, r);
}
