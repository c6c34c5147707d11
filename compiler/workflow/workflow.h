/* SPDX-License-Identifier: MIT */
#ifndef OPSC_WORKFLOW_WORKFLOW_H
#define OPSC_WORKFLOW_WORKFLOW_H

#include "emit/output.h"
#include "model/delivery.h"
#include "model/engine.h"

/*
 * workflow: the files for GitHub Actions. They are about the whole project, all environments at
 * once, and stand at the top of the output folder, where environments have folders of their own:
 * they are made when all environments are. `--env` makes none.
 */
struct workflow_environment {
    str name;                        /* "production" */
    str folder;                      /* of its output: "staging/"; empty when there is but one */
    const struct config *cfg;        /* `ci` is the same in all */
    const struct delivery *delivery; /* NULL: it deploys nothing */
    const struct engine *engines;    /* servers that say their version */
    uint32_t nengines;
};

struct workflows {
    struct arena *a;
    struct diag_list *dl;
    str spec; /* the file, from the output folder: "ops.yaml" */
    VEC(struct workflow_environment) environments; /* in the order of ops.yaml; at least one */
};

/* The environment of that name, or NULL. */
const struct workflow_environment *workflow_find(const struct workflows *w, str name);
/* Adds the files (NULL: none is wanted). Problems between environments are diagnostics. */
void workflow_files(struct workflows *w, struct output *out);

#endif
