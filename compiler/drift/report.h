/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DRIFT_REPORT_H
#define OPSC_DRIFT_REPORT_H

#include "diff/diff.h"
#include "drift/ignore.h"

/*
 * report: what `opsc plan` and `opsc drift` say: differences without those that are ignored, and
 * without what is secret, in several forms.
 *
 *     report_make(a, &diff, &r);
 *     report_text(&b, &r, false);
 */
struct report_ignored {
    const struct ignore_row *row;
    const struct diff_item *item;
    const struct diff_change *change; /* NULL: all of it */
};

struct report {
    struct arena *arena;
    struct sources *sources;
    bool plan; /* what would be done is told, not what is wrong */
    str spec;  /* the file */
    str environment, account, region;
    const struct ignore_list *ignore; /* NULL: there is no such file */
    str today;                        /* "2026-10-01" */
    /* By report_make(). Texts of values that must not be shown have "***" in them. An item that is
     * ignored is in neither items nor sums. */
    struct diff diff;
    VEC(struct report_ignored) ignored;
};

/* Fills what is by report_make() from the differences; all that `r` has else is there before. */
void report_make(const struct diff *from, struct report *r);

/* What AWS calls a node, else Terraform's label. */
str report_name(const struct node *n);
/* " (us-east-1)" of what is in another region than the project's, where one of the same name may
 * be; else nothing. `region` is the project's. */
const char *report_elsewhere(const struct node *n, str region);

/* All writers append; a buffer that is too small is `full` then. */
/* For people: each difference with the line that wants it, and a line with the sums. */
void report_text(struct buf *b, const struct report *r, bool colour);
/* That line alone: "1 missing, 2 different, 34 as ops.yaml says\n". */
void report_summary(struct buf *b, const struct report *r);
/* docs/reference/drift.schema.json: a stable contract. */
void report_json(struct buf *b, const struct report *r);
/* The body of an issue of GitHub's: less than 65,536 bytes, and nothing from outside is read as
 * Markdown or HTML. */
void report_markdown(struct buf *b, const struct report *r);
/* A diagnostic for each difference, at the line of the spec that wants it, for SARIF and the like
 * (diag/render.h). Of a plan all are notes. */
void report_diags(struct diag_list *dl, const struct report *r);

#endif
