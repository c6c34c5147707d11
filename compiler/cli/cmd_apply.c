/* SPDX-License-Identifier: MIT */
#include "cli/apply_parts.h"

#define TEXT_MAX (256u << 20)

/* ---- whether it may be */

static bool is_as_planned(struct apply_run *a) {
    struct cli *c = a->c;
    str file;
    struct io_error err = {.status = IO_OK};
    str name = cli_value(c, OPT_PLAN, STR(""));
    if (!cli_has(c, OPT_PLAN))
        return true;
    if (c->io.read(c->io.ctx, c->arena, name, TEXT_MAX, &file, &err) != IO_OK) {
        cli_err("opsc %s: cannot read `%.*s`: %s\n", c->command->name, STR_ARG(cli_shown(c, name)),
                err.detail[0] != 0 ? err.detail : io_status_text(err.status));
        return false;
    }
    struct buf b = BUF_INIT(TEXT_MAX);
    report_json(&b, &a->report);
    bool same = !b.full && str_eq(buf_str(&b), file);
    buf_done(&b);
    if (!same)
        cli_err("opsc %s: what would be done now is not what %.*s says: the account, ops.yaml or "
                "opsc is another one since. Nothing was done; plan again\n",
                c->command->name, STR_ARG(cli_shown(c, name)));
    return same;
}

static bool is_within(struct apply_run *a) {
    uint32_t n = a->steps.sums[STEP_DELETE];
    if (n <= a->steps.most)
        return true;
    cli_err("opsc %s: %u would be deleted, and that is more than %u: nothing was done. "
            "--max-deletes %u allows it\n",
            a->c->command->name, n, a->steps.most, n);
    return false;
}

static bool finds_all(struct apply_run *a) {
    uint32_t lost = a->report.diff.sums[DIFF_LOST];
    if (lost == 0 || a->options.destroy)
        return true;
    cli_err("opsc %s: %u thing%s that ops.yaml looks up in the account %s not there (`x` above): "
            "nothing was done. Make %s first, or mend the name in ops.yaml\n",
            a->c->command->name, lost, lost == 1 ? "" : "s", lost == 1 ? "is" : "are",
            lost == 1 ? "it" : "them");
    return false;
}

/* ---- all */

static bool read_most(struct apply_run *a) {
    struct num n = num_int(0);
    str text = cli_value(a->c, OPT_MAX_DELETES, STR(""));
    /* Nothing (an empty variable of CI) is no limit that somebody meant. */
    if (cli_has(a->c, OPT_MAX_DELETES) &&
        (text.n == 0 || num_scan(text, &n) != text.n || !num_ok(n) || !num_is_int(n) || n.n < 1 ||
         n.n > INT32_MAX)) {
        cli_err("opsc %s: --max-deletes takes a number from 1, found `%.*s`\n", a->c->command->name,
                STR_ARG(cli_shown(a->c, text)));
        return false;
    }
    a->options.most = (uint32_t)n.n;
    return true;
}

static enum cli_exit show_and_do(struct apply_run *a) {
    enum cli_exit status = apply_show(a);
    if (status != CLI_OK)
        return status;
    if (!finds_all(a) || !is_as_planned(a) || !is_within(a))
        return CLI_OUTSIDE;
    if (a->steps.items.n == 0)
        return a->steps.refused.n > 0 ? CLI_DRIFT : CLI_OK;
    if (!apply_is_wanted(a, "do this"))
        return CLI_USAGE;
    apply_do(a);
    return apply_tell(a);
}

/* With the lock. */
static enum cli_exit run_locked(struct apply_run *a) {
    enum cli_exit status;
    if (!apply_find(a, &status))
        return status;
    status = show_and_do(a);
    return a->json ? apply_put_json(a, status) : status;
}

/* What is asked about has to be seen. */
static bool can_be_asked(const struct apply_run *a) {
    if (!a->json || cli_has(a->c, OPT_YES) || cli_has(a->c, OPT_PLAN))
        return true;
    cli_err("opsc %s: --format json asks nobody, and goes with --yes\n", a->c->command->name);
    return false;
}

static enum cli_exit run(struct cli *c, bool destroy) {
    struct apply_run *a = ARENA_NEW(c->arena, struct apply_run);
    enum cli_exit status = CLI_USAGE;
    *a = (struct apply_run){.c = c};
    a->options = (struct steps_options){.destroy = destroy,
                                        .prune = cli_has(c, OPT_PRUNE),
                                        .destroy_data = cli_has(c, OPT_DESTROY_DATA),
                                        .adopt = cli_has(c, OPT_ADOPT)};
    a->json = str_is(cli_value(c, OPT_FORMAT_APPLY, STR("text")), "json");
    if (!can_be_asked(a) || !read_most(a) || !compared_open(c, &a->r, &status))
        return status;
    a->r.whole = destroy || a->options.prune;
    status = apply_lock(a);
    if (status != CLI_OK)
        return status;
    status = run_locked(a);
    apply_unlock(a);
    return status;
}

static enum cli_exit run_apply(struct cli *c) {
    return run(c, false);
}

static enum cli_exit run_destroy(struct cli *c) {
    return run(c, true);
}

const struct cli_command cmd_apply = {
    .name = "apply",
    .args = "[FILE]",
    .summary = "Make the account equal to the spec: create, change and replace.",
    .text =
        "What will be done is shown, and you are asked. There is no state file: the account is\n"
        "compared anew each time, and when a run was broken off, the next one goes on where it\n"
        "ended. Nothing is deleted without --prune, and nothing that was not made for this\n"
        "project and environment. docs/apply.md has the rules.\n",
    .examples = "  opsc apply                        # shows, asks, does\n"
                "  opsc apply --env staging --yes    # in CI\n"
                "  opsc plan --format json --out plan.json && opsc apply --plan plan.json\n"
                "  opsc apply --prune                # also deletes what ops.yaml has no more\n",
    .options = {OPT_ENV, OPT_VAR, OPT_PROFILE, OPT_YES, OPT_FORMAT_APPLY, OPT_PLAN, OPT_PRUNE,
                OPT_DESTROY_DATA, OPT_MAX_DELETES, OPT_ADOPT, OPT_IGNORE, OPT_LOCK_TIMEOUT,
                OPT_NO_LOCK, OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 15,
    .max_args = 1,
    .run = run_apply,
};

const struct cli_command cmd_destroy = {
    .name = "destroy",
    .args = "[FILE]",
    .summary = "Delete what `opsc apply` has made for an environment of the spec.",
    .text = "What will be deleted is shown, and you are asked. What holds logs, objects, images,\n"
            "secrets or keys stays without --destroy-data; what was not made for this project and\n"
            "environment stays in any case. docs/apply.md has the rules.\n",
    .examples = "  opsc destroy --env staging\n"
                "  opsc destroy --env staging --destroy-data --yes\n",
    .options = {OPT_ENV, OPT_VAR, OPT_PROFILE, OPT_YES, OPT_FORMAT_APPLY, OPT_DESTROY_DATA,
                OPT_MAX_DELETES, OPT_LOCK_TIMEOUT, OPT_NO_LOCK, OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 11,
    .max_args = 1,
    .run = run_destroy,
};
