/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_REPOSITORY_H
#define OPSC_CLI_REPOSITORY_H

#include "cli/cli.h"
#include "cli/compile.h"

/*
 * repository: workflows are read at the top of a repository only. Warns when the output has some
 * and its folder `dir` lies deeper in a repository of git.
 */
void repository_check(struct cli *c, struct diag_list *dl, const struct compile_result *r, str file,
                      str dir);

/*
 * The spec's name from the output folder, by which workflows call it: what follows `dir` in `file`.
 * Its last part alone when it lies elsewhere.
 */
str repository_path(str file, str dir);

#endif
