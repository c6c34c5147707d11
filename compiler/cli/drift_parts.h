/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_DRIFT_PARTS_H
#define OPSC_CLI_DRIFT_PARTS_H

#include "cli/cli.h"
#include "cli/compile.h"
#include "diff/diff.h"
#include "live/live.h"

/* drift_parts: what `opsc plan` and `opsc drift` share. */
struct drift_run {
    struct cli *c;
    struct diag_list *dl;
    bool plan; /* what would be done is told, not what is wrong */
    const struct compile_graph *of;
    struct aws_sums calls;
    struct live_result live;
    struct diff diff;
};

/* "ops.yaml:42"; of what is in the catalog, where it was wanted. */
str drift_place(const struct drift_run *r, span at, const struct node *n);
/* What AWS calls it, else Terraform's label; for a terminal. */
str drift_name(const struct drift_run *r, const struct node *n);
const char *drift_word(enum diff_action a);
void drift_text(struct buf *b, const struct drift_run *r);
void drift_json(struct buf *b, const struct drift_run *r);

#endif
