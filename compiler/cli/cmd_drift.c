/* SPDX-License-Identifier: MIT */
#include "cli/account.h"
#include "cli/aws_host.h"
#include "cli/compile.h"
#include "diff/diff.h"
#include "drift/report.h"

#define TEXT_MAX (256u << 20)

struct drift_run {
    struct cli *c;
    struct diag_list *dl;
    bool plan;
    str spec;
    const struct compile_graphs *all;
    const struct compile_graph *of;
    struct ignore_list *ignore;
    str today;
    struct live_result live;
};

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

static bool ours(void *ctx, const struct node *have) {
    const struct drift_run *r = ctx;
    const struct compile_graph *of = r->of;
    return has_prefix(of, have->name) || str_starts(have->name, of->folder) ||
           str_starts(have->name, of->path);
}

static str file_text(void *ctx, const struct node *of, str path) {
    const struct drift_run *r = ctx;
    str whole = arena_printf(r->c->arena, "terraform/modules/%.*s/%.*s", STR_ARG(of->module),
                             STR_ARG(path));
    for (uint32_t i = 0; i < r->of->graph->files.n; i++) {
        if (str_eq(r->of->graph->files.at[i].path, whole))
            return r->of->graph->files.at[i].text;
    }
    return STR("");
}

/* ---- what is said */

static void put_diags(struct buf *b, struct drift_run *r, const struct report *report,
                      enum render_format format) {
    struct diag_list dl;
    struct render_options opt = {.format = format};
    diag_list_init(&dl, r->c->arena, r->dl->sources);
    report_diags(&dl, report);
    diag_sort(&dl);
    render_diags(b, &dl, &opt);
}

static void put_report(struct buf *b, struct drift_run *r, const struct report *report) {
    str format = cli_value(r->c, OPT_FORMAT_DRIFT, STR("text"));
    if (str_is(format, "json"))
        report_json(b, report);
    else if (str_is(format, "markdown"))
        report_markdown(b, report);
    else if (str_is(format, "text"))
        report_text(b, report, r->c->colour_out && !cli_has(r->c, OPT_OUT));
    for (int i = RENDER_SARIF; i < RENDER_COUNT; i++) {
        if (str_is(format, render_formats[i].name))
            put_diags(b, r, report, (enum render_format)i);
    }
}

static enum cli_exit write_report(struct drift_run *r, struct buf *b, const struct report *report) {
    struct cli *c = r->c;
    struct io_error err = {.status = IO_OK};
    str file = cli_value(c, OPT_OUT, STR(""));
    if (b->full || !cli_has(c, OPT_OUT))
        return cli_print(b);
    if (c->io.write(c->io.ctx, file, buf_str(b), false, &err) != IO_OK) {
        cli_err("opsc %s: cannot write `%.*s`: %s\n", c->command->name, STR_ARG(cli_shown(c, file)),
                err.detail[0] != 0 ? err.detail : io_status_text(err.status));
        return CLI_OUTSIDE;
    }
    buf_clear(b);
    report_summary(b, report);
    return cli_print(b);
}

static enum cli_exit compare(struct drift_run *r) {
    struct diff diff;
    if (r->live.errors.n > 0) {
        account_tell_errors(
            r->c, r->dl->sources, &r->live,
            "`opsc iam drift` prints the policy that has all that this spec takes.");
        cli_err(
            "opsc: nothing can be said of what differs: not all of the account could be read\n");
        return CLI_OUTSIDE;
    }
    if (!account_is(&r->live, r->of->account))
        return account_tell_other(&r->live, r->of->account);
    struct diff_options o = {.partition = r->live.partition,
                             .region = r->of->region,
                             .account = r->live.account,
                             .unread = unread,
                             .ours = ours,
                             .file = file_text,
                             .ctx = r};
    diff_graphs(r->c->arena, r->of->graph, r->live.have, &o, &diff);
    struct report report = {.arena = r->c->arena,
                            .sources = r->dl->sources,
                            .plan = r->plan,
                            .spec = r->spec,
                            .environment = r->of->environment,
                            .account = r->live.account,
                            .region = r->of->region,
                            .ignore = r->ignore,
                            .today = r->today};
    report_make(&diff, &report);
    struct buf b = BUF_INIT(TEXT_MAX);
    put_report(&b, r, &report);
    enum cli_exit status = write_report(r, &b, &report);
    buf_done(&b);
    const uint32_t *n = report.diff.sums;
    bool drift = n[DIFF_CREATE] + n[DIFF_CHANGE] + n[DIFF_REPLACE] + n[DIFF_LOST] > 0;
    return status != CLI_OK ? status : drift && !r->plan ? CLI_DRIFT : CLI_OK;
}

static enum cli_exit read_account(struct drift_run *r) {
    struct cli *c = r->c;
    enum cli_exit status;
    struct aws_client *client = cli_aws_open(c, &status);
    if (client == NULL)
        return status;
    struct live_options o = {
        .region = r->of->region, .prefix = r->of->prefix, .account = r->of->account};
    struct account_progress progress;
    account_progress_begin(&progress, c, io_clock_posix(), client);
    live_read(c->arena, client, r->of->graph, &o, &r->live);
    account_progress_end(&progress, client);
    r->today = aws_client_today(client, c->arena);
    if (r->live.errors.n == 0 && account_is(&r->live, r->of->account))
        account_tell_calls(&progress, client, &r->live, r->of->region);
    return CLI_OK;
}

static bool choose(struct drift_run *r) {
    const struct compile_graphs *all = r->all;
    if (all->items.n == 1) {
        r->of = &all->items.at[0];
        return true;
    }
    str *names = ARENA_ARRAY(r->c->arena, str, all->items.n + 1);
    for (uint32_t i = 0; i < all->items.n; i++)
        names[i] = all->items.at[i].environment;
    account_tell_environments(r->c, names, all->items.n, "which one is in the account is said by");
    return false;
}

/* Before the account is read, which may take long. */
static bool check_out(struct cli *c) {
    struct io_error err = {.status = IO_OK};
    str file = cli_value(c, OPT_OUT, STR(""));
    enum io_status is = file.n == 0 ? IO_FAILED : c->io.probe(c->io.ctx, file, &err);
    bool folder = is == IO_IS_DIRECTORY;
    if (!cli_has(c, OPT_OUT) || (!folder && is != IO_FAILED))
        return true;
    /* A link would be replaced, also that of /dev/stdout. */
    cli_err("opsc %s: --out needs the name of a file, found `%.*s`%s%s\n", c->command->name,
            STR_ARG(cli_shown(c, file)),
            folder       ? ", which is a folder"
            : file.n > 0 ? ": "
                         : "",
            folder ? "" : err.detail);
    return false;
}

static enum cli_exit run(struct cli *c, bool plan) {
    struct sources src;
    struct diag_list dl;
    struct compile_result result;
    struct compile_graphs graphs = {0};
    struct compile_options opt = {.graphs = &graphs, .no_output = true};
    struct drift_run r = {.c = c, .dl = &dl, .plan = plan, .all = &graphs};
    bool asked = cli_has(c, OPT_IGNORE);
    r.spec = opt.spec.file = cli_spec_file(c, c->nargs > 0 ? c->args[0] : STR("ops.yaml"));
    opt.spec.environment = cli_value(c, OPT_ENV, STR(""));
    if (!cli_vars(c, &opt.spec.vars, &opt.spec.nvars) || !check_out(c))
        return CLI_USAGE;
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    str ignored = cli_value(c, OPT_IGNORE, ignore_path(c->arena, r.spec));
    bool ok = compile(c->arena, &dl, &c->io, &opt, &result);
    if (!ignore_read(c->arena, &dl, &c->io, ignored, asked, &r.ignore) || !ok) {
        cli_render(c, &dl);
        return cli_status(c, &dl);
    }
    if (!choose(&r))
        return CLI_USAGE;
    enum cli_exit status = read_account(&r);
    return status != CLI_OK ? status : compare(&r);
}

static enum cli_exit run_plan(struct cli *c) {
    return run(c, true);
}

static enum cli_exit run_drift(struct cli *c) {
    return run(c, false);
}

#define ABOUT                                                                                      \
    "FILE is a spec, or a folder with an ops.yaml; without it, ops.yaml. The account is asked "    \
    "by\n"                                                                                         \
    "AWS's API, with the credentials that the AWS command line would use, and nothing in it is\n"  \
    "changed. Each line says where ops.yaml wants it. What is not compared is listed; it is not\n" \
    "taken for equal. docs/plan.md has the kinds that are. What may differ, why and how long is "  \
    "in\n"                                                                                         \
    "opsc.drift.yaml beside the spec.\n"

const struct cli_command cmd_plan = {
    .name = "plan",
    .args = "[FILE]",
    .summary = "Say what Terraform would create and change in the account.",
    .text = ABOUT,
    .examples = "  opsc plan                         # ops.yaml here, and the account\n"
                "  opsc plan --env staging --profile staging\n"
                "  opsc plan --format json | jq '.items[] | select(.action == \"change\")'\n",
    .options = {OPT_ENV, OPT_VAR, OPT_PROFILE, OPT_FORMAT_DRIFT, OPT_OUT, OPT_IGNORE,
                OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 8,
    .max_args = 1,
    .run = run_plan,
};

const struct cli_command cmd_drift = {
    .name = "drift",
    .args = "[FILE]",
    .summary = "Say where the account is not as the spec says; exit with 4 when it is not.",
    .text = ABOUT,
    .examples = "  opsc drift                        # what somebody changed by hand\n"
                "  opsc drift --env production --format json\n"
                "  opsc drift --format sarif --out drift.sarif\n"
                "  opsc drift --format markdown --out drift.md  # the body of an issue\n",
    .options = {OPT_ENV, OPT_VAR, OPT_PROFILE, OPT_FORMAT_DRIFT, OPT_OUT, OPT_IGNORE,
                OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 8,
    .max_args = 1,
    .run = run_drift,
};
