/* SPDX-License-Identifier: MIT */
#include "cli/apply_parts.h"

#include "cli/terminal.h"

#define TEXT_MAX (256u << 20)
#define ANSWER_S 3600

static const char *const doing[STEP_ACTIONS] = {[STEP_CREATE] = "create",
                                                [STEP_CHANGE] = "change",
                                                [STEP_REPLACE] = "replace",
                                                [STEP_DELETE] = "delete"};
const char *const apply_done[STEP_ACTIONS] = {[STEP_CREATE] = "created",
                                              [STEP_CHANGE] = "changed",
                                              [STEP_REPLACE] = "replaced",
                                              [STEP_DELETE] = "deleted"};

str apply_title(struct apply_run *a, const struct node *want, const struct node *have) {
    const struct node *n = want != NULL ? want : have;
    return arena_printf(a->c->arena, "%s %.*s%s", n->kind->title,
                        STR_ARG(cli_shown(a->c, report_name(n))),
                        report_elsewhere(n, a->r.of->region));
}

str apply_place(struct apply_run *a, const struct node *want) {
    if (want == NULL || want->at.file == 0)
        return STR("");
    struct place p = sources_place(&a->r.sources, want->at.file, want->at.start);
    return arena_printf(a->c->arena, "%.*s:%u", STR_ARG(p.file), p.line);
}

/* ", for ops.yaml:42", or nothing. */
static str place(struct apply_run *a, const struct node *want) {
    str at = cli_shown(a->c, apply_place(a, want));
    return at.n == 0 ? at : arena_cat(a->c->arena, STR(", for "), at);
}

/* "2 to create, 1 to delete"; false: all are 0. */
static bool put_counts(struct buf *b, const uint32_t *n, const char *to,
                       const char *const words[STEP_ACTIONS]) {
    const char *before = "";
    for (int i = 0; i < STEP_ACTIONS; i++) {
        if (n[i] == 0)
            continue;
        buf_printf(b, "%s%u %s%s", before, n[i], to, words[i]);
        before = ", ";
    }
    return before[0] != 0;
}

/* ---- what will be done */

static void put_deletions(struct apply_run *a, struct buf *b) {
    for (uint32_t i = 0; i < a->steps.items.n; i++) {
        const struct step *s = a->steps.items.at[i];
        str name = apply_title(a, s->want, s->have);
        if (s->action == STEP_DELETE)
            buf_printf(b, "- %.*s: will be deleted\n", STR_ARG(name));
    }
}

/* ": IAM policy attachment audit/shop-production-web and 1 more" */
static void put_held(struct apply_run *a, struct buf *b, const struct held *h) {
    if (h->by != NULL)
        buf_printf(b, ": %.*s", STR_ARG(apply_title(a, NULL, h->by)));
    if (h->more > 0)
        buf_printf(b, "%s%u %s", h->by != NULL ? " and " : ": ", h->more,
                   h->by != NULL  ? "more"
                   : h->more == 1 ? "user, group or boundary of permissions"
                                  : "users, groups or boundaries of permissions");
    if (h->by != NULL || h->more > 0)
        BUF_LIT(b, ". Take it from there first");
}

static void put_refused(struct apply_run *a, struct buf *b) {
    for (uint32_t i = 0; i < a->steps.refused.n; i++) {
        const struct step_refusal *f = &a->steps.refused.at[i];
        str name = apply_title(a, f->want, f->have), at = place(a, f->want);
        buf_printf(b, "not %s: %.*s%.*s: %s", apply_done[f->action], STR_ARG(name), STR_ARG(at),
                   f->why);
        put_held(a, b, &f->held);
        buf_printf(b, f->flag == NULL ? "\n" : " (%s does it all the same)\n", f->flag);
    }
}

enum cli_exit apply_show(struct apply_run *a) {
    struct buf b = BUF_INIT(TEXT_MAX);
    if (a->json)
        return CLI_OK;
    if (!a->options.destroy)
        report_text(&b, &a->report, a->c->colour_out);
    put_deletions(a, &b);
    put_refused(a, &b);
    /* What a plan is not told of. */
    if (a->steps.sums[STEP_DELETE] > 0 || a->steps.refused.n > 0 || a->options.destroy)
        buf_text(&b, put_counts(&b, a->steps.sums, "to ", doing) ? "\n" : "nothing to do\n");
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    return status;
}

/* ---- how it went */

static void tell_failed(struct apply_run *a, const struct step *s) {
    struct arena *m = a->c->arena;
    str name = apply_title(a, s->want, s->have), at = place(a, s->want);
    str what =
        arena_printf(m, "%.*s%.*s: not %s", STR_ARG(name), STR_ARG(at), apply_done[s->action]);
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
        str name = apply_title(a, s->want, s->have);
        if (s->because == NULL)
            cli_err("opsc: %.*s: not begun\n", STR_ARG(name));
        else
            cli_err("opsc: %.*s: not begun, it waits for %.*s\n", STR_ARG(name),
                    STR_ARG(apply_title(a, s->because->want, s->because->have)));
    }
}

static enum cli_exit tell_sums(struct apply_run *a) {
    struct buf b = BUF_INIT(TEXT_MAX);
    bool any = put_counts(&b, a->sums, "", apply_done);
    buf_printf(&b, "%s in %u call%s", any ? "" : "nothing done", a->all.calls,
               a->all.calls == 1 ? "" : "s");
    if (a->all.failed + a->all.left > 0)
        buf_printf(&b, "; %u failed, %u not begun: run it again when that is mended", a->all.failed,
                   a->all.left);
    BUF_LIT(&b, "\n");
    enum cli_exit status = a->json ? CLI_OK : cli_print(&b);
    buf_done(&b);
    return a->all.failed + a->all.left > 0 ? CLI_OUTSIDE
           : a->steps.refused.n > 0        ? CLI_DRIFT
                                           : status;
}

enum cli_exit apply_tell(struct apply_run *a) {
    if (a->all.stopped && !account_lock_is_held(&a->lock) && account_lock_check(&a->lock) == CLI_OK)
        cli_err("opsc: the lock could not be renewed for so long that it might have been somebody "
                "else's\n");
    tell_left(a);
    unsigned tenths = (unsigned)((a->took_ms + 99) / 100);
    cli_err("opsc: this took %u.%u s\n", tenths / 10, tenths % 10);
    enum cli_exit status = tell_sums(a);
    for (uint32_t i = 0; i < a->next.items.n && !a->json; i++)
        cli_err("next: %.*s\n", STR_ARG(cli_shown(a->c, a->next.items.at[i])));
    return status;
}

/* ---- who is asked */

/* Only the whole word is taken: this may be production. */
bool apply_is_wanted(struct apply_run *a, const char *question) {
    if (cli_has(a->c, OPT_YES) || cli_has(a->c, OPT_PLAN))
        return true;
    if (!a->c->tty_in) {
        cli_err("opsc %s: nobody can be asked here: --yes does it without asking\n",
                a->c->command->name);
        return false;
    }
    str asked =
        arena_printf(a->c->arena, "opsc: %s in account %.*s, %.*s? Only `yes` is taken: ", question,
                     STR_ARG(a->r.live.account), STR_ARG(a->r.of->region));
    bool yes = terminal_confirm((const char *)asked.p, ANSWER_S, apply_keep_lock, a) &&
               (account_lock_is_held(&a->lock) || account_lock_check(&a->lock) == CLI_OK);
    if (!yes)
        cli_err("opsc: nothing was done\n");
    return yes;
}
