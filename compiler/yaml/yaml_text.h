/* SPDX-License-Identifier: MIT */
#ifndef OPSC_YAML_YAML_TEXT_H
#define OPSC_YAML_YAML_TEXT_H

#include "diag/diag.h"

#include <stddef.h>

/*
 * yaml_text: the bytes that libyaml is given, and the way back from its marks.
 * For yaml/ only.
 *
 * libyaml counts characters, spans count bytes. In ASCII text they are the same; in other text
 * a cursor walks from the last question to the next one, forwards or backwards: the questions
 * come in about the order of the text, so that all together cost one walk over it.
 */
struct yaml_text {
    struct diag_list *dl;
    uint32_t file;
    str text;      /* the whole source */
    uint32_t base; /* offset of the first byte for libyaml: after a byte order mark */
    bool ascii;
    size_t index;    /* the cursor, as libyaml counts ... */
    uint32_t offset; /* ... and in bytes of `text` */
};

/* Checks size, encoding and characters; false after at least one diagnostic. */
bool yaml_text_open(struct yaml_text *ret, struct diag_list *dl, uint32_t file);
/* The way of the cursor, for yaml_text_offset(). */
uint32_t yaml_text_walk(struct yaml_text *t, size_t index);
/* The byte offset of libyaml's character `index`; at most text.n. Inline: asked twice per event. */
static inline uint32_t yaml_text_offset(struct yaml_text *t, size_t index) {
    if (!t->ascii)
        return yaml_text_walk(t, index);
    size_t left = t->text.n - t->base;
    return t->base + (uint32_t)(index < left ? index : left);
}
static inline span yaml_text_span(const struct yaml_text *t, uint32_t start, uint32_t end) {
    return (span){t->file, start, end > start ? end : start};
}
/* The start and the end (without its newline) of the line of `offset`. */
uint32_t yaml_text_line_start(const struct yaml_text *t, uint32_t offset);
uint32_t yaml_text_line_end(const struct yaml_text *t, uint32_t offset);

#endif
