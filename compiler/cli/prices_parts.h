/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_PRICES_PARTS_H
#define OPSC_CLI_PRICES_PARTS_H

#include "catalog/price.h"
#include "catalog/price_lock.h"
#include "cli/cli.h"

/*
 * prices_parts: what the actions of `opsc prices` share. Internal to it.
 */
struct prices_run {
    struct cli *c;
    struct diag_list *dl;
    struct catalog tables;
    str file;                /* the spec */
    str path;                /* of the lock */
    struct price_lock *lock; /* NULL: there is none */
    str *regions;
    uint32_t nregions;
};

enum cli_exit prices_show(struct prices_run *r, str pattern);
enum cli_exit prices_verify(struct prices_run *r);
enum cli_exit prices_update(struct prices_run *r);

#endif
