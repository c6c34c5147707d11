/* SPDX-License-Identifier: MIT */
#include "live/listed.h"

#include "live/answer.h"
#include "live/parts.h"
#include "live/request.h"
#include "live/turn.h"
#include "model/value_json.h"

/* A call in words, with its pages. */
struct question {
    struct listed *l;
    const struct listed_call *of;
    const struct resource_call *call; /* that, or the one before it */
    const struct value *one;          /* STR: what it is asked for; NULL: nothing in particular */
    struct turn turn;
};

static void ask(struct question *q);

/* ---- what went wrong */

static void add_error(const struct question *q, const struct aws_error *e) {
    struct arena *a = q->l->a;
    const struct aws_service *s = aws_service_find(str_c(q->call->service));
    struct live_error to = {.service = s->iam,
                            .operation = str_c(q->call->operation),
                            .region = q->of->region,
                            .error = aws_error_keep(a, e)};
    VEC_PUSH(a, &q->l->ret->errors, to);
    /* All that is not allowed is told at once. */
    if (e->kind != AWS_DENIED)
        aws_client_stop(q->l->client);
}

static void strange(const struct question *q, const char *why) {
    const struct aws_error e = {.kind = AWS_STRANGE, .message = str_c(why)};
    add_error(q, &e);
}

/* ---- answers */

/* XML has an empty text where a list is empty. */
static bool is_empty(const struct value *v) {
    return v == NULL || (v->type == VALUE_STR && v->text.n == 0);
}

static void ask_for(const struct question *q, const struct value *item) {
    struct question *one = ARENA_NEW(q->l->a, struct question);
    *one = (struct question){.l = q->l, .of = q->of, .call = &q->of->call, .one = item};
    if (item->type != VALUE_STR)
        strange(q, "it lists something that is no name");
    else
        ask(one);
}

/* Of one item, or of each of a list; `to` NULL: the items are what the call is asked for. */
static void take(const struct question *q, const struct listed_call *to, const struct value *v) {
    bool list = v != NULL && v->type == VALUE_LIST;
    for (uint32_t i = 0; v != NULL && i < (list ? v->list.n : 1); i++) {
        const struct value *item = list ? v->list.items[i] : v;
        if (is_empty(item))
            continue;
        if (to != NULL)
            to->take(to->ctx, item);
        else
            ask_for(q, item);
    }
}

static void take_all(const struct question *q, const struct value *answer) {
    const struct path_scope whole = {NULL, answer};
    struct arena *a = q->l->a;
    if (q->call != &q->of->call) {
        take(q, NULL, path_find(a, &whole, str_c(q->of->call.each_items)));
        return;
    }
    for (const struct listed_call *c = q->of; c != NULL; c = c->same)
        take(q, c, path_find(a, &whole, c->items));
}

static void next_page(struct question *q, const struct value *answer) {
    const struct resource_call *c = q->call;
    const struct path_scope whole = {NULL, answer};
    const struct value *token =
        c->token_out == NULL ? NULL : path_find(q->l->a, &whole, str_c(c->token_out));
    if (is_empty(token))
        return;
    if (token->type != VALUE_STR || !turn_to(&q->turn, token->text)) {
        strange(q, "its pages do not end");
        return;
    }
    ask(q);
}

static void done(void *ctx, struct aws_client *c, const struct aws_answer *answer) {
    struct question *q = ctx;
    const char *why;
    (void)c;
    if (answer->error.kind == AWS_NOT_FOUND && q->one != NULL && q->turn.token.n == 0)
        return; /* it was deleted since it was listed */
    if (answer->error.kind != AWS_OK) {
        add_error(q, &answer->error);
        return;
    }
    const struct value *v = answer_to(q->l->a, q->call, answer, &why);
    if (v == NULL) {
        strange(q, why);
        return;
    }
    take_all(q, v);
    next_page(q, v);
}

/* ---- questions */

/* What a row has as JSON, which was looked at when it was read, and room for what is asked. */
static struct value *fixed(const struct question *q) {
    const char *why;
    struct arena *a = q->l->a;
    const struct value *row =
        q->call->input == NULL ? NULL : value_of_json(a, str_c(q->call->input), &why);
    uint32_t n = row == NULL ? 0 : row->map.n;
    struct value *v = value_map(a, n + 2, SPAN_NONE);
    for (uint32_t i = 0; i < n; i++)
        value_set(v, row->map.fields[i].name, row->map.fields[i].value);
    return v;
}

static void ask(struct question *q) {
    struct listed *l = q->l;
    struct value *params = fixed(q);
    if (q->one != NULL)
        value_set(params, str_c(q->of->each_as), (struct value *)q->one);
    if (q->turn.token.n > 0)
        value_set(params, str_c(q->call->token_in), value_str(l->a, q->turn.token, SPAN_NONE));
    struct aws_call call = {.region = q->of->region, .effect = AWS_READS, .done = done, .ctx = q};
    request_make(l->a, q->call, params, &call);
    aws_client_start(l->client, &call);
}

void listed_ask(struct listed *l, const struct listed_call *c) {
    struct question *q = ARENA_NEW(l->a, struct question);
    *q = (struct question){.l = l, .of = c, .call = c->call.each != NULL ? c->call.each : &c->call};
    ask(q);
}

/* ---- who is calling */

static void take_caller(void *ctx, const struct value *item) {
    live_take_caller(item, ctx);
}

bool listed_caller(struct listed *l, str region) {
    const struct listed_call c = {.call = {.service = "sts", .operation = "GetCallerIdentity"},
                                  .items = STR(""),
                                  .region = region,
                                  .take = take_caller,
                                  .ctx = l->ret};
    const struct question q = {.l = l, .of = &c, .call = &c.call};
    listed_ask(l, &c);
    aws_client_run(l->client);
    if (l->ret->errors.n == 0 && l->ret->account.n == 0)
        strange(&q, "it names no account");
    return l->ret->errors.n == 0;
}
