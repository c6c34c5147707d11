/* SPDX-License-Identifier: MIT */
#include "schema/spec.h"

#include "schema/schema.h"
#include "schema/spec_tree.h"

struct spec {
    struct arena *a;
    struct arena *nodes; /* of the trees that are read from files */
    struct diag_list *dl;
    struct spec_options opt;
    struct yaml_node *root; /* with includes, before overlays and variables */
    struct yaml_node *environments;
    struct cfg_text *names;
    uint32_t nnames;
};

/* These make the tree that an environment is laid over. */
static bool check_overlay(struct spec *s, const struct yaml_pair *p) {
    bool ok = true;
    for (uint32_t i = 0; p->value->type == YAML_MAP && i < p->value->n; i++) {
        const struct yaml_node *k = p->value->pairs[i].key;
        for (uint32_t r = 0; r < schema_spec.n; r++) {
            const struct schema_row *row = &schema_spec.rows[r];
            if ((row->flags & SCHEMA_TOP) == 0 || !str_is(k->text, row->key))
                continue;
            struct diag *d = diag_add(s->dl, DIAG_UNKNOWN_KEY, k->at,
                                      "`%s` cannot stand inside of an environment", row->key);
            diag_hint(s->dl, d, "It stands at the top level of the spec.");
            ok = false;
        }
    }
    return ok;
}

/* Each gets a folder of its name. */
static bool check_environment_names(struct spec *s) {
    struct map folders = {0};
    bool ok = true;
    for (uint32_t i = 0; i < s->nnames; i++) {
        const struct cfg_text *name = &s->names[i];
        const struct cfg_text *first =
            map_add(s->a, &folders, arena_fold_case(s->a, name->text), &s->names[i]);
        if (first == NULL)
            continue;
        struct diag *d = diag_add(
            s->dl, DIAG_NAMES_CLASH, name->at,
            "environments `%.*s` and `%.*s` have one folder where letter case does not count",
            STR_ARG(first->text), STR_ARG(name->text));
        diag_also(s->dl, d, first->at, "the other");
        diag_hint(s->dl, d, "So it is on macOS and Windows. Rename one of them.");
        ok = false;
    }
    return ok;
}

/* What would take all memory, or days, is refused before it is walked. */
static bool check_sizes(struct spec *s, const struct yaml_node *tree) {
    bool ok = true;
    for (uint32_t i = 0; i < schema_spec.n; i++) {
        const struct schema_row *row = &schema_spec.rows[i];
        const struct yaml_node *n = row->most > 0 ? yaml_get(tree, str_c(row->key)) : NULL;
        if (n == NULL || n->type != YAML_MAP || n->n <= row->most)
            continue;
        struct diag *d =
            diag_add(s->dl, DIAG_TOO_MANY, n->pairs[row->most].key->at,
                     "`%s` has %u entries, opsc takes at most %u", row->key, n->n, row->most);
        diag_label(s->dl, d, "one too many");
        diag_hint(s->dl, d, "%s", row->beyond);
        ok = false;
    }
    return ok;
}

static bool read_environments(struct spec *s) {
    struct yaml_node *e = yaml_get(s->root, STR("environments"));
    if (e == NULL)
        return true;
    const struct yaml_pair *single = yaml_find(s->root, STR("environment"));
    if (single != NULL) {
        struct diag *d = diag_add(s->dl, DIAG_ENVIRONMENT_TWICE, single->key->at,
                                  "`environment` and `environments` cannot stand together");
        diag_also(s->dl, d, yaml_find(s->root, STR("environments"))->key->at, "and here");
        diag_hint(s->dl, d, "Make it an entry of `environments:`.");
        return false;
    }
    if (e->type != YAML_MAP || e->n == 0) {
        diag_add(s->dl, DIAG_WRONG_TYPE, e->at,
                 "`environments` takes a mapping from names to what differs, found %s",
                 e->type == YAML_MAP ? "nothing" : yaml_type_name(e));
        return false;
    }
    s->environments = e;
    s->nnames = e->n;
    s->names = ARENA_ARRAY(s->a, struct cfg_text, e->n);
    bool ok = true;
    for (uint32_t i = 0; i < e->n; i++) {
        const struct yaml_pair *p = &e->pairs[i];
        s->names[i] = (struct cfg_text){p->key->text, p->key->at, p->key->origin};
        if (p->value->type != YAML_MAP && !yaml_is_null(p->value)) {
            diag_add(s->dl, DIAG_WRONG_TYPE, p->value->at,
                     "environment `%.*s` takes a mapping, found %s", STR_ARG(p->key->text),
                     yaml_type_name(p->value));
            ok = false;
        }
        ok &= check_overlay(s, p);
    }
    return check_environment_names(s) && ok;
}

struct spec *spec_open(struct arena *a, struct diag_list *dl, const struct io *io,
                       const struct spec_options *opt) {
    struct spec *s = ARENA_NEW(a, struct spec);
    *s = (struct spec){.a = a, .nodes = arena_within(a), .dl = dl, .opt = *opt};
    s->root = spec_tree_read(s->nodes, a, dl, io, opt->file, SPAN_NONE);
    if (s->root == NULL)
        return NULL;
    if (s->root->type != YAML_MAP || s->root->n == 0) {
        bool empty = s->root->type == YAML_MAP || yaml_is_null(s->root);
        struct diag *d = diag_add(dl, DIAG_EMPTY_SPEC, s->root->at, "`%.*s` holds %s",
                                  STR_ARG(opt->file), empty ? "nothing" : yaml_type_name(s->root));
        diag_hint(dl, d,
                  "A spec is a mapping that begins with `opsc: 1` and `project:`; "
                  "`opsc init` writes one.");
        return NULL;
    }
    s->root = spec_tree_include(s->nodes, a, dl, io, s->root, opt->file);
    if (s->root == NULL)
        return NULL;
    spec_literals(dl, s->root);
    bool ok = opt->spare_vars || spec_vars_check(dl, s->root, opt->vars, opt->nvars);
    return check_sizes(s, s->root) && read_environments(s) && ok ? s : NULL;
}

const struct cfg_text *spec_environments(const struct spec *s, uint32_t *ret_n) {
    *ret_n = s->nnames;
    return s->names;
}

/* Said in the tree, it is there for ${environment} as well. */
static struct yaml_node *with_environment(struct spec *s, struct yaml_node *tree, str name,
                                          span at) {
    return spec_tree_set(s->a, s->dl, tree, STR("environment"), name, at);
}

/* The tree of one environment, or NULL after a diagnostic. */
static struct yaml_node *environment_tree(struct spec *s, str name) {
    if (s->environments == NULL) {
        const struct yaml_node *own = yaml_get(s->root, STR("environment"));
        str is = own != NULL && own->type == YAML_SCALAR ? own->text : STR(SCHEMA_ENVIRONMENT);
        if (name.n == 0 || str_eq(name, is))
            return own != NULL ? s->root : with_environment(s, s->root, is, s->root->at);
        diag_add(s->dl, DIAG_UNKNOWN_ENVIRONMENT, own != NULL ? own->at : SPAN_NONE,
                 "there is no environment `%.*s`; the only one is `%.*s`", STR_ARG(name),
                 STR_ARG(is));
        return NULL;
    }
    const struct yaml_pair *p = yaml_find(s->environments, name);
    if (p == NULL) {
        struct diag *d =
            diag_add(s->dl, DIAG_UNKNOWN_ENVIRONMENT, s->environments->pairs[0].key->at,
                     "there is no environment `%.*s`", STR_ARG(name));
        struct suggest near = suggest_for(name);
        for (uint32_t i = 0; i < s->nnames; i++)
            suggest_offer(&near, s->names[i].text);
        struct buf b = BUF_INIT(4096);
        for (uint32_t i = 0; i < s->nnames; i++)
            buf_printf(&b, "%s`%.*s`", i > 0 ? ", " : "", STR_ARG(s->names[i].text));
        if (!diag_suggest(s->dl, d, &near))
            diag_hint(s->dl, d, "There are %.*s.", STR_ARG(buf_str(&b)));
        buf_done(&b);
        return NULL;
    }
    struct yaml_node *tree = s->root;
    if (p->value->type == YAML_MAP)
        tree = spec_tree_overlay(s->a, s->dl, tree, p->value);
    return with_environment(s, tree, p->key->text, p->key->at);
}

static void check_version(struct spec *s, const struct config *c) {
    if (!given(c->version.at) || num_cmp(c->version.q.value, num_int(1)) == 0)
        return;
    struct diag *d = diag_add(s->dl, DIAG_BAD_VERSION, c->version.at,
                              "this opsc reads version 1 of the language");
    diag_hint(s->dl, d, "Write `opsc: 1`, or use a newer opsc.");
}

struct config *spec_config(struct spec *s, str environment) {
    struct yaml_node *tree = environment_tree(s, environment);
    if (tree != NULL)
        tree = spec_tree_vars(s->a, s->dl, tree, s->opt.vars, s->opt.nvars);
    if (tree == NULL || !check_sizes(s, tree))
        return NULL;
    struct config *c = ARENA_NEW(s->a, struct config);
    c->spec = s->opt.file;
    struct map forms = {0};
    struct schema_walk w = {.arena = s->a, .dl = s->dl, .forms = &forms};
    schema_read(&w, &schema_spec, tree, c);
    check_version(s, c);
    if (!given(c->environment.at))
        c->environment = (struct cfg_text){STR(SCHEMA_ENVIRONMENT), c->project.at, NULL};
    return c;
}

struct cfg_texts spec_catalog(struct spec *s, str environment) {
    struct config c = {0};
    struct schema_walk w = {.arena = s->a, .dl = s->dl};
    if (environment.n == 0 && s->nnames > 0)
        environment = s->names[0].text;
    struct yaml_node *tree = environment_tree(s, environment);
    if (tree != NULL)
        tree = spec_tree_vars(s->a, s->dl, tree, s->opt.vars, s->opt.nvars);
    const struct yaml_node *files = tree != NULL ? yaml_get(tree, STR("catalog")) : NULL;
    for (uint32_t i = 0; files != NULL && i < schema_spec.n; i++) {
        const struct schema_row *row = &schema_spec.rows[i];
        if (str_is(STR("catalog"), row->key) && !schema_read_value(&w, row, files, &c.catalog))
            return (struct cfg_texts){0};
    }
    return c.catalog;
}

void spec_forget_trees(struct spec *s) {
    arena_free(s->nodes);
    s->nodes = NULL;
    s->root = s->environments = NULL;
}
