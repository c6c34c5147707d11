/* SPDX-License-Identifier: MIT */
#include "cli/account.h"
#include "cli/compile.h"
#include "cli/coverage_account.h"
#include "coverage/coverage.h"
#include "io/clock.h"

#define TEXT_MAX (256u << 20)
#define AMOUNT_MAX 64

struct asked {
    struct num under; /* percent; NUM_NAN: not asked */
    struct date today;
};

static bool read_under(struct cli *c, struct num *ret) {
    str text = cli_value(c, OPT_FAIL_UNDER, STR("")), number = text;
    *ret = NUM_NAN;
    if (!cli_has(c, OPT_FAIL_UNDER))
        return true;
    if (str_ends(number, STR("%")))
        number = str_sub(number, 0, number.n - 1);
    if (number.n > 0 && num_scan(number, ret) == number.n && num_ok(*ret) &&
        num_cmp(*ret, num_int(0)) >= 0 && num_cmp(*ret, num_int(100)) <= 0)
        return true;
    cli_err("opsc coverage: --fail-under takes a share from 0%% to 100%%, such as 90%%, found "
            "`%.*s`\n",
            STR_ARG(cli_shown(c, text)));
    return false;
}

/* A waiver has an end. With --live it is the day of AWS's clock. */
static bool read_date(struct cli *c, struct date *ret) {
    struct io_clock clock = io_clock_posix();
    str text = cli_value(c, OPT_DATE, STR(""));
    *ret = date_of_ms(clock.now_ms(clock.ctx));
    if (!cli_has(c, OPT_DATE) || date_read(text, ret))
        return true;
    cli_err("opsc coverage: --date takes a day such as 2026-10-01, found `%.*s`\n",
            STR_ARG(cli_shown(c, text)));
    return false;
}

static void put_diags(struct cli *c, struct buf *b, const struct coverage_run *r,
                      enum render_format format) {
    struct diag_list told;
    struct render_options o = {.format = format};
    diag_list_init(&told, c->arena, r->dl->sources);
    coverage_diags(&told, r);
    diag_sort(&told);
    render_diags(b, &told, &o);
}

static enum cli_exit print(struct cli *c, const struct coverage_run *r) {
    str format = cli_value(c, OPT_FORMAT_COVERAGE, STR("text"));
    struct buf b = BUF_INIT(TEXT_MAX);
    if (str_is(format, "json"))
        coverage_json(&b, r);
    else if (str_is(format, "markdown"))
        coverage_markdown(&b, r);
    else if (str_is(format, "sarif"))
        put_diags(c, &b, r, RENDER_SARIF);
    else if (str_is(format, "github"))
        put_diags(c, &b, r, RENDER_GITHUB);
    else
        coverage_text(&b, r, c->colour_out);
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    return status;
}

static enum cli_exit check_under(const struct coverage_run *r, struct num under) {
    enum cli_exit status = CLI_OK;
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        const struct coverage_sheet *s = r->sheets.at[i];
        struct num share = coverage_percent(&s->sums);
        if (!num_ok(under) || num_cmp(share, under) >= 0)
            continue;
        char text[NUM_TEXT_MAX];
        cli_err("opsc coverage: %u of %u recommended alarms%s%.*s are there; --fail-under asks for "
                "%.*s%%\n",
                s->sums.there, s->sums.all, s->environment.n > 0 ? " of " : "",
                STR_ARG(s->environment), (int)num_format(under, text), text);
        status = CLI_PROBLEMS;
    }
    return status;
}

static enum cli_exit check_unwatched(struct cli *c, const struct coverage_run *r) {
    enum cli_exit status = CLI_OK;
    for (uint32_t i = 0; i < r->sheets.n && cli_has(c, OPT_FAIL_UNWATCHED); i++) {
        const struct coverage_sheet *s = r->sheets.at[i];
        uint32_t n = s->sums.silent + s->sums.unseen;
        if (n == 0)
            continue;
        cli_err("opsc coverage: %u resource%s%s%.*s without any alarm; --fail-unwatched allows "
                "none\n",
                n, n == 1 ? "" : "s", s->environment.n > 0 ? " of " : "", STR_ARG(s->environment));
        status = CLI_PROBLEMS;
    }
    return status;
}

static enum cli_exit read_account(struct cli *c, struct coverage_run *r) {
    if (r->sheets.n == 1)
        return coverage_account(c, r, cli_has(c, OPT_DATE));
    str *names = ARENA_ARRAY(c->arena, str, r->sheets.n + 1);
    for (uint32_t i = 0; i < r->sheets.n; i++)
        names[i] = r->sheets.at[i]->environment;
    return account_tell_environments(c, names, r->sheets.n,
                                     "which one is in the account is said by");
}

static enum cli_exit run_coverage(struct cli *c) {
    struct sources src;
    struct diag_list dl;
    struct coverage_run run;
    struct compile_result result;
    struct asked asked;
    struct compile_options opt = {.coverage = &run, .no_output = true};
    opt.spec.file = cli_spec_file(c, c->nargs > 0 ? c->args[0] : STR("ops.yaml"));
    opt.spec.environment = cli_value(c, OPT_ENV, STR(""));
    if (!cli_vars(c, &opt.spec.vars, &opt.spec.nvars) || !read_under(c, &asked.under) ||
        !read_date(c, &asked.today))
        return CLI_USAGE;
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    coverage_init(&run, c->arena, &dl);
    run.today = asked.today;
    if (!compile(c->arena, &dl, &c->io, &opt, &result)) {
        cli_render(c, &dl);
        return cli_status(c, &dl);
    }
    enum cli_exit status = cli_has(c, OPT_LIVE) ? read_account(c, &run) : CLI_OK;
    if (status != CLI_OK)
        return status;
    coverage_reckon(&run);
    status = print(c, &run);
    enum cli_exit under = check_under(&run, asked.under);
    enum cli_exit unwatched = check_unwatched(c, &run);
    return status != CLI_OK ? status : under != CLI_OK ? under : unwatched;
}

const struct cli_command cmd_coverage = {
    .name = "coverage",
    .args = "[FILE]",
    .summary = "Say which recommended alarms there are, and which are missing.",
    .examples = "  opsc coverage                     # of ops.yaml here\n"
                "  opsc coverage --fail-under 90%    # in CI\n"
                "  opsc coverage --live              # and what the account has beside it\n"
                "  opsc coverage --format json | jq '.environments[].sums'\n",
    .text = "FILE is a spec, or a folder with an ops.yaml; without it, ops.yaml. Of each resource, "
            "each alarm\n"
            "that its kind recommends: there, changed, watched by an alarm of yours, left out, or "
            "missing. What\n"
            "`coverage.waive` of ops.yaml waives does not count until the waiver ends. --live asks "
            "AWS, with the\n"
            "credentials that its command line would use, which resources the account has that "
            "ops.yaml has not, and\n"
            "which alarms watch them; without it no network is used.\n",
    .options = {OPT_ENV, OPT_VAR, OPT_LIVE, OPT_FAIL_UNDER, OPT_FAIL_UNWATCHED, OPT_DATE,
                OPT_FORMAT_COVERAGE, OPT_PROFILE, OPT_DEBUG, OPT_TIMEOUT_ALL},
    .noptions = 10,
    .max_args = 1,
    .run = run_coverage,
};
