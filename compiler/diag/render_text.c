/* SPDX-License-Identifier: MIT */
#include "diag/render_parts.h"
#include "diag/secret.h"

/* A line of the input wider than this is cut around the place. */
#define LINE_COLUMNS 160
#define COLUMNS_BEFORE 60
#define CUT "..."

enum paint { PAINT_PLAIN, PAINT_BOLD, PAINT_GUTTER, PAINT_NOTE, PAINT_WARNING, PAINT_ERROR };

struct page {
    struct buf *out;
    struct diag_list *dl;
    bool colour;
    uint32_t gutter; /* digits of the largest line number of this diagnostic */
};

static void paint(const struct page *p, enum paint with) {
    static const char *const codes[] = {
        [PAINT_PLAIN] = "\x1b[0m",   [PAINT_BOLD] = "\x1b[1m",       [PAINT_GUTTER] = "\x1b[1;34m",
        [PAINT_NOTE] = "\x1b[1;36m", [PAINT_WARNING] = "\x1b[1;33m", [PAINT_ERROR] = "\x1b[1;31m",
    };
    if (p->colour)
        buf_text(p->out, codes[with]);
}

static enum paint paint_of(enum diag_severity s) {
    static const enum paint of[] = {
        [DIAG_NOTE] = PAINT_NOTE, [DIAG_WARNING] = PAINT_WARNING, [DIAG_ERROR] = PAINT_ERROR};
    return of[s];
}

static uint32_t digits(uint32_t v) {
    uint32_t n = 1;
    for (; v >= 10; v /= 10)
        n++;
    return n;
}

/* "   |", or " 14 |" for line 14. */
static void gutter(const struct page *p, uint32_t line, const char *sign) {
    paint(p, PAINT_GUTTER);
    if (line != 0)
        buf_uint(p->out, line);
    buf_repeat(p->out, ' ', p->gutter - (line != 0 ? digits(line) : 0) + 1);
    buf_text(p->out, sign);
    paint(p, PAINT_PLAIN);
}

static uint32_t columns(str s, uint32_t from, uint32_t to, uint32_t enough) {
    uint32_t n = 0;
    while (from < to && n <= enough) {
        struct render_cell c = render_cell_at(s, from);
        n += c.columns;
        from += c.taken;
    }
    return n;
}

/* The part of a line that is shown: bytes from `from` to `to`. */
struct window {
    str line;
    uint32_t from, to;
};

static struct window window_at(str line, uint32_t focus) {
    struct window w = {line, 0, line.n};
    if (columns(line, 0, line.n, LINE_COLUMNS) <= LINE_COLUMNS)
        return w;
    w.from = focus;
    for (uint32_t n = 0; w.from > 0 && n < COLUMNS_BEFORE;) {
        uint32_t was = w.from--;
        while (w.from > 0 && was - w.from < 4 && (line.p[w.from] & 0xC0) == 0x80)
            w.from--;
        n += columns(line, w.from, was, LINE_COLUMNS);
    }
    w.to = w.from;
    for (uint32_t n = 0; w.to < line.n && n < LINE_COLUMNS;) {
        struct render_cell c = render_cell_at(line, w.to);
        n += c.columns;
        w.to += c.taken;
    }
    return w;
}

static void show_line(const struct page *p, const struct window *w, uint32_t number) {
    gutter(p, number, "|");
    if (w->line.n > 0)
        buf_byte(p->out, ' ');
    if (w->from > 0)
        BUF_LIT(p->out, CUT);
    struct secret hidden = secret_find(w->line, w->from);
    for (uint32_t i = w->from; i < w->to;) {
        struct render_cell c = render_cell_at(w->line, i);
        if (i >= hidden.to)
            hidden = secret_find(w->line, i);
        if (i >= hidden.from && i < hidden.to)
            buf_repeat(p->out, '*', c.columns);
        else
            buf_put(p->out, (str){c.text, c.n});
        i += c.taken;
    }
    if (w->to < w->line.n)
        BUF_LIT(p->out, CUT);
    buf_byte(p->out, '\n');
}

/* The row of marks under a line: bytes from `from` to `to` of the line. */
static void show_marks(const struct page *p, const struct window *w, uint32_t from, uint32_t to,
                       unsigned char mark, enum paint with, str label) {
    uint32_t before = columns(w->line, w->from, from, UINT32_MAX - LINE_COLUMNS);
    uint32_t end = to < w->to ? to : w->to;
    uint32_t width = columns(w->line, from, end, UINT32_MAX - LINE_COLUMNS);
    gutter(p, 0, "|");
    buf_repeat(p->out, ' ', 1 + before + (w->from > 0 ? sizeof CUT - 1 : 0));
    paint(p, with);
    buf_repeat(p->out, mark, width > 0 ? width : 1);
    if (label.n > 0) {
        buf_byte(p->out, ' ');
        render_shown(p->out, label);
    }
    paint(p, PAINT_PLAIN);
    buf_byte(p->out, '\n');
}

/* Whether it stands in the binary: nobody can open that file at a line. */
static bool built_in(const struct page *p, span at) {
    return at.file != 0 && sources_get(p->dl->sources, at.file)->builtin;
}

static void show_arrow(const struct page *p, const char *arrow, struct place at, bool inside) {
    buf_repeat(p->out, ' ', p->gutter);
    paint(p, PAINT_GUTTER);
    buf_text(p->out, arrow);
    paint(p, PAINT_PLAIN);
    buf_byte(p->out, ' ');
    render_shown(p->out, at.file);
    if (inside)
        BUF_LIT(p->out, " (in opsc)\n");
    else
        buf_printf(p->out, ":%u:%u\n", (unsigned)at.line, (unsigned)at.col);
}

/* Offset of the start of the line that holds `offset`. */
static uint32_t line_start(const struct source *f, uint32_t offset) {
    while (offset > 0 && f->text.p[offset - 1] != '\n')
        offset--;
    return offset;
}

static bool has_text(const struct page *p, span at) {
    return at.file != 0 && sources_get(p->dl->sources, at.file)->text.n > 0;
}

struct marks {
    span at;
    unsigned char mark;
    enum paint with;
    str label;
};

/* A place with its line; returns the rows of `also` (bits) that were shown with it. */
static unsigned show_snippet(const struct page *p, const char *arrow, const struct marks *m,
                             const struct diag *d) {
    struct place at = sources_place(p->dl->sources, m->at.file, m->at.start);
    bool inside = built_in(p, m->at);
    show_arrow(p, arrow, at, inside);
    if (!has_text(p, m->at))
        return 0;
    const struct source *f = sources_get(p->dl->sources, m->at.file);
    str line = sources_line(p->dl->sources, m->at.file, at.line);
    uint32_t start = line_start(f, m->at.start < f->text.n ? m->at.start : f->text.n);
    uint32_t from = m->at.start - start;
    from = from < line.n ? from : line.n;
    struct window w = window_at(line, from);
    gutter(p, 0, "|");
    buf_byte(p->out, '\n');
    show_line(p, &w, inside ? 0 : at.line);
    show_marks(p, &w, from, m->at.end > m->at.start ? m->at.end - start : from, m->mark, m->with,
               m->label);
    unsigned shown = 0;
    for (uint32_t i = 0; d != NULL && i < d->nalso; i++) {
        span s = d->also[i].at;
        if (s.file != m->at.file || s.start < start + w.from || s.end > start + w.to)
            continue;
        show_marks(p, &w, s.start - start, s.end - start, '-', PAINT_GUTTER, d->also[i].text);
        shown |= 1u << i;
    }
    return shown;
}

static uint32_t line_of(const struct page *p, span at) {
    if (at.file == 0 || built_in(p, at))
        return 1;
    return sources_place(p->dl->sources, at.file, at.start).line;
}

static uint32_t gutter_of(const struct page *p, const struct diag *d) {
    uint32_t most = line_of(p, d->at);
    for (uint32_t i = 0; i < d->nalso; i++) {
        uint32_t line = line_of(p, d->also[i].at);
        most = line > most ? line : most;
    }
    return digits(most);
}

/* Where it was found, of a diagnostic that not every environment has. */
static void show_contexts(const struct page *p, const struct diag *d) {
    str where = render_contexts(p->dl, d);
    if (where.n == 0)
        return;
    gutter(p, 0, "=");
    buf_byte(p->out, ' ');
    render_shown(p->out, where);
    buf_byte(p->out, '\n');
}

static void show_advice(const struct page *p, str name, str text) {
    bool first = true;
    while (text.n > 0) {
        str line = str_split(&text, '\n');
        if (first) {
            gutter(p, 0, "=");
            buf_byte(p->out, ' ');
            paint(p, PAINT_BOLD);
            buf_put(p->out, name);
            buf_byte(p->out, ':');
            paint(p, PAINT_PLAIN);
            buf_byte(p->out, ' ');
        } else {
            buf_repeat(p->out, ' ', p->gutter + name.n + 5);
        }
        render_shown(p->out, line);
        buf_byte(p->out, '\n');
        first = false;
    }
}

static void show_diag(struct page *p, const struct diag *d) {
    enum paint with = paint_of(d->severity);
    p->gutter = gutter_of(p, d);
    paint(p, with);
    buf_printf(p->out, "%s[%s]", diag_severity_name(d->severity), diag_codes[d->code].id);
    paint(p, PAINT_PLAIN);
    paint(p, PAINT_BOLD);
    BUF_LIT(p->out, ": ");
    render_shown(p->out, d->message);
    paint(p, PAINT_PLAIN);
    buf_byte(p->out, '\n');
    unsigned shown = 0;
    if (d->at.file != 0)
        shown = show_snippet(p, "-->", &(struct marks){d->at, '^', with, d->label}, d);
    for (uint32_t i = 0; i < d->nalso; i++) {
        const struct diag_label *l = &d->also[i];
        if (l->at.file == 0)
            show_advice(p, STR("note"), l->text);
        else if ((shown & 1u << i) == 0)
            show_snippet(p, ":::", &(struct marks){l->at, '-', PAINT_GUTTER, l->text}, NULL);
    }
    show_contexts(p, d);
    show_advice(p, STR("hint"), d->hint);
    buf_byte(p->out, '\n');
}

static void show_count(struct buf *out, uint32_t n, const char *what, bool *any) {
    if (n == 0)
        return;
    buf_printf(out, "%s%u %s%s", *any ? ", " : "", (unsigned)n, what, n == 1 ? "" : "s");
    *any = true;
}

void render_text(struct buf *out, struct diag_list *dl, bool colour) {
    struct page p = {.out = out, .dl = dl, .colour = colour};
    uint32_t have[DIAG_ERROR + 1] = {0}, room = RENDER_TEXT_MAX, left = 0;
    const struct diag *worst = NULL;
    for (uint32_t i = 0; i < dl->items.n; i++)
        have[dl->items.at[i]->severity]++;
    /* Errors before warnings before notes, when not all can be shown. */
    for (int s = DIAG_ERROR; s >= DIAG_NOTE; s--) {
        have[s] = have[s] < room ? have[s] : room;
        room -= have[s];
    }
    for (uint32_t i = 0; i < dl->items.n; i++) {
        const struct diag *d = dl->items.at[i];
        if (have[d->severity] == 0)
            continue;
        have[d->severity]--;
        show_diag(&p, d);
        worst = worst == NULL || d->severity > worst->severity ? d : worst;
    }
    if (worst == NULL)
        return;
    left = dl->errors + dl->warnings + dl->notes - (RENDER_TEXT_MAX - room);
    if (left > 0)
        buf_printf(out, "%u more not shown\n", (unsigned)left);
    bool any = false;
    show_count(out, dl->errors, "error", &any);
    show_count(out, dl->warnings, "warning", &any);
    show_count(out, dl->notes, "note", &any);
    buf_printf(out, "\nRun `opsc explain %s` for more.\n", diag_codes[worst->code].id);
}
