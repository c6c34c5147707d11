/* SPDX-License-Identifier: MIT */
#include "iam/policies.h"

#include "base/buf.h"
#include "iam/statement.h"
#include "model/value_json.h"

#define TEXT_MAX (1u << 26)

/* Actions with the same resources and condition. */
struct group {
    const struct allow *first;
    VEC(str) actions;
};

struct groups {
    struct arena *a;
    span at;
    VEC(struct group *) items;
    struct map known;
};

struct packing {
    struct arena *a;
    span at;
    str name;
    struct iam_policies *ret;
    VEC(struct value *) statements; /* of the policy that is being filled */
    uint32_t characters;
    uint32_t sid;
    const char *service;
};

static str key_of(const struct groups *g, const struct allow *w) {
    struct buf b = BUF_INIT(TEXT_MAX);
    buf_printf(&b, "%s %s %.*s", w->service, w->key == NULL ? "" : w->key, STR_ARG(w->value));
    for (uint32_t i = 0; i < w->on.n; i++) {
        buf_byte(&b, '\n');
        buf_put(&b, w->on.at[i]);
    }
    return buf_keep(&b, g->a);
}

static void gather(struct groups *g, const struct allow *w) {
    str key = key_of(g, w);
    struct group *q = map_get(&g->known, key);
    if (q == NULL) {
        q = ARENA_NEW(g->a, struct group);
        *q = (struct group){.first = w};
        map_add(g->a, &g->known, key, q);
        VEC_PUSH(g->a, &g->items, q);
    }
    VEC_PUSH(g->a, &q->actions, w->action);
}

static struct value *texts(struct arena *a, const str *from, uint32_t n, span at) {
    struct value *v = value_list(a, VALUE_LIST, n, at);
    for (uint32_t i = 0; i < n; i++)
        value_push(v, value_str(a, from[i], at));
    return v;
}

/* "Cloudwatch2": letters and digits alone. */
static str next_sid(struct packing *p, const char *service) {
    if (p->service == NULL || strcmp(p->service, service) != 0)
        p->sid = 0;
    p->service = service;
    return arena_printf(p->a, "%c%s%u", service[0] - 'a' + 'A', service + 1, ++p->sid);
}

static struct value *statement(struct packing *p, const struct group *g, uint32_t from,
                               uint32_t to) {
    const struct allow *w = g->first;
    struct value *condition = NULL;
    if (w->key != NULL)
        condition =
            iam_condition(p->a, w->test, str_c(w->key), value_str(p->a, w->value, p->at), p->at);
    return iam_allow(p->a, next_sid(p, w->service), texts(p->a, g->actions.at, g->actions.n, p->at),
                     texts(p->a, w->on.at + from, to - from, p->at), condition, p->at);
}

/* Without white space, of which IAM counts none. */
static uint32_t characters(const struct value *v) {
    struct buf b = BUF_INIT(TEXT_MAX);
    uint32_t n = 0;
    value_put_json(&b, v);
    for (uint32_t i = 0; i < b.n; i++)
        n += b.p[i] > ' ' && (b.p[i] & 0xc0) != 0x80;
    buf_done(&b);
    return n;
}

static struct value *document(struct packing *p) {
    struct value *list = value_list(p->a, VALUE_LIST, p->statements.n, p->at);
    for (uint32_t i = 0; i < p->statements.n; i++)
        value_push(list, p->statements.at[i]);
    return iam_document(p->a, list, p->at);
}

static uint32_t empty_document(const struct packing *p) {
    struct value *none = value_list(p->a, VALUE_LIST, 0, p->at);
    return characters(iam_document(p->a, none, p->at)->json);
}

static void close_policy(struct packing *p) {
    if (p->statements.n == 0)
        return;
    struct value *d = document(p);
    VEC_PUSH(p->a, &p->ret->items,
             (struct iam_policy){.document = d, .characters = characters(d->json)});
    p->statements.n = 0;
    p->characters = empty_document(p);
}

/* Resources from `from` on, as many as there are within what one policy takes. */
static bool pack(struct packing *p, const struct group *g, uint32_t from, uint32_t to) {
    uint32_t room = IAM_POLICY_MAX - empty_document(p);
    struct value *s = statement(p, g, from, to);
    uint32_t n = characters(s) + 1; /* a comma */
    if (n > room) {
        uint32_t half = from + (to - from) / 2;
        p->sid--;
        return half > from && pack(p, g, from, half) && pack(p, g, half, to);
    }
    if (p->characters + n > IAM_POLICY_MAX)
        close_policy(p);
    VEC_PUSH(p->a, &p->statements, s);
    p->characters += n;
    return true;
}

/* The first keeps its name when others come. */
static void name_all(const struct packing *p) {
    struct iam_policies *all = p->ret;
    for (uint32_t i = 0; i < all->items.n; i++)
        all->items.at[i].name =
            i == 0 ? p->name : arena_printf(p->a, "%.*s-%u", STR_ARG(p->name), i + 1);
}

bool iam_policies_of(struct arena *a, const struct allows *all, str name, span at,
                     struct iam_policies *ret) {
    struct groups g = {.a = a, .at = at};
    struct packing p = {.a = a, .at = at, .name = name, .ret = ret};
    *ret = (struct iam_policies){0};
    for (uint32_t i = 0; i < all->items.n; i++)
        gather(&g, all->items.at[i]);
    p.characters = empty_document(&p);
    bool ok = true;
    for (uint32_t i = 0; i < g.items.n && ok; i++)
        ok = pack(&p, g.items.at[i], 0, g.items.at[i]->first->on.n);
    close_policy(&p);
    name_all(&p);
    return ok;
}
