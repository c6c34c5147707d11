/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"
#include "cli/compile.h"
#include "cost/cost.h"

#define TEXT_MAX (256u << 20)
#define AMOUNT_MAX 64

/* "$30" or "30". */
static bool read_limit(struct cli *c, struct num *ret) {
    str text = cli_value(c, OPT_FAIL_OVER, STR("")), number = text;
    if (number.n > 0 && number.p[0] == '$')
        number = str_sub(number, 1, number.n);
    if (num_scan(number, ret) == number.n && number.n > 0 && num_ok(*ret))
        return true;
    cli_err("opsc cost: --fail-over takes an amount such as $30, found `%.*s`\n",
            STR_ARG(cli_shown(c, text)));
    return false;
}

/* The most that all environments come to, now or when offers and credits have ended. */
static struct num most(const struct cost_run *r) {
    struct num sum = num_int(0);
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        struct num now = cost_now(r->sheets.at[i]).high, later = cost_later(r->sheets.at[i]).high;
        sum = num_add(sum, num_cmp(now, later) > 0 ? now : later);
    }
    return sum;
}

static enum cli_exit check_limit(const struct cost_run *r, struct num limit) {
    struct num sum = most(r);
    if (num_ok(sum) && num_cmp(cost_cents(sum), limit) <= 0)
        return CLI_OK;
    struct buf b = BUF_INIT(AMOUNT_MAX * 2);
    BUF_LIT(&b, "it may come to ");
    cost_put_money(&b, (struct cost_range){sum, sum});
    BUF_LIT(&b, " a month, more than ");
    cost_put_money(&b, (struct cost_range){limit, limit});
    cli_err("opsc cost: %.*s\n", STR_ARG(buf_str(&b)));
    buf_done(&b);
    return CLI_PROBLEMS;
}

static enum cli_exit print(struct cli *c, const struct cost_run *r) {
    str format = cli_value(c, OPT_FORMAT_COST, STR("table"));
    struct buf b = BUF_INIT(TEXT_MAX);
    if (str_is(format, "json"))
        cost_json(&b, r);
    else if (str_is(format, "markdown"))
        cost_markdown(&b, r);
    else
        cost_table(&b, r);
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    return status;
}

static enum cli_exit run_cost(struct cli *c) {
    struct sources src;
    struct diag_list dl;
    struct cost_run run;
    struct compile_result r;
    struct num limit = NUM_NAN;
    struct compile_options opt = {.cost = &run, .no_output = true};
    opt.spec.file = cli_spec_file(c, c->nargs > 0 ? c->args[0] : STR("ops.yaml"));
    opt.spec.environment = cli_value(c, OPT_ENV, STR(""));
    if (!cli_vars(c, &opt.spec.vars, &opt.spec.nvars) ||
        (cli_has(c, OPT_FAIL_OVER) && !read_limit(c, &limit)))
        return CLI_USAGE;
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    cost_init(&run, c->arena, &dl);
    if (!compile(c->arena, &dl, &c->io, &opt, &r)) {
        cli_render(c, &dl);
        return cli_status(c, &dl);
    }
    enum cli_exit status = print(c, &run);
    if (status != CLI_OK || !num_ok(limit))
        return status;
    return check_limit(&run, limit);
}

const struct cli_command cmd_cost = {
    .name = "cost",
    .args = "[FILE]",
    .summary = "Say what the system costs a month.",
    .examples = "  opsc cost                         # what ops.yaml here comes to\n"
                "  opsc cost --fail-over '$30'       # in CI: not more than that\n"
                "  opsc cost --format markdown       # for a comment on a pull request\n"
                "  opsc cost --format json | jq '.environments[].total.pay'\n",
    .text = "FILE is a spec, or a folder with an ops.yaml; without it, ops.yaml. Prices are those "
            "that opsc was\n"
            "built with; no network is used. What ops.yaml cannot know is stated under `cost:`, "
            "and what is\n"
            "not known is listed and not guessed. `build` and `lint` show what else is wrong with "
            "a spec.\n",
    .options = {OPT_ENV, OPT_VAR, OPT_FAIL_OVER, OPT_FORMAT_COST},
    .noptions = 4,
    .max_args = 1,
    .run = run_cost,
};
