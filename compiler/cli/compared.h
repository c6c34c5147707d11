/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_COMPARED_H
#define OPSC_CLI_COMPARED_H

#include "cli/account.h"
#include "cli/compile.h"
#include "diff/diff.h"
#include "drift/report.h"

/*
 * compared: an environment of a spec and the account that it is for, as commands begin that compare
 * the two: plan, drift, apply, destroy.
 *
 *     if (!compared_open(c, &r, &status) || !compared_read(&r, &status))
 *         return status;
 *
 * It points to itself: it stays where it is.
 */
struct compared {
    struct cli *c;
    struct sources sources;
    struct diag_list dl;
    struct compile_graphs graphs;
    str spec;                       /* the file */
    const struct compile_graph *of; /* the environment */
    struct ignore_list *ignore;     /* NULL: there is no such file */
    bool unstoppable;               /* signals that are held do not end the reading */
    bool whole;                     /* also kinds that the spec has none of are read */
    struct aws_client *client;
    str today; /* by AWS's clock */
    struct live_result live;
    struct diff_options options;
    struct diff diff;
};

/* Compiles the first argument, or ops.yaml. False after a message (ret_status). */
bool compared_open(struct cli *c, struct compared *ret, enum cli_exit *ret_status);
/* Its client, for what is done before the account is read. False after a message. */
bool compared_open_client(struct compared *r, enum cli_exit *ret_status);
/* Reads the account, anew when it was read before, and compares. False after a message. */
bool compared_read(struct compared *r, enum cli_exit *ret_status);
/* What is told of it, without what is ignored. */
void compared_report(const struct compared *r, bool plan, struct report *ret);

#endif
