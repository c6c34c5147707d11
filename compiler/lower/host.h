/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_HOST_H
#define OPSC_LOWER_HOST_H

#include "lower/context.h"

/*
 * host: what runs on an instance so that alarms and graphs have data: the CloudWatch
 * agent's configuration, the script that measures what CloudWatch cannot see, and what installs
 * them.
 */

/* The agent's JSON; false when the host needs no agent. */
bool agent_config(struct lower *l, const struct host *host, str *ret);
/* The script that publishes what probes measure; false when there is none. */
bool probe_script(struct lower *l, const struct host *host, str *ret);

#endif
