/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_PAST_H
#define OPSC_CLI_PAST_H

#include "cli/cli.h"
#include "cost/diff.h"
#include "schema/spec.h"

/*
 * past: what a spec cost as it was at a revision of its repository, with its includes and the
 * project's own kinds of that time.
 *
 * `now` names the spec of today, the environment and the variables; a variable that the spec did
 * not have then, and an environment that it did not have, are no mistakes. Into `ret` go the sheets
 * (none when there was no spec), into `d` the revision, the commit, and whether there was a spec.
 * Other than CLI_OK: after a message.
 */
enum cli_exit past_cost(struct cli *c, const struct spec_options *now, str revision,
                        struct cost_run *ret, struct cost_diff *d);

#endif
