/* SPDX-License-Identifier: MIT */
#include "lower/implied.h"

struct cfg_resource *implied_new(struct lower *l, const char *kind, struct cfg_text name,
                                 const struct cfg_recommended *alarms, uint32_t keys) {
    struct cfg_resource *r = ARENA_NEW(l->a, struct cfg_resource);
    *r = (struct cfg_resource){.name = name, .alarms = *alarms};
    r->kind = (struct cfg_text){str_c(kind), name.at, NULL};
    if (!given(r->alarms.mode.at))
        r->alarms.mode = (struct cfg_choice){1, name.at};
    r->rest.items = ARENA_ARRAY(l->a, const struct yaml_pair *, keys);
    return r;
}

void implied_key(struct lower *l, struct cfg_resource *r, const char *key, str value, span at) {
    struct yaml_node *nodes = ARENA_ARRAY(l->a, struct yaml_node, 2);
    nodes[0] = (struct yaml_node){.at = at, .size = 1, .text = str_c(key)};
    nodes[1] = (struct yaml_node){.style = YAML_QUOTED, .at = at, .size = 1, .text = value};
    struct yaml_pair *p = ARENA_NEW(l->a, struct yaml_pair);
    *p = (struct yaml_pair){&nodes[0], &nodes[1]};
    r->rest.items[r->rest.n++] = p;
}

void implied_seconds(struct lower *l, struct cfg_resource *r, const char *key, int64_t s, span at) {
    implied_key(l, r, key, arena_printf(l->a, "%llds", (long long)s), at);
}

/* What is implied and `resources:` have one set of names. */
static bool take_name(struct lower *l, const struct cfg_resource *r, const char *what) {
    const struct cfg_text *name = &r->name;
    const struct watched *before = map_get(&l->watched_by_name, name->text);
    if (before == NULL)
        return true;
    struct diag *d = diag_add(l->dl, DIAG_DUPLICATE_KEY, name->at, "`%.*s` is a resource already",
                              STR_ARG(name->text));
    diag_also(l->dl, d, before->at, "first defined here");
    diag_hint(l->dl, d, "Conditions name both alike: call %s something else.", what);
    return false;
}

struct watched *implied_watch(struct lower *l, struct cfg_resource *r, str path, const char *what) {
    if (!take_name(l, r, what))
        return NULL;
    struct watched *w = watched_bind(&l->catalog, r);
    if (w == NULL)
        return NULL;
    w->path = path;
    VEC_PUSH(l->a, &l->watched, w);
    lower_add_use(l, w);
    map_add(l->a, &l->watched_by_name, r->name.text, w);
    return w;
}
