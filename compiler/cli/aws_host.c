/* SPDX-License-Identifier: MIT */
#include "cli/aws_host.h"

#include <stdlib.h>

static str variable(void *ctx, const char *name) {
    (void)ctx;
    return str_c(getenv(name));
}

static void log_line(void *ctx, str line) {
    cli_err("opsc: debug: %.*s\n", STR_ARG(cli_shown(ctx, line)));
}

struct aws_host cli_aws_host(struct cli *c) {
    return (struct aws_host){.io = &c->io,
                             .clock = io_clock_posix(),
                             .ctx = c,
                             .variable = variable,
                             .log = cli_has(c, OPT_DEBUG) ? log_line : NULL};
}
