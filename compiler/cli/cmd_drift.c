/* SPDX-License-Identifier: MIT */
#include "cli/compared.h"

#define TEXT_MAX (256u << 20)

/* ---- what is said */

static void put_diags(struct buf *b, struct compared *r, const struct report *report,
                      enum render_format format) {
    struct diag_list dl;
    struct render_options opt = {.format = format};
    diag_list_init(&dl, r->c->arena, &r->sources);
    report_diags(&dl, report);
    diag_sort(&dl);
    render_diags(b, &dl, &opt);
}

static void put_report(struct buf *b, struct compared *r, const struct report *report) {
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

static enum cli_exit write_report(struct compared *r, struct buf *b, const struct report *report) {
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
    struct compared r;
    enum cli_exit status;
    if (!check_out(c))
        return CLI_USAGE;
    if (!compared_open(c, &r, &status))
        return status;
    r.whole = cli_has(c, OPT_PRUNE);
    if (!compared_read(&r, &status))
        return status;
    struct report report;
    compared_report(&r, plan, &report);
    struct buf b = BUF_INIT(TEXT_MAX);
    put_report(&b, &r, &report);
    status = write_report(&r, &b, &report);
    buf_done(&b);
    const uint32_t *n = report.diff.sums;
    bool drift = n[DIFF_CREATE] + n[DIFF_CHANGE] + n[DIFF_REPLACE] + n[DIFF_LOST] > 0;
    return status != CLI_OK ? status : drift && !plan ? CLI_DRIFT : CLI_OK;
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
    .summary = "Say what would be created and changed in the account.",
    .text = ABOUT,
    .examples = "  opsc plan                         # ops.yaml here, and the account\n"
                "  opsc plan --env staging --profile staging\n"
                "  opsc plan --format json | jq '.items[] | select(.action == \"change\")'\n",
    .options = {OPT_ENV, OPT_VAR, OPT_PROFILE, OPT_FORMAT_DRIFT, OPT_OUT, OPT_PRUNE, OPT_IGNORE,
                OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 9,
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
