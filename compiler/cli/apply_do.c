/* SPDX-License-Identifier: MIT */
#include "cli/apply_parts.h"

#include "cli/terminal.h"
#include "io/clock.h"
#include "live/others.h"

#define TEXT_MAX (1u << 20)
/* What AWS deletes with something that is replaced is made again in another round. */
#define ROUNDS 3

enum cli_exit apply_lock(struct apply_run *a) {
    struct compared *r = &a->r;
    const struct config *cfg = r->of->cfg;
    enum cli_exit status;
    str environment = arena_printf(a->c->arena, "%.*s %.*s", STR_ARG(cfg->project.text),
                                   STR_ARG(cfg->environment.text));
    if (!compared_open_client(r, &status))
        return status;
    return account_lock_take(a->c, r->client, &r->of->lock, environment, &a->lock);
}

void apply_unlock(struct apply_run *a) {
    account_lock_release(&a->lock);
    terminal_release_signals();
}

void apply_keep_lock(void *ctx) {
    const struct apply_run *a = ctx;
    account_lock_keep(&a->lock);
}

struct going {
    const struct node **nodes; /* what would be deleted */
    uint32_t n;
    bool named; /* something of it has nothing but its name to say whose it is */
};

static struct going going_of(struct apply_run *a) {
    const struct diff *d = &a->r.diff;
    struct going g = {.nodes = ARENA_ARRAY(a->c->arena, const struct node *, d->items.n + 1)};
    for (uint32_t i = 0; i < d->items.n; i++) {
        const struct diff_item *item = &d->items.at[i];
        bool goes = steps_goes(&a->options, item);
        if (goes)
            g.nodes[g.n++] = item->have;
        g.named = g.named || (goes && item->want == NULL && steps_is_named_only(item->have));
    }
    return g;
}

/* Tags of what would be deleted, as they are now, and which names may be somebody else's. */
static bool read_owners(struct apply_run *a) {
    struct compared *r = &a->r;
    struct live_options o = {.region = r->of->region,
                             .prefix = r->of->prefix,
                             .path = r->of->path,
                             .account = r->of->account};
    struct going g = going_of(a);
    struct others others = {0};
    live_read_tags_of(a->c->arena, r->client, r->of->graph, &o, g.nodes, g.n, &r->live);
    if (g.named)
        live_read_others(a->c->arena, r->client, &o, &r->live, &others);
    a->options.have = r->live.have;
    a->options.is_named = r->options.ours;
    a->options.ctx = r->options.ctx;
    a->options.others = others.prefixes.at;
    a->options.nothers = others.prefixes.n;
    if (r->live.errors.n > 0)
        account_tell_errors(a->c, &r->sources, &r->live,
                            "`opsc iam apply` prints the policy that has all that this takes.");
    return r->live.errors.n == 0;
}

/* Reads, compares, and finds what is to be done. */
bool apply_find(struct apply_run *a, enum cli_exit *ret_status) {
    if (!compared_read(&a->r, ret_status))
        return false;
    *ret_status = CLI_OUTSIDE;
    if (!read_owners(a))
        return false;
    compared_report(&a->r, true, &a->report);
    steps_make(a->c->arena, a->r.of->graph, &a->report.diff, &a->options, &a->steps);
    return true;
}

static void told(void *ctx, const struct step *s) {
    struct apply_run *a = ctx;
    struct buf b = BUF_INIT(TEXT_MAX);
    str name = apply_title(a, s->want, s->have);
    if (s->state == STEP_DONE && !a->json)
        buf_printf(&b, "%s %.*s\n", apply_done[s->action], STR_ARG(name));
    if (b.n > 0)
        apply_progress_hide(a);
    cli_print(&b);
    buf_done(&b);
    apply_progress_step(a);
}

static bool may_go_on(void *ctx) {
    const struct apply_run *a = ctx;
    return account_lock_is_held(&a->lock) && (a->unstoppable || !terminal_is_interrupted());
}

static void count(struct apply_run *a, const struct graph *want) {
    for (uint32_t i = 0; i < a->steps.items.n; i++) {
        const struct step *s = a->steps.items.at[i];
        a->sums[s->action] += s->state == STEP_DONE;
        VEC_PUSH(a->c->arena, &a->ended, s);
        next_add(a->c->arena, want, s, &a->next);
    }
    a->all.calls += a->result.calls;
    a->all.failed = a->result.failed;
    a->all.left = a->result.left;
    a->all.stopped = a->result.stopped;
}

void apply_do_steps(struct apply_run *a, const struct graph *want, const struct diff_options *o) {
    struct io_clock clock = io_clock_posix();
    str now = arena_printf(a->c->arena, "%lld", (long long)clock.now_ms(clock.ctx));
    struct run_options run = {
        .diff = o, .run = now, .told = told, .may_go_on = may_go_on, .ctx = a};
    int64_t began_ms = clock.steady_ms(clock.ctx);
    terminal_hold_signals();
    apply_progress_begin(a, clock);
    run_steps(a->c->arena, a->r.client, want, a->r.live.have, &a->steps, &run, &a->result);
    apply_progress_end(a);
    a->took_ms += clock.steady_ms(clock.ctx) - began_ms;
    count(a, want);
}

void apply_do(struct apply_run *a) {
    enum cli_exit status;
    for (int round = 0; round < ROUNDS; round++) {
        if (round > 0 && !apply_find(a, &status)) {
            a->all.left++;
            break;
        }
        apply_do_steps(a, a->r.of->graph, &a->r.options);
        if (!a->result.replaced || a->result.failed + a->result.left > 0)
            break;
    }
}
