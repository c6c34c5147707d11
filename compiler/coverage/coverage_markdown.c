/* SPDX-License-Identifier: MIT */
#include "coverage/coverage.h"
#include "tmpl/tmpl.h"

struct printing {
    struct buf *b;
    const struct coverage_run *r;
    const struct coverage_sheet *s;
};

static void put_place(const struct printing *p, span at) {
    str place = coverage_place(p->r->arena, p->r->dl, at);
    if (place.n == 0)
        return;
    buf_byte(p->b, ' ');
    tmpl_code(p->b, place);
}

static void put_title(const struct printing *p) {
    const struct coverage_sheet *s = p->s;
    const struct coverage_sums *n = &s->sums;
    BUF_LIT(p->b, "### Recommended alarms of ");
    tmpl_markdown(p->b, s->project);
    if (s->environment.n > 0) {
        buf_byte(p->b, ' ');
        tmpl_markdown(p->b, s->environment);
    }
    buf_printf(p->b, "\n\n**%u of %u**", n->there, n->all);
    if (n->all > 0)
        buf_printf(p->b, " (%lld%%)", (long long)num_floor(coverage_percent(n)));
    buf_printf(
        p->b,
        "; waived: %u, no longer waived: %u, not known: %u, resources without any alarm: %u.\n",
        n->waived, n->over, n->perhaps, n->silent);
}

static void put_line(const struct printing *p, const struct coverage_line *l) {
    bool by_waiver = l->waiver != NULL;
    BUF_LIT(p->b, "- ");
    tmpl_code(p->b, arena_cat3(p->r->arena, l->of->name, STR("."), l->alarm->name));
    BUF_LIT(p->b, " (");
    tmpl_code(p->b, l->alarm->condition);
    BUF_LIT(p->b, "): ");
    tmpl_prose(p->b, coverage_why(p->r->arena, l));
    put_place(p, by_waiver ? l->waiver->name.at : l->alarm->at);
    buf_byte(p->b, '\n');
}

/* Those of one sort under their title; nothing when there are none. */
static void put_lines(const struct printing *p, const char *title, bool waived) {
    bool any = false;
    for (uint32_t i = 0; i < p->s->lines.n; i++) {
        const struct coverage_line *l = &p->s->lines.at[i];
        if (waived ? !l->waived : !coverage_is_missing(l))
            continue;
        if (!any)
            buf_printf(p->b, "\n%s\n\n", title);
        any = true;
        put_line(p, l);
    }
}

static void put_silent(const struct printing *p) {
    bool any = false;
    for (uint32_t i = 0; i < p->s->of->n; i++) {
        const struct coverage_resource *of = &p->s->of->items[i];
        if (!coverage_is_silent(p->r, p->s, i))
            continue;
        buf_text(p->b, any ? "" : "\nWithout any alarm:\n\n");
        any = true;
        BUF_LIT(p->b, "- ");
        tmpl_code(p->b, of->name);
        buf_text(p->b, " (");
        tmpl_markdown(p->b, of->title);
        BUF_LIT(p->b, ")");
        put_place(p, of->at);
        buf_byte(p->b, '\n');
    }
}

static void put_unseen(const struct printing *p) {
    bool any = false;
    for (uint32_t i = 0; i < p->s->found.n; i++) {
        const struct coverage_found *f = &p->s->found.at[i];
        if (f->alarms > 0 || f->waived)
            continue;
        buf_text(p->b, any ? "" : "\nIn the account, without any alarm, and not in ops.yaml:\n\n");
        any = true;
        BUF_LIT(p->b, "- ");
        tmpl_markdown(p->b, f->title);
        BUF_LIT(p->b, ": ");
        tmpl_code(p->b, f->line.n > 0 ? f->line : f->id);
        buf_byte(p->b, '\n');
    }
}

void coverage_markdown(struct buf *b, const struct coverage_run *r) {
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        struct printing p = {b, r, r->sheets.at[i]};
        buf_text(b, i > 0 ? "\n" : "");
        put_title(&p);
        put_lines(&p, "Missing:", false);
        put_lines(&p, "Waived:", true);
        put_silent(&p);
        put_unseen(&p);
    }
}
