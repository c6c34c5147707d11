/* SPDX-License-Identifier: MIT */
#include "live/asking.h"

#include "live/answer.h"
#include "live/path.h"
#include "live/request.h"
#include "model/value_json.h"

static struct arena *scratch_of(const struct asking *q) {
    return q->scratch != NULL ? q->scratch : q->a;
}

static void tell_strange(const struct asking *q, str why) {
    const struct aws_error e = {.kind = AWS_STRANGE, .message = why};
    if (q->strange != NULL)
        q->strange(q->ctx, why);
    else
        q->failed(q->ctx, &e);
}

static void next_page(struct asking *q, const struct value *answer) {
    const struct resource_call *c = q->call;
    const struct path_scope whole = {NULL, answer};
    const struct value *token =
        c->token_out == NULL ? NULL : path_find(scratch_of(q), &whole, str_c(c->token_out));
    /* XML has an empty text where there is nothing. */
    if (token == NULL || (token->type == VALUE_STR && token->text.n == 0))
        return;
    if (token->type != VALUE_STR || !turn_to(&q->turn, arena_str(q->a, token->text)))
        tell_strange(q, STR("its pages do not end"));
    else
        asking_begin(q);
}

static void done(void *ctx, struct aws_client *client, const struct aws_answer *answer) {
    struct asking *q = ctx;
    const char *why;
    (void)client;
    /* What has a first page is there: its rest must not be left out. */
    if (answer->error.kind == AWS_NOT_FOUND && q->may_lack && q->turn.token.n == 0)
        return;
    if (answer->error.kind != AWS_OK) {
        q->failed(q->ctx, &answer->error);
        return;
    }
    const struct value *v = answer_to(scratch_of(q), q->call, answer, &why);
    if (v == NULL)
        tell_strange(q, str_c(why));
    else if (q->take(q->ctx, v))
        next_page(q, v);
    if (q->scratch != NULL)
        arena_clear(q->scratch);
}

/* What the row has as JSON, then what is asked, then the page. */
static const struct value *params_of(const struct asking *q) {
    struct arena *a = scratch_of(q);
    const char *why;
    const struct value *row =
        q->call->input == NULL ? NULL : value_of_json(a, str_c(q->call->input), &why);
    uint32_t fixed = row == NULL ? 0 : row->map.n;
    struct value *all = value_map(a, fixed + q->params->map.n + 1, SPAN_NONE);
    for (uint32_t i = 0; i < fixed; i++) {
        struct value *v = row->map.fields[i].value;
        if (v->type == VALUE_STR && str_is(v->text, "${account}"))
            v = value_str(a, q->account, SPAN_NONE);
        value_set(all, row->map.fields[i].name, v);
    }
    for (uint32_t i = 0; i < q->params->map.n; i++)
        value_set(all, q->params->map.fields[i].name, q->params->map.fields[i].value);
    if (q->turn.token.n > 0)
        value_set(all, str_c(q->call->token_in), value_str(a, q->turn.token, SPAN_NONE));
    return all;
}

void asking_begin(struct asking *q) {
    struct aws_call call = {.region = q->region, .effect = AWS_READS, .done = done, .ctx = q};
    /* The client has a copy of it. */
    request_make(scratch_of(q), q->call, params_of(q), &call);
    aws_client_start(q->client, &call);
}

void asking_note(struct arena *a, struct live_result *ret, const struct resource_call *call,
                 str region, const struct node *want, const struct aws_error *e) {
    VEC_PUSH(a, &ret->errors,
             (struct live_error){.service = aws_service_find(str_c(call->service))->iam,
                                 .operation = str_c(call->operation),
                                 .region = region,
                                 .want = want,
                                 .error = aws_error_keep(a, e)});
}

/* ---- who is calling */

static const struct resource_call get_caller = {.service = "sts", .operation = "GetCallerIdentity"};

struct caller {
    struct arena *a;
    str region;
    struct live_result *ret;
};

static void caller_failed(void *ctx, const struct aws_error *e) {
    const struct caller *c = ctx;
    asking_note(c->a, c->ret, &get_caller, c->region, NULL, e);
}

static bool take_caller(void *ctx, const struct value *answer) {
    const struct caller *c = ctx;
    const struct value *account = value_get(answer, STR("Account"));
    const struct value *arn = value_get(answer, STR("Arn"));
    if (account == NULL || account->type != VALUE_STR || account->text.n == 0 || arn == NULL ||
        arn->type != VALUE_STR || !str_starts(arn->text, STR("arn:"))) {
        const struct aws_error e = {.kind = AWS_STRANGE, .message = STR("it names no account")};
        caller_failed(ctx, &e);
        return false;
    }
    str rest = str_sub(arn->text, 4, arn->text.n);
    c->ret->account = account->text;
    c->ret->partition = str_split(&rest, ':');
    return false;
}

bool asking_caller(struct arena *a, struct aws_client *client, str region,
                   struct live_result *ret) {
    struct caller caller = {a, region, ret};
    struct asking q = {.a = a,
                       .client = client,
                       .call = &get_caller,
                       .region = region,
                       .params = value_map(a, 0, SPAN_NONE),
                       .take = take_caller,
                       .failed = caller_failed,
                       .ctx = &caller};
    asking_begin(&q);
    aws_client_run(client);
    return ret->errors.n == 0;
}
