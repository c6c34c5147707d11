/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_AWS_HOST_H
#define OPSC_CLI_AWS_HOST_H

#include "aws/settings.h"
#include "cli/cli.h"

/*
 * aws_host: what calls of AWS know of the machine: its files, clock and environment, and standard
 * error for the lines of --debug. It points into `c`.
 */
struct aws_host cli_aws_host(struct cli *c);

#endif
