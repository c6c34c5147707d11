/* SPDX-License-Identifier: MIT */
#include "cli/aws_host.h"

#include "cli/account.h"
#include "cli/terminal.h"

#include <stdlib.h>

#define LIMIT_S 1800
#define LIMIT_MAX_S 86400

static str variable(void *ctx, const char *name) {
    (void)ctx;
    return str_c(getenv(name));
}

static void log_line(void *ctx, str line) {
    cli_err("opsc: debug: %.*s\n", STR_ARG(cli_shown(ctx, line)));
}

static str ask(void *ctx, struct arena *a, str question) {
    str shown = cli_shown(ctx, question);
    return terminal_ask(a, (const char *)arena_str(a, shown).p);
}

static struct aws_host host_of(struct cli *c) {
    return (struct aws_host){.io = &c->io,
                             .clock = io_clock_posix(),
                             .ctx = c,
                             .variable = variable,
                             .log = cli_has(c, OPT_DEBUG) ? log_line : NULL,
                             .ask = c->tty_in && c->tty_err ? ask : NULL};
}

struct aws_client *cli_aws_open(struct cli *c, enum cli_exit *ret) {
    struct aws_host host = host_of(c);
    struct aws_choice choice = {.profile = cli_value(c, OPT_PROFILE, STR(""))};
    struct aws_error e;
    unsigned limit_s = LIMIT_S;
    *ret = CLI_USAGE;
    if (!cli_seconds(c, OPT_TIMEOUT_ALL, 1, LIMIT_MAX_S, &limit_s))
        return NULL;
    terminal_end_by_signal();
    struct aws_settings *s = aws_settings_read(c->arena, &host, &choice, &e);
    struct aws_client *client = s == NULL ? NULL : aws_client_open(c->arena, s, &e);
    if (client == NULL)
        *ret = account_cannot(c, &e, STR("the account cannot be read"));
    else
        aws_client_limit(client, limit_s);
    return client;
}
