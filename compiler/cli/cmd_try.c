/* SPDX-License-Identifier: MIT */
#include "apply/revert.h"
#include "apply/watch.h"
#include "cli/apply_parts.h"
#include "cli/terminal.h"

#include <time.h>

#define FOR_S 600
#define FOR_MAX_S 86400
#define EVERY_S 15
#define ANSWER_S 120

struct try_run {
    struct apply_run apply;
    struct watch watch;
    unsigned for_s;
};

/* "90s", "10m", "1h" */
static bool read_for(struct cli *c, unsigned *ret) {
    struct num n;
    str text = cli_value(c, OPT_FOR, STR(""));
    *ret = FOR_S;
    if (!cli_has(c, OPT_FOR))
        return true;
    uint32_t digits = num_scan(text, &n);
    str unit = str_sub(text, digits, text.n);
    int64_t one = str_is(unit, "h") ? 3600 : str_is(unit, "m") ? 60 : str_is(unit, "s") ? 1 : 0;
    bool ok =
        digits > 0 && num_ok(n) && num_is_int(n) && one > 0 && n.n > 0 && n.n <= FOR_MAX_S / one;
    if (ok)
        *ret = (unsigned)(n.n * one);
    else
        cli_err("opsc try: --for takes a time up to 24h such as 90s, 10m or 1h, found `%.*s`\n",
                STR_ARG(cli_shown(c, text)));
    return ok;
}

/* ---- watching */

static bool poll(struct try_run *t) {
    struct aws_error e;
    if (watch_poll(t->apply.c->arena, t->apply.r.client, t->apply.r.of->region, &t->watch, &e))
        return true;
    account_cannot(t->apply.c, &e, STR("the alarms could not be read"));
    return false;
}

static void tell_changes(struct try_run *t, unsigned after_s) {
    for (uint32_t i = 0; i < t->watch.items.n; i++) {
        const struct watch_alarm *w = &t->watch.items.at[i];
        if (w->changed)
            cli_err("opsc: after %u s: %.*s is %s: %.*s\n", after_s,
                    STR_ARG(cli_shown(t->apply.c, w->node->name)), watch_state_text(w->state),
                    STR_ARG(cli_shown(t->apply.c, w->reason)));
    }
}

/* How many are in alarm and were not before. */
static uint32_t count_fired(const struct try_run *t) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->watch.items.n; i++) {
        const struct watch_alarm *w = &t->watch.items.at[i];
        n += w->state == WATCH_ALARM && w->first != WATCH_ALARM;
    }
    return n;
}

/* How many seconds of these it was. */
static unsigned sleep_s(struct apply_run *a, unsigned s) {
    unsigned i = 0;
    for (; i < s && !terminal_is_interrupted(); i++) {
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
        apply_keep_lock(a);
    }
    return i;
}

/* False: it cannot be known how the alarms are. */
static bool watch(struct try_run *t) {
    unsigned after_s = 0;
    cli_err("opsc: %u alarms are watched for %u s; Ctrl-C takes it back\n", t->watch.items.n,
            t->for_s);
    while (after_s < t->for_s && !terminal_is_interrupted()) {
        unsigned wait = t->for_s - after_s < EVERY_S ? t->for_s - after_s : EVERY_S;
        after_s += sleep_s(&t->apply, wait);
        if (!poll(t))
            return false;
        tell_changes(t, after_s);
    }
    const uint32_t *n = t->watch.sums;
    cli_err("opsc: after %u s: %u ok, %u in alarm (%u since this), %u without data\n", after_s,
            n[WATCH_OK], n[WATCH_ALARM], count_fired(t), n[WATCH_NO_DATA]);
    return true;
}

/* Nobody at a terminal: what was not worse for it stays. */
static bool is_kept(struct try_run *t) {
    if (terminal_is_interrupted())
        return false;
    if (cli_has(t->apply.c, OPT_YES))
        return count_fired(t) == 0;
    return terminal_confirm("opsc: keep it? Only `yes` keeps it: ", ANSWER_S, apply_keep_lock,
                            &t->apply);
}

/* ---- taking back */

static enum cli_exit revert(struct try_run *t) {
    struct apply_run *a = &t->apply;
    struct arena *m = a->c->arena;
    struct steps done = a->steps;
    struct diff before;
    enum cli_exit status;
    cli_err("opsc: it is taken back\n");
    a->unstoppable = a->r.unstoppable = true;
    if (!compared_read(&a->r, &status)) {
        cli_err("opsc: what was tried is still there: `opsc apply` of the former %.*s takes it "
                "back\n",
                STR_ARG(cli_shown(a->c, a->r.spec)));
        return status;
    }
    struct graph *was = revert_graph(m, &done);
    struct diff_options o = a->r.options;
    o.ours = NULL;
    diff_graphs(m, was, a->r.live.have, &o, &before);
    revert_make(m, was, &done, &a->r.diff, &before, &a->steps);
    apply_do_steps(a, was, &o);
    status = apply_tell(a);
    return status == CLI_OK ? CLI_DRIFT : status;
}

static enum cli_exit try_it(struct try_run *t) {
    struct apply_run *a = &t->apply;
    apply_do_steps(a, a->r.of->graph, &a->r.options);
    enum cli_exit status = apply_tell(a);
    if (status == CLI_OK && !watch(t))
        status = CLI_OUTSIDE;
    if (status == CLI_OK && is_kept(t)) {
        cli_err("opsc: it stays\n");
        return status;
    }
    memset(a->sums, 0, sizeof a->sums);
    a->took_ms = 0;
    a->all = (struct run_result){0};
    a->next = (struct next_list){.items = {0}};
    enum cli_exit reverted = revert(t);
    return status != CLI_OK ? status : reverted;
}

static enum cli_exit run_locked(struct try_run *t) {
    struct apply_run *a = &t->apply;
    enum cli_exit status;
    if (!apply_find(a, &status))
        return status;
    status = apply_show(a);
    if (status != CLI_OK || a->steps.items.n == 0)
        return status;
    if (a->steps.refused.n > 0 || a->report.diff.sums[DIFF_LOST] > 0) {
        cli_err("opsc try: what cannot be done as a whole is not tried: nothing was done\n");
        return CLI_OUTSIDE;
    }
    if (!apply_is_wanted(a, "try this"))
        return CLI_USAGE;
    watch_init(a->c->arena, a->r.of->graph, &t->watch);
    if (!poll(t))
        return CLI_OUTSIDE;
    return try_it(t);
}

static enum cli_exit run_try(struct cli *c) {
    struct try_run *t = ARENA_NEW(c->arena, struct try_run);
    struct apply_run *a = &t->apply;
    enum cli_exit status = CLI_USAGE;
    a->c = c;
    if (!read_for(c, &t->for_s) || !compared_open(c, &a->r, &status))
        return status;
    status = apply_lock(a);
    if (status != CLI_OK)
        return status;
    status = run_locked(t);
    apply_unlock(a);
    return status;
}

const struct cli_command cmd_try = {
    .name = "try",
    .args = "[FILE]",
    .summary = "Apply the spec, watch its alarms for a while, and take it back unless you keep it.",
    .text =
        "What is created is deleted again, what is changed becomes what it was, unless you say\n"
        "`yes` at the end; with --yes nobody is asked, and it stays when no alarm went off that\n"
        "was quiet before. Ctrl-C takes it back as well. docs/apply.md has more.\n",
    .examples = "  opsc try                          # ten minutes\n"
                "  opsc try --for 1h --env staging\n"
                "  opsc try --for 15m --yes          # in CI: stays unless an alarm goes off\n",
    .options = {OPT_ENV, OPT_VAR, OPT_PROFILE, OPT_YES, OPT_FOR, OPT_IGNORE, OPT_LOCK_TIMEOUT,
                OPT_NO_LOCK, OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 10,
    .max_args = 1,
    .run = run_try,
};
