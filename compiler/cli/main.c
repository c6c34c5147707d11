/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"
#include "diag/diag.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARENA_MAX ((size_t)2 << 30)

const struct cli_command *const cli_commands[] = {
    &cmd_build,  &cmd_lint,     &cmd_plan, &cmd_apply,      &cmd_destroy, &cmd_try,    &cmd_drift,
    &cmd_import, &cmd_coverage, &cmd_iam,  &cmd_lock,       &cmd_cost,    &cmd_prices, &cmd_explain,
    &cmd_schema, &cmd_catalog,  &cmd_init, &cmd_completion, &cmd_version, &cmd_help};
const unsigned cli_commands_n = sizeof cli_commands / sizeof *cli_commands;

static void out_of_memory(void *ctx, size_t asked) {
    (void)ctx;
    fprintf(stderr, "opsc: out of memory (%zu bytes more were needed)\n", asked);
    exit(CLI_OUTSIDE);
}

void cli_err(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
}

bool cli_out(str text) {
    if (fwrite(text.p, 1, text.n, stdout) == text.n && fflush(stdout) == 0)
        return true;
    /* A reader such as `head` that has seen enough is no failure worth words. */
    if (errno != EPIPE)
        cli_err("opsc: cannot write to standard output\n");
    return false;
}

enum cli_exit cli_print(const struct buf *b) {
    if (b->full) {
        cli_err("opsc: the output is too large\n");
        return CLI_OUTSIDE;
    }
    return b->n == 0 || cli_out(buf_str(b)) ? CLI_OK : CLI_OUTSIDE;
}

static bool env_is_set(const char *name) {
    const char *v = getenv(name);
    return v != NULL && v[0] != 0;
}

/* --color, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR=0, a dumb terminal, and whether there is one. */
static bool wants_colour(const struct cli *c, bool tty) {
    str when = cli_value(c, OPT_COLOR, STR("auto"));
    if (!str_is(when, "auto"))
        return str_is(when, "always");
    if (env_is_set("NO_COLOR"))
        return false;
    const char *force = getenv("CLICOLOR_FORCE"), *cli = getenv("CLICOLOR"), *term = getenv("TERM");
    if (force != NULL && force[0] != 0 && strcmp(force, "0") != 0)
        return true;
    if (cli != NULL && strcmp(cli, "0") == 0)
        return false;
    return tty && term != NULL && strcmp(term, "dumb") != 0;
}

static const struct cli_command *find_command(const struct cli *c, str name) {
    struct suggest near = suggest_for(name);
    for (unsigned i = 0; i < cli_commands_n; i++) {
        if (str_is(name, cli_commands[i]->name))
            return cli_commands[i];
        suggest_offer(&near, str_c(cli_commands[i]->name));
    }
    cli_err("opsc: there is no command `%.*s`\n", STR_ARG(cli_shown(c, name)));
    if (near.best.n > 0)
        cli_err("Did you mean `opsc %.*s`?\n", STR_ARG(near.best));
    else
        cli_err("`opsc help` lists the commands.\n");
    return NULL;
}

static enum cli_exit overview(bool asked) {
    struct buf b = BUF_INIT(1u << 20);
    cli_put_overview(&b);
    enum cli_exit status = asked ? cli_print(&b) : CLI_USAGE;
    if (!asked)
        cli_err("%.*s", STR_ARG(buf_str(&b)));
    buf_done(&b);
    return status;
}

static enum cli_exit run(struct cli *c, int argc, char **argv) {
    if (argc < 2)
        return overview(false);
    str name = str_c(argv[1]);
    if (str_is(name, "--help") || str_is(name, "-h"))
        return overview(true);
    if (str_is(name, "--version") || str_is(name, "-V"))
        name = STR("version");
    const struct cli_command *cmd = find_command(c, name);
    if (cmd == NULL || !cli_parse(c, cmd, argc - 2, argv + 2))
        return CLI_USAGE;
    c->colour_out = wants_colour(c, c->tty_out);
    c->colour_err = wants_colour(c, c->tty_err);
    if (cli_has(c, OPT_HELP)) {
        struct buf b = BUF_INIT(1u << 20);
        cli_put_help(&b, cmd);
        enum cli_exit status = cli_print(&b);
        buf_done(&b);
        return status;
    }
    return cmd->run(c);
}

int main(int argc, char **argv) {
    /* A reader that goes away, or a file that may not become so large, is an error of writing, not
     * a reason to die by a signal. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    struct cli c = {.arena = arena_new(ARENA_MAX, out_of_memory, NULL), .io = io_posix()};
    c.tty_in = isatty(STDIN_FILENO) == 1;
    c.tty_out = isatty(STDOUT_FILENO) == 1;
    c.tty_err = isatty(STDERR_FILENO) == 1;
    enum cli_exit status = run(&c, argc, argv);
    arena_free(c.arena);
    return (int)status;
}
