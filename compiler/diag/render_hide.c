/* SPDX-License-Identifier: MIT */
#include "diag/render_parts.h"
#include "diag/secret.h"

#define SHOWN "***"

/*
 * Around a place, bytes of its line that are searched, and secrets that are looked for: lines and
 * lists can be as long as a file, but a text quotes no more than DIAG_TEXT_MAX bytes.
 */
#define BEFORE 1000
#define SECRETS_MAX 8
/* A shorter value is not worth hiding, and would be found in words that mean something else. */
#define VALUE_MIN 3

static bool in_word(str s, uint32_t at) {
    return at < s.n && ascii_is_alnum(s.p[at]);
}

/* Where `value` stands on its own in `s` from `at` on, or s.n. */
static uint32_t find_value(str s, uint32_t at, str value) {
    for (; at + value.n <= s.n; at++) {
        if (str_eq(str_sub(s, at, at + value.n), value) && (at == 0 || !in_word(s, at - 1)) &&
            !in_word(s, at + value.n))
            return at;
    }
    return s.n;
}

/* What the texts of one diagnostic may not quote. */
struct hidden {
    struct arena *arena;
    str values[SECRETS_MAX];
    uint32_t n;
};

static struct secret next(const struct hidden *h, str text, uint32_t at) {
    struct secret first = secret_find_bare(text, at);
    for (uint32_t i = 0; i < h->n; i++) {
        uint32_t from = find_value(text, at, h->values[i]);
        if (from < first.from)
            first = (struct secret){from, from + h->values[i].n};
    }
    return first;
}

static void hide(const struct hidden *h, str *text) {
    struct secret s = next(h, *text, 0);
    if (s.from == text->n)
        return;
    struct buf b = BUF_INIT(DIAG_TEXT_MAX * sizeof SHOWN);
    uint32_t at = 0;
    for (; s.from < text->n; s = next(h, *text, at)) {
        buf_put(&b, str_sub(*text, at, s.from));
        BUF_LIT(&b, SHOWN);
        at = s.to;
    }
    buf_put(&b, str_sub(*text, at, text->n));
    *text = buf_keep(&b, h->arena);
}

/* The secrets on the line of a place that overlap with it. */
static void collect(struct hidden *h, struct sources *sources, span at) {
    if (at.file == 0)
        return;
    str text = sources_get(sources, at.file)->text;
    uint32_t from = at.start < text.n ? at.start : text.n, start = from;
    while (start > 0 && from - start < BEFORE && text.p[start - 1] != '\n')
        start--;
    str line = str_sub(text, start, from + DIAG_TEXT_MAX);
    line = str_sub(line, 0, from - start + str_find(str_sub(line, from - start, line.n), '\n'));
    struct secret s = secret_find(line, from - start);
    while (h->n < SECRETS_MAX && s.from < line.n && start + s.from < at.end) {
        if (s.to - s.from >= VALUE_MIN)
            h->values[h->n++] = str_sub(line, s.from, s.to);
        s = secret_find(line, s.to);
    }
}

void render_hide_secrets(struct diag_list *dl) {
    for (uint32_t i = 0; i < dl->items.n; i++) {
        struct diag *d = dl->items.at[i];
        struct hidden h = {.arena = dl->arena};
        collect(&h, dl->sources, d->at);
        for (uint32_t k = 0; k < d->nalso; k++)
            collect(&h, dl->sources, d->also[k].at);
        hide(&h, &d->message);
        hide(&h, &d->label);
        hide(&h, &d->hint);
        for (uint32_t k = 0; k < d->nalso; k++)
            hide(&h, &d->also[k].text);
    }
}
