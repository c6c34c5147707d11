/* SPDX-License-Identifier: MIT */
#include "catalog/watched.h"

#include "catalog/kind_near.h"

struct binding {
    struct catalog *c;
    struct watched *w;
    struct schema_walk walk;
};

/* Whoever lists hosts means one resource on each of them. */
static void one_for_each(struct binding *b, const struct cat_attribute *decl,
                         const struct yaml_node *n) {
    struct catalog *c = b->c;
    str key = decl->name.text, kind = b->w->kind->kind.text;
    struct diag *d =
        diag_add(c->dl, DIAG_WRONG_TYPE, n->at, "`%.*s` takes the name of one resource, found %s",
                 STR_ARG(key), yaml_type_name(n));
    diag_label(c->dl, d, "expected one name");
    bool plain = n->n > 0 && n->items[0]->type == YAML_SCALAR && n->items[0]->text.n > 0;
    str first = plain ? n->items[0]->text : decl->example.text;
    diag_hint(c->dl, d,
              "Make one resource of kind `%.*s` for each: "
              "`%.*s-%.*s: { kind: %.*s, %.*s: %.*s, ... }`, and so on.",
              STR_ARG(kind), STR_ARG(b->w->name), STR_ARG(first), STR_ARG(kind), STR_ARG(key),
              STR_ARG(first));
}

/* Reads one value by its declaration into `v`. */
static bool read_attribute(struct binding *b, const struct cat_attribute *decl,
                           const struct yaml_node *n, struct attribute_value *v) {
    struct schema_row row = kind_attribute_row(b->c->arena, decl);
    v->decl = decl;
    v->at = n->at;
    if (decl->type.value == CAT_RESOURCE && n->type == YAML_LIST) {
        one_for_each(b, decl, n);
        return false;
    }
    if (n->type == YAML_SCALAR)
        v->text = (struct cfg_text){n->text, n->at, n->origin};
    union {
        struct cfg_text text;
        struct cfg_choice choice;
        struct cfg_bool boolean;
        struct cfg_quantity quantity;
        struct cfg_texts texts;
        struct cfg_pairs pairs;
        const struct yaml_node *node;
    } u = {0};
    if (!schema_read_value(&b->walk, &row, n, &u))
        return false;
    if (row.type == SCHEMA_BOOL)
        v->boolean = u.boolean.value;
    else if (row.type == SCHEMA_TEXTS)
        v->list = u.texts;
    else if (row.type == SCHEMA_PAIRS)
        v->map = u.pairs;
    else if (row.type >= SCHEMA_COUNT && row.type <= SCHEMA_MONEY)
        v->quantity = u.quantity.q;
    return true;
}

/* The head of an items list of attributes. */
struct declarations {
    const struct cat_attribute *items;
    uint32_t n;
    str owner;  /* "rds", "health of app" */
    str prefix; /* "", "health." */
};

static void unknown_attribute(struct binding *b, const struct declarations *d,
                              const struct yaml_node *key) {
    struct diag *g = diag_add(b->c->dl, DIAG_UNKNOWN_ATTRIBUTE, key->at, "`%.*s` has no key `%.*s`",
                              STR_ARG(d->owner), STR_ARG(key->text));
    struct suggest near = suggest_for(key->text);
    for (uint32_t i = 0; i < d->n; i++)
        suggest_offer(&near, d->items[i].name.text);
    suggest_offer(&near, STR("alarms"));
    if (!diag_suggest(b->c->dl, g, &near))
        diag_hint(b->c->dl, g, "`opsc catalog show %.*s` lists its keys.",
                  STR_ARG(b->w->kind->kind.text));
}

/* "health.path"; outside of groups it is the declaration's own, the same for all resources. */
static str name_of(struct arena *a, const struct declarations *d,
                   const struct cat_attribute *decl) {
    return d->prefix.n == 0 ? decl->name.text : arena_cat(a, d->prefix, decl->name.text);
}

static void bind_group(struct binding *b, const struct declarations *d,
                       const struct yaml_pair *pairs, uint32_t npairs, unsigned depth);

/* "health: /live" is not wrong by much. */
static void hint_keys(struct diag_list *dl, struct diag *d, const struct cat_attribute *group) {
    const struct cat_attribute *first =
        group->attributes.n > 0 ? &group->attributes.items[0] : NULL;
    if (first != NULL && first->example.text.n > 0)
        diag_hint(dl, d, "Write it like `%.*s: { %.*s: %.*s }`.", STR_ARG(group->name.text),
                  STR_ARG(first->name.text), STR_ARG(first->example.text));
}

static void bind_pair(struct binding *b, const struct declarations *d, const struct yaml_pair *p,
                      unsigned depth) {
    const struct cat_attribute *decl = NULL;
    for (uint32_t i = 0; i < d->n; i++) {
        if (str_eq(d->items[i].name.text, p->key->text))
            decl = &d->items[i];
    }
    if (decl == NULL) {
        unknown_attribute(b, d, p->key);
        return;
    }
    struct arena *a = b->c->arena;
    str name = name_of(a, d, decl);
    if (decl->type.value == CAT_GROUP) {
        if (p->value->type != YAML_MAP) {
            struct diag *bad = diag_add(b->c->dl, DIAG_WRONG_TYPE, p->value->at,
                                        "`%.*s` takes a mapping, found %s", STR_ARG(name),
                                        yaml_type_name(p->value));
            hint_keys(b->c->dl, bad, decl);
            return;
        }
        struct declarations inner = {decl->attributes.items, decl->attributes.n, name,
                                     arena_cat(a, name, STR("."))};
        if (depth < CAT_GROUP_DEPTH_MAX)
            bind_group(b, &inner, p->value->pairs, p->value->n, depth + 1);
        return;
    }
    struct attribute_value *v = ARENA_NEW(a, struct attribute_value);
    if (read_attribute(b, decl, p->value, v))
        map_add(a, &b->w->attributes, name, v);
}

static void add_defaults(struct binding *b, const struct declarations *d, unsigned depth) {
    struct arena *a = b->c->arena;
    for (uint32_t i = 0; i < d->n; i++) {
        const struct cat_attribute *decl = &d->items[i];
        str name = name_of(a, d, decl);
        if (decl->type.value == CAT_GROUP && depth < CAT_GROUP_DEPTH_MAX) {
            struct declarations inner = {decl->attributes.items, decl->attributes.n, name,
                                         arena_cat(a, name, STR("."))};
            add_defaults(b, &inner, depth + 1);
        }
        if (decl->def == NULL || map_get(&b->w->attributes, name) != NULL)
            continue;
        struct attribute_value *v = ARENA_NEW(a, struct attribute_value);
        if (read_attribute(b, decl, decl->def, v)) {
            v->is_default = true;
            v->at = b->w->at;
            map_add(a, &b->w->attributes, name, v);
        }
    }
}

static void bind_group(struct binding *b, const struct declarations *d,
                       const struct yaml_pair *pairs, uint32_t npairs, unsigned depth) {
    for (uint32_t i = 0; i < npairs; i++)
        bind_pair(b, d, &pairs[i], depth);
}

static void bind_find(struct binding *b, const struct yaml_pair *p) {
    if (b->w->kind->find.text.n == 0) {
        struct diag *d =
            diag_add(b->c->dl, DIAG_UNKNOWN_ATTRIBUTE, p->key->at,
                     "`%.*s` cannot be looked up by `find`", STR_ARG(b->w->kind->kind.text));
        diag_hint(b->c->dl, d, "`opsc catalog show %.*s` lists its keys.",
                  STR_ARG(b->w->kind->kind.text));
        return;
    }
    if (schema_read_value(&b->walk, &kind_find_row, p->value, &b->w->find) && b->w->find.n == 0) {
        struct diag *d =
            diag_add(b->c->dl, DIAG_MISSING_ATTRIBUTE, p->key->at, "`find` names no filter");
        diag_hint(b->c->dl, d,
                  "Name what only this one has, as in `find: { tag:Name: shop-web }`.");
    }
}

/* Also when its value was refused: that has been reported. */
static bool is_given(const struct cfg_resource *r, str key) {
    for (uint32_t i = 0; r != NULL && i < r->rest.n; i++) {
        if (str_eq(r->rest.items[i]->key->text, key))
            return true;
    }
    return false;
}

/* Whether an attribute that is required, given what the others say, is there. */
static void check_required(struct binding *b, const struct cfg_resource *r) {
    const struct cat_kind *k = b->w->kind;
    for (uint32_t i = 0; i < k->attributes.n; i++) {
        const struct cat_attribute *decl = &k->attributes.items[i];
        const struct attribute_value *v = watched_attribute(b->w, decl->name.text);
        bool applies = watched_if(b->c, b->w, &decl->when);
        if (v != NULL && !v->is_default && !applies)
            diag_add(b->c->dl, DIAG_UNKNOWN_ATTRIBUTE, v->at,
                     "`%.*s` means nothing with the other keys of `%.*s`", STR_ARG(decl->name.text),
                     STR_ARG(b->w->name));
        bool needed = decl->required.value ||
                      (decl->required_if.n > 0 && watched_if(b->c, b->w, &decl->required_if));
        if (v != NULL || !needed || !applies || is_given(r, decl->name.text))
            continue;
        if (str_is(decl->name.text, "id") && given(b->w->find.at))
            continue;
        struct diag *d = diag_add(b->c->dl, DIAG_MISSING_ATTRIBUTE, b->w->at, "`%.*s` needs `%.*s`",
                                  STR_ARG(b->w->name), STR_ARG(decl->name.text));
        bool find = str_is(decl->name.text, "id") && k->find.text.n > 0;
        diag_hint(b->c->dl, d, "%.*s Add `%.*s: %.*s`%s.", STR_ARG(decl->doc.text),
                  STR_ARG(decl->name.text), STR_ARG(decl->example.text),
                  find ? ", or look it up: `find: { tag:Name: ... }`" : "");
    }
}

static struct watched *bind(struct catalog *c, const struct cat_kind *k, str name, span at,
                            const struct cfg_resource *r) {
    uint32_t errors = c->dl->errors;
    struct watched *w = ARENA_NEW(c->arena, struct watched);
    *w = (struct watched){.name = name, .kind = k, .cfg = r, .at = at};
    w->path = arena_cat(c->arena, STR("resources."), name);
    w->facts = ARENA_NEW(c->arena, struct map);
    w->wants = ARENA_NEW(c->arena, struct map);
    struct binding b = {c, w, {.arena = c->arena, .dl = c->dl, .forms = &c->forms}};
    struct declarations d = {k->attributes.items, k->attributes.n, k->kind.text, STR("")};
    for (uint32_t i = 0; r != NULL && i < r->rest.n; i++) {
        if (str_is(r->rest.items[i]->key->text, "find"))
            bind_find(&b, r->rest.items[i]);
        else
            bind_pair(&b, &d, r->rest.items[i], 0);
    }
    add_defaults(&b, &d, 0);
    check_required(&b, r);
    w->broken = c->dl->errors != errors;
    return w;
}

struct watched *watched_bind(struct catalog *c, const struct cfg_resource *r) {
    uint32_t errors = c->dl->errors;
    const struct cat_kind *k = catalog_kind(c, r->kind.text);
    if (k != NULL)
        return bind(c, k, r->name.text, r->name.at, r);
    /* A file that is wrong was reported when it was read, if not just now then before. */
    if (c->dl->errors != errors || !given(r->kind.at) || c->broken ||
        map_get(&c->failed, r->kind.text) != NULL)
        return NULL;
    struct diag *d = diag_add(c->dl, DIAG_UNKNOWN_KIND, r->kind.at,
                              "there is no kind `%.*s` in the catalog", STR_ARG(r->kind.text));
    struct buf b = BUF_INIT(1024);
    kind_near_put(c, r->kind.text, &b);
    diag_hint(c->dl, d, "%.*s", STR_ARG(buf_str(&b)));
    buf_done(&b);
    return NULL;
}

struct watched *watched_implicit(struct catalog *c, const struct cat_kind *k, span at) {
    return bind(c, k, k->kind.text, at, NULL);
}

const struct attribute_value *watched_attribute(const struct watched *w, str name) {
    return map_get(&w->attributes, name);
}

static bool item_holds(struct catalog *c, const struct watched *w, const struct cat_if_item *it) {
    const struct attribute_value *v = watched_attribute(w, it->attribute.text);
    struct fact f;
    for (uint32_t i = 0; i < it->values.n; i++) {
        str value = it->values.items[i].text;
        if (str_is(value, "given") && (v != NULL || watched_fact(c, w, it->attribute.text, &f)))
            return true;
        if (v != NULL && str_eq(v->text.text, value))
            return true;
    }
    return false;
}

bool watched_if(struct catalog *c, const struct watched *w, const struct cat_if *cond) {
    for (uint32_t i = 0; i < cond->n; i++) {
        if (!item_holds(c, w, &cond->items[i]))
            return false;
    }
    return true;
}
