/* SPDX-License-Identifier: MIT */
#include "coverage/found.h"

#include "base/json.h"
#include "catalog/watched.h"
#include "lower/lower.h"
#include "yaml/yaml.h"

#define LINE_MAX 8192
#define NAME_BYTES 48

static const struct cfg_text *text_of(const struct found_item *item, str name) {
    for (uint32_t i = 0; i < item->n; i++) {
        if (str_eq(item->attributes[i].key.text, name))
            return &item->attributes[i].value;
    }
    return NULL;
}

/* ---- whether ops.yaml has it */

/* What tells it from others: the texts that every resource of its kind must give. */
static bool identifies(const struct cat_attribute *a) {
    return a->required.value && (a->type.value == CAT_STRING || a->type.value == CAT_NAME);
}

static bool same_identity(const struct found_item *item, const struct watched *w) {
    bool any = false;
    for (uint32_t i = 0; i < item->kind->attributes.n; i++) {
        const struct cat_attribute *decl = &item->kind->attributes.items[i];
        const struct cfg_text *t = text_of(item, decl->name.text);
        if (!identifies(decl) || t == NULL)
            continue;
        const struct attribute_value *v = watched_attribute(w, decl->name.text);
        if (v == NULL || !str_eq(v->text.text, t->text))
            return false;
        any = true;
    }
    return any;
}

/* A queue that is the dead-letter queue of another one has its alarms. */
static bool is_part(const struct found_item *item, const struct watched *w, str id) {
    for (uint32_t i = 0; i < w->attributes.n; i++) {
        const struct attribute_value *v = w->attributes.entries[i].value;
        if (v->decl->type.value == CAT_STRING && !identifies(v->decl) && str_eq(v->text.text, id))
            return item->n == 1;
    }
    return false;
}

static bool has_tag(const struct cfg_pairs *tags, str key, str value) {
    for (uint32_t i = 0; i < tags->n; i++) {
        if (str_eq(tags->items[i].key.text, key) && str_eq(tags->items[i].value.text, value))
            return true;
    }
    return false;
}

/* Filters other than tags are taken to let it through: Terraform finds one at most. */
static bool is_looked_up(const struct found_item *item, const struct watched *w) {
    bool any = false;
    for (uint32_t i = 0; i < w->find.n; i++) {
        str key = w->find.items[i].key.text;
        if (!str_starts(key, STR("tag:")))
            continue;
        if (!has_tag(&item->tags, str_sub(key, 4, key.n), w->find.items[i].value.text))
            return false;
        any = true;
    }
    return any;
}

static bool is_known(const struct coverage_sheet *s, const struct found_item *item, str id) {
    for (uint32_t i = 0; i < s->of->n; i++) {
        const struct watched *w = s->of->items[i].watched;
        if (w->kind != item->kind)
            continue;
        if (same_identity(item, w) || is_part(item, w, id) || is_looked_up(item, w))
            return true;
    }
    return map_get(&s->made, id) != NULL;
}

/* ---- as a resource */

static struct yaml_node *scalar(struct arena *a, str text, span at) {
    struct yaml_node *n = ARENA_NEW(a, struct yaml_node);
    *n = (struct yaml_node){.type = YAML_SCALAR, .at = at, .size = 1, .text = text};
    return n;
}

/* What ops.yaml could have of it; `broken` when its kind cannot say it. Nobody hears of that. */
static struct watched *bind(const struct coverage_run *r, struct coverage_sheet *s,
                            const struct found_item *item, str name) {
    struct arena *a = r->arena;
    struct catalog *c = s->low->catalog;
    struct cfg_resource *cfg = ARENA_NEW(a, struct cfg_resource);
    struct diag_list *told = c->dl, unheard;
    const struct yaml_pair **pairs = ARENA_ARRAY(a, const struct yaml_pair *, item->n + 1);
    span at = s->cfg->project.at;
    for (uint32_t i = 0; i < item->n; i++) {
        struct yaml_pair *p = ARENA_NEW(a, struct yaml_pair);
        p->key = scalar(a, item->attributes[i].key.text, at);
        p->value = scalar(a, item->attributes[i].value.text, at);
        pairs[i] = p;
    }
    *cfg = (struct cfg_resource){.name = {name, at, NULL},
                                 .kind = {item->kind->kind.text, at, NULL},
                                 .rest = {pairs, item->n}};
    diag_list_init(&unheard, a, told->sources);
    c->dl = &unheard;
    struct watched *w = watched_bind(c, cfg);
    c->dl = told;
    return w;
}

/* Without what a resource need not say: AWS may have words for it that the kind does not know. */
static struct found_item least(struct arena *a, const struct found_item *item) {
    struct found_item r = *item;
    r.n = 0;
    r.attributes = ARENA_ARRAY(a, struct cfg_pair, item->n + 1);
    for (uint32_t i = 0; i < item->n; i++) {
        const struct cat_attribute *decl = kind_attribute(item->kind, item->attributes[i].key.text);
        if (decl != NULL && decl->required.value)
            r.attributes[r.n++] = item->attributes[i];
    }
    return r;
}

/* What nothing else is called is asked of each item, and an account may have ten thousand. */
static void take_name(const struct coverage_run *r, struct coverage_sheet *s, str name) {
    uint32_t *next = ARENA_NEW(r->arena, uint32_t);
    *next = 2;
    map_add(r->arena, &s->names, name, next);
}

static void take_names(const struct coverage_run *r, struct coverage_sheet *s) {
    const struct graph *g = s->low->graph;
    if (s->names.n + s->made.n > 0)
        return;
    for (uint32_t i = 0; i < s->of->n; i++)
        take_name(r, s, s->of->items[i].name);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        if (!g->nodes.at[i]->data && g->nodes.at[i]->name.n > 0)
            map_add(r->arena, &s->made, g->nodes.at[i]->name, g->nodes.at[i]);
    }
}

/* The last part of an id that a name can begin with. */
static str last_part(str id) {
    str last = STR("");
    for (uint32_t from = 0, i = 0; i <= id.n; i++) {
        if (i < id.n && id.p[i] != '/' && id.p[i] != ':')
            continue;
        if (i > from && ascii_is_letter(id.p[from]))
            last = str_sub(id, from, i);
        from = i + 1;
    }
    return last;
}

/* A name for `resources:` that nothing has. */
static str name_of(struct arena *a, const struct coverage_sheet *s, const struct found_item *item,
                   str id) {
    struct buf b = BUF_INIT(NAME_BYTES * 2);
    str last = last_part(id);
    buf_put(&b, last.n > 0 ? STR("") : item->kind->kind.text);
    for (uint32_t i = 0; i < last.n && b.n < NAME_BYTES; i++) {
        unsigned char c = last.p[i];
        buf_byte(&b, ascii_is_alnum(c) || c == '_' ? c : '-');
    }
    str base = buf_keep(&b, a), name = base;
    uint32_t *next = map_get(&s->names, base);
    while (map_get(&s->names, name) != NULL)
        name = arena_printf(a, "%.*s-%u", STR_ARG(base), (*next)++);
    return name;
}

/* In quotes, unless it is a word to YAML whatever stands around it. */
static void put_scalar(struct buf *b, str s) {
    bool plain = s.n > 0 && ascii_is_alnum(s.p[0]) && !str_is(s, "true") && !str_is(s, "false") &&
                 !str_is(s, "null");
    bool letters = false;
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        bool digit = ascii_is_digit(c);
        letters |= ascii_is_letter(c);
        plain &=
            ascii_is_letter(c) || digit || (i > 0 && i + 1 < s.n && strchr("-_./ ", c) != NULL);
    }
    if (plain && letters) {
        buf_put(b, s);
        return;
    }
    buf_byte(b, '"');
    json_escape(b, s, false);
    buf_byte(b, '"');
}

static str line_of(struct arena *a, const struct found_item *item, str name) {
    struct buf b = BUF_INIT(LINE_MAX);
    put_scalar(&b, name);
    BUF_LIT(&b, ": { kind: ");
    put_scalar(&b, item->kind->kind.text);
    for (uint32_t i = 0; i < item->n; i++) {
        BUF_LIT(&b, ", ");
        buf_put(&b, item->attributes[i].key.text);
        BUF_LIT(&b, ": ");
        put_scalar(&b, item->attributes[i].value.text);
    }
    BUF_LIT(&b, " }");
    return buf_keep(&b, a);
}

void found_add(struct coverage_run *r, struct coverage_sheet *s, const struct found_item *item) {
    struct arena *a = r->arena;
    str id = STR("");
    for (uint32_t i = 0; i < item->kind->attributes.n; i++) {
        const struct cat_attribute *decl = &item->kind->attributes.items[i];
        const struct cfg_text *t = text_of(item, decl->name.text);
        if (t != NULL && identifies(decl))
            id = id.n == 0 ? t->text : arena_cat3(a, id, STR("/"), t->text);
    }
    take_names(r, s);
    if (id.n == 0 || is_known(s, item, id))
        return;
    str name = name_of(a, s, item, id);
    take_name(r, s, name);
    struct found_item some = *item;
    struct coverage_found f = {.kind = item->kind->kind.text,
                               .title = item->kind->title.text,
                               .id = id,
                               .region = item->region,
                               .watched = bind(r, s, item, name)};
    if (f.watched->broken) {
        some = least(a, item);
        f.watched = bind(r, s, &some, name);
    }
    f.line = f.watched->broken ? STR("") : line_of(a, &some, name);
    VEC_PUSH(a, &s->found, f);
}
