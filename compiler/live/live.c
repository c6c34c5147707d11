/* SPDX-License-Identifier: MIT */
#include "live/live.h"

#include "aws/endpoint.h"
#include "live/asking.h"
#include "live/parts.h"
#include "live/path.h"

/* A need in words. */
struct question {
    struct need *need;
    struct asking asking;
};

/* Which region is asked: "eu-west-1". */
static str region_of(const struct need *n) {
    str region = n->region == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME) : n->l->o->region;
    return aws_region_asked(aws_service_find(str_c(n->call->service)), region);
}

/* ---- what went wrong */

static void note(const struct need *n, const struct aws_error *e) {
    asking_note(n->l->a, n->l->ret, n->call, region_of(n), n->want, e);
}

void live_strange(struct need *n, str why) {
    const struct aws_error e = {.kind = AWS_STRANGE, .message = why};
    note(n, &e);
}

static void note_unseen(const struct need *n, str name) {
    const struct resource_call *c = n->call;
    struct live_result *ret = n->l->ret;
    for (uint32_t i = 0; i < ret->unseen.n; i++) {
        if (ret->unseen.at[i].kind == n->want->kind && str_eq(ret->unseen.at[i].name, name))
            return;
    }
    VEC_PUSH(n->l->a, &ret->unseen,
             (struct live_unseen){n->want->kind, name,
                                  arena_printf(n->l->a, "%s:%s",
                                               aws_service_find(str_c(c->service))->iam,
                                               c->action != NULL ? c->action : c->operation)});
}

/* Notes what went wrong with a call; other calls are given up unless it was not allowed. */
static void note_failure(struct need *n, const struct aws_error *e) {
    if (n->of_none && e->kind == AWS_DENIED) {
        note_unseen(n, STR(""));
        return;
    }
    note(n, e);
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
                                      .asked = q->asking.params,
                                      .answer = answer};
            if (from.read->call == n->call &&
                !items_add(&n->l->items, n->l->scratch, &from, &why)) {
                live_strange(n, why);
                return false;
            }
        }
    }
    return true;
}

/* By its name: "reco-production-x", "/reco/production/x", or "reco/production/x" of a secret. */
bool live_is_of_project(const struct live_options *o, str name) {
    return (o->prefix.n > 0 && str_starts(name, o->prefix)) ||
           (o->path.n > 1 &&
            (str_starts(name, o->path) || str_starts(name, str_sub(o->path, 1, o->path.n))));
}

static bool is_wanted(const struct need *n, str name) {
    name = str_after_last(name, n->call->each_after);
    return n->all || map_get(&n->names, name) != NULL || live_is_of_project(n->l->o, name);
}

/* Whether one of the names to which a path leads is. */
static bool are_wanted(const struct need *n, const struct path_scope *item, const char *path) {
    const struct value *v = path == NULL ? NULL : path_find(n->l->scratch, item, str_c(path));
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
    struct value *asked = value_map(n->l->scratch, c->nparams, SPAN_NONE);
    for (uint32_t i = 0; i < c->nparams; i++) {
        const struct value *v = path_find(n->l->scratch, item, str_c(c->params[i].from));
        if (v == NULL) {
            live_strange(n, arena_printf(n->l->scratch, "%s has one without %s", c->each_items,
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
            path_find(l->scratch, &(struct path_scope){NULL, at->v}, str_split(&path, '/'));
        if (v != NULL)
            ask_each(n, &(struct path_scope){at, v}, path);
        return;
    }
    if (at->v->type != VALUE_MAP) /* XML has an empty text where a list is empty */
        return;
    const struct resource_call *c = n->call;
    const char *name = c->each_name != NULL ? c->each_name : c->params[0].from;
    /* What has no name is strange where it is asked for by that, which params_for() says. */
    bool named = c->each_name != NULL || path_find(l->scratch, at, str_c(name)) != NULL;
    if (named && !are_wanted(n, at, name) && !are_wanted(n, at, c->each_also))
        return;
    const struct value *asked = params_for(n, at);
    if (asked != NULL && is_like(c, asked->map.fields[0].value))
        live_begin_one(n, asked);
}

/* What is asked for each of what this tells. */
static void follow(struct question *q, const struct value *answer) {
    struct live *l = q->need->l;
    struct path_scope asked = {NULL, q->asking.params}, whole = {&asked, answer};
    for (uint32_t i = 0; i < l->needs.n; i++) {
        struct need *n = l->needs.at[i];
        if (n->call->each == q->need->call && n->region == q->need->region && !q->need->data)
            ask_each(n, &whole, str_c(n->call->each_items));
    }
}

static bool take_answer(void *ctx, const struct value *answer) {
    struct question *q = ctx;
    if (q->need->take != NULL)
        q->need->take(q->need, answer);
    else if (take(q, answer))
        follow(q, answer);
    return true;
}

/* What is known by its tags alone nobody has to be allowed to read: it is told then. */
static bool is_of_unwanted(const struct question *q) {
    struct need *n = q->need;
    const struct value *asked = q->asking.params;
    const struct value *of = asked->map.n == 0 ? NULL : asked->map.fields[0].value;
    const struct node *is =
        of == NULL || of->type != VALUE_STR ? NULL : map_get(&n->l->unwanted_ids, of->text);
    if (is == NULL)
        return false;
    if (n->have != NULL)
        n->have->attrs[resource_tags_row(n->have->kind)] =
            ARENA_NEW(n->l->a, struct value) /* VALUE_UNSET */;
    note_unseen(n, is->name);
    return true;
}

static void failed(void *ctx, const struct aws_error *e) {
    const struct question *q = ctx;
    if (e->kind != AWS_DENIED || !is_of_unwanted(q))
        note_failure(q->need, e);
}

static void strange(void *ctx, str why) {
    live_strange(((struct question *)ctx)->need, why);
}

/* ---- questions */

/* `one`: about one thing, which may have been deleted since it was listed, or has no such part. */
static void begin(struct need *n, const struct value *asked, bool one) {
    struct live *l = n->l;
    struct question *q = ARENA_NEW(l->own, struct question);
    *q = (struct question){.need = n,
                           .asking = {.a = l->own,
                                      .scratch = l->scratch,
                                      .client = l->client,
                                      .call = n->call,
                                      .region = region_of(n),
                                      .account = l->ret->account,
                                      .params = value_copy(l->own, asked),
                                      .may_lack = one || n->data || n->take != NULL,
                                      .take = take_answer,
                                      .failed = failed,
                                      .strange = strange,
                                      .ctx = q}};
    asking_begin(&q->asking);
}

void live_begin(struct need *n, const struct value *asked) {
    begin(n, asked, false);
}

void live_begin_one(struct need *n, const struct value *asked) {
    begin(n, asked, true);
}

struct need *live_need_new(struct live *l, const struct resource_call *c, const struct node *want) {
    struct need *n = ARENA_NEW(l->own, struct need);
    *n = (struct need){.l = l, .call = c, .region = want->region, .want = want, .data = want->data};
    return n;
}

struct need *live_need_of(struct live *l, const struct resource_call *c, const struct node *want) {
    for (uint32_t i = 0; i < l->needs.n; i++) {
        if (l->needs.at[i]->call == c && l->needs.at[i]->region == want->region)
            return l->needs.at[i];
    }
    struct need *n = live_need_new(l, c, want);
    VEC_PUSH(l->own, &l->needs, n);
    return n;
}

static void add_name(struct need *n, const struct value *v) {
    if (v != NULL && v->type == VALUE_STR)
        map_add(n->l->own, &n->names, str_after_last(v->text, n->call->each_after), n);
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
        if (live_is_late(want->kind->reads[i].call))
            continue;
        for (const struct resource_call *c = want->kind->reads[i].call; c != NULL; c = c->each) {
            struct need *n = live_need_of(l, c, want);
            if (c->each != NULL && !n->all)
                add_names(n, want);
        }
    }
}

/* Where there may be some of a kind that nobody wants. */
static void add_need_of_none(struct live *l, const struct resource_kind *kind,
                             enum graph_region region) {
    for (uint32_t i = 0; i < l->want->nodes.n; i++) {
        const struct node *n = l->want->nodes.at[i];
        if (n->kind == kind && n->region == region)
            return;
    }
    bool there =
        region == GRAPH_REGION_HOME || (kind->global_too && graph_reaches_global(l->o->region));
    if (kind->data || kind->nreads == 0 || !there)
        return;
    struct node *none = ARENA_NEW(l->a, struct node);
    *none = (struct node){.kind = kind, .region = region};
    for (uint32_t i = 0; i < kind->nreads; i++) {
        if (live_is_late(kind->reads[i].call))
            continue;
        for (const struct resource_call *c = kind->reads[i].call; c != NULL; c = c->each) {
            struct need *n = live_need_of(l, c, none);
            n->of_none = n->of_none || n->want == none;
        }
    }
}

/* Begins and ends what all that reads needs. */
static void open_all(struct live *l) {
    l->own = arena_small(l->a);
    l->scratch = arena_small(l->own);
    l->names = arena_small(l->own);
    l->items = (struct items){.into = l->ret->have, .own = l->own};
    l->known_options = (struct diff_options){
        .partition = l->ret->partition, .region = l->o->region, .account = l->ret->account};
}

void live_know(struct live *l) {
    arena_clear(l->names);
    known_init(&l->known, l->names, l->want, l->ret->have, &l->known_options);
}

static void close_all(struct live *l) {
    arena_free(l->own);
}

/* False: it is not known, or not the account that is meant. */
static bool read_caller(struct live *l) {
    bool known = asking_caller(l->a, l->client, l->o->region, l->ret);
    return known && (l->o->account.n == 0 || str_eq(l->o->account, l->ret->account));
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
    if (!read_caller(&l))
        return;
    open_all(&l);
    live_read_data(&l);
    bool indexed = live_read_owned(&l);
    for (uint32_t i = 0; i < want->nodes.n && !live_is_over(&l); i++) {
        if (!want->nodes.at[i]->data)
            add_needs(&l, want->nodes.at[i]);
    }
    for (uint32_t i = 0; i < resource_kinds_n && o->whole; i++) {
        add_need_of_none(&l, resource_kinds[i], GRAPH_REGION_HOME);
        add_need_of_none(&l, resource_kinds[i], GRAPH_REGION_GLOBAL);
    }
    for (uint32_t i = 0; i < l.unwanted.n; i++)
        add_needs(&l, l.unwanted.at[i]);
    /* First what has the most pages, which come one after another. */
    if (!indexed)
        live_begin_tags(&l);
    for (uint32_t i = 0; i < l.needs.n && !live_is_over(&l); i++) {
        if (l.needs.at[i]->call->each == NULL)
            live_begin_list(l.needs.at[i]);
    }
    aws_client_run(c);
    if (ret->errors.n == 0)
        live_read_unnamed(&l);
    if (ret->errors.n == 0)
        live_read_tags(&l);
    live_mark_owned(&l);
    close_all(&l);
}

void live_read_tags_of(struct arena *a, struct aws_client *c, const struct graph *want,
                       const struct live_options *o, const struct node *const *nodes, uint32_t n,
                       struct live_result *ret) {
    struct live l = {.a = a, .client = c, .want = want, .o = o, .ret = ret};
    open_all(&l);
    live_know(&l);
    for (uint32_t i = 0; i < n; i++) {
        struct node *have = (struct node *)nodes[i];
        live_note_unwanted(&l, have);
        if (have->kind->tags == NULL)
            continue;
        /* One that has none is answered with an error: what the index said is not so then. */
        have->attrs[resource_tags_row(have->kind)] = NULL;
        live_ask_tags(&l, have, have);
    }
    aws_client_run(c);
    close_all(&l);
}
