/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_COMPILE_H
#define OPSC_CLI_COMPILE_H

#include "emit/emit.h"
#include "emit/output.h"
#include "io/io.h"
#include "lock/lock.h"
#include "schema/spec.h"

/*
 * compile: the whole pipeline for the commands: files in, an output set out.
 *
 * yaml -> schema -> config -> lower -> graph -> emit, for one environment or all.
 * With `environments:` in the spec and no --env each one goes to a folder of its name.
 */
struct compile_result {
    struct output output; /* empty when there were errors, or `no_output` */
    str within;  /* "staging/": all of the output is in there, and says nothing about the rest; or
                    empty */
    str explain; /* text of --explain; empty unless asked */
    span ci, deploy; /* where ops.yaml has these sections; not given: it has not */
    uint32_t alarms, dashboards, log_groups, resources,
        budgets; /* what came out, for the summary line */
};

/* What an environment means, for who compares it with an account. */
struct compile_graph {
    str environment; /* empty: the spec has none */
    str region, account;
    str prefix;       /* of all names: "reco-production-" */
    str folder, path; /* of those with slashes: "reco-production/", "/reco/production/" */
    VEC(str) others;  /* the same of the spec's other environments */
    const struct graph *graph;
    const struct config *cfg;
    struct emit_project project;
    struct lock_place lock; /* of who writes it */
};
struct compile_graphs {
    VEC(struct compile_graph) items;
};

struct cost_run;
struct coverage_run;
struct price_lock;

struct compile_options {
    struct spec_options spec;
    str spec_path;                   /* the spec, from the output folder: for workflows */
    struct compile_graphs *graphs;   /* gets the graph of each environment; or NULL */
    struct coverage_run *coverage;   /* gets the coverage of each environment; or NULL */
    struct cost_run *cost;           /* gets what each environment costs; or NULL */
    bool prices_given;               /* `prices` are taken, not read beside the spec */
    const struct price_lock *prices; /* NULL: those built in alone */
    bool explain;
    bool no_output; /* problems alone are wanted */
};

/* False when there are errors in dl (or when the spec could not be read). */
bool compile(struct arena *a, struct diag_list *dl, const struct io *io,
             const struct compile_options *opt, struct compile_result *ret);

#endif
