/* SPDX-License-Identifier: MIT */
#include "iam/allow.h"

#include "aws/service.h"
#include "iam/arn.h"
#include "iam/statement.h"
#include "resource/resource_write.h"

#include <stdlib.h>

struct adding {
    struct arena *a;
    struct arns_of arns;
    struct allows *to;
};

static const char *iam_name(const char *service) {
    const struct aws_service *s = aws_service_find(str_c(service));
    return s != NULL ? s->iam : service;
}

/* One action, with one condition. */
static struct allow *find(struct adding *q, const char *service, const char *action,
                          const struct resource_write *limits, str value) {
    struct arena *a = q->a;
    const char *iam = iam_name(service), *key = limits == NULL ? NULL : limits->key;
    str name = arena_printf(a, "%s:%s", iam, action);
    str id = arena_printf(a, "%.*s %s %.*s", STR_ARG(name), key == NULL ? "" : key, STR_ARG(value));
    struct allow *w = map_get(&q->to->known, id);
    if (w != NULL)
        return w;
    w = ARENA_NEW(a, struct allow);
    *w = (struct allow){.service = iam,
                        .action = name,
                        .test = limits == NULL ? NULL : limits->test,
                        .key = key,
                        .value = value};
    map_add(a, &q->to->known, id, w);
    VEC_PUSH(a, &q->to->items, w);
    return w;
}

static void add(struct adding *q, struct allow *w, str on) {
    if (map_get(&w->seen, on) != NULL)
        return;
    map_add(q->a, &w->seen, on, w);
    VEC_PUSH(q->a, &w->on, on);
}

static void add_all(struct adding *q, struct allow *w, const struct arn_list *on) {
    for (uint32_t i = 0; i < on->items.n; i++)
        add(q, w, on->items.at[i]);
}

/* ---- reading */

/* A call, and the one that lists what it is asked for. */
static void read_by(struct adding *q, const struct node *n, const struct resource_call *c) {
    const char *action = c->action != NULL ? c->action : c->operation;
    struct allow *w = find(q, c->service, action, NULL, STR(""));
    struct arn_list on = {0};
    if (c->each != NULL)
        read_by(q, n, c->each);
    if (c->on == NULL) {
        add(q, w, STR("*"));
        return;
    }
    arn_of_node(&q->arns, n, c->on, &on);
    /* What is not wanted any more, or was made by hand, is looked at as well. */
    if (c->each != NULL && q->arns.o->prefix.n > 0)
        arn_of_prefix(&q->arns, n, c->on, &on);
    add_all(q, w, &on);
}

/* The index of all tags, and who is not in it one by one. */
static void read_tags(struct adding *q, const struct node *n) {
    if (!resource_has_tags(n->kind, n->adopted) || n->kind->nreads == 0)
        return;
    read_by(q, n, &resource_get_resources);
    if (n->kind->tags != NULL)
        read_by(q, n, &n->kind->tags->call);
}

void allow_reading(struct arena *a, const struct graph *g, const struct allow_options *o,
                   struct allows *to) {
    struct adding q = {.a = a, .to = to};
    arn_init(&q.arns, a, g, o);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = g->nodes.at[i];
        for (uint32_t k = 0; k < n->kind->nreads; k++)
            read_by(&q, n, n->kind->reads[k].call);
        if (g->tags != NULL && !n->data)
            read_tags(&q, n);
    }
}

void allow_pruning(struct arena *a, const struct graph *g, const struct allow_options *o,
                   struct allows *to) {
    struct adding q = {.a = a, .to = to};
    arn_init(&q.arns, a, g, o);
    if (g->nodes.n > 0)
        read_by(&q, g->nodes.at[0], &resource_get_tag_values);
    if (g->nodes.n > 0 && g->tags != NULL)
        read_by(&q, g->nodes.at[0], &resource_get_resources);
}

/* ---- by effects */

static void write_by(struct adding *q, const struct node *n, const struct resource_write *r) {
    const char *action = r->action != NULL ? r->action : r->operation;
    struct arn_list on = {0}, values = {0};
    if (r->of != NULL && !arn_has(n, r->of))
        return;
    if (r->on != NULL)
        arn_of_node(&q->arns, n, r->on, &on);
    else
        VEC_PUSH(q->a, &on.items, STR("*"));
    if (on.items.n == 0)
        return;
    if (r->first != NULL)
        read_by(q, n, r->first);
    if (r->value != NULL)
        arn_of_node(&q->arns, n, r->value, &values);
    else
        VEC_PUSH(q->a, &values.items, STR(""));
    for (uint32_t i = 0; i < values.items.n; i++)
        add_all(q, find(q, r->service, action, r->key == NULL ? NULL : r, values.items.at[i]), &on);
}

void allow_effects(struct arena *a, const struct graph *g, const struct allow_options *o,
                   unsigned effects, struct allows *to) {
    struct adding q = {.a = a, .to = to};
    arn_init(&q.arns, a, g, o);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = g->nodes.at[i];
        const struct resource_writing *w = resource_writing_of(n->kind);
        for (uint32_t k = 0; w != NULL && k < w->n; k++) {
            if ((w->rows[k].effects & effects) != 0)
                write_by(&q, n, &w->rows[k]);
        }
    }
}

/* ---- state, and the lock */

/* "S3" (Terraform, backends), "S3 bucket permissions". */
static void object(struct adding *q, str arn, const char *actions) {
    for (str rest = str_c(actions); rest.n > 0;) {
        str action = arena_str(q->a, str_split(&rest, ' '));
        add(q, find(q, "s3", (const char *)action.p, NULL, STR("")), arn);
    }
}

static str bucket_arn(struct arena *a, const struct allow_options *o, str bucket) {
    return arena_printf(a, "arn:%.*s:s3:::%.*s", STR_ARG(o->partition), STR_ARG(bucket));
}

static str object_arn(struct arena *a, const struct allow_options *o, str bucket, str key) {
    return arena_cat3(a, bucket_arn(a, o, bucket), STR("/"), iam_literal(a, key, "*?$"));
}

void allow_lock(struct arena *a, const struct allow_options *o, str bucket, str key,
                struct allows *to) {
    struct adding q = {.a = a, .to = to};
    object(&q, object_arn(a, o, bucket, key), "DeleteObject GetObject PutObject");
}

void allow_state(struct arena *a, const struct allow_options *o, const struct allow_state *s,
                 struct allows *to) {
    struct adding q = {.a = a, .to = to};
    str state = object_arn(a, o, s->bucket, s->key);
    object(&q, bucket_arn(a, o, s->bucket), "ListBucket");
    object(&q, state, s->writes ? "GetObject PutObject" : "GetObject");
    if (s->writes && s->lock)
        object(&q, arena_cat(a, state, STR(".tflock")), "DeleteObject GetObject PutObject");
}

/* ---- order */

static int by_action(const void *x, const void *y) {
    const struct allow *a = *(const struct allow *const *)x, *b = *(const struct allow *const *)y;
    int c = strcmp(a->service, b->service);
    if (c == 0)
        c = str_cmp(a->action, b->action);
    return c != 0 ? c : str_cmp(a->value, b->value);
}

/* Whether an ARN that ends in `*` has another one, or what that stands for. */
static bool covers(str wide, str arn) {
    return wide.n > 0 && wide.p[wide.n - 1] == '*' && str_starts(arn, str_sub(wide, 0, wide.n - 1));
}

/* What a wider one has already says nothing. In order, `*` is before what names are made of. */
static void drop_covered(struct allow *w) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < w->on.n; i++) {
        if (kept == 0 || !covers(w->on.at[kept - 1], w->on.at[i]))
            w->on.at[kept++] = w->on.at[i];
    }
    w->on.n = kept;
}

void allow_sort(struct allows *all) {
    for (uint32_t i = 0; i < all->items.n; i++) {
        struct allow *w = all->items.at[i];
        if (w->on.n > 1)
            qsort(w->on.at, w->on.n, sizeof *w->on.at, str_order);
        drop_covered(w);
    }
    if (all->items.n > 1)
        qsort(all->items.at, all->items.n, sizeof *all->items.at, by_action);
}
