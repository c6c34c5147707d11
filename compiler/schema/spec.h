/* SPDX-License-Identifier: MIT */
#ifndef OPSC_SCHEMA_SPEC_H
#define OPSC_SCHEMA_SPEC_H

#include "diag/diag.h"
#include "io/io.h"
#include "model/config.h"

/*
 * spec: from a file name to struct config: reading, include:, environments:, vars:, then the
 * walk by schema_spec.
 *
 * Nothing is read from the machine but the files named: no environment variable, no
 * clock. Variables come from `vars:` and from the command line.
 */
struct spec_options {
    str file;
    str environment;       /* empty: the spec's own */
    struct cfg_pair *vars; /* --var name=value */
    uint32_t nvars;
    bool spare_vars; /* one that the spec does not use is no mistake */
};

/*
 * Reads the spec and its includes once: the tree before overlays. NULL after a diagnostic.
 */
struct spec;
struct spec *spec_open(struct arena *a, struct diag_list *dl, const struct io *io,
                       const struct spec_options *opt);
/* The names under `environments:`, in order; none: a single environment. */
const struct cfg_text *spec_environments(const struct spec *s, uint32_t *ret_n);
/*
 * The config of one environment (empty: the only one). NULL after a diagnostic when the
 * document cannot be walked at all; problems with single keys are reported and the rest is filled.
 */
struct config *spec_config(struct spec *s, str environment);
/*
 * The files under `catalog:` in one environment (empty: the only one, or the first), with nothing
 * else of the spec read: none when that key, or a variable in it, is wrong.
 */
struct cfg_texts spec_catalog(struct spec *s, str environment);
/*
 * Frees the trees: no spec_config() after it. A config that was read stays, but for the attributes
 * of its resources (cfg_resource.rest).
 */
void spec_forget_trees(struct spec *s);

#endif
