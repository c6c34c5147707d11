/* SPDX-License-Identifier: MIT */
#include "apply/run.h"
#include "apply/steps.h"
#include "cli/compared.h"
#include "cli/terminal.h"

#include <stdio.h>

#define TEXT_MAX (256u << 20)
#define ANSWER_MAX 64
/* What AWS deletes with something that is replaced is made again in another round. */
#define ROUNDS 3

struct apply_run {
    struct cli *c;
    struct compared r;
    struct report report;
    struct steps_options options;
    struct steps steps;
    struct run_result result, all; /* of this round, of all */
    bool destroy;
};

static const struct {
    const char *doing, *done, *sum;
} words[STEP_ACTIONS] = {
    [STEP_CREATE] = {"create", "created", "created"},
    [STEP_CHANGE] = {"change", "changed", "changed"},
    [STEP_REPLACE] = {"replace", "replaced", "replaced"},
    [STEP_DELETE] = {"delete", "deleted", "deleted"},
};

static const struct node *node_of(const struct node *want, const struct node *have) {
    return want != NULL ? want : have;
}

/* "CloudWatch alarm shop-production-cpu" */
static str title(struct apply_run *a, const struct node *n) {
    return arena_printf(a->c->arena, "%s %.*s", n->kind->title,
                        STR_ARG(cli_shown(a->c, report_name(n))));
}

/* ", for ops.yaml:42", or nothing. */
static str place(struct apply_run *a, const struct node *want) {
    if (want == NULL || want->at.file == 0)
        return STR("");
    struct place p = sources_place(&a->r.sources, want->at.file, want->at.start);
    return arena_printf(a->c->arena, ", for %.*s:%u", STR_ARG(cli_shown(a->c, p.file)), p.line);
}

/* ---- what will be done */

static void put_deletions(struct apply_run *a, struct buf *b) {
    for (uint32_t i = 0; i < a->steps.items.n; i++) {
        const struct step *s = a->steps.items.at[i];
        str name = title(a, node_of(s->want, s->have));
        if (s->action == STEP_DELETE)
            buf_printf(b, "- %.*s: will be deleted\n", STR_ARG(name));
    }
}

static void put_refused(struct apply_run *a, struct buf *b) {
    for (uint32_t i = 0; i < a->steps.refused.n; i++) {
        const struct step_refusal *f = &a->steps.refused.at[i];
        str name = title(a, node_of(f->want, f->have)), at = place(a, f->want);
        buf_printf(b, "not %sd: %.*s%.*s: %s", words[f->action].doing, STR_ARG(name), STR_ARG(at),
                   f->why);
        buf_printf(b, f->flag == NULL ? "\n" : " (%s does it all the same)\n", f->flag);
    }
}

static void put_sums(struct apply_run *a, struct buf *b) {
    const uint32_t *n = a->steps.sums;
    const char *before = "";
    for (int i = 0; i < STEP_ACTIONS; i++) {
        if (n[i] > 0)
            buf_printf(b, "%s%u to %s", before, n[i], words[i].doing);
        if (n[i] > 0)
            before = ", ";
    }
    buf_printf(b, before[0] == 0 ? "nothing to do\n" : "\n");
}

static enum cli_exit show(struct apply_run *a) {
    struct buf b = BUF_INIT(TEXT_MAX);
    if (!a->destroy)
        report_text(&b, &a->report, a->c->colour_out);
    put_deletions(a, &b);
    put_refused(a, &b);
    put_sums(a, &b);
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    return status;
}

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
    if (lost == 0 || a->destroy)
        return true;
    cli_err("opsc %s: %u thing%s that ops.yaml looks up in the account %s not there: nothing was "
            "done\n",
            a->c->command->name, lost, lost == 1 ? "" : "s", lost == 1 ? "is" : "are");
    return false;
}

/* Only the whole word is taken: this may be production. */
static bool is_wanted(struct apply_run *a) {
    char line[ANSWER_MAX];
    if (cli_has(a->c, OPT_YES) || cli_has(a->c, OPT_PLAN))
        return true;
    if (!a->c->tty_in) {
        cli_err("opsc %s: nobody can be asked here: --yes does it without asking\n",
                a->c->command->name);
        return false;
    }
    cli_err("opsc: do this in account %.*s, %.*s? Only `yes` is taken: ",
            STR_ARG(a->r.live.account), STR_ARG(a->r.of->region));
    bool yes = fgets(line, sizeof line, stdin) != NULL && str_is(str_trim(str_c(line)), "yes");
    if (!yes)
        cli_err("opsc: nothing was done\n");
    return yes;
}

/* ---- how it goes */

static void told(void *ctx, const struct step *s) {
    struct apply_run *a = ctx;
    struct buf b = BUF_INIT(TEXT_MAX);
    str name = title(a, node_of(s->want, s->have));
    if (s->state == STEP_DONE)
        buf_printf(&b, "%s %.*s\n", words[s->action].done, STR_ARG(name));
    cli_print(&b);
    buf_done(&b);
}

static bool may_go_on(void *ctx) {
    (void)ctx;
    return !terminal_is_interrupted();
}

static void tell_failed(struct apply_run *a, const struct step *s) {
    struct arena *m = a->c->arena;
    str name = title(a, node_of(s->want, s->have)), at = place(a, s->want);
    str what =
        arena_printf(m, "%.*s%.*s: not %s", STR_ARG(name), STR_ARG(at), words[s->action].done);
    if (s->operation != NULL)
        what = arena_printf(m, "%.*s: %s:%s", STR_ARG(what), s->service, s->operation);
    account_cannot(a->c, &s->error, what);
    if (s->calls > 0)
        cli_err("  %u of its calls had been done.\n", s->calls);
    if (s->error.maybe_done)
        cli_err("  It may have been carried out all the same.\n");
}

/* All that is not done, and why; what waits for one thing on one line. */
static void tell_left(struct apply_run *a) {
    for (uint32_t i = 0; i < a->steps.items.n; i++) {
        const struct step *s = a->steps.items.at[i];
        if (s->state == STEP_FAILED)
            tell_failed(a, s);
    }
    for (uint32_t i = 0; i < a->steps.items.n; i++) {
        const struct step *s = a->steps.items.at[i];
        if (s->state != STEP_LEFT)
            continue;
        str name = title(a, node_of(s->want, s->have));
        if (s->because == NULL)
            cli_err("opsc: %.*s: not begun\n", STR_ARG(name));
        else
            cli_err("opsc: %.*s: not begun, it waits for %.*s\n", STR_ARG(name),
                    STR_ARG(title(a, node_of(s->because->want, s->because->have))));
    }
}

static void count(struct apply_run *a, uint32_t sums[STEP_ACTIONS]) {
    for (uint32_t i = 0; i < a->steps.items.n; i++) {
        const struct step *s = a->steps.items.at[i];
        sums[s->action] += s->state == STEP_DONE;
    }
    a->all.calls += a->result.calls;
    a->all.failed = a->result.failed;
    a->all.left = a->result.left;
    a->all.stopped = a->result.stopped;
}

static enum cli_exit tell_sums(struct apply_run *a, const uint32_t sums[STEP_ACTIONS]) {
    struct buf b = BUF_INIT(TEXT_MAX);
    const char *before = "";
    for (int i = 0; i < STEP_ACTIONS; i++) {
        if (sums[i] > 0)
            buf_printf(&b, "%s%u %s", before, sums[i], words[i].sum);
        if (sums[i] > 0)
            before = ", ";
    }
    buf_printf(&b, "%s in %u call%s", before[0] == 0 ? "nothing done" : "", a->all.calls,
               a->all.calls == 1 ? "" : "s");
    if (a->all.failed + a->all.left > 0)
        buf_printf(&b, "; %u failed, %u not begun: run it again when that is mended", a->all.failed,
                   a->all.left);
    BUF_LIT(&b, "\n");
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    return a->all.failed + a->all.left > 0 ? CLI_OUTSIDE
           : a->steps.refused.n > 0        ? CLI_DRIFT
                                           : status;
}

/* ---- all */

/* Tags of what would be deleted, as they are now. */
static bool read_tags(struct apply_run *a) {
    struct compared *r = &a->r;
    struct live_options o = {
        .region = r->of->region, .prefix = r->of->prefix, .account = r->of->account};
    const struct node **nodes = ARENA_ARRAY(a->c->arena, const struct node *, r->diff.items.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->diff.items.n; i++) {
        const struct diff_item *item = &r->diff.items.at[i];
        bool goes = item->have != NULL && !item->have->data &&
                    (a->destroy || (item->action == DIFF_ORPHAN && a->options.prune));
        if (goes)
            nodes[n++] = item->have;
    }
    live_read_tags_of(a->c->arena, r->client, r->of->graph, &o, nodes, n, &r->live);
    if (r->live.errors.n > 0)
        account_tell_errors(a->c, &r->sources, &r->live,
                            "`opsc iam apply` prints the policy that has all that this takes.");
    return r->live.errors.n == 0;
}

/* Reads, compares, and finds what is to be done. */
static bool find(struct apply_run *a, enum cli_exit *ret_status) {
    if (!compared_read(&a->r, ret_status))
        return false;
    *ret_status = CLI_OUTSIDE;
    if (!read_tags(a))
        return false;
    compared_report(&a->r, true, &a->report);
    steps_make(a->c->arena, a->r.of->graph, &a->report.diff, &a->options, &a->steps);
    return true;
}

static enum cli_exit do_it(struct apply_run *a) {
    struct run_options o = {.diff = &a->r.options, .told = told, .may_go_on = may_go_on, .ctx = a};
    uint32_t sums[STEP_ACTIONS] = {0};
    enum cli_exit status = CLI_OK;
    terminal_hold_signals();
    for (int round = 0; round < ROUNDS; round++) {
        if (round > 0 && !find(a, &status))
            break;
        run_steps(a->c->arena, a->r.client, a->r.of->graph, a->r.live.have, &a->steps, &o,
                  &a->result);
        count(a, sums);
        if (!a->result.replaced || a->result.failed + a->result.left > 0)
            break;
    }
    tell_left(a);
    enum cli_exit sum = tell_sums(a, sums);
    terminal_release_signals();
    return status != CLI_OK ? status : sum;
}

static bool read_most(struct apply_run *a) {
    struct num n = num_int(0);
    str text = cli_value(a->c, OPT_MAX_DELETES, STR(""));
    if (text.n > 0 && (num_scan(text, &n) != text.n || !num_ok(n) || !num_is_int(n) || n.n < 1 ||
                       n.n > INT32_MAX)) {
        cli_err("opsc %s: --max-deletes takes a number, found `%.*s`\n", a->c->command->name,
                STR_ARG(cli_shown(a->c, text)));
        return false;
    }
    a->options.most = (uint32_t)n.n;
    return true;
}

static enum cli_exit run(struct cli *c, bool destroy) {
    struct apply_run *a = ARENA_NEW(c->arena, struct apply_run);
    enum cli_exit status = CLI_USAGE;
    *a = (struct apply_run){.c = c, .destroy = destroy};
    a->options = (struct steps_options){.destroy = destroy,
                                        .prune = cli_has(c, OPT_PRUNE),
                                        .destroy_data = cli_has(c, OPT_DESTROY_DATA),
                                        .adopt = cli_has(c, OPT_ADOPT)};
    if (!read_most(a) || !compared_open(c, &a->r, &status))
        return status;
    a->r.whole = destroy || a->options.prune;
    if (!find(a, &status))
        return status;
    status = show(a);
    if (status != CLI_OK)
        return status;
    if (!finds_all(a) || !is_as_planned(a) || !is_within(a))
        return CLI_OUTSIDE;
    if (a->steps.items.n == 0)
        return a->steps.refused.n > 0 ? CLI_DRIFT : CLI_OK;
    if (!is_wanted(a))
        return CLI_USAGE;
    return do_it(a);
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
    .options = {OPT_ENV, OPT_VAR, OPT_PROFILE, OPT_YES, OPT_PLAN, OPT_PRUNE, OPT_DESTROY_DATA,
                OPT_MAX_DELETES, OPT_ADOPT, OPT_IGNORE, OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 12,
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
    .options = {OPT_ENV, OPT_VAR, OPT_PROFILE, OPT_YES, OPT_DESTROY_DATA, OPT_MAX_DELETES,
                OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 8,
    .max_args = 1,
    .run = run_destroy,
};
