/* SPDX-License-Identifier: MIT */
#include "diag/diag.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const struct diag_code_row diag_codes[DIAG_COUNT] = {
#define DIAG_CODE(number, name, severity, title)                                                   \
    [DIAG_##name] = {"OPS-" #number, DIAG_##severity, title},
#include "diag/diag_codes.def"
#undef DIAG_CODE
};

static const char *const enum_names[DIAG_COUNT] = {
#define DIAG_CODE(number, name, severity, title) [DIAG_##name] = #name,
#include "diag/diag_codes.def"
#undef DIAG_CODE
};

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

void diag_code_name(enum diag_code code, char out[DIAG_NAME_MAX]) {
    const char *name = enum_names[code];
    size_t n = 0;
    for (; name[n] != '\0' && n < DIAG_NAME_MAX - 1; n++)
        out[n] = name[n] == '_' ? '-' : lower(name[n]);
    assert(name[n] == '\0');
    out[n] = '\0';
}

enum diag_code diag_find_code(str id_or_name) {
    for (enum diag_code c = (enum diag_code)0; c < DIAG_COUNT; c++) {
        const char *id = diag_codes[c].id;
        char name[DIAG_NAME_MAX];
        diag_code_name(c, name);
        if (str_is_nocase(id_or_name, id) || str_is(id_or_name, id + strlen("OPS-")) ||
            str_is_nocase(id_or_name, name))
            return c;
    }
    return DIAG_COUNT;
}

void diag_list_init(struct diag_list *dl, struct arena *a, struct sources *src) {
    *dl = (struct diag_list){.arena = a, .sources = src};
}

__attribute__((format(printf, 2, 0))) static str print(struct arena *a, const char *fmt,
                                                       va_list ap) {
    char text[DIAG_TEXT_MAX + 1];
    int len = vsnprintf(text, sizeof text, fmt, ap);
    assert(len >= 0);
    str whole = {(const unsigned char *)text, len < 0 ? 0 : (uint32_t)len};
    if (whole.n <= DIAG_TEXT_MAX)
        return arena_str(a, whole);
    whole.n = DIAG_TEXT_MAX;
    return arena_cat(a, utf8_cut(whole, DIAG_TEXT_MAX - 3), STR("..."));
}

const char *diag_severity_name(enum diag_severity s) {
    static const char *const names[] = {
        [DIAG_NOTE] = "note", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};
    return names[s];
}

static uint32_t *count_of(struct diag_list *dl, enum diag_severity s) {
    switch (s) {
    case DIAG_NOTE:
        return &dl->notes;
    case DIAG_WARNING:
        return &dl->warnings;
    case DIAG_ERROR:
        break;
    }
    return &dl->errors;
}

struct diag *diag_add(struct diag_list *dl, enum diag_code code, span at, const char *fmt, ...) {
    enum diag_severity severity = diag_codes[code].severity;
    uint32_t *count = count_of(dl, severity);
    if (span_is_told(at)) {
        dl->scratch = (struct diag){.code = code, .severity = severity, .at = at};
        return &dl->scratch;
    }
    bool kept = *count < DIAG_KEPT_MAX;
    ++*count;
    dl->cut |= !kept;
    struct diag *d = kept ? ARENA_NEW(dl->arena, struct diag) : &dl->scratch;
    *d = (struct diag){.code = code, .severity = severity, .at = at, .seq = dl->seq++};
    if (kept) {
        va_list ap;
        va_start(ap, fmt);
        d->message = print(dl->arena, fmt, ap);
        va_end(ap);
        if (dl->context.n > 0)
            VEC_PUSH(dl->arena, &d->contexts, dl->context);
        VEC_PUSH(dl->arena, &dl->items, d);
    }
    return d;
}

bool diag_is_kept(const struct diag_list *dl, const struct diag *d) {
    return d != &dl->scratch;
}

void diag_hint(struct diag_list *dl, struct diag *d, const char *fmt, ...) {
    if (d == &dl->scratch)
        return;
    va_list ap;
    va_start(ap, fmt);
    d->hint = print(dl->arena, fmt, ap);
    va_end(ap);
}

void diag_label(struct diag_list *dl, struct diag *d, const char *fmt, ...) {
    if (d == &dl->scratch)
        return;
    va_list ap;
    va_start(ap, fmt);
    d->label = print(dl->arena, fmt, ap);
    va_end(ap);
}

void diag_also(struct diag_list *dl, struct diag *d, span at, const char *fmt, ...) {
    if (d == &dl->scratch || d->nalso == DIAG_LABELS_MAX)
        return;
    va_list ap;
    va_start(ap, fmt);
    d->also[d->nalso++] = (struct diag_label){at, print(dl->arena, fmt, ap)};
    va_end(ap);
}

void diag_context(struct diag_list *dl, str name) {
    dl->context = name;
    for (uint32_t i = 0; i < dl->contexts.n; i++) {
        if (str_eq(dl->contexts.at[i], name))
            return;
    }
    if (name.n > 0)
        VEC_PUSH(dl->arena, &dl->contexts, name);
}

bool diag_is_partial(const struct diag_list *dl, const struct diag *d) {
    /* What is wrong in one keeps warnings and notes of others from being found. */
    bool unsure = dl->cut || (d->severity != DIAG_ERROR && dl->errors > 0);
    return !unsure && d->contexts.n > 0 && d->contexts.n < dl->contexts.n;
}

static int order(uint32_t a, uint32_t b) {
    return (a > b) - (a < b);
}

static int compare(const void *x, const void *y) {
    const struct diag *a = *(struct diag *const *)x, *b = *(struct diag *const *)y;
    int by = order(a->at.file, b->at.file);
    if (by == 0)
        by = order(a->at.start, b->at.start);
    if (by == 0)
        by = order(a->at.end, b->at.end);
    return by != 0 ? by : order(a->seq, b->seq);
}

static bool same_span(span a, span b) {
    return a.file == b.file && a.start == b.start && a.end == b.end;
}

static bool same(const struct diag *a, const struct diag *b) {
    if (a->code != b->code || !str_eq(a->message, b->message) || !str_eq(a->label, b->label) ||
        !str_eq(a->hint, b->hint) || a->nalso != b->nalso)
        return false;
    for (uint32_t i = 0; i < a->nalso; i++)
        if (!same_span(a->also[i].at, b->also[i].at) || !str_eq(a->also[i].text, b->also[i].text))
            return false;
    return true;
}

/* `d` says the same as `kept`, later. What is so whatever the context stays so. */
static void collect_contexts(struct diag_list *dl, struct diag *kept, const struct diag *d) {
    if (d->contexts.n == 0)
        kept->contexts.n = 0;
    for (uint32_t i = 0; kept->contexts.n > 0 && i < d->contexts.n; i++) {
        if (!str_eq(*VEC_LAST(&kept->contexts), d->contexts.at[i]))
            VEC_PUSH(dl->arena, &kept->contexts, d->contexts.at[i]);
    }
}

void diag_sort(struct diag_list *dl) {
    if (dl->items.n == 0)
        return;
    qsort(dl->items.at, dl->items.n, sizeof dl->items.at[0], compare);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < dl->items.n; i++) {
        struct diag *d = dl->items.at[i];
        bool repeated = false;
        for (uint32_t k = kept; k > 0 && !repeated; k--) {
            if (!same_span(dl->items.at[k - 1]->at, d->at))
                break;
            repeated = same(dl->items.at[k - 1], d);
            if (repeated)
                collect_contexts(dl, dl->items.at[k - 1], d);
        }
        if (repeated)
            --*count_of(dl, d->severity);
        else
            dl->items.at[kept++] = d;
    }
    dl->items.n = kept;
}
