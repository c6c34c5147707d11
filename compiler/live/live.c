/* SPDX-License-Identifier: MIT */
#include "live/live.h"

#include "aws/endpoint.h"
#include "live/answer.h"
#include "live/parts.h"
#include "live/path.h"
#include "live/request.h"
#include "live/turn.h"
#include "model/value_json.h"

/* A need in words, with its pages. */
struct question {
    struct need *need;
    const struct value *asked; /* MAP: its parameters, but for the page */
    struct turn turn;
    bool one; /* about one thing, which may be gone */
};

static void ask(struct question *q);

str live_region(const struct need *n) {
    str region = n->region == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME) : n->l->o->region;
    return aws_region_asked(aws_service_find(str_c(n->call->service)), region);
}

/* ---- what went wrong */

static struct live_error *add_error(struct need *n, enum aws_error_kind kind) {
    struct live *l = n->l;
    const struct aws_service *s = aws_service_find(str_c(n->call->service));
    VEC_PUSH(l->a, &l->ret->errors,
             (struct live_error){.service = s->iam,
                                 .operation = str_c(n->call->operation),
                                 .region = live_region(n),
                                 .want = n->want,
                                 .error = {.kind = kind}});
    return VEC_LAST(&l->ret->errors);
}

void live_strange(struct need *n, str why) {
    add_error(n, AWS_STRANGE)->error.message = why;
}

void live_failed(struct need *n, const struct aws_error *e) {
    add_error(n, e->kind)->error = aws_error_keep(n->l->a, e);
    /* All that is not allowed is told at once. */
    if (e->kind != AWS_DENIED)
        aws_client_stop(n->l->client);
}

bool live_is_over(const struct live *l) {
    for (uint32_t i = 0; i < l->ret->errors.n; i++) {
        if (l->ret->errors.at[i].error.kind != AWS_DENIED)
            return true;
    }
    return false;
}

/* ---- answers */

/* Nodes of every kind that is found in it. */
static bool take(struct question *q, const struct value *answer) {
    struct need *n = q->need;
    str why;
    for (uint32_t i = 0; i < resource_kinds_n; i++) {
        const struct resource_kind *kind = resource_kinds[i];
        for (uint32_t k = 0; k < kind->nreads; k++) {
            struct items_from from = {.kind = kind,
                                      .read = &kind->reads[k],
                                      .region = n->region,
                                      .data = n->data ? n->want : NULL,
                                      .asked = q->asked,
                                      .answer = answer};
            if (from.read->call == n->call && !items_add(&n->l->items, &from, &why)) {
                live_strange(n, why);
                return false;
            }
        }
    }
    return true;
}

static bool is_wanted(const struct need *n, str name) {
    const struct live *l = n->l;
    name = str_after_last(name, n->call->each_after);
    return n->all || map_get(&n->names, name) != NULL ||
           (l->o->prefix.n > 0 && str_starts(name, l->o->prefix));
}

/* Whether one of the names to which a path leads is. */
static bool are_wanted(const struct need *n, const struct path_scope *item, const char *path) {
    const struct value *v = path == NULL ? NULL : path_find(n->l->a, item, str_c(path));
    bool list = v != NULL && v->type == VALUE_LIST, any = false;
    for (uint32_t i = 0; v != NULL && i < (list ? v->list.n : 1); i++) {
        const struct value *name = list ? v->list.items[i] : v;
        any = any || (name->type == VALUE_STR && is_wanted(n, name->text));
    }
    return any;
}

/* What a call is asked for one of a list, or NULL. */
static const struct value *params_for(struct need *n, const struct path_scope *item) {
    const struct resource_call *c = n->call;
    struct value *asked = value_map(n->l->a, c->nparams, SPAN_NONE);
    for (uint32_t i = 0; i < c->nparams; i++) {
        const struct value *v = path_find(n->l->a, item, str_c(c->params[i].from));
        if (v == NULL) {
            live_strange(n, arena_printf(n->l->a, "%s has one without %s", c->each_items,
                                         c->params[i].from));
            return NULL;
        }
        value_set(asked, str_c(c->params[i].name), (struct value *)v);
    }
    return asked;
}

/* A subscription that nobody has confirmed yet has a word where others have an ARN. */
static bool is_like(const struct resource_call *c, const struct value *param) {
    return c->each_like == NULL ||
           (param->type == VALUE_STR && str_starts(param->text, str_c(c->each_like)));
}

static void ask_each(struct need *n, const struct path_scope *at, str path) {
    struct live *l = n->l;
    if (at->v->type == VALUE_LIST) {
        for (uint32_t i = 0; i < at->v->list.n; i++)
            ask_each(n, &(struct path_scope){at->up, at->v->list.items[i]}, path);
        return;
    }
    if (path.n > 0) {
        const struct value *v =
            path_find(l->a, &(struct path_scope){NULL, at->v}, str_split(&path, '/'));
        if (v != NULL)
            ask_each(n, &(struct path_scope){at, v}, path);
        return;
    }
    if (at->v->type != VALUE_MAP) /* XML has an empty text where a list is empty */
        return;
    const struct resource_call *c = n->call;
    const char *name = c->each_name != NULL ? c->each_name : c->params[0].from;
    /* What has no name is strange where it is asked for by that, which params_for() says. */
    bool named = c->each_name != NULL || path_find(l->a, at, str_c(name)) != NULL;
    if (named && !are_wanted(n, at, name) && !are_wanted(n, at, c->each_also))
        return;
    const struct value *asked = params_for(n, at);
    if (asked != NULL && is_like(c, asked->map.fields[0].value))
        live_begin_one(n, asked);
}

/* What is asked for each of what this tells. */
static void follow(struct question *q, const struct value *answer) {
    struct live *l = q->need->l;
    struct path_scope asked = {NULL, q->asked}, whole = {&asked, answer};
    for (uint32_t i = 0; i < l->needs.n; i++) {
        struct need *n = l->needs.at[i];
        if (n->call->each == q->need->call && n->region == q->need->region && !q->need->data)
            ask_each(n, &whole, str_c(n->call->each_items));
    }
}

static void next_page(struct question *q, const struct value *answer) {
    const struct resource_call *c = q->need->call;
    struct path_scope whole = {NULL, answer};
    const struct value *token =
        c->token_out == NULL ? NULL : path_find(q->need->l->a, &whole, str_c(c->token_out));
    if (token == NULL || (token->type == VALUE_STR && token->text.n == 0))
        return;
    if (token->type != VALUE_STR || !turn_to(&q->turn, token->text)) {
        live_strange(q->need, STR("its pages do not end"));
        return;
    }
    ask(q);
}

static void done(void *ctx, struct aws_client *c, const struct aws_answer *answer) {
    struct question *q = ctx;
    const char *why;
    (void)c;
    /* It was deleted since it was listed, or has no such part. What has a first page is there: its
     * rest must not be left out. */
    bool may_lack = q->turn.token.n == 0 && (q->one || q->need->data || q->need->take != NULL);
    if (answer->error.kind == AWS_NOT_FOUND && may_lack)
        return;
    if (answer->error.kind != AWS_OK) {
        live_failed(q->need, &answer->error);
        return;
    }
    const struct value *v = answer_to(q->need->l->a, q->need->call, answer, &why);
    if (v == NULL) {
        live_strange(q->need, str_c(why));
        return;
    }
    if (q->need->take != NULL)
        q->need->take(q->need, v);
    else if (take(q, v))
        follow(q, v);
    next_page(q, v);
}

/* ---- questions */

/* Parameters that a row has as JSON. */
static void put_fixed(const struct live *l, const struct resource_call *c, struct value *to) {
    const char *why;
    struct value *row = c->input == NULL ? NULL : value_of_json(l->a, str_c(c->input), &why);
    for (uint32_t i = 0; row != NULL && i < row->map.n; i++) {
        struct value *v = row->map.fields[i].value;
        if (v->type == VALUE_STR && str_is(v->text, "${account}"))
            v = value_str(l->a, l->ret->account, SPAN_NONE);
        value_set(to, row->map.fields[i].name, v);
    }
}

#define FIXED_MAX 16

static void ask(struct question *q) {
    struct live *l = q->need->l;
    const struct resource_call *c = q->need->call;
    struct value *params = value_map(l->a, FIXED_MAX + q->asked->map.n, SPAN_NONE);
    put_fixed(l, c, params);
    for (uint32_t i = 0; i < q->asked->map.n; i++)
        value_set(params, q->asked->map.fields[i].name, q->asked->map.fields[i].value);
    if (q->turn.token.n > 0)
        value_set(params, str_c(c->token_in), value_str(l->a, q->turn.token, SPAN_NONE));
    struct aws_call call = {
        .region = live_region(q->need), .effect = AWS_READS, .done = done, .ctx = q};
    request_make(l->a, c, params, &call);
    aws_client_start(l->client, &call);
}

static void begin(struct need *n, const struct value *asked, bool one) {
    struct question *q = ARENA_NEW(n->l->a, struct question);
    *q = (struct question){.need = n, .asked = asked, .one = one};
    ask(q);
}

void live_begin(struct need *n, const struct value *asked) {
    begin(n, asked, false);
}

void live_begin_one(struct need *n, const struct value *asked) {
    begin(n, asked, true);
}

struct need *live_need_new(struct live *l, const struct resource_call *c, const struct node *want) {
    struct need *n = ARENA_NEW(l->a, struct need);
    *n = (struct need){.l = l, .call = c, .region = want->region, .want = want, .data = want->data};
    return n;
}

/* The need of a call, made at the first node that it tells of; with what it is asked for each of.
 */
static struct need *need_of(struct live *l, const struct resource_call *c,
                            const struct node *want) {
    for (uint32_t i = 0; i < l->needs.n; i++) {
        if (l->needs.at[i]->call == c && l->needs.at[i]->region == want->region)
            return l->needs.at[i];
    }
    struct need *n = live_need_new(l, c, want);
    VEC_PUSH(l->a, &l->needs, n);
    return n;
}

static void add_name(struct need *n, const struct value *v) {
    if (v != NULL && v->type == VALUE_STR)
        map_add(n->l->a, &n->names, str_after_last(v->text, n->call->each_after), n);
    for (uint32_t i = 0; v != NULL && v->type == VALUE_LIST && i < v->list.n; i++)
        add_name(n, v->list.items[i]);
}

/* What a node is found by; or what it refers to, where that is not known before it is read. */
static void add_names(struct need *n, const struct node *want) {
    struct live *l = n->l;
    const struct node *named = known_namer(&l->known, want);
    bool any = false;
    for (uint32_t i = 0; named != NULL && i < named->kind->nattrs; i++) {
        const struct value *v = known_value(&l->known, named, named->attrs[i]);
        if ((named->kind->attrs[i].flags & ATTR_ALSO) != 0)
            add_name(n, v);
        if ((named->kind->attrs[i].flags & ATTR_IDENTITY) == 0)
            continue;
        if (v != NULL && v->type == VALUE_REF && v->ref.node != want) {
            add_names(n, v->ref.node);
            any = true;
            continue;
        }
        n->all = n->all || v == NULL || v->type != VALUE_STR;
        if (n->all)
            return;
        any = true;
        add_name(n, v);
    }
    n->all = n->all || !any;
}

/* With calls for each of what others tell; their names are those of what they lead to. */
static void add_needs(struct live *l, const struct node *want) {
    for (uint32_t i = 0; i < want->kind->nreads; i++) {
        for (const struct resource_call *c = want->kind->reads[i].call; c != NULL; c = c->each) {
            struct need *n = need_of(l, c, want);
            if (c->each != NULL && !n->all)
                add_names(n, want);
        }
    }
}

/* ---- who is calling */

static const struct resource_call get_caller = {.service = "sts", .operation = "GetCallerIdentity"};

bool live_take_caller(const struct value *answer, struct live_result *ret) {
    const struct value *account = value_get(answer, STR("Account"));
    const struct value *arn = value_get(answer, STR("Arn"));
    if (account == NULL || account->type != VALUE_STR || account->text.n == 0 || arn == NULL ||
        arn->type != VALUE_STR || !str_starts(arn->text, STR("arn:")))
        return false;
    str rest = str_sub(arn->text, 4, arn->text.n);
    ret->account = account->text;
    ret->partition = str_split(&rest, ':');
    return true;
}

static void take_caller(void *ctx, struct aws_client *c, const struct aws_answer *answer) {
    struct need *n = ctx;
    struct arena *a = n->l->a;
    const char *why = "it names no account";
    (void)c;
    if (answer->error.kind != AWS_OK) {
        live_failed(n, &answer->error);
        return;
    }
    const struct value *v = answer_to(a, &get_caller, answer, &why);
    if (v == NULL || !live_take_caller(v, n->l->ret))
        live_strange(n, str_c(why));
}

static bool read_caller(struct live *l) {
    struct need *n = ARENA_NEW(l->a, struct need);
    *n = (struct need){.l = l, .call = &get_caller};
    struct aws_call call = {
        .region = l->o->region, .effect = AWS_READS, .done = take_caller, .ctx = n};
    request_make(l->a, &get_caller, value_map(l->a, 0, SPAN_NONE), &call);
    aws_client_start(l->client, &call);
    aws_client_run(l->client);
    struct diff_options *o = &l->known_options;
    *o = (struct diff_options){
        .partition = l->ret->partition, .region = l->o->region, .account = l->ret->account};
    bool right = l->o->account.n == 0 || str_eq(l->o->account, l->ret->account);
    return l->ret->errors.n == 0 && right;
}

static bool has_more_parts(const struct resource_attr *row, const struct value *v) {
    unsigned n = 1;
    for (uint32_t i = 0; v != NULL && v->type == VALUE_STR && i < v->text.n; i++)
        n += v->text.p[i] == (unsigned char)row->read_after;
    return row->parts_max > 0 && n > row->parts_max;
}

const char *live_unread(const struct node *want) {
    if (want->kind->nreads == 0)
        return "opsc does not read this kind yet";
    for (uint32_t i = 0; i < want->kind->nattrs; i++) {
        if (has_more_parts(&want->kind->attrs[i], want->attrs[i]))
            return "opsc does not read those of a version or an alias";
    }
    return NULL;
}

void live_read(struct arena *a, struct aws_client *c, const struct graph *want,
               const struct live_options *o, struct live_result *ret) {
    struct live l = {.a = a, .client = c, .want = want, .o = o, .ret = ret};
    *ret = (struct live_result){.have = graph_new(a)};
    l.items.into = ret->have;
    if (!read_caller(&l))
        return;
    live_read_data(&l);
    for (uint32_t i = 0; i < want->nodes.n && !live_is_over(&l); i++) {
        if (!want->nodes.at[i]->data)
            add_needs(&l, want->nodes.at[i]);
    }
    for (uint32_t i = 0; i < l.needs.n && !live_is_over(&l); i++) {
        if (l.needs.at[i]->call->each == NULL)
            live_begin_list(l.needs.at[i]);
    }
    live_begin_tags(&l);
    aws_client_run(c);
    if (ret->errors.n == 0)
        live_read_tags(&l);
}
