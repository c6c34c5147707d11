/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_AWS_HOST_H
#define OPSC_CLI_AWS_HOST_H

#include "aws/aws_client.h"
#include "cli/cli.h"

/*
 * aws_host: what calls of AWS know of the machine: its files, clock and environment, standard
 * error for the lines of --debug, and who sits at the terminal, when one does.
 *
 * A client by --profile, --debug and --timeout, as far as the command has them. NULL after a
 * message (ret); else it points into `c`. From then on Ctrl-C ends opsc with a word:
 * terminal_end_by_signal().
 */
struct aws_client *cli_aws_open(struct cli *c, enum cli_exit *ret);

#endif
