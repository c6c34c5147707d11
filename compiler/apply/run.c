/* SPDX-License-Identifier: MIT */
#include "apply/run.h"

#include "apply/each.h"
#include "apply/run_parts.h"

/* ---- ends of steps */

bool run_is_hopeless(enum aws_error_kind kind) {
    return kind == AWS_NO_CREDENTIALS || kind == AWS_NO_REGION || kind == AWS_NO_LIBRARY ||
           kind == AWS_UNREACHABLE || kind == AWS_UNTRUSTED || kind == AWS_EXPIRED ||
           kind == AWS_BAD_KEYS || kind == AWS_SKEWED || kind == AWS_TIMEOUT;
}

static void stop(struct run *r) {
    r->ret->stopped = true;
    aws_client_stop(r->client);
}

bool run_may_go_on(struct run *r) {
    if (!r->ret->stopped && r->o->may_go_on != NULL && !r->o->may_go_on(r->o->ctx))
        stop(r);
    return !r->ret->stopped;
}

static void tell(struct run *r, const struct step *s) {
    if (r->o->told != NULL)
        r->o->told(r->o->ctx, s);
}

/* What waits for it, also at second hand, is not begun. */
static void leave(struct run *r, struct step *s, const struct step *because) {
    if (s->state != STEP_WAITS)
        return;
    s->state = STEP_LEFT;
    s->because = because;
    r->ret->left++;
    for (uint32_t i = 0; i < s->then.n; i++)
        leave(r, s->then.at[i], because);
}

void run_fail(struct run *r, struct step *s, const struct aws_error *e) {
    bool begun = s->calls > 0;
    s->error = aws_error_keep(r->a, e);
    /* What was given up before anything was done of it is as if it had not been begun. */
    s->state = e->kind == AWS_GIVEN_UP && !begun ? STEP_LEFT : STEP_FAILED;
    r->ret->failed += s->state == STEP_FAILED;
    r->ret->left += s->state == STEP_LEFT;
    tell(r, s);
    for (uint32_t i = 0; i < s->then.n; i++)
        leave(r, s->then.at[i], s->state == STEP_FAILED ? s : NULL);
    if (run_is_hopeless(e->kind))
        stop(r);
}

void run_fail_with(struct run *r, struct step *s, str why) {
    const struct aws_error e = {.kind = AWS_INVALID, .message = why};
    run_fail(r, s, &e);
}

static void begin(struct run *r, struct step *s);

static void finish(struct run *r, struct step *s) {
    s->state = s->calls > 0 ? STEP_DONE : STEP_SAME;
    r->ret->done += s->state == STEP_DONE;
    r->ret->replaced = r->ret->replaced || s->action == STEP_REPLACE;
    tell(r, s);
    for (uint32_t i = 0; i < s->then.n; i++) {
        if (--s->then.at[i]->waits == 0 && s->then.at[i]->state == STEP_WAITS)
            begin(r, s->then.at[i]);
    }
}

/* ---- from call to call */

/* Of what is replaced the old one is gone. */
static void forget_old(struct run *r, struct step *s) {
    struct known_node *pair = known_pair(&r->known, s->want);
    pair->have = NULL;
    s->deleting = false;
    s->row = NULL;
    run_call_next(r, s);
}

/* Turns to the next call. False: which items it is called for is not known, and it failed. */
static bool turn(struct run *r, struct step *s) {
    str why = {NULL, 0};
    s->waited_ms = 0;
    s->first = NULL;
    if (s->items != NULL && s->at + 1 < s->items->list.n) {
        s->at++;
        return true;
    }
    do {
        s->row = step_next_row(s);
        s->items = NULL;
        s->at = 0;
        if (s->row == NULL)
            return true;
        s->operation = s->row->operation;
        s->service = aws_service_find(str_c(s->row->service))->iam;
        if (s->row->each != NULL) {
            const struct input_from from = run_input(r, s);
            s->items = each_items(&from, s->row, s->deleting, &why);
        }
    } while (s->items != NULL && s->items->list.n == 0);
    if (s->row->each != NULL && s->items == NULL)
        run_fail_with(r, s, why);
    return s->row->each == NULL || s->items != NULL;
}

void run_call_next(struct run *r, struct step *s) {
    if (!turn(r, s))
        return;
    if (s->row == NULL && s->deleting && s->action == STEP_REPLACE) {
        forget_old(r, s);
        return;
    }
    if (s->row == NULL) {
        finish(r, s);
        return;
    }
    if (!run_may_go_on(r)) {
        const struct aws_error e = {.kind = AWS_GIVEN_UP,
                                    .message = STR("it was stopped before this")};
        run_fail(r, s, &e);
        return;
    }
    run_send(r, s, 0);
}

static bool depends(const struct step *s) {
    bool any = false;
    for (uint32_t i = 0; i < s->item.changes.n; i++)
        any = any || s->item.changes.at[i].unknown;
    return any;
}

static void begin(struct run *r, struct step *s) {
    if (!run_may_go_on(r)) {
        leave(r, s, NULL);
        return;
    }
    s->state = STEP_RUNS;
    s->run = r;
    /* What it waited for is there now. */
    if (s->action == STEP_CHANGE && depends(s))
        s->item = diff_node(&r->known, s->want);
    const char *over = s->action == STEP_CHANGE ? step_left_over(s) : NULL;
    if (over != NULL)
        run_fail_with(r, s,
                      arena_printf(r->a,
                                   "there is no operation of AWS's by which opsc changes "
                                   "its %s",
                                   over));
    else if (s->action != STEP_CHANGE && step_next_row(s) == NULL)
        run_fail_with(r, s, STR("opsc does not write this kind"));
    else
        run_call_next(r, s);
}

/* ---- all */

static unsigned rank(const struct step *s) {
    const struct resource_writing *w = resource_writing_of(s->have->kind);
    return w == NULL ? 0 : w->rank;
}

/* Those that nothing has to be done before; of deletions those of a rank. */
static void begin_all(struct run *r, bool deletions, unsigned of) {
    r->gathers = deletions;
    for (uint32_t i = 0; i < r->steps->items.n; i++) {
        struct step *s = r->steps->items.at[i];
        bool deletes = s->action == STEP_DELETE && s->then.n == 0;
        if (s->state == STEP_WAITS && s->waits == 0 && deletes == deletions &&
            (!deletes || rank(s) == of))
            begin(r, s);
    }
    run_send_gathered(r);
    aws_client_run(r->client);
}

static void leave_all(struct run *r) {
    for (uint32_t i = 0; i < r->steps->items.n; i++)
        leave(r, r->steps->items.at[i], NULL);
}

void run_steps(struct arena *a, struct aws_client *client, const struct graph *want,
               const struct graph *have, struct steps *steps, const struct run_options *o,
               struct run_result *ret) {
    struct run r = {.a = a, .client = client, .o = o, .steps = steps, .ret = ret};
    unsigned most = 0;
    *ret = (struct run_result){0};
    known_init(&r.known, a, want, have, o->diff);
    for (uint32_t i = 0; i < want->nodes.n; i++)
        known_pair(&r.known, want->nodes.at[i]);
    begin_all(&r, false, 0);
    for (uint32_t i = 0; i < steps->items.n; i++) {
        const struct step *s = steps->items.at[i];
        most = s->action == STEP_DELETE && rank(s) > most ? rank(s) : most;
    }
    /* What is not wanted any more may still be referred to by what could not be changed. */
    for (unsigned of = 0; of <= most && ret->failed + ret->left == 0; of++)
        begin_all(&r, true, of);
    leave_all(&r);
    aws_client_go_on(client);
}
