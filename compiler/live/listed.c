/* SPDX-License-Identifier: MIT */
#include "live/listed.h"

#include "live/asking.h"

/* A call in words. */
struct question {
    struct listed *l;
    const struct listed_call *of;
    struct asking asking;
};

static void ask(struct question *to, const struct resource_call *call, const struct value *params,
                bool one);

/* ---- what went wrong */

static void failed(void *ctx, const struct aws_error *e) {
    const struct question *q = ctx;
    asking_note(q->l->a, q->l->ret, q->asking.call, q->of->region, NULL, e);
    /* All that is not allowed is told at once. */
    if (e->kind != AWS_DENIED)
        aws_client_stop(q->l->client);
}

static void strange(void *ctx, str why) {
    const struct aws_error e = {.kind = AWS_STRANGE, .message = why};
    failed(ctx, &e);
}

/* ---- answers */

/* XML has an empty text where a list is empty. */
static bool is_empty(const struct value *v) {
    return v == NULL || (v->type == VALUE_STR && v->text.n == 0);
}

static void ask_for(struct question *q, struct value *item) {
    struct arena *a = q->l->a;
    if (item->type != VALUE_STR) {
        strange(q, STR("it lists something that is no name"));
        return;
    }
    struct question *one = ARENA_NEW(a, struct question);
    struct value *params = value_map(a, 1, SPAN_NONE);
    value_set(params, str_c(q->of->each_as), item);
    *one = (struct question){.l = q->l, .of = q->of};
    ask(one, &q->of->call, params, true);
}

/* Of one item, or of each of a list; `to` NULL: the items are what the call is asked for. */
static void take(struct question *q, const struct listed_call *to, const struct value *v) {
    bool list = v != NULL && v->type == VALUE_LIST;
    for (uint32_t i = 0; v != NULL && i < (list ? v->list.n : 1); i++) {
        struct value *item = list ? v->list.items[i] : (struct value *)v;
        if (is_empty(item))
            continue;
        if (to != NULL)
            to->take(to->ctx, item);
        else
            ask_for(q, item);
    }
}

static bool take_all(void *ctx, const struct value *answer) {
    struct question *q = ctx;
    const struct path_scope whole = {NULL, answer};
    struct arena *a = q->l->a;
    if (q->asking.call != &q->of->call) {
        take(q, NULL, path_find(a, &whole, str_c(q->of->call.each_items)));
        return true;
    }
    for (const struct listed_call *c = q->of; c != NULL; c = c->same)
        take(q, c, path_find(a, &whole, c->items));
    return true;
}

/* ---- questions */

/* `one`: for one of a list, which may have been deleted since it was listed. */
static void ask(struct question *to, const struct resource_call *call, const struct value *params,
                bool one) {
    to->asking = (struct asking){.a = to->l->a,
                                 .client = to->l->client,
                                 .call = call,
                                 .region = to->of->region,
                                 .account = to->l->ret->account,
                                 .params = params,
                                 .may_lack = one,
                                 .take = take_all,
                                 .failed = failed,
                                 .strange = strange,
                                 .ctx = to};
    asking_begin(&to->asking);
}

void listed_ask(struct listed *l, const struct listed_call *c) {
    struct question *q = ARENA_NEW(l->a, struct question);
    *q = (struct question){.l = l, .of = c};
    ask(q, c->call.each != NULL ? c->call.each : &c->call, value_map(l->a, 0, SPAN_NONE), false);
}

bool listed_caller(struct listed *l, str region) {
    return asking_caller(l->a, l->client, region, l->ret);
}
