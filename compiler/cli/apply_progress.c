/* SPDX-License-Identifier: MIT */
/* One line on a terminal, written over, that says how far it is. */
#include "cli/apply_parts.h"

#define FIRST_MS 400
#define EVERY_MS 100

/* To the beginning of the line, and nothing of the old one is left. */
#define OVER "\r\033[K"

static void show(struct apply_run *a) {
    struct apply_progress *p = &a->progress;
    int64_t now = p->clock.steady_ms(p->clock.ctx);
    if (!p->watched || now - p->shown_ms < (p->visible ? EVERY_MS : FIRST_MS))
        return;
    p->shown_ms = now;
    p->visible = true;
    cli_err(OVER "opsc: [%u/%u] %s", p->done, a->steps.items.n, p->doing);
}

static void on_call(void *ctx, const struct aws_client *client, const struct aws_call *call) {
    struct apply_run *a = ctx;
    (void)client;
    a->progress.doing = (const char *)arena_printf(a->c->arena, "%s:%.*s", call->service->iam,
                                                   STR_ARG(call->operation))
                            .p;
    show(a);
}

void apply_progress_begin(struct apply_run *a, struct io_clock clock) {
    a->progress = (struct apply_progress){.clock = clock,
                                          .watched = account_is_watched(a->c),
                                          .shown_ms = clock.steady_ms(clock.ctx),
                                          .doing = ""};
    if (a->progress.watched)
        aws_client_watch(a->r.client, on_call, a);
}

void apply_progress_hide(struct apply_run *a) {
    if (!a->progress.visible)
        return;
    cli_err(OVER);
    a->progress.visible = false;
    a->progress.shown_ms -= FIRST_MS;
}

void apply_progress_step(struct apply_run *a) {
    a->progress.done++;
    show(a);
}

void apply_progress_end(struct apply_run *a) {
    aws_client_watch(a->r.client, NULL, NULL);
    apply_progress_hide(a);
}
