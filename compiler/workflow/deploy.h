/* SPDX-License-Identifier: MIT */
#ifndef OPSC_WORKFLOW_DEPLOY_H
#define OPSC_WORKFLOW_DEPLOY_H

#include "workflow/ci.h"
#include "workflow/workflow.h"

/*
 * deploy: what runs outside of the hosts to get a release there: workflows for GitHub, and a
 * script by environment that they run, and that people run without GitHub.
 */

/* workflow_deploy.c: adds deploy.yml and rollback.yml when an environment deploys. */
void workflow_deploy(struct workflows *w, struct output *out, const struct ci_file *ci);

/* workflow_runner.c: adds the script of an environment that deploys. */
void workflow_runner(struct workflows *w, struct output *out, const struct workflow_environment *e);
/* Its path from the output folder: "staging/scripts/deploy_hosts.sh". */
str workflow_runner_path(struct workflows *w, const struct workflow_environment *e);
/* The image with its registry, without a tag. */
str workflow_image(struct workflows *w, const struct delivery *d);

#endif
