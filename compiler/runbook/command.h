/* SPDX-License-Identifier: MIT */
#ifndef OPSC_RUNBOOK_COMMAND_H
#define OPSC_RUNBOOK_COMMAND_H

#include "model/runbook.h"

/*
 * command: lines for a shell, as they can be run: with the AWS command line, in bash or any POSIX
 * shell, on Linux and macOS. What they are given is quoted. Results are in the arena.
 */

/* The values of what an alarm's metrics have in their dimensions; of nothing it is empty. */
str command_data(struct arena *a, const struct runbook_alarm *al);
/* A query of the last hour's lines, and its results. */
str command_logs(struct arena *a, const struct runbook_log *log, str query, str region);
/* "aws cloudwatch WHAT --region R OPTION NAME MORE" */
str command_alarm(struct arena *a, const struct runbook_alarm *al, const char *what,
                  const char *option, const char *more);

/* The states of the alarms that one over alarms is made of. */
str command_parts(struct arena *a, const struct runbook *r, const struct runbook_alarm *al);

/* Pages of the console, by partition and region. */
str command_console_alarm(struct arena *a, const struct runbook *r, const struct runbook_alarm *al);
str command_console_dashboard(struct arena *a, const struct runbook *r, str name);

#endif
