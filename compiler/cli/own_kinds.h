/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_OWN_KINDS_H
#define OPSC_CLI_OWN_KINDS_H

#include "catalog/catalog.h"
#include "cli/cli.h"

/*
 * own_kinds: the kinds that a project adds or replaces, for commands that show the catalog.
 *
 * Reads what stands under `catalog:` of the spec `file`, in the environment of --env or the first
 * one. Without a file (empty) it is ops.yaml here, if there is one: mistakes elsewhere in it are
 * then told in one line, and keep nothing from being shown. False after a diagnostic or message.
 */
bool own_kinds_add(struct cli *c, struct catalog *cat, str file);

#endif
