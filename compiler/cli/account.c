/* SPDX-License-Identifier: MIT */
#include "cli/account.h"

#include "cli/compile.h"
#include "cli/terminal.h"
#include "resource/resource.h"

#include <stdlib.h>

/* ---- which it is */

enum cli_exit account_tell_environments(struct cli *c, const str *names, uint32_t n,
                                        const char *which) {
    cli_err("opsc %s: the spec has %u environments: %s --env", c->command->name, n, which);
    for (uint32_t i = 0; i < n; i++)
        cli_err("%s%.*s", i == 0 ? " " : ", ", STR_ARG(names[i]));
    cli_err("\n");
    return CLI_USAGE;
}

const struct compile_graph *account_choose(struct cli *c, const struct compile_graphs *all,
                                           const char *which) {
    if (all->items.n == 1)
        return &all->items.at[0];
    str *names = ARENA_ARRAY(c->arena, str, all->items.n + 1);
    for (uint32_t i = 0; i < all->items.n; i++)
        names[i] = all->items.at[i].environment;
    account_tell_environments(c, names, all->items.n, which);
    return NULL;
}

const struct compile_graph *account_compile(struct cli *c, uint32_t arg, struct diag_list *dl,
                                            enum cli_exit *ret_status) {
    struct sources *sources = ARENA_NEW(c->arena, struct sources);
    struct compile_graphs graphs = {0};
    struct compile_options opt = {.graphs = &graphs, .no_output = true};
    struct compile_result result;
    *ret_status = CLI_USAGE;
    opt.spec.file = cli_spec_file(c, c->nargs > arg ? c->args[arg] : STR("ops.yaml"));
    opt.spec.environment = cli_value(c, OPT_ENV, STR(""));
    if (!cli_vars(c, &opt.spec.vars, &opt.spec.nvars))
        return NULL;
    sources_init(sources, c->arena);
    diag_list_init(dl, c->arena, sources);
    if (!compile(c->arena, dl, &c->io, &opt, &result)) {
        cli_render(c, dl);
        *ret_status = cli_status(c, dl);
        return NULL;
    }
    return account_choose(c, &graphs, "one is chosen by");
}

bool account_is(const struct live_result *live, str wanted) {
    return wanted.n == 0 || str_eq(wanted, live->account);
}

enum cli_exit account_tell_other(const struct live_result *live, str wanted) {
    cli_err("opsc: these credentials are for account %.*s, and ops.yaml is for %.*s\n",
            STR_ARG(live->account), STR_ARG(wanted));
    return CLI_OUTSIDE;
}

/* ---- what went wrong */

/* "WHAT: AccessDenied: AWS's message (request 1b2c...)"; the code is what people search for. */
static void put_error(struct cli *c, const struct aws_error *e, str what) {
    str code = cli_shown(c, e->code), id = cli_shown(c, e->request_id);
    cli_err("opsc: %.*s: %.*s%s%.*s%s%.*s%s\n", STR_ARG(what), STR_ARG(code),
            code.n > 0 && e->message.n > 0 ? ": " : "", STR_ARG(cli_shown(c, e->message)),
            id.n > 0 ? " (request " : "", STR_ARG(id), id.n > 0 ? ")" : "");
}

enum cli_exit account_cannot(struct cli *c, const struct aws_error *e, str what) {
    str advice = aws_error_advice(c->arena, e);
    put_error(c, e, what);
    if (advice.n > 0)
        cli_err("  %.*s\n", STR_ARG(cli_shown(c, advice)));
    return CLI_OUTSIDE;
}

static bool same_failure(const struct live_error *a, const struct live_error *b) {
    return a->service == b->service && str_eq(a->operation, b->operation) &&
           str_eq(a->region, b->region) && a->error.kind == b->error.kind &&
           str_eq(a->error.code, b->error.code) && str_eq(a->error.action, b->error.action) &&
           (a->error.code.n > 0 || str_eq(a->error.message, b->error.message));
}

/* How many failed in the same way; 0: it is not the first of them. */
static uint32_t alike(const struct live_result *live, uint32_t at) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < live->errors.n; i++) {
        bool same = same_failure(&live->errors.at[i], &live->errors.at[at]);
        if (same && i < at)
            return 0;
        n += same;
    }
    return n;
}

/* "cloudwatch:GetDashboard in eu-west-1, for ops.yaml:7" */
static str what_failed(struct cli *c, struct sources *sources, const struct live_error *e,
                       uint32_t times) {
    struct arena *a = c->arena;
    str place = STR(""), often = STR("");
    if (e->want != NULL && e->want->at.file != 0) {
        struct place p = sources_place(sources, e->want->at.file, e->want->at.start);
        place = arena_printf(a, ", for %.*s:%u", STR_ARG(cli_shown(c, p.file)), p.line);
    }
    if (times > 1)
        often = arena_printf(a, " (%u times)", times);
    return arena_printf(a, "%s:%.*s in %.*s%.*s%.*s", e->service, STR_ARG(e->operation),
                        STR_ARG(e->region), STR_ARG(often), STR_ARG(place));
}

static bool is_new_action(const struct live_result *live, uint32_t at) {
    const struct aws_error *e = &live->errors.at[at].error;
    for (uint32_t i = 0; i < at; i++) {
        if (live->errors.at[i].error.kind == AWS_DENIED &&
            str_eq(live->errors.at[i].error.action, e->action))
            return false;
    }
    return e->kind == AWS_DENIED && e->action.n > 0;
}

static void tell_missing(struct cli *c, const struct live_result *live, const char *who_says) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < live->errors.n; i++)
        n += is_new_action(live, i);
    if (n == 0)
        return;
    cli_err(n == 1 ? "  This permission is missing:" : "  These permissions are missing:");
    for (uint32_t i = 0, k = 0; i < live->errors.n; i++) {
        if (is_new_action(live, i))
            cli_err("%s %.*s", k++ == 0 ? "" : ",",
                    STR_ARG(cli_shown(c, live->errors.at[i].error.action)));
    }
    cli_err("\n  %s\n", who_says);
}

enum cli_exit account_tell_errors(struct cli *c, struct sources *sources,
                                  const struct live_result *live, const char *who_says) {
    for (uint32_t i = 0; i < live->errors.n; i++) {
        const struct live_error *e = &live->errors.at[i];
        uint32_t times = e->error.kind == AWS_GIVEN_UP ? 0 : alike(live, i);
        if (times == 0)
            continue;
        str what = what_failed(c, sources, e, times);
        if (e->error.kind == AWS_DENIED && e->error.action.n > 0)
            put_error(c, &e->error, what);
        else
            account_cannot(c, &e->error, what);
    }
    tell_missing(c, live, who_says);
    return CLI_OUTSIDE;
}

void account_tell_unseen(struct cli *c, const struct live_result *live) {
    for (uint32_t i = 0; i < live->unseen.n; i++) {
        const struct live_unseen *u = &live->unseen.at[i];
        const char *what = u->kind == NULL ? "" : u->kind->title;
        if (u->kind == NULL)
            cli_err("opsc: not looked for: what has the tags of this environment, and another name "
                    "(%.*s may not be called)\n",
                    STR_ARG(u->action));
        else if (u->name.n == 0)
            cli_err("opsc: not looked for, of this kind ops.yaml has none: %s (%.*s may not be "
                    "called)\n",
                    what, STR_ARG(u->action));
        else
            cli_err("opsc: not all is known of what ops.yaml has no more: %s %.*s (%.*s may not be "
                    "called)\n",
                    what, STR_ARG(cli_shown(c, u->name)), STR_ARG(u->action));
    }
}

/* ---- signals */

static void heed(void *ctx, struct aws_client *client) {
    (void)ctx;
    if (terminal_is_interrupted())
        aws_client_stop(client);
}

void account_heed_signals(struct aws_client *client) {
    aws_client_tick(client, heed, NULL);
}

void account_ignore_signals(struct aws_client *client) {
    aws_client_untick(client, heed, NULL);
}

/* ---- how far it is */

#define FIRST_MS 400
#define EVERY_MS 100

bool account_is_watched(const struct cli *c) {
    const char *term = getenv("TERM"), *ci = getenv("CI");
    return c->tty_err && !cli_has(c, OPT_DEBUG) && term != NULL && strcmp(term, "dumb") != 0 &&
           (ci == NULL || ci[0] == 0);
}

static void show(void *ctx, const struct aws_client *client, const struct aws_call *call) {
    struct account_progress *p = ctx;
    int64_t now = p->clock.steady_ms(p->clock.ctx);
    if (now - p->shown_ms < (p->visible ? EVERY_MS : FIRST_MS))
        return;
    struct aws_sums sums = aws_client_sums(client);
    p->shown_ms = now;
    p->visible = true;
    /* To the beginning of the line, and nothing of the old one is left. */
    cli_err("\r\033[Kopsc: %u of %u calls, %s:%.*s", sums.calls, sums.started, call->service->iam,
            STR_ARG(call->operation));
}

void account_progress_begin(struct account_progress *p, struct cli *c, struct io_clock clock,
                            struct aws_client *client) {
    *p = (struct account_progress){.c = c, .clock = clock};
    p->shown_ms = p->began_ms = clock.steady_ms(clock.ctx);
    if (account_is_watched(c))
        aws_client_watch(client, show, p);
}

void account_progress_end(struct account_progress *p, struct aws_client *client) {
    aws_client_watch(client, NULL, NULL);
    p->took_ms = p->clock.steady_ms(p->clock.ctx) - p->began_ms;
    if (p->visible)
        cli_err("\r\033[K");
    p->visible = false;
}

void account_tell_calls(const struct account_progress *p, const struct aws_client *client,
                        const struct live_result *live, str region) {
    unsigned tenths = (unsigned)((p->took_ms + 99) / 100);
    cli_err("opsc: %u calls in %u.%u s: account %.*s, %.*s\n", aws_client_sums(client).requests,
            tenths / 10, tenths % 10, STR_ARG(live->account), STR_ARG(region));
}
