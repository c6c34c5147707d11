/* SPDX-License-Identifier: MIT */
/*
 * Deletions that one call does many of: AWS deletes three alarms a second one by one, and three
 * hundred by hundreds.
 */
#include "apply/run_parts.h"
#include "live/request.h"

struct run_batch {
    struct run *run;
    const struct resource_write *row;
    str region;
    struct value *names; /* LIST: what it is asked for */
    VEC(struct step *) steps;
};

static struct run_batch *find_or_make(struct run *r, const struct resource_write *row, str region) {
    for (uint32_t i = 0; i < r->batches.n; i++) {
        struct run_batch *b = r->batches.at[i];
        if (b->row == row && str_eq(b->region, region) && b->steps.n < row->many_max)
            return b;
    }
    struct run_batch *b = ARENA_NEW(r->a, struct run_batch);
    *b = (struct run_batch){.run = r, .row = row, .region = region};
    b->names = value_list(r->a, VALUE_LIST, row->many_max, SPAN_NONE);
    VEC_PUSH(r->a, &r->batches, b);
    return b;
}

bool run_gather(struct run *r, struct step *s, const struct value *params, str region) {
    if (!r->gathers || s->row->many == NULL)
        return false;
    const struct value *list = value_get(params, str_c(s->row->many));
    struct run_batch *b = find_or_make(r, s->row, region);
    value_push(b->names, list->list.items[0]);
    VEC_PUSH(r->a, &b->steps, s);
    return true;
}

/* What is wrong with all of them alike; nothing was done then. */
static bool is_of_all(enum aws_error_kind kind) {
    return run_is_hopeless(kind) || kind == AWS_DENIED || kind == AWS_THROTTLED ||
           kind == AWS_QUOTA || kind == AWS_GIVEN_UP;
}

static void end(struct run *r, struct step *s, const struct aws_answer *answer, bool done) {
    if (done) {
        s->calls++;
        run_call_next(r, s);
    } else if (is_of_all(answer->error.kind)) {
        run_fail(r, s, &answer->error);
    } else {
        run_send(r, s, 0); /* by itself each says what is the matter with it */
    }
}

static void answered(void *ctx, struct aws_client *client, const struct aws_answer *answer) {
    struct run_batch *b = ctx;
    struct run *r = b->run;
    (void)client;
    run_may_go_on(r);
    bool done = answer->error.kind == AWS_OK && run_is_plain_answer(r, b->steps.at[0], answer);
    r->ret->calls += done;
    for (uint32_t i = 0; i < b->steps.n; i++)
        end(r, b->steps.at[i], answer, done);
}

void run_send_gathered(struct run *r) {
    r->gathers = false;
    for (uint32_t i = 0; i < r->batches.n; i++) {
        struct run_batch *b = r->batches.at[i];
        struct value *params = value_map(r->a, 1, SPAN_NONE);
        value_set(params, str_c(b->row->many), b->names);
        struct aws_call call = {
            .region = b->region, .effect = AWS_SETS, .done = answered, .ctx = b};
        request_make_write(r->a, b->row, params, &call);
        aws_client_start(r->client, &call);
    }
    r->batches.n = 0;
}
