/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_HOST_H
#define OPSC_LOWER_HOST_H

#include "base/map.h"
#include "lower/context.h"

/*
 * host: what runs on an instance so that alarms and graphs have data: the CloudWatch
 * agent's configuration, the scripts that timers run, and install.sh, which puts on the host
 * whatever was added here. Paths and units there have the project and the environment in their
 * names: a host may have several.
 */

/* Of what runs by itself, and of --check: systemd's own PATH lacks /snap/bin, and may lack more. */
#define HOST_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"

/* A script that a timer runs. */
struct host_job {
    str name;           /* "publish-metrics": of its unit */
    const char *script; /* "publish_metrics.sh" */
    str arguments;      /* words that need no quotes: "--report", or a name; may be empty */
    str does;           /* "Publish metrics of web to CloudWatch" */
    str when;           /* systemd's OnCalendar */
    unsigned at_most_s; /* a run that takes longer is ended */
};

/*
 * templates/FOLDER/NAME. `parts` are templates that it names as {{part|block}}: "host/process" is
 * templates/host/process.sh, and {{process|block}}; each may name those before it.
 */
struct host_template {
    const char *folder, *name;
    const char *const *parts;
    size_t nparts;
};

/*
 * A file that a template makes, called `as` on the host, and its row in the list of install.sh.
 * `values`, to which what all hosts have in common is added, are kept in l->passing and gone
 * afterwards.
 */
void host_add_template(struct lower *l, struct host *h, enum host_file_kind kind,
                       const struct host_template *from, str as, struct map *values);
/* A unit that runs a script, which is added as a file, and a timer for that: two rows. */
void host_add_job(struct lower *l, struct host *h, const struct host_job *job);

/* The agent's JSON; false when the host needs no agent. */
bool agent_config(struct lower *l, const struct host *host, str *ret);
/* The script that publishes what probes measure; false when there is none. */
bool probe_script(struct lower *l, const struct host *host, str *ret);

#endif
