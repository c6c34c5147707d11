/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DIAG_RENDER_PARTS_H
#define OPSC_DIAG_RENDER_PARTS_H

#include "diag/render.h"

/*
 * render_parts: what the renderers share. For diag/render*.c only.
 */
#define RENDER_CELL_MAX 16

/*
 * One code point as it may be shown: a tab as four spaces, a control character or one
 * that changes the direction of text as an escape ("\x1b", "\u{202e}"), a byte that is not
 * UTF-8 as U+FFFD, anything else as it is.
 */
struct render_cell {
    unsigned char text[RENDER_CELL_MAX];
    uint32_t n;       /* bytes of text */
    uint32_t taken;   /* bytes of the input, at least 1 */
    uint32_t columns; /* on a terminal: 0 for a combining mark, 2 for a wide character */
};
/* The cell at s.p[at], which must exist. */
struct render_cell render_cell_at(str s, uint32_t at);

/* Where a span starts and ends; the end is exclusive. */
struct render_region {
    struct place start, end;
};
struct render_region render_region_of(struct diag_list *dl, span at);

/*
 * "in environment `staging`", "in environments `a` and `b`": where a diagnostic was found that not
 * every environment has; nothing for others. At most RENDER_CONTEXTS_MAX are named.
 */
#define RENDER_CONTEXTS_MAX 8
str render_contexts(struct diag_list *dl, const struct diag *d);

/*
 * What the texts of all diagnostics quote of a secret (diag/secret.h) becomes "***": one that is
 * known by its own looks, and one that stands hidden where the diagnostic points.
 */
void render_hide_secrets(struct diag_list *dl);

/*
 * What tells a problem from the others of a run, and is the same in the next run when only its
 * place has changed: "0123456789abcdef:2", the second one alike. Of all items, in their order, in
 * the list's arena; the values never change from one version of opsc to another.
 */
const str *render_fingerprints(struct diag_list *dl);

void render_text(struct buf *out, struct diag_list *dl, bool colour);
void render_json(struct buf *out, struct diag_list *dl);
void render_sarif(struct buf *out, struct diag_list *dl);
void render_github(struct buf *out, struct diag_list *dl);
void render_gitlab(struct buf *out, struct diag_list *dl);

#endif
