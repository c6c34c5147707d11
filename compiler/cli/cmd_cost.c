/* SPDX-License-Identifier: MIT */
#include "catalog/price_lock.h"
#include "cli/cli.h"
#include "cli/compile.h"
#include "cli/past.h"

#define TEXT_MAX (256u << 20)
#define AMOUNT_MAX 64

/* What makes the exit status 1. */
struct limits {
    struct num over, increase; /* NUM_NAN: none */
    bool percent;              /* `increase` is of what it was */
};

/* "$30" or "30"; with `percent` "10%", too. */
static bool read_amount(struct cli *c, enum cli_option_id id, struct num *ret, bool *percent) {
    str text = cli_value(c, id, STR("")), number = text;
    if (!cli_has(c, id))
        return true;
    if (number.n > 0 && number.p[0] == '$')
        number = str_sub(number, 1, number.n);
    else if (percent != NULL && str_ends(number, STR("%")))
        number = str_sub(number, 0, number.n - 1), *percent = true;
    if (num_scan(number, ret) == number.n && number.n > 0 && num_ok(*ret))
        return true;
    cli_err("opsc cost: --%s takes an amount such as %s, found `%.*s`\n", cli_options[id].name,
            percent != NULL ? "$5 or 10%" : "$30", STR_ARG(cli_shown(c, text)));
    return false;
}

static bool read_limits(struct cli *c, struct limits *ret) {
    *ret = (struct limits){NUM_NAN, NUM_NAN, false};
    if (cli_has(c, OPT_FAIL_INCREASE) && !cli_has(c, OPT_DIFF)) {
        cli_err("opsc cost: --fail-increase needs --diff REV, which says since when\n");
        return false;
    }
    str since = cli_value(c, OPT_PRICES_SINCE, STR(""));
    if (cli_has(c, OPT_PRICES_SINCE) && !price_is_date(since)) {
        cli_err("opsc cost: --prices-since takes a day such as 2026-10-01, found `%.*s`\n",
                STR_ARG(cli_shown(c, since)));
        return false;
    }
    str on = cli_value(c, OPT_ON, STR(""));
    struct date day;
    if (cli_has(c, OPT_ON) && !date_read(on, &day)) {
        cli_err("opsc cost: --on takes a day such as 2026-12-01, found `%.*s`\n",
                STR_ARG(cli_shown(c, on)));
        return false;
    }
    return read_amount(c, OPT_FAIL_OVER, &ret->over, NULL) &&
           read_amount(c, OPT_FAIL_INCREASE, &ret->increase, &ret->percent);
}

static void put_exactly(struct buf *b, struct num usd) {
    cost_put_money(b, (struct cost_range){usd, usd});
}

static enum cli_exit check_over(const struct cost_run *r, struct num limit) {
    struct num sum = cost_most(r);
    if (!num_ok(limit) || (num_ok(sum) && num_cmp(cost_cents(sum), limit) <= 0))
        return CLI_OK;
    struct buf b = BUF_INIT(AMOUNT_MAX * 2);
    BUF_LIT(&b, "it may come to ");
    put_exactly(&b, sum);
    buf_text(&b, num_ok(sum) ? " a month, more than " : " a month; --fail-over allows ");
    put_exactly(&b, limit);
    cli_err("opsc cost: %.*s\n", STR_ARG(buf_str(&b)));
    buf_done(&b);
    return CLI_PROBLEMS;
}

/* The day is given: there is no clock here. */
static enum cli_exit check_age(struct cli *c, const struct cost_run *r) {
    str since = cli_value(c, OPT_PRICES_SINCE, STR(""));
    const struct price *oldest = NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; cli_has(c, OPT_PRICES_SINCE) && i < r->sheets.n; i++) {
        const struct cost_sheet *s = r->sheets.at[i];
        for (uint32_t k = 0; k < s->lines.n; k++) {
            const struct price *p = s->lines.at[k].price;
            /* No day comes before all days. */
            if (str_cmp(p->published, since) >= 0)
                continue;
            if (oldest == NULL || str_cmp(p->published, oldest->published) < 0)
                oldest = p;
            n++;
        }
    }
    if (oldest == NULL)
        return CLI_OK;
    cli_err("opsc cost: %u price%s older than %.*s, the oldest, `%.*s`, %s%.*s; `opsc prices "
            "update` takes newer ones\n",
            n, n == 1 ? " is" : "s are", STR_ARG(since), STR_ARG(oldest->key),
            oldest->published.n > 0 ? "of " : "without a date", STR_ARG(oldest->published));
    return CLI_PROBLEMS;
}

static enum cli_exit check_increase(const struct cost_diff *d, const struct limits *l) {
    struct num before = cost_most(d->before), after = cost_most(d->after);
    struct num limit =
        l->percent ? num_mul(before, num_div(l->increase, num_int(100))) : l->increase;
    struct num more = num_sub(after, before);
    if (!num_ok(l->increase) ||
        (num_ok(more) && num_ok(limit) && (more.n <= 0 || num_cmp(cost_cents(more), limit) <= 0)))
        return CLI_OK;
    struct buf b = BUF_INIT(AMOUNT_MAX * 4);
    BUF_LIT(&b, "it may come to ");
    put_exactly(&b, after);
    BUF_LIT(&b, " a month, ");
    put_exactly(&b, more);
    buf_text(&b, num_ok(more) ? " more than at " : ", set against ");
    buf_put(&b, str_sub(d->commit, 0, 12));
    BUF_LIT(&b, "; --fail-increase allows ");
    put_exactly(&b, limit);
    cli_err("opsc cost: %.*s\n", STR_ARG(buf_str(&b)));
    buf_done(&b);
    return CLI_PROBLEMS;
}

/* `d` NULL: the sheet itself. */
static enum cli_exit print(struct cli *c, struct cost_run *r, const struct cost_diff *d) {
    str format = cli_value(c, OPT_FORMAT_COST, STR("table"));
    struct buf b = BUF_INIT(TEXT_MAX);
    if (str_is(format, "json"))
        d != NULL ? cost_diff_json(&b, d) : cost_json(&b, r);
    else if (str_is(format, "markdown"))
        d != NULL ? cost_diff_markdown(&b, d) : cost_markdown(&b, r);
    else
        d != NULL ? cost_diff_table(&b, d) : cost_table(&b, r);
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    return status;
}

static enum cli_exit print_diff(struct cli *c, struct cost_run *run, const struct spec_options *now,
                                const struct limits *limits) {
    struct cost_run before;
    struct cost_diff d = {.arena = c->arena, .spec = now->file, .before = &before, .after = run};
    /* The same prices for both: those of today. */
    cost_init(&before, c->arena, run->dl);
    before.tables.lock = run->tables.lock;
    before.on = run->on;
    enum cli_exit status = past_cost(c, now, cli_value(c, OPT_DIFF, STR("")), &before, &d);
    if (status != CLI_OK)
        return status;
    cost_diff_reckon(&d);
    status = print(c, run, &d);
    return status != CLI_OK ? status : check_increase(&d, limits);
}

static enum cli_exit run_cost(struct cli *c) {
    struct sources src;
    struct diag_list dl;
    struct cost_run run;
    struct compile_result r;
    struct limits limits;
    struct compile_options opt = {.cost = &run, .no_output = true};
    opt.spec.file = cli_spec_file(c, c->nargs > 0 ? c->args[0] : STR("ops.yaml"));
    opt.spec.environment = cli_value(c, OPT_ENV, STR(""));
    if (!cli_vars(c, &opt.spec.vars, &opt.spec.nvars) || !read_limits(c, &limits))
        return CLI_USAGE;
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    cost_init(&run, c->arena, &dl);
    run.on = cli_value(c, OPT_ON, STR(""));
    if (!compile(c->arena, &dl, &c->io, &opt, &r)) {
        cli_render(c, &dl);
        return cli_status(c, &dl);
    }
    enum cli_exit status =
        cli_has(c, OPT_DIFF) ? print_diff(c, &run, &opt.spec, &limits) : print(c, &run, NULL);
    enum cli_exit age = status == CLI_OK ? check_age(c, &run) : status;
    enum cli_exit over = status == CLI_OK ? check_over(&run, limits.over) : status;
    return age != CLI_OK ? age : over;
}

const struct cli_command cmd_cost = {
    .name = "cost",
    .args = "[FILE]",
    .summary = "Say what the system costs a month.",
    .examples = "  opsc cost                         # what ops.yaml here comes to\n"
                "  opsc cost --fail-over '$30'       # in CI: not more than that\n"
                "  opsc cost --on \"$(date +%F)\"      # with what has begun by today, such as RDS "
                "Extended Support\n"
                "  opsc cost --diff main             # what this branch adds and takes away\n"
                "  opsc cost --diff origin/main --format markdown --fail-increase '$5'\n"
                "  opsc cost --format json | jq '.environments[].total.pay'\n",
    .text = "FILE is a spec, or a folder with an ops.yaml; without it, ops.yaml. Prices are those "
            "of the file\n"
            "opsc.prices.lock beside it (`opsc prices update`), and for the rest those that opsc "
            "was built with;\n"
            "no network is used. What ops.yaml cannot know is stated under `cost:`, "
            "and what is\n"
            "not known is listed and not guessed. `build` and `lint` show what else is wrong with "
            "a spec.\n",
    .options = {OPT_ENV, OPT_VAR, OPT_DIFF, OPT_FAIL_OVER, OPT_FAIL_INCREASE, OPT_PRICES_SINCE,
                OPT_ON, OPT_FORMAT_COST},
    .noptions = 8,
    .max_args = 1,
    .run = run_cost,
};
