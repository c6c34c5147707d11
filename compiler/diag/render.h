/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DIAG_RENDER_H
#define OPSC_DIAG_RENDER_H

#include "diag/diag.h"

/*
 * render: a sorted diagnostic list as text.
 *
 *  text    for people: code, message, place, source line, carets, hint; colour on request;
 *          at most RENDER_TEXT_MAX diagnostics, then one line with the number left out
 *  json    {"diagnostics": [...], "errors": n, "warnings": n, "notes": n}: a stable contract;
 *          one that was not found in every environment has "environments": ["staging"]
 *  sarif   SARIF 2.1.0, one run, a rule per code used: a stable contract
 *  github  workflow commands (::error file=...,line=...::message), one line each
 *  gitlab  a JSON array for GitLab's code quality report: a stable contract
 *
 * Control characters of the input are shown as escapes, never sent to a terminal.
 */
enum render_format {
    RENDER_TEXT,
    RENDER_JSON,
    RENDER_SARIF,
    RENDER_GITHUB,
    RENDER_GITLAB,
    RENDER_COUNT
};

struct render_format_row {
    const char *name;
    const char *doc;
};
extern const struct render_format_row render_formats[RENDER_COUNT];

#define RENDER_TEXT_MAX 50

struct render_options {
    enum render_format format;
    bool colour;
};

/*
 * A text from outside as it may be shown: controls, and what turns or hides text, as escapes
 * ("\x1b", "\n", "\u{202e}"), bytes that are not UTF-8 as U+FFFD.
 */
void render_shown(struct buf *out, str s);
void render_diags(struct buf *out, struct diag_list *dl, const struct render_options *opt);

#endif
