/* SPDX-License-Identifier: MIT */
#ifndef OPSC_RUNBOOK_RUNBOOK_H
#define OPSC_RUNBOOK_RUNBOOK_H

#include "emit/output.h"
#include "model/runbook.h"

/*
 * runbook: pages in Markdown for who is called: docs/runbooks/<alarm>.md, procedures beside them,
 * and README.md, which lists them. The words are templates/runbooks/<language>/; what is put in
 * comes from model/runbook.h and is data there, whatever it holds.
 */
#define RUNBOOK_FOLDER "docs/runbooks"

/* Adds the pages of one environment, as text in `a`. */
void runbook_files(struct arena *a, const struct runbook *r, struct output *out);

#endif
