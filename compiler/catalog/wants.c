/* SPDX-License-Identifier: MIT */
#include "catalog/wants.h"

#include "expr/expr.h"

#define TEXT_MAX 4096

static void rule_out(struct wants *s, str needs) {
    if (!s->ruled_out)
        s->needs = needs;
    s->ruled_out = true;
}

/* It cannot be had, whatever is given. */
static void never(struct wants *s) {
    rule_out(s, STR(""));
}

static void give(struct wants *s, str text) {
    for (uint32_t i = 0; i < s->give.n; i++) {
        if (str_eq(s->give.at[i], text))
            return;
    }
    VEC_PUSH(s->arena, &s->give, text);
}

str wants_text(const struct wants *s) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < s->give.n; i++)
        buf_printf(&b, "%s%.*s", list_gap(i, s->give.n, " and "), STR_ARG(s->give.at[i]));
    str r = arena_str(s->arena, buf_str(&b));
    buf_done(&b);
    return r;
}

/* "`engine: mysql` or `engine: mariadb`" */
static str item_text(struct arena *a, const struct cat_if_item *it) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < it->values.n; i++)
        buf_printf(&b, "%s`%.*s: %.*s`", i > 0 ? " or " : "", STR_ARG(it->attribute.text),
                   STR_ARG(it->values.items[i].text));
    str r = arena_str(a, buf_str(&b));
    buf_done(&b);
    return r;
}

/* "`class`", "`storage_type` (for gp2)" */
static str missing_text(struct arena *a, const struct cat_if_item *it) {
    struct buf b = BUF_INIT(TEXT_MAX);
    buf_printf(&b, "`%.*s`", STR_ARG(it->attribute.text));
    for (uint32_t i = 0; i < it->values.n; i++) {
        if (!str_is(it->values.items[i].text, "given"))
            buf_printf(&b, "%s%.*s%s", i == 0 ? " (for " : " or ",
                       STR_ARG(it->values.items[i].text), i + 1 == it->values.n ? ")" : "");
    }
    str r = arena_str(a, buf_str(&b));
    buf_done(&b);
    return r;
}

void wants_attribute(const struct watched *w, str name, struct wants *s) {
    if (kind_attribute(w->kind, name) != NULL)
        give(s, arena_printf(s->arena, "`%.*s`", STR_ARG(name)));
    else
        never(s);
}

static void want_item(struct catalog *c, const struct watched *w, const struct cat_if_item *it,
                      struct wants *s) {
    const struct cat_if one = {(struct cat_if_item *)it, 1};
    if (watched_if(c, w, &one))
        return;
    const struct cat_attribute *decl = kind_attribute(w->kind, it->attribute.text);
    if (decl == NULL) {
        wants_fact(c, w, it->attribute.text, s);
        return;
    }
    if (watched_attribute(w, it->attribute.text) != NULL)
        rule_out(s, item_text(s->arena, it));
    else if (!watched_if(c, w, &decl->when))
        wants_if(c, w, &decl->when, s);
    else
        give(s, missing_text(s->arena, it));
}

void wants_if(struct catalog *c, const struct watched *w, const struct cat_if *cond,
              struct wants *s) {
    /* An attribute may be there only `if` another one is, and so on: a circle ends here. */
    if (!catalog_enter(c)) {
        never(s);
        return;
    }
    for (uint32_t i = 0; i < cond->n; i++)
        want_item(c, w, &cond->items[i], s);
    catalog_leave(c);
}

/* The facts that an `is:` is made from. */
static void want_parts(struct catalog *c, const struct watched *w, const struct expr *e,
                       struct wants *s) {
    if (e->kind == EXPR_REF && e->resource.n == 0)
        wants_fact(c, w, e->name, s);
    for (uint32_t i = 0; i < e->nargs; i++) {
        if (e->args[i] != NULL)
            want_parts(c, w, e->args[i], s);
    }
}

void wants_computation(struct catalog *c, const struct watched *w, const struct cfg_text *is,
                       struct wants *s) {
    const struct expr *e = catalog_computation(c, is);
    if (e != NULL)
        want_parts(c, w, e, s);
}

static void want_way(struct catalog *c, const struct watched *w, const struct cat_fact_way *way,
                     struct wants *s) {
    str text, missing;
    if (given(way->is.at)) {
        const struct expr *e = catalog_computation(c, &way->is);
        if (e != NULL)
            want_parts(c, w, e, s);
    } else if (!watched_text(c->arena, w, way->key.text, &text, &missing)) {
        wants_attribute(w, missing, s);
    }
    if (wants_nothing(s))
        never(s); /* the table does not have it */
}

/* What the catalog's computation of a fact lacks. */
static struct wants want_computed(struct catalog *c, const struct watched *w,
                                  const struct cat_fact *f) {
    struct wants r = {.arena = c->arena};
    for (uint32_t i = 0; i < f->n; i++) {
        struct wants way = {.arena = c->arena};
        wants_if(c, w, &f->ways[i].when, &way);
        bool holds = wants_nothing(&way);
        if (holds)
            want_way(c, w, &f->ways[i], &way);
        if (!way.ruled_out)
            r = way;
        if (holds || !way.ruled_out)
            break;
    }
    if (wants_nothing(&r))
        never(&r);
    return r;
}

/* The same, worked out once for each resource and fact. */
static const struct wants *want_once(struct catalog *c, const struct watched *w, str name) {
    static const struct wants never = {.ruled_out = true};
    const struct wants *known = map_get(w->wants, name);
    const struct cat_fact *f = known == NULL ? kind_fact(w->kind, name) : NULL;
    if (known != NULL)
        return known;
    if (f == NULL || !catalog_enter(c))
        return &never;
    struct wants *made = ARENA_NEW(c->arena, struct wants);
    *made = want_computed(c, w, f);
    if (catalog_leave(c))
        map_add(c->arena, w->wants, f->name.text, made);
    return made;
}

void wants_fact(struct catalog *c, const struct watched *w, str name, struct wants *s) {
    struct fact unused;
    if (watched_fact(c, w, name, &unused))
        return;
    const struct cat_attribute *decl = kind_attribute(w->kind, name);
    bool own = decl != NULL && watched_attribute(w, name) == NULL && watched_if(c, w, &decl->when);
    const struct wants computed = *want_once(c, w, name);
    if (own && computed.ruled_out)
        give(s, arena_printf(s->arena, "`%.*s`", STR_ARG(name)));
    else if (own)
        give(s, arena_printf(s->arena, "`%.*s` or %.*s", STR_ARG(name),
                             STR_ARG(wants_text(&computed))));
    else if (computed.ruled_out)
        never(s);
    else
        give(s, wants_text(&computed));
}
