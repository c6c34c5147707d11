/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_IMPORT_BLOCKS_H
#define OPSC_CLI_IMPORT_BLOCKS_H

#include "cli/cli.h"
#include "cli/compile.h"

/*
 * Adds to the output what Terraform needs to take over what the account has: a block of import for
 * each resource of the spec that is there. Tells how many there are, and what is not taken over.
 * False after a message (ret_status).
 */
bool import_blocks(struct cli *c, struct compile_result *r, enum cli_exit *ret_status);

#endif
