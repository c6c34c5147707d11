/* SPDX-License-Identifier: MIT */
#include "lower/account.h"

#define NAMES_SHOWN_MAX 8

static void check_host(struct lower *l, const struct watched *w, const struct attribute_value *v) {
    const struct watched *other = lower_find_watched(l, v->text.text, v->at);
    if (other == NULL || v->decl->of.n == 0)
        return;
    for (uint32_t i = 0; i < v->decl->of.n; i++) {
        if (str_eq(v->decl->of.items[i].text, other->kind->kind.text))
            return;
    }
    struct diag *d =
        diag_add(l->dl, DIAG_WRONG_KIND, v->at,
                 "`%.*s` of `%.*s` takes a resource of kind %.*s, `%.*s` is %.*s",
                 STR_ARG(v->decl->name.text), STR_ARG(w->name), STR_ARG(v->decl->of.items[0].text),
                 STR_ARG(other->name), STR_ARG(other->kind->kind.text));
    diag_also(l->dl, d, other->at, "`%.*s` is defined here", STR_ARG(other->name));
}

static void check_region(struct lower *l, const struct watched *w) {
    str region = watched_region(l->a, w), partition = account_partition(l);
    if (account_reaches(l, region))
        return;
    if (!str_is(partition, "aws")) {
        struct diag *d =
            diag_add(l->dl, DIAG_BAD_VALUE, w->at,
                     "the metrics of `%.*s` are in %.*s, which is not reached from %.*s",
                     STR_ARG(w->name), STR_ARG(region), STR_ARG(l->cfg->aws.region.text));
        diag_hint(
            l->dl, d,
            "Alarms are made in `aws.region` here: a region of %.*s does not see others. Watch it "
            "from an account in that region.",
            STR_ARG(partition));
        return;
    }
    struct diag *d =
        diag_add(l->dl, DIAG_BAD_VALUE, w->at, "`%.*s` is in %.*s, and so are its metrics",
                 STR_ARG(w->name), STR_ARG(region));
    diag_hint(l->dl, d,
              "An alarm sees its own region only, and there are alarms in %.*s (`aws.region`) and "
              "in us-east-1 "
              "here. Give that region an ops.yaml of its own.",
              STR_ARG(l->cfg->aws.region.text));
}

/* References can only be checked when all resources are known. */
static void check_references(struct lower *l) {
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        for (uint32_t k = 0; k < w->attributes.n; k++) {
            const struct attribute_value *v = w->attributes.entries[k].value;
            if (v->decl->type.value == CAT_RESOURCE)
                check_host(l, w, v);
        }
    }
}

static void add_filter(struct lower *l, struct node *n, const struct watched *w, str name,
                       struct value *values, span at) {
    struct graph_block b = graph_block_push(l->graph, n, "filter", w->find.n + 1, at);
    graph_block_set(b, "name", value_str(l->a, name, at));
    graph_block_set(b, "values", values);
}

static void add_data_node(struct lower *l, const struct watched *w) {
    struct node *n = graph_add(l->graph, &resource_data_instance, w->name, w->at);
    n->module = STR("monitoring");
    n->data = true;
    n->path = arena_cat(l->a, STR("resources."), w->name);
    bool state = false;
    for (uint32_t i = 0; i < w->find.n; i++) {
        const struct cfg_pair *p = &w->find.items[i];
        struct value *values = value_list(l->a, VALUE_LIST, 1, p->value.at);
        value_push(values, value_str(l->a, p->value.text, p->value.at));
        add_filter(l, n, w, p->key.text, values, p->key.at);
        state |= str_is(p->key.text, "instance-state-name");
    }
    /* AWS still finds a terminated instance for an hour: its successor has the same tags. */
    if (!state) {
        static const char *const alive[] = {"pending", "running", "stopping", "stopped"};
        struct value *values = value_list(l->a, VALUE_LIST, 4, w->find.at);
        for (unsigned i = 0; i < 4; i++)
            value_push(values, value_str(l->a, str_c(alive[i]), w->find.at));
        add_filter(l, n, w, STR("instance-state-name"), values, w->find.at);
    }
    map_add(l->a, &l->data_nodes, w->name, n);
}

void lower_add_use(struct lower *l, struct watched *w) {
    w->index = l->watched_uses.n;
    VEC_PUSH(l->a, &l->watched_uses, (struct watched_use){0});
}

void lower_resources(struct lower *l, const struct io *io, str file) {
    catalog_init(&l->catalog, l->a, l->dl);
    l->catalog.lock = l->cfg->prices;
    l->catalog.language = (enum cfg_language)l->cfg->language.value;
    catalog_add_files(&l->catalog, io, &l->cfg->catalog, file);
    for (uint32_t i = 0; i < l->cfg->resources.n; i++) {
        struct watched *w = watched_bind(&l->catalog, &l->cfg->resources.items[i]);
        /* A resource of an unknown kind is still known by name: no second message about it. */
        map_add(l->a, &l->watched_by_name, l->cfg->resources.items[i].name.text,
                w != NULL ? (void *)w : (void *)l);
        if (w == NULL)
            continue;
        VEC_PUSH(l->a, &l->watched, w);
        lower_add_use(l, w);
        check_region(l, w);
        watched_doubt_classes(&l->catalog, w);
        if (w->find.n > 0)
            add_data_node(l, w);
    }
    check_references(l);
}

static void hint_resources(struct lower *l, struct diag *d) {
    struct buf b = BUF_INIT(4096);
    uint32_t n = l->cfg->resources.n;
    for (uint32_t i = 0; i < n && i < NAMES_SHOWN_MAX; i++)
        buf_printf(&b, "%s`%.*s`", i > 0 ? ", " : "",
                   STR_ARG(l->cfg->resources.items[i].name.text));
    if (n > NAMES_SHOWN_MAX)
        BUF_LIT(&b, " and more");
    if (n > 0)
        diag_hint(l->dl, d, "`resources:` has %.*s.", STR_ARG(buf_str(&b)));
    else
        diag_hint(l->dl, d, "There is no `resources:` with something to watch.");
    buf_done(&b);
}

struct watched *lower_find_watched(struct lower *l, str name, span at) {
    void *w = map_get(&l->watched_by_name, name);
    if (w != NULL)
        return w == (void *)l ? NULL : w;
    const struct cat_kind *k = catalog_kind(&l->catalog, name);
    if (k != NULL && k->implicit.value) {
        struct watched *made = watched_implicit(&l->catalog, k, at);
        map_add(l->a, &l->watched_by_name, k->kind.text, made);
        lower_add_use(l, made);
        check_region(l, made);
        return made;
    }
    /* Of `web.cpu` the name alone is wrong. */
    if (at.end - at.start > name.n)
        at.end = at.start + name.n;
    struct diag *d =
        diag_add(l->dl, DIAG_UNKNOWN_RESOURCE, at, "there is no resource `%.*s`", STR_ARG(name));
    struct suggest near = suggest_for(name);
    for (uint32_t i = 0; i < l->cfg->resources.n && diag_is_kept(l->dl, d); i++)
        suggest_offer(&near, l->cfg->resources.items[i].name.text);
    suggest_offer(&near, STR("billing"));
    if (!diag_suggest(l->dl, d, &near))
        hint_resources(l, d);
    return NULL;
}

struct watched *lower_find_kind(struct lower *l, const struct cfg_text *name, const char *kind,
                                const char *what) {
    struct watched *w = lower_find_watched(l, name->text, name->at);
    if (w == NULL || str_is(w->kind->kind.text, kind))
        return w;
    struct diag *d = diag_add(l->dl, DIAG_WRONG_KIND, name->at, "`%.*s` is of kind %.*s, not %s",
                              STR_ARG(name->text), STR_ARG(w->kind->kind.text), kind);
    diag_hint(l->dl, d, "%s is a resource of kind %s.", what, kind);
    return NULL;
}

struct watched *lower_host(struct lower *l, const struct watched *w, str template_text) {
    str name, missing;
    if (!watched_text(l->a, w, template_text, &name, &missing) || name.n == 0)
        return NULL;
    void *found = map_get(&l->watched_by_name, name);
    return found == (void *)l ? NULL : found;
}

const struct watched *lower_only_host(const struct lower *l) {
    const struct watched *found = NULL;
    for (uint32_t i = 0; i < l->watched.n; i++) {
        if (!str_is(l->watched.at[i]->kind->kind.text, "ec2"))
            continue;
        if (found != NULL)
            return NULL;
        found = l->watched.at[i];
    }
    return found;
}
