/* SPDX-License-Identifier: MIT */
#include "cli/compared.h"

#include "cli/aws_host.h"
#include "resource/resource.h"

/* ---- the spec */

bool compared_open(struct cli *c, struct compared *ret, enum cli_exit *ret_status) {
    struct compile_result result;
    struct compile_options opt = {.graphs = &ret->graphs, .no_output = true};
    *ret = (struct compared){.c = c};
    *ret_status = CLI_USAGE;
    ret->spec = opt.spec.file = cli_spec_file(c, c->nargs > 0 ? c->args[0] : STR("ops.yaml"));
    opt.spec.environment = cli_value(c, OPT_ENV, STR(""));
    if (!cli_vars(c, &opt.spec.vars, &opt.spec.nvars))
        return false;
    sources_init(&ret->sources, c->arena);
    diag_list_init(&ret->dl, c->arena, &ret->sources);
    str ignored = cli_value(c, OPT_IGNORE, ignore_path(c->arena, ret->spec));
    bool ok = compile(c->arena, &ret->dl, &c->io, &opt, &result);
    if (!ignore_read(c->arena, &ret->dl, &c->io, ignored, cli_has(c, OPT_IGNORE), &ret->ignore) ||
        !ok) {
        cli_render(c, &ret->dl);
        *ret_status = cli_status(c, &ret->dl);
        return false;
    }
    ret->of = account_choose(c, &ret->graphs, "which one is in the account is said by");
    return ret->of != NULL;
}

/* ---- what is compared */

static const char *unread(void *ctx, const struct node *want) {
    (void)ctx;
    return live_unread(want);
}

/* "shop-production-x", but not of `production-eu`, whose names begin as those of `production` do.
 */
static bool has_prefix(const struct compile_graph *of, str name) {
    if (!str_starts(name, of->prefix))
        return false;
    for (uint32_t i = 0; i < of->others.n; i++) {
        str other = of->others.at[i];
        if (other.n > of->prefix.n && str_starts(name, other))
            return false;
    }
    return true;
}

/* By its tags, where what they tell was asked for. */
static bool is_made(const struct compared *r, const struct node *have) {
    int row = have->data || !r->whole ? -1 : resource_tags_row(have->kind);
    return row >= 0 && graph_made(r->of->graph, have->attrs[row]);
}

static bool ours(void *ctx, const struct node *have) {
    const struct compared *r = ctx;
    const struct compile_graph *of = r->of;
    return is_made(r, have) || has_prefix(of, have->name) || str_starts(have->name, of->folder) ||
           str_starts(have->name, of->path) ||
           str_starts(have->name, str_sub(of->path, 1, of->path.n)); /* of Secrets Manager's */
}

static str file_text(void *ctx, const struct node *of, str path) {
    const struct compared *r = ctx;
    str whole = arena_printf(r->c->arena, "terraform/modules/%.*s/%.*s", STR_ARG(of->module),
                             STR_ARG(path));
    for (uint32_t i = 0; i < r->of->graph->files.n; i++) {
        if (str_eq(r->of->graph->files.at[i].path, whole))
            return r->of->graph->files.at[i].text;
    }
    return STR("");
}

/* ---- the account */

bool compared_open_client(struct compared *r, enum cli_exit *ret_status) {
    if (r->client == NULL)
        r->client = cli_aws_open(r->c, ret_status);
    return r->client != NULL;
}

static void read_account(struct compared *r) {
    struct live_options o = {.region = r->of->region,
                             .prefix = r->of->prefix,
                             .path = r->of->path,
                             .account = r->of->account,
                             .whole = r->whole};
    struct account_progress progress;
    if (!r->unstoppable)
        account_heed_signals(r->client);
    account_progress_begin(&progress, r->c, io_clock_posix(), r->client);
    live_read(r->c->arena, r->client, r->of->graph, &o, &r->live);
    account_progress_end(&progress, r->client);
    account_ignore_signals(r->client);
    r->today = aws_client_today(r->client, r->c->arena);
    if (r->live.errors.n == 0 && account_is(&r->live, r->of->account))
        account_tell_calls(&progress, r->client, &r->live, r->of->region);
    account_tell_unseen(r->c, &r->live);
}

bool compared_read(struct compared *r, enum cli_exit *ret_status) {
    if (!compared_open_client(r, ret_status))
        return false;
    read_account(r);
    *ret_status = CLI_OUTSIDE;
    if (r->live.errors.n > 0) {
        account_tell_errors(
            r->c, &r->sources, &r->live,
            "`opsc iam drift` prints the policy that has all that this spec takes.");
        cli_err(
            "opsc: nothing can be said of what differs: not all of the account could be read\n");
        return false;
    }
    if (!account_is(&r->live, r->of->account)) {
        account_tell_other(&r->live, r->of->account);
        return false;
    }
    r->options = (struct diff_options){.partition = r->live.partition,
                                       .region = r->of->region,
                                       .account = r->live.account,
                                       .unread = unread,
                                       .ours = ours,
                                       .parts = r->whole,
                                       .file = file_text,
                                       .ctx = r};
    diff_graphs(r->c->arena, r->of->graph, r->live.have, &r->options, &r->diff);
    return true;
}

void compared_report(const struct compared *r, bool plan, struct report *ret) {
    *ret = (struct report){.arena = r->c->arena,
                           .sources = (struct sources *)&r->sources,
                           .plan = plan,
                           .spec = r->spec,
                           .environment = r->of->environment,
                           .account = r->live.account,
                           .region = r->of->region,
                           .ignore = r->ignore,
                           .today = r->today};
    report_make(&r->diff, ret);
}
