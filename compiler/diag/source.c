/* SPDX-License-Identifier: MIT */
#include "diag/source.h"

#include <assert.h>

const struct text_origin text_verbatim = {NULL, 0};

/* The last part that begins at or before `offset`. */
static const struct text_part *part_at(const struct text_origin *o, uint32_t offset) {
    const struct text_part *r = &o->parts[0];
    for (uint32_t i = 1; i < o->n && o->parts[i].from <= offset; i++)
        r = &o->parts[i];
    return r;
}

span text_place_of_parts(const struct text_origin *origin, span at, uint32_t from, uint32_t to) {
    if (origin == NULL || origin->n == 0)
        return at;
    const struct text_part *first = part_at(origin, from);
    const struct text_part *last = to > from ? part_at(origin, to - 1) : first;
    span r = {at.file, first->at.start, last->at.end};
    if (first->verbatim)
        r.start += from - first->from;
    if (last->verbatim)
        r.end = last->at.start + (to - last->from);
    return r;
}

void sources_init(struct sources *s, struct arena *a) {
    *s = (struct sources){.arena = a};
    VEC_PUSH(a, &s->files, (struct source){0});
}

uint32_t sources_add(struct sources *s, str name, str text, bool builtin) {
    for (uint32_t i = 1; i < s->files.n; i++) {
        const struct source *known = &s->files.at[i];
        if (known->builtin == builtin && str_eq(known->name, name) && str_eq(known->text, text))
            return i;
    }
    struct source f = {.name = name, .text = text, .builtin = builtin};
    VEC_PUSH(s->arena, &s->files, f);
    return s->files.n - 1;
}

const struct source *sources_get(const struct sources *s, uint32_t file) {
    return &s->files.at[file < s->files.n ? file : 0];
}

static void index_lines(struct arena *a, struct source *f) {
    uint32_t end = f->text.n;
    VEC_PUSH(a, &f->lines, 0);
    for (uint32_t at = 0; (at += str_find(str_sub(f->text, at, end), '\n')) < end; at++)
        VEC_PUSH(a, &f->lines, at + 1);
}

static struct source *with_lines(struct sources *s, uint32_t file) {
    struct source *f = &s->files.at[file < s->files.n ? file : 0];
    if (f->lines.n == 0)
        index_lines(s->arena, f);
    return f;
}

/* The line of an offset, from 0 on. Who asks goes through a file, mostly: it is not far behind the
 * last one. */
static uint32_t line_at(struct source *f, uint32_t offset) {
    const uint32_t *at = f->lines.at;
    uint32_t low = at[f->last] <= offset ? f->last : 0, step = 1;
    for (; step < f->lines.n - low && at[low + step] <= offset; step *= 2)
        low += step;
    uint32_t high = step < f->lines.n - low ? low + step : f->lines.n;
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (at[mid] <= offset)
            low = mid;
        else
            high = mid;
    }
    f->last = low;
    return low;
}

struct place sources_place(struct sources *s, uint32_t file, uint32_t offset) {
    struct source *f = with_lines(s, file);
    if (offset > f->text.n)
        offset = f->text.n;
    uint32_t line = line_at(f, offset);
    str before = str_sub(f->text, f->lines.at[line], offset);
    return (struct place){f->name, line + 1, utf8_count(before) + 1};
}

str sources_line(struct sources *s, uint32_t file, uint32_t line) {
    struct source *f = with_lines(s, file);
    const uint32_t *at = f->lines.at;
    if (line < 1 || line > f->lines.n)
        return (str){0};
    uint32_t end = line < f->lines.n ? at[line] - 1 : f->text.n;
    str text = str_sub(f->text, at[line - 1], end);
    if (line < f->lines.n && text.n > 0 && text.p[text.n - 1] == '\r')
        text.n--;
    return text;
}

str source_relative(str name, str dir) {
    bool inside = dir.n > 0 && str_starts(name, dir) && name.n > dir.n && name.p[dir.n] == '/';
    return inside ? str_sub(name, dir.n + 1, name.n) : name;
}
