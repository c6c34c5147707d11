/* SPDX-License-Identifier: MIT */
#include "lower/secrets.h"

/* A key of a resource of kind secret that ops.yaml does not have in words. */
static void add_key(struct lower *l, struct cfg_rest *rest, const char *key, str value, span at) {
    struct yaml_node *nodes = ARENA_ARRAY(l->a, struct yaml_node, 2);
    nodes[0] = (struct yaml_node){.at = at, .size = 1, .text = str_c(key)};
    nodes[1] = (struct yaml_node){.style = YAML_QUOTED, .at = at, .size = 1, .text = value};
    struct yaml_pair *p = ARENA_NEW(l->a, struct yaml_pair);
    *p = (struct yaml_pair){&nodes[0], &nodes[1]};
    rest->items[rest->n++] = p;
}

static str seconds(struct lower *l, int64_t s) {
    return arena_printf(l->a, "%llds", (long long)s);
}

/* The item as a resource that is watched: its alarms are those of the kind. */
static struct watched *watch(struct lower *l, struct secret *s) {
    static const char *const by[] = {"hand", "others", "rds"};
    const struct cfg_secret *c = s->cfg;
    struct cfg_resource *r = ARENA_NEW(l->a, struct cfg_resource);
    *r = (struct cfg_resource){.name = c->name, .alarms = c->alarms};
    r->kind = (struct cfg_text){STR("secret"), c->name.at, NULL};
    if (!given(r->alarms.mode.at))
        r->alarms.mode = (struct cfg_choice){1, c->name.at};
    r->rest.items = ARENA_ARRAY(l->a, const struct yaml_pair *, 6);
    bool manager = l->cfg->secrets.store.value == CFG_STORE_SECRETS_MANAGER;
    bool rds = s->by == SECRET_BY_RDS;
    add_key(l, &r->rest, "id", s->name, s->at);
    add_key(l, &r->rest, "store", str_c(schema_stores[manager || rds]), s->at);
    add_key(l, &r->rest, "max_age", seconds(l, s->max_age_s), s->at);
    add_key(l, &r->rest, "by", str_c(by[s->by]), s->at);
    if (s->remind_s > 0)
        add_key(l, &r->rest, "remind", seconds(l, s->remind_s), s->at);
    if (s->by == SECRET_BY_OTHERS)
        add_key(l, &r->rest, "who",
                str_starts(s->who, STR("the ")) ? s->who : arena_cat(l->a, STR("the "), s->who),
                s->at);
    struct watched *w = watched_bind(&l->catalog, r);
    if (w != NULL)
        w->section = STR("secrets.items");
    return w;
}

static bool is_database(const struct watched *w) {
    str kind = w->kind->kind.text;
    return str_is(kind, "rds") || str_is(kind, "postgres") || str_is(kind, "mysql");
}

/* The database that `of` names; false after a diagnostic. */
static bool bind_of(struct lower *l, struct secret *s) {
    const struct cfg_secret *c = s->cfg;
    if (!given(c->of.at))
        return true;
    s->of = lower_find_watched(l, c->of.text, c->of.at);
    if (s->of == NULL)
        return false;
    if (is_database(s->of))
        return true;
    struct diag *d =
        diag_add(l->dl, DIAG_WRONG_KIND, c->of.at, "`%.*s` is not a database", STR_ARG(c->of.text));
    diag_hint(l->dl, d, "Name a resource of kind rds, postgres or mysql, or leave `of` out.");
    return false;
}

static bool check_rds(struct lower *l, const struct secret *s) {
    if (s->by != SECRET_BY_RDS)
        return true;
    bool rds = s->of != NULL && str_is(s->of->kind->kind.text, "rds");
    if (rds && watched_attribute(s->of, STR("cluster")) == NULL)
        return true;
    span at = given(s->cfg->by.at) ? s->cfg->by.at : s->cfg->rotate.at;
    struct diag *d = diag_add(l->dl, DIAG_BAD_ROTATION, at,
                              "RDS rotates the master password of an instance of kind rds%s",
                              rds ? "; of a cluster opsc does not find it" : "");
    diag_hint(l->dl, d, "Name the instance under `of`, or say who else rotates it.");
    return false;
}

/* The items and `resources:` have one set of names. */
static bool take_name(struct lower *l, struct secret *s) {
    const struct cfg_text *name = &s->cfg->name;
    void *before = map_get(&l->watched_by_name, name->text);
    if (before == NULL)
        return true;
    struct diag *d = diag_add(l->dl, DIAG_DUPLICATE_KEY, name->at, "`%.*s` is a resource already",
                              STR_ARG(name->text));
    for (uint32_t i = 0; i < l->cfg->resources.n; i++) {
        if (str_eq(l->cfg->resources.items[i].name.text, name->text))
            diag_also(l->dl, d, l->cfg->resources.items[i].name.at, "first defined here");
    }
    diag_hint(l->dl, d, "Conditions name both alike: call the secret something else.");
    return false;
}

static void bind_item(struct lower *l, const struct cfg_secret *c) {
    struct secret *s = ARENA_NEW(l->a, struct secret);
    *s = (struct secret){.cfg = c, .at = c->name.at};
    bool ok = take_name(l, s);
    ok &= secret_rotation(l, s);
    ok &= bind_of(l, s);
    if (!ok || !check_rds(l, s))
        return;
    bool manager = l->cfg->secrets.store.value == CFG_STORE_SECRETS_MANAGER;
    if (s->by == SECRET_BY_RDS)
        s->name = arena_cat(l->a, STR("rds!"), s->of->name);
    else
        s->name = arena_printf(l->a, "%s%.*s/%.*s", manager ? "" : "/", STR_ARG(l->namespace_),
                               STR_ARG(c->name.text));
    s->watched = watch(l, s);
    if (s->watched == NULL)
        return;
    VEC_PUSH(l->a, &l->watched, s->watched);
    lower_add_use(l, s->watched);
    map_add(l->a, &l->watched_by_name, c->name.text, s->watched);
    VEC_PUSH(l->a, &l->secrets, s);
}

void lower_secrets(struct lower *l) {
    for (uint32_t i = 0; i < l->cfg->secrets.items.n; i++)
        bind_item(l, &l->cfg->secrets.items.items[i]);
}
