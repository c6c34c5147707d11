/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_ACCOUNT_H
#define OPSC_CLI_ACCOUNT_H

#include "cli/cli.h"
#include "live/live.h"

/*
 * account: what commands that read an account say of it: what goes wrong, and how far they are.
 */

/* That the spec has several environments, and `which` of them --env has to say. CLI_USAGE. */
enum cli_exit account_tell_environments(struct cli *c, const str *names, uint32_t n,
                                        const char *which);
struct compile_graph;
struct compile_graphs;
/* The only one, or NULL after that message. */
const struct compile_graph *account_choose(struct cli *c, const struct compile_graphs *all,
                                           const char *which);
/*
 * Compiles the spec that the argument of this number names, or ops.yaml, and chooses the
 * environment of --env. NULL after a message (ret_status). What is found is in `dl`, which is begun
 * here.
 */
const struct compile_graph *account_compile(struct cli *c, uint32_t arg, struct diag_list *dl,
                                            enum cli_exit *ret_status);
/* Whether credentials are for the account that the spec names; an empty one is any. */
bool account_is(const struct live_result *live, str wanted);
/* That they are not. CLI_OUTSIDE. */
enum cli_exit account_tell_other(const struct live_result *live, str wanted);
/* "opsc: WHAT: AWS's message", and below it what to do. */
enum cli_exit account_cannot(struct cli *c, const struct aws_error *e, str what);
/*
 * All that kept `live` from being whole, each with its operation and the line that wanted it.
 * Permissions that are missing are listed once, at the end, with who says all of them. CLI_OUTSIDE.
 */
enum cli_exit account_tell_errors(struct cli *c, struct sources *sources,
                                  const struct live_result *live, const char *who_says);

/* What could not be looked for, and is not deleted for that. */
void account_tell_unseen(struct cli *c, const struct live_result *live);
/* From now on a signal that is held stops the client: what is not begun is given up. */
void account_heed_signals(struct aws_client *client);
/* No more. */
void account_ignore_signals(struct aws_client *client);

/*
 * One line on a terminal that is written over: calls that have their answer, and what is being
 * asked. It is there while the reading goes on, when that takes longer than a blink, and never
 * where standard error is no terminal or has the lines of --debug, TERM is `dumb` or CI is set.
 */
/* Whether there is one. */
bool account_is_watched(const struct cli *c);
struct account_progress {
    struct cli *c;
    struct io_clock clock;
    int64_t began_ms, took_ms;
    int64_t shown_ms; /* when it was written last; at first when it began */
    bool visible;
};
void account_progress_begin(struct account_progress *p, struct cli *c, struct io_clock clock,
                            struct aws_client *client);
/* Takes the line away. */
void account_progress_end(struct account_progress *p, struct aws_client *client);
/* After its end, when all went well: how many calls there were, how long they took, and of what. */
void account_tell_calls(const struct account_progress *p, const struct aws_client *client,
                        const struct live_result *live, str region);

#endif
