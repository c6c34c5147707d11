/* SPDX-License-Identifier: MIT */
/* one call and its answer */
#include "apply/consistent.h"
#include "apply/each.h"
#include "apply/run_parts.h"
#include "aws/endpoint.h"
#include "live/answer.h"
#include "live/path.h"
#include "live/request.h"
#include "resource/resource.h"

#define WAIT_FIRST_MS 1000
#define WAIT_MOST_MS 10000

/* What an answer tells of what was made. */
static void take(struct run *r, struct node *made, const struct resource_write *w,
                 const struct value *answer) {
    const struct path_scope whole = {NULL, answer};
    for (str rest = str_c(w->gives); rest.n > 0;) {
        str path = str_split(&rest, ' '), name = str_split(&path, '=');
        const struct value *v = path_find(r->a, &whole, path);
        int i = resource_attr_find(made->kind->attrs, made->kind->nattrs, name);
        if (v != NULL && i >= 0)
            made->attrs[i] = (struct value *)v;
    }
}

static struct node *made_node(struct run *r, const struct step *s) {
    struct node *n = ARENA_NEW(r->a, struct node);
    *n = *s->want;
    n->attrs = ARENA_ARRAY(r->a, struct value *, n->kind->nattrs + 1);
    return n;
}

static bool is_plain(struct run *r, const struct step *s, const struct aws_answer *answer,
                     const char **ret_why) {
    const struct aws_service *service = aws_service_find(str_c(s->row->service));
    str body = str_trim(answer->body);
    if (str_is(body, "null")) /* says nothing as well */
        body.n = 0;
    bool json = service->protocol == AWS_JSON_1_0 || service->protocol == AWS_JSON_1_1;
    bool form = service->protocol == AWS_QUERY || service->protocol == AWS_EC2;
    *ret_why = "the answer is empty, and not AWS's";
    if (body.n == 0)
        return !form &&
               (!json || aws_header(answer->headers, answer->nheaders, "x-amzn-requestid").n > 0);
    *ret_why = "the answer is not the operation's";
    if (service->protocol == AWS_REST_XML)
        return true;
    const struct value *v =
        answer_of(r->a, service, str_c(s->row->operation), NULL, arena_str(r->a, body), ret_why);
    return v != NULL && value_get(v, STR("__type")) == NULL;
}

bool run_is_plain_answer(struct run *r, const struct step *s, const struct aws_answer *answer) {
    const char *why;
    return is_plain(r, s, answer, &why);
}

/*
 * What it says, which may be nothing: a proxy and a broken server say 200 as well, and what was not
 * done must not pass for done. False: it is no answer of the operation, and the step has failed.
 */
static bool is_answer(struct run *r, struct step *s, const struct aws_answer *answer,
                      const struct value **ret) {
    const struct resource_write *w = s->row;
    const struct resource_call c = {
        .service = w->service, .operation = w->operation, .root = w->root};
    const char *why = NULL;
    bool tells = w->gives != NULL && !s->deleting;
    *ret = tells ? answer_to(r->a, &c, answer, &why) : NULL;
    if (tells ? *ret != NULL : is_plain(r, s, answer, &why))
        return true;
    const struct aws_error e = {.kind = AWS_STRANGE, .message = str_c(why), .maybe_done = true};
    run_fail(r, s, &e);
    return false;
}

/* False: the answer is not one. */
static bool take_answer(struct run *r, struct step *s, const struct aws_answer *answer) {
    struct known_node *pair = s->want == NULL ? NULL : known_pair(&r->known, s->want);
    const struct value *says = NULL;
    if (answer->error.kind == AWS_OK && !is_answer(r, s, answer, &says))
        return false;
    if (pair == NULL || s->deleting)
        return true;
    if (pair->have == NULL)
        pair->have = made_node(r, s);
    if (says != NULL)
        take(r, (struct node *)pair->have, s->row, says);
    return true;
}

/* Whether something that it is about was made a moment ago. */
static bool is_fresh(const struct run *r, const struct step *s) {
    return s->calls > 0 || (r->ret->done > 0 && !s->deleting);
}

/* Whether nothing is lost with its answer: it tells nothing, or another operation tells that too.
 */
static bool is_told_again(const struct step *s) {
    const struct resource_writing *w = resource_writing_of(s->want->kind);
    bool again = s->row->gives == NULL;
    for (uint32_t i = 0; i < w->n; i++)
        again = again || ((w->rows[i].effects & RESOURCE_TELLS) != 0 && step_takes(s, &w->rows[i]));
    return again;
}

/* Whether a refusal says no more than that it is done. */
static bool is_done_already(const struct step *s, const struct aws_answer *answer) {
    enum aws_error_kind kind = answer->error.kind;
    bool creates = (s->row->effects & RESOURCE_CREATES) != 0;
    return (s->deleting && kind == AWS_NOT_FOUND) ||
           (s->row->already != NULL && str_is(answer->error.code, s->row->already)) ||
           (creates && !s->deleting && kind == AWS_EXISTS && answer->tries > 1 && is_told_again(s));
}

/* False: it is over with this call, or said again. */
static bool went_well(struct run *r, struct step *s, const struct aws_answer *answer) {
    run_may_go_on(r);
    if (answer->error.kind == AWS_OK || is_done_already(s, answer))
        return true;
    unsigned most = consistent_wait_ms(s->row, &answer->error, is_fresh(r, s));
    if (s->waited_ms < most && run_may_go_on(r)) {
        unsigned delay = s->waited_ms < WAIT_FIRST_MS  ? WAIT_FIRST_MS
                         : s->waited_ms < WAIT_MOST_MS ? s->waited_ms
                                                       : WAIT_MOST_MS;
        s->waited_ms += delay;
        run_send(r, s, delay);
    } else {
        run_fail(r, s, &answer->error);
    }
    return false;
}

static str text_in(const struct value *v, const char *name) {
    const struct value *text = value_get(v, str_c(name));
    return text == NULL || text->type != VALUE_STR ? (str){NULL, 0} : text->text;
}

/* An operation that takes several things answers with status 200, and tells what it did not do. */
static struct aws_answer with_failures(struct run *r, const struct step *s,
                                       const struct aws_answer *answer) {
    struct aws_answer told = *answer;
    const struct resource_write *w = s->row;
    const struct resource_call c = {
        .service = w->service, .operation = w->operation, .root = w->root};
    const char *why;
    bool may = answer->error.kind == AWS_OK && w->fails != NULL;
    const struct path_scope whole = {NULL, may ? answer_to(r->a, &c, answer, &why) : NULL};
    const struct value *e = whole.v == NULL ? NULL : path_find(r->a, &whole, str_c(w->fails));
    if (e != NULL && e->type == VALUE_LIST)
        e = e->list.n > 0 ? e->list.items[0] : NULL;
    if (e != NULL && e->type == VALUE_MAP)
        aws_error_of_item(r->a, aws_service_find(str_c(w->service)), str_c(w->operation),
                          text_in(e, "code"), text_in(e, "message"), &told.error);
    return told;
}

static void answered(void *ctx, struct aws_client *client, const struct aws_answer *got) {
    struct step *s = ctx;
    struct run *r = s->run;
    const struct aws_answer told = with_failures(r, s, got), *answer = &told;
    (void)client;
    if (!went_well(r, s, answer))
        return;
    if (!take_answer(r, s, answer))
        return;
    bool changes = (s->row->effects & RESOURCE_TELLS) == 0;
    s->calls += changes;
    r->ret->calls += changes;
    run_call_next(r, s);
}

static str region_of(const struct run *r, const struct step *s) {
    str region =
        step_node(s)->region == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME) : r->o->diff->region;
    return aws_region_asked(aws_service_find(str_c(s->row->service)), region);
}

struct input_from run_input(struct run *r, const struct step *s) {
    const struct known_node *pair = s->want == NULL ? NULL : known_pair(&r->known, s->want);
    return (struct input_from){.a = r->a,
                               .known = &r->known,
                               .node = step_node(s),
                               .have = pair != NULL ? pair->have : s->have,
                               .run = r->o->run,
                               .item = s->items != NULL ? s->items->list.items[s->at] : NULL,
                               .item_row = each_row(step_node(s)->kind, s->row),
                               .first = s->first,
                               .file = r->o->diff->file,
                               .ctx = r->o->diff->ctx};
}

/* NULL: it cannot be said, and the step has failed. */
static const struct value *params_of(struct run *r, struct step *s, const char *input) {
    const struct input_from from = run_input(r, s);
    str why = {NULL, 0};
    const struct value *params = input_make(&from, input, &why);
    if (params == NULL)
        run_fail_with(r, s, why);
    return params;
}

static void write_now(struct run *r, struct step *s, unsigned delay_ms) {
    const struct resource_write *w = s->row;
    s->operation = w->operation;
    const struct value *params = params_of(r, s, w->input);
    if (params == NULL || run_gather(r, s, params, region_of(r, s)))
        return;
    struct aws_call call = {.region = region_of(r, s),
                            .effect = w->once ? AWS_MAKES_ONCE : AWS_SETS,
                            .delay_ms = delay_ms,
                            .done = answered,
                            .ctx = s};
    request_make_write(r->a, w, params, &call);
    aws_client_start(r->client, &call);
}

static void first_told(void *ctx, struct aws_client *client, const struct aws_answer *answer) {
    struct step *s = ctx;
    struct run *r = s->run;
    const char *why = NULL;
    (void)client;
    if (!went_well(r, s, answer))
        return;
    if (answer->error.kind != AWS_OK) { /* it is not there to be deleted */
        run_call_next(r, s);
        return;
    }
    s->first = answer_to(r->a, s->row->first, answer, &why);
    if (s->first != NULL) {
        write_now(r, s, 0);
        return;
    }
    const struct aws_error e = {.kind = AWS_STRANGE, .message = str_c(why)};
    run_fail(r, s, &e);
}

static void ask_first(struct run *r, struct step *s, unsigned delay_ms) {
    const struct resource_call *c = s->row->first;
    s->operation = c->operation;
    s->first = NULL;
    const struct value *params = params_of(r, s, c->input);
    if (params == NULL)
        return;
    struct aws_call call = {.region = region_of(r, s),
                            .effect = AWS_READS,
                            .delay_ms = delay_ms,
                            .done = first_told,
                            .ctx = s};
    request_make(r->a, c, params, &call);
    aws_client_start(r->client, &call);
}

void run_send(struct run *r, struct step *s, unsigned delay_ms) {
    if (s->row->first != NULL)
        ask_first(r, s, delay_ms);
    else
        write_now(r, s, delay_ms);
}
