/* SPDX-License-Identifier: MIT */
#ifndef OPSC_WORKFLOW_WORKFLOW_RENDER_H
#define OPSC_WORKFLOW_WORKFLOW_RENDER_H

#include "tmpl/tmpl.h"
#include "workflow/workflow.h"

/*
 * workflow_render: templates/workflows/<name> with values put in. Every action of the table of
 * actions is a value too: {{actions/checkout|uses}}.
 */
str workflow_render(struct workflows *w, const char *name, struct map *values);
/* Adds the text as .github/workflows/<name>. */
void workflow_add(struct workflows *w, struct output *out, const char *name, str text);

#endif
