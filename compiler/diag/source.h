/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DIAG_SOURCE_H
#define OPSC_DIAG_SOURCE_H

#include "base/arena.h"
#include "base/str.h"

#include <assert.h>

/*
 * source: the texts that a run reads, and places in them.
 *
 * A span is a pair of byte offsets into one file: start inclusive, end
 * exclusive. File 0 is "nowhere" (SPAN_NONE). Line and column are computed only
 * when somebody prints them. Texts are kept for the whole run, so that a message
 * can show its line without reading the file again.
 */
typedef struct {
    uint32_t file;
    uint32_t start, end;
} span;

#define SPAN_NONE ((span){0, 0, 0})
/* Nowhere as well: the place of a value that was told as wrong. diag_add() says nothing more of it.
 */
#define SPAN_TOLD ((span){0, UINT32_MAX, UINT32_MAX})

static inline bool span_is_told(span s) {
    return s.file == 0 && s.start == UINT32_MAX;
}

/* From the start of `a` to the end of `b` (same file). */
static inline span span_join(span a, span b) {
    if (a.file == 0 || b.file == 0)
        return a.file == 0 ? b : a;
    assert(a.file == b.file);
    return (span){a.file, a.start, b.end > a.start ? b.end : a.start};
}

struct source {
    str name;            /* as the user wrote it, '/' as separator */
    str text;            /* without a byte order mark */
    bool builtin;        /* part of the catalog in the binary, not a file of the user's */
    VEC(uint32_t) lines; /* offsets of line starts; made at the first question */
    uint32_t last;       /* the line that was asked for last */
};

struct sources {
    struct arena *arena;
    VEC(struct source) files; /* [0] stands for "nowhere" */
};

void sources_init(struct sources *s, struct arena *a);
/* Adds a text (not copied); returns its file number, from 1 on. A file that is read again, with the
 * same text, keeps its number. */
uint32_t sources_add(struct sources *s, str name, str text, bool builtin);
const struct source *sources_get(const struct sources *s, uint32_t file);

/*
 * Where the bytes of a text came from when it does not stand in the file as it is: parts in
 * order, each from an offset in the text on.
 */
struct text_part {
    uint32_t from;
    bool verbatim; /* the bytes of the part stand at `at`; else they replace what stands there */
    span at;
};
struct text_origin {
    const struct text_part *parts;
    uint32_t n;
};
/* The whole text stands in the file as it is. */
extern const struct text_origin text_verbatim;
/* What text_place() does with a text that does not. */
span text_place_of_parts(const struct text_origin *origin, span at, uint32_t from, uint32_t to);
/*
 * The place of bytes `from` to `to` of a text that stands at `at`; the whole of `at` without an
 * origin (NULL).
 */
static inline span text_place(const struct text_origin *origin, span at, uint32_t from,
                              uint32_t to) {
    return origin == &text_verbatim ? (span){at.file, at.start + from, at.start + to}
                                    : text_place_of_parts(origin, at, from, to);
}

/* Line and column from 1 on; columns count code points. */
struct place {
    str file;
    uint32_t line, col;
};
struct place sources_place(struct sources *s, uint32_t file, uint32_t offset);
/* The name of a file as the folder `dir` sees it: "ops/alarms.yaml"; as it is when it is elsewhere.
 */
str source_relative(str name, str dir);
/* The text of a line (from 1 on), without its newline. */
str sources_line(struct sources *s, uint32_t file, uint32_t line);

#endif
