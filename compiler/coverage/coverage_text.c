/* SPDX-License-Identifier: MIT */
#include "coverage/coverage.h"
#include "diag/render.h"

#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

struct printing {
    struct buf *b;
    const struct coverage_run *r;
    const struct coverage_sheet *s;
    bool colour;
};

static void put(const struct printing *p, const char *colour, const char *text) {
    if (p->colour)
        buf_text(p->b, colour);
    buf_text(p->b, text);
    if (p->colour)
        buf_text(p->b, PLAIN);
}

static void put_place(const struct printing *p, span at) {
    str place = coverage_place(p->r->arena, p->r->dl, at);
    buf_text(p->b, place.n > 0 ? "  " : "");
    render_shown(p->b, place);
}

/* ---- one resource */

/* What is as it is recommended is counted, not listed. */
static bool is_told(const struct coverage_line *l) {
    return l->alarm->state != COVERAGE_THERE && l->alarm->state != COVERAGE_OFFERED;
}

static void put_line(const struct printing *p, const struct coverage_line *l) {
    bool missing = coverage_is_missing(l);
    BUF_LIT(p->b, "    ");
    if (missing)
        put(p, RED, "missing ");
    else if (l->waived)
        put(p, YELLOW, "waived  ");
    else if (l->alarm->state == COVERAGE_PERHAPS)
        put(p, YELLOW, "perhaps ");
    else
        put(p, GREEN, "there   ");
    render_shown(p->b, l->alarm->name);
    if (missing || l->waived) {
        BUF_LIT(p->b, " (");
        render_shown(p->b, l->alarm->condition);
        BUF_LIT(p->b, ")");
    }
    BUF_LIT(p->b, ": ");
    render_shown(p->b, coverage_why(p->r->arena, l));
    bool by_waiver = l->waiver != NULL && !coverage_watches(l->alarm->state);
    put_place(p, by_waiver ? l->waiver->name.at : l->alarm->at);
    buf_byte(p->b, '\n');
}

/* Lines [from, ret): of one resource. */
static uint32_t end_of(const struct coverage_sheet *s, uint32_t from,
                       const struct coverage_resource *of) {
    uint32_t i = from;
    while (i < s->lines.n && s->lines.at[i].of == of)
        i++;
    return i;
}

static void put_resource(const struct printing *p, const struct coverage_resource *of,
                         uint32_t from, uint32_t end) {
    uint32_t all = 0, there = 0;
    for (uint32_t i = from; i < end; i++) {
        const struct coverage_line *l = &p->s->lines.at[i];
        bool counts = coverage_counts(l->alarm->state) && !l->waived;
        all += counts;
        there += counts && !coverage_is_missing(l);
    }
    BUF_LIT(p->b, "  ");
    render_shown(p->b, of->name);
    BUF_LIT(p->b, " (");
    render_shown(p->b, of->title);
    BUF_LIT(p->b, "): ");
    if (coverage_is_silent(p->r, p->s, (uint32_t)(of - p->s->of->items)))
        put(p, RED, "no alarm at all, ");
    if (all > 0)
        buf_printf(p->b, "%u of %u", there, all);
    else
        BUF_LIT(p->b, "nothing is recommended");
    put_place(p, of->at);
    buf_byte(p->b, '\n');
    for (uint32_t i = from; i < end; i++) {
        if (is_told(&p->s->lines.at[i]))
            put_line(p, &p->s->lines.at[i]);
    }
}

/* ---- the account */

static void put_found(const struct printing *p, const struct coverage_found *f) {
    BUF_LIT(p->b, "    ");
    put(p,
        f->alarms > 0 ? GREEN
        : f->waived   ? YELLOW
                      : RED,
        f->alarms > 0 ? "watched "
        : f->waived   ? "waived  "
                      : "unseen  ");
    render_shown(p->b, f->id);
    BUF_LIT(p->b, " (");
    render_shown(p->b, f->title);
    BUF_LIT(p->b, ")");
    if (f->alarms > 0) {
        BUF_LIT(p->b, ": by `");
        render_shown(p->b, f->by);
        buf_text(p->b, "`");
        if (f->alarms > 1)
            buf_printf(p->b, " and %u more", f->alarms - 1);
    } else if (f->waiver != NULL) {
        buf_printf(p->b, ": %s until %.*s%s: ", f->waived ? "waived" : "was waived",
                   STR_ARG(f->waiver->until.text), f->waived ? "" : ", which is past");
        render_shown(p->b, f->waiver->reason.text);
        put_place(p, f->waiver->name.at);
    }
    if (f->line.n == 0)
        BUF_LIT(p->b, "; its kind cannot say what it is");
    buf_byte(p->b, '\n');
    if (f->alarms > 0 || f->waived || f->line.n == 0)
        return;
    BUF_LIT(p->b, "            ");
    render_shown(p->b, f->line);
    buf_byte(p->b, '\n');
}

static void put_account(const struct printing *p) {
    const struct coverage_sheet *s = p->s;
    if (!s->live)
        return;
    buf_printf(p->b, "  account %.*s", STR_ARG(s->account));
    buf_printf(p->b, ": %u resource%s not in ops.yaml", s->sums.found,
               s->sums.found == 1 ? "" : "s");
    if (s->sums.found > 0)
        buf_printf(p->b, ", %u without any alarm", s->sums.unseen);
    buf_byte(p->b, '\n');
    for (uint32_t i = 0; i < s->found.n; i++)
        put_found(p, &s->found.at[i]);
}

/* ---- all */

static void put_sums(const struct printing *p) {
    const struct coverage_sums *n = &p->s->sums;
    buf_printf(p->b, "%u of %u recommended alarm%s", n->there, n->all, n->all == 1 ? "" : "s");
    if (n->all > 0)
        buf_printf(p->b, " (%lld%%)", (long long)num_floor(coverage_percent(n)));
    if (n->waived > 0)
        buf_printf(p->b, ", %u waived", n->waived);
    if (n->over > 0)
        buf_printf(p->b, ", %u no longer waived", n->over);
    if (n->perhaps > 0)
        buf_printf(p->b, ", %u not known", n->perhaps);
    if (n->silent > 0)
        buf_printf(p->b, ", %u resource%s without any alarm", n->silent, n->silent == 1 ? "" : "s");
    buf_byte(p->b, '\n');
}

static void put_sheet(const struct printing *p) {
    const struct coverage_sheet *s = p->s;
    uint32_t from = 0;
    render_shown(p->b, s->project);
    if (s->environment.n > 0) {
        buf_byte(p->b, ' ');
        render_shown(p->b, s->environment);
    }
    BUF_LIT(p->b, ": ");
    put_sums(p);
    for (uint32_t i = 0; i < s->of->n; i++) {
        uint32_t end = end_of(s, from, &s->of->items[i]);
        put_resource(p, &s->of->items[i], from, end);
        from = end;
    }
    put_account(p);
}

void coverage_text(struct buf *b, const struct coverage_run *r, bool colour) {
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        struct printing p = {b, r, r->sheets.at[i], colour};
        buf_text(b, i > 0 ? "\n" : "");
        put_sheet(&p);
    }
}
