/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_COVERAGE_ACCOUNT_H
#define OPSC_CLI_COVERAGE_ACCOUNT_H

#include "cli/cli.h"
#include "coverage/coverage.h"

/*
 * Reads the account of the only environment of the run into it: what it has of the kinds whose
 * files say how they are listed, and its alarms. r->today becomes the day of AWS's clock unless
 * `day_given`. Not CLI_OK after a message: then nothing can be said of it.
 */
enum cli_exit coverage_account(struct cli *c, struct coverage_run *r, bool day_given);

#endif
