/* SPDX-License-Identifier: MIT */
#include "live/live.h"

#include "live/answer.h"
#include "live/items.h"
#include "model/value_json.h"

/* A list of ten million things is not one that somebody wants compared. */
#define PAGES_MAX 100000

struct live {
    struct arena *a;
    struct aws_client *client;
    const struct graph *want;
    const struct live_options *o;
    struct live_result *ret;
    VEC(struct question *) questions;
};

/* An operation in a region, with its pages. */
struct question {
    struct live *l;
    const struct resource_call *call;
    const struct resource_call *of; /* what is asked for each thing that is listed; or `call` */
    enum graph_region region;
    const struct node *want; /* the first that it was asked for */
    str token;
    uint32_t pages;
    str one; /* what it is asked for, when it is one thing */
};

static void ask(struct question *q);

static str region_name(const struct live *l, enum graph_region r) {
    return r == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME) : l->o->region;
}

/* ---- what went wrong */

static struct live_error *add_error(struct question *q, enum aws_error_kind kind) {
    struct live *l = q->l;
    const struct aws_service *s = aws_service_find(str_c(q->call->service));
    VEC_PUSH(l->a, &l->ret->errors,
             (struct live_error){.service = s->iam,
                                 .operation = str_c(q->call->operation),
                                 .region = region_name(l, q->region),
                                 .want = q->want,
                                 .error = {.kind = kind}});
    return VEC_LAST(&l->ret->errors);
}

static void strange(struct question *q, str why) {
    add_error(q, AWS_STRANGE)->error.message = why;
}

static void failed(struct question *q, const struct aws_error *e) {
    struct arena *a = q->l->a;
    struct aws_error *to = &add_error(q, e->kind)->error;
    to->status = e->status;
    to->code = arena_str(a, e->code);
    to->message = arena_str(a, e->message);
    to->request_id = arena_str(a, e->request_id);
    to->action = arena_str(a, e->action);
    /* All that is not allowed is told at once. */
    if (e->kind != AWS_DENIED)
        aws_client_stop(q->l->client);
}

/* ---- answers */

static bool serves(const struct question *q, const struct node *n) {
    return !n->data && n->kind->read != NULL && n->kind->read->call == q->of &&
           n->region == q->region;
}

/* Nodes of every kind that is found in it. */
static void take(struct question *q, const struct value *answer) {
    str why;
    for (uint32_t k = 0; k < resource_kinds_n; k++) {
        const struct resource_kind *kind = resource_kinds[k];
        if (kind->read != NULL && kind->read->call == q->call &&
            !items_add(q->l->ret->have, kind, q->region, answer, &why)) {
            strange(q, why);
            return;
        }
    }
}

static bool is_wanted(const struct question *q, str name) {
    const struct live *l = q->l;
    for (uint32_t i = 0; i < l->want->nodes.n; i++) {
        const struct node *n = l->want->nodes.at[i];
        if (serves(q, n) && n->name.n > 0 && str_eq(n->name, name))
            return true;
    }
    return l->o->prefix.n > 0 && str_starts(name, l->o->prefix);
}

static void ask_each(struct question *q, const struct value *answer) {
    struct live *l = q->l;
    const struct value *items = answer_at(answer, str_c(q->of->each_items));
    for (uint32_t i = 0; items != NULL && items->type == VALUE_LIST && i < items->list.n; i++) {
        const struct value *name = value_get(items->list.items[i], str_c(q->of->each_name));
        if (name == NULL || name->type != VALUE_STR || name->text.n == 0) {
            strange(q, arena_printf(l->a, "%s has one without %s", q->of->each_items,
                                    q->of->each_name));
            return;
        }
        if (!is_wanted(q, items_after(name->text, q->of->each_after)))
            continue;
        struct question *one = ARENA_NEW(l->a, struct question);
        *one = *q;
        one->call = q->of;
        one->token = STR("");
        one->one = name->text;
        ask(one);
    }
}

static void next_page(struct question *q, const struct value *answer) {
    const struct value *token =
        q->call->token_out == NULL ? NULL : answer_at(answer, str_c(q->call->token_out));
    if (token == NULL || (token->type == VALUE_STR && token->text.n == 0))
        return;
    if (token->type != VALUE_STR || str_eq(token->text, q->token) || ++q->pages > PAGES_MAX) {
        strange(q, STR("its pages do not end"));
        return;
    }
    q->token = token->text;
    ask(q);
}

static void done(void *ctx, struct aws_client *c, const struct aws_answer *answer) {
    struct question *q = ctx;
    struct live *l = q->l;
    const char *why;
    (void)c;
    if (answer->error.kind == AWS_NOT_FOUND && q->one.n > 0)
        return; /* it was deleted since it was listed */
    if (answer->error.kind != AWS_OK) {
        failed(q, &answer->error);
        return;
    }
    const struct aws_service *s = aws_service_find(str_c(q->call->service));
    /* What values point to must stay. */
    str body = arena_str(l->a, answer->body);
    const struct value *v = answer_of(l->a, s, str_c(q->call->operation), body, &why);
    if (v == NULL) {
        strange(q, str_c(why));
        return;
    }
    take(q, v);
    if (q->of != q->call)
        ask_each(q, v);
    next_page(q, v);
}

/* ---- questions */

static bool all_begin(const struct question *q) {
    const struct live *l = q->l;
    bool all = l->o->prefix.n > 0;
    for (uint32_t i = 0; i < l->want->nodes.n && all; i++) {
        const struct node *n = l->want->nodes.at[i];
        all = !serves(q, n) || str_starts(n->name, l->o->prefix);
    }
    return all;
}

static str input_of(struct question *q) {
    struct arena *a = q->l->a;
    const struct resource_call *c = q->call;
    const char *why;
    struct value *row =
        c->input == NULL ? value_map(a, 0, SPAN_NONE) : value_of_json(a, str_c(c->input), &why);
    struct value *v = value_map(a, row->map.n + 3, SPAN_NONE);
    for (uint32_t i = 0; i < row->map.n; i++)
        value_set(v, row->map.fields[i].name, row->map.fields[i].value);
    if (q->one.n > 0)
        value_set(v, str_c(c->each_param), value_str(a, q->one, SPAN_NONE));
    if (q->token.n > 0)
        value_set(v, str_c(c->token_in), value_str(a, q->token, SPAN_NONE));
    if (c->prefix != NULL && all_begin(q))
        value_set(v, str_c(c->prefix), value_str(a, q->l->o->prefix, SPAN_NONE));
    return answer_input(a, aws_service_find(str_c(c->service)), v);
}

static void ask(struct question *q) {
    struct aws_call call = {.service = aws_service_find(str_c(q->call->service)),
                            .operation = str_c(q->call->operation),
                            .region = region_name(q->l, q->region),
                            .effect = AWS_READS,
                            .body = input_of(q),
                            .done = done,
                            .ctx = q};
    aws_client_start(q->l->client, &call);
}

/* The question that is answered for a node: made at the first of its kind. */
static void ask_for(struct live *l, const struct node *n) {
    const struct resource_call *of = n->kind->read->call;
    for (uint32_t i = 0; i < l->questions.n; i++) {
        if (l->questions.at[i]->of == of && l->questions.at[i]->region == n->region)
            return;
    }
    struct question *q = ARENA_NEW(l->a, struct question);
    *q = (struct question){
        .l = l, .call = of->each != NULL ? of->each : of, .of = of, .region = n->region, .want = n};
    VEC_PUSH(l->a, &l->questions, q);
    ask(q);
}

/* ---- who is calling */

static const struct resource_call get_caller = {.service = "sts", .operation = "GetCallerIdentity"};

static void take_caller(void *ctx, struct aws_client *c, const struct aws_answer *answer) {
    struct question *q = ctx;
    struct arena *a = q->l->a;
    const char *why = "it names no account";
    (void)c;
    if (answer->error.kind != AWS_OK) {
        failed(q, &answer->error);
        return;
    }
    const struct value *v =
        answer_of(a, aws_service_find(STR("sts")), str_c(get_caller.operation), answer->body, &why);
    const struct value *account = v == NULL ? NULL : value_get(v, STR("Account"));
    const struct value *arn = v == NULL ? NULL : value_get(v, STR("Arn"));
    if (account == NULL || account->type != VALUE_STR || account->text.n == 0 || arn == NULL ||
        arn->type != VALUE_STR || !str_starts(arn->text, STR("arn:"))) {
        strange(q, str_c(why));
        return;
    }
    str rest = str_sub(arn->text, 4, arn->text.n);
    q->l->ret->account = arena_str(a, account->text);
    q->l->ret->partition = arena_str(a, str_split(&rest, ':'));
}

static void ask_caller(struct live *l) {
    struct question *q = ARENA_NEW(l->a, struct question);
    *q = (struct question){.l = l, .call = &get_caller, .of = &get_caller};
    struct aws_call call = {.service = aws_service_find(STR("sts")),
                            .operation = str_c(get_caller.operation),
                            .region = l->o->region,
                            .effect = AWS_READS,
                            .done = take_caller,
                            .ctx = q};
    aws_client_start(l->client, &call);
}

const char *live_unread(const struct node *want) {
    return want->kind->read == NULL ? "opsc does not read this kind yet" : NULL;
}

void live_read(struct arena *a, struct aws_client *c, const struct graph *want,
               const struct live_options *o, struct live_result *ret) {
    struct live l = {.a = a, .client = c, .want = want, .o = o, .ret = ret};
    *ret = (struct live_result){.have = graph_new(a)};
    ask_caller(&l);
    for (uint32_t i = 0; i < want->nodes.n; i++) {
        const struct node *n = want->nodes.at[i];
        if (!n->data && live_unread(n) == NULL)
            ask_for(&l, n);
    }
    aws_client_run(c);
}
