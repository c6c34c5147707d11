/* SPDX-License-Identifier: MIT */
#include "drift/report_parts.h"

#include "diag/render.h"
#include "resource/resource.h"
#include "tmpl/tmpl.h"

/* GitHub takes 65,536 characters; what does not fit is counted. */
#define BODY_BYTES_MAX 60000
#define TABLE_BYTES_MAX 20000
#define DETAIL_BYTES_MAX (1u << 20)
#define VALUE_BYTES 400
#define LIST_BYTES_MAX 6000
#define REASON_BYTES_MAX 300

static bool is_plain(unsigned char c) {
    return ascii_is_alnum(c) || c == '-' || c == ' ' || c >= 0x80;
}

/*
 * Code that is code in a cell of a table and within HTML as well: of all other bytes the number, so
 * that neither Markdown nor HTML, nor GitHub's mentions and links, are read in it.
 */
static void put_code(struct buf *b, str s) {
    struct buf shown = BUF_INIT(DETAIL_BYTES_MAX);
    render_shown(&shown, s);
    BUF_LIT(b, "<code>");
    for (uint32_t i = 0; i < shown.n; i++) {
        if (is_plain(shown.p[i]))
            buf_byte(b, shown.p[i]);
        else
            buf_printf(b, "&#%u;", (unsigned)shown.p[i]);
    }
    BUF_LIT(b, "</code>");
    buf_done(&shown);
}

/* What stands in a comment, without what could end it. */
static void put_mark(struct buf *b, const struct report *r) {
    const str parts[] = {r->spec, r->environment};
    buf_printf(b, "<!-- opsc %s:", r->plan ? "plan" : "drift");
    for (size_t k = 0; k < 2; k++) {
        buf_text(b, parts[k].n > 0 ? " " : "");
        for (uint32_t i = 0; i < parts[k].n; i++) {
            unsigned char c = parts[k].p[i];
            bool dash = c == '-' && i > 0 && parts[k].p[i - 1] == '-';
            if (c < 0x80 && !dash && (is_plain(c) || c == '.' || c == '_' || c == '/'))
                buf_byte(b, c);
        }
    }
    BUF_LIT(b, " -->\n");
}

/* ---- the table */

static void put_row(struct buf *b, const struct report *r, const struct diff_item *item) {
    const struct report_words *w = &report_words[item->action];
    const struct node *n = report_node(item);
    buf_printf(b, "| %s | %s ", r->plan ? w->sum_plan : w->sum_drift, n->kind->title);
    put_code(b, report_name(n));
    BUF_LIT(b, " | ");
    if (item->want != NULL)
        put_code(b, report_place(r, n->at, n));
    if (item->action == DIFF_LOST) {
        BUF_LIT(b, ": ");
        tmpl_markdown(b, str_c(item->why));
    }
    BUF_LIT(b, " |\n");
}

static void put_more(struct buf *b, uint32_t n, const char *before, const char *after) {
    if (n > 0)
        buf_printf(b, "%sand %u more%s", before, n, after);
}

static void put_table(struct buf *b, const struct report *r) {
    uint32_t n = 0, more = 0;
    for (uint32_t i = 0; i < r->diff.items.n; i++) {
        const struct diff_item *item = &r->diff.items.at[i];
        if (!report_tells(item) || item->action == DIFF_SAME)
            continue;
        buf_text(b, n++ > 0 ? "" : "\n| | resource | wanted at |\n| --- | --- | --- |\n");
        if (b->n < TABLE_BYTES_MAX)
            put_row(b, r, item);
        else
            more++;
    }
    put_more(b, more, "| ", " | | |\n");
}

/* ---- what differs in each */

static void put_line(void *ctx, char sign, str line) {
    struct buf *b = ctx;
    buf_byte(b, (unsigned char)sign);
    buf_byte(b, ' ');
    buf_put(b, line);
    buf_byte(b, '\n');
}

static void put_change(struct buf *b, const struct report *r, const struct diff_item *item,
                       const struct diff_change *d) {
    struct arena *a = r->arena;
    str have, want;
    BUF_LIT(b, "@@ ");
    render_shown(b, d->path);
    BUF_LIT(b, " @@ ");
    render_shown(b, report_place(r, d->at, item->want));
    buf_text(b, d->replaces && item->action == DIFF_REPLACE ? " (makes another one)\n" : "\n");
    if (d->unknown) {
        BUF_LIT(b, "  not compared, it depends on ");
        buf_put(b, report_value(a, d, d->want, VALUE_BYTES));
        buf_byte(b, '\n');
    } else if (report_glance(a, d, &have, &want)) {
        put_line(b, '-', have);
        put_line(b, '+', want);
    } else {
        uint32_t more = report_lines(a, d, put_line, b);
        put_more(b, more, "  ... ", more == 1 ? " line\n" : " lines\n");
    }
}

/* A block of code that no line of it can end. */
static void put_block(struct buf *b, str text) {
    uint32_t longest = 2, run = 0;
    for (uint32_t i = 0; i < text.n; i++) {
        run = text.p[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    buf_repeat(b, '`', longest + 1);
    BUF_LIT(b, "diff\n");
    buf_put(b, text);
    buf_repeat(b, '`', longest + 1);
    buf_byte(b, '\n');
}

static void put_details(struct buf *b, const struct report *r, const struct diff_item *item) {
    const struct node *n = report_node(item);
    struct buf text = BUF_INIT(DETAIL_BYTES_MAX);
    for (uint32_t i = 0; i < item->changes.n; i++)
        put_change(&text, r, item, &item->changes.at[i]);
    buf_printf(b, "\n<details><summary>%s ", n->kind->title);
    put_code(b, report_name(n));
    buf_printf(b, ": %u attribute%s</summary>\n\n", item->changes.n,
               item->changes.n == 1 ? "" : "s");
    put_block(b, buf_str(&text));
    BUF_LIT(b, "\n</details>\n");
    buf_done(&text);
}

/* As many as fit into `max` bytes. */
static void put_all_details(struct buf *b, const struct report *r, size_t max) {
    struct buf one = BUF_INIT(2 * DETAIL_BYTES_MAX);
    uint32_t more = 0;
    for (uint32_t i = 0; i < r->diff.items.n; i++) {
        const struct diff_item *item = &r->diff.items.at[i];
        if (item->action == DIFF_SAME || item->changes.n == 0)
            continue;
        buf_clear(&one);
        put_details(&one, r, item);
        if (b->n + one.n < max && !one.full)
            buf_put(b, buf_str(&one));
        else
            more++;
    }
    buf_done(&one);
    if (more > 0)
        buf_printf(b,
                   "\nWhat differs in %u more does not fit here; `opsc %s --format json` has it.\n",
                   more, r->plan ? "plan" : "drift");
}

/* ---- what is not told above */

static void put_unread(struct buf *b, const struct report *r) {
    bool any = false;
    for (uint32_t i = 0; i < r->diff.items.n; i++) {
        const struct diff_item *item = &r->diff.items.at[i];
        uint32_t n = report_unread(r, i);
        if (n == 0)
            continue;
        buf_text(b, any ? "" : "\nNot compared:\n\n");
        any = true;
        buf_printf(b, "- %u of the kind %s (`%s`): ", n, item->want->kind->title,
                   item->want->kind->tf);
        tmpl_markdown(b, str_c(item->why));
        buf_byte(b, '\n');
    }
}

static void put_ignored_one(struct buf *b, const struct report_ignored *x) {
    const struct node *n = report_node(x->item);
    buf_printf(b, "- %s ", n->kind->title);
    put_code(b, report_name(n));
    BUF_LIT(b, ", ");
    if (x->change != NULL)
        put_code(b, x->change->path);
    else
        buf_text(b, report_words[x->item->action].sum_drift);
    BUF_LIT(b, ": ");
    tmpl_markdown(b, utf8_cut(x->row->reason.text, REASON_BYTES_MAX));
    if (given(x->row->until.at))
        buf_printf(b, " (until %.*s)", STR_ARG(x->row->until.text));
    buf_byte(b, '\n');
}

static void put_ignored(struct buf *b, const struct report *r) {
    size_t end = b->n + LIST_BYTES_MAX;
    uint32_t i = 0;
    if (r->ignored.n == 0)
        return;
    BUF_LIT(b, "\nIgnored by ");
    put_code(b, r->ignore->file);
    BUF_LIT(b, ":\n\n");
    while (i < r->ignored.n && b->n < end)
        put_ignored_one(b, &r->ignored.at[i++]);
    put_more(b, r->ignored.n - i, "- ", "\n");
}

static void put_idle(struct buf *b, const struct report *r) {
    size_t end = b->n + LIST_BYTES_MAX;
    uint32_t n = 0, more = 0;
    for (uint32_t i = 0; r->ignore != NULL && i < r->ignore->n; i++) {
        str why = report_idle(r, &r->ignore->rows[i]);
        if (why.n == 0)
            continue;
        more += b->n >= end;
        if (b->n >= end)
            continue;
        buf_text(b, n++ == 0 ? "\nRows that ignore nothing any more:\n\n- " : "- ");
        put_code(b, report_row_place(r, &r->ignore->rows[i]));
        buf_printf(b, " %.*s\n", STR_ARG(why));
    }
    put_more(b, more, "- ", "\n");
}

void report_markdown(struct buf *b, const struct report *r) {
    put_mark(b, r);
    buf_text(b, r->plan ? "### Plan" : "### Drift");
    if (r->environment.n > 0) {
        BUF_LIT(b, " of ");
        put_code(b, r->environment);
    }
    buf_printf(b, "\n\n%.*s.\n\nAccount %.*s, %.*s.\n", STR_ARG(report_sums(r)),
               STR_ARG(r->account), STR_ARG(r->region));
    put_table(b, r);
    struct buf rest = BUF_INIT(BODY_BYTES_MAX);
    put_unread(&rest, r);
    put_ignored(&rest, r);
    put_idle(&rest, r);
    put_all_details(b, r, BODY_BYTES_MAX - rest.n);
    buf_put(b, buf_str(&rest));
    buf_done(&rest);
}
