/* SPDX-License-Identifier: MIT */
#include "schema/spec_tree.h"

#include "base/map.h"

#define INCLUDE_DEPTH_MAX 16

struct yaml_node *spec_tree_read(struct arena *nodes, struct arena *a, struct diag_list *dl,
                                 const struct io *io, str file, span from) {
    str text;
    struct io_error err = {.status = IO_OK};
    enum io_status st = io->read(io->ctx, a, file, YAML_BYTES_MAX, &text, &err);
    if (st == IO_TOO_BIG) {
        struct diag *d = diag_add(dl, DIAG_FILE_TOO_BIG, from, "`%.*s` is larger than %u MiB",
                                  STR_ARG(file), YAML_BYTES_MAX >> 20);
        diag_hint(dl, d, "Split it with `include:`.");
        return NULL;
    }
    if (st != IO_OK) {
        struct diag *d = diag_add(dl, DIAG_FILE_UNREADABLE, from, "cannot read `%.*s`: %s",
                                  STR_ARG(file), io_status_text(st));
        if (st == IO_NOT_FOUND && from.file == 0)
            diag_hint(dl, d, "Name the file, or write one with `opsc init`.");
        return NULL;
    }
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_sub(text, 3, text.n);
    return yaml_parse(nodes, a, dl, sources_add(dl->sources, arena_str(a, file), text, false));
}

struct including {
    struct arena *nodes, *a;
    struct diag_list *dl;
    const struct io *io;
    struct map places;            /* file_key() -> span of its first include */
    str stack[INCLUDE_DEPTH_MAX]; /* file_key()s */
    uint32_t depth;
};

/* The name with `a/../` taken out, so that two names of one file are equal. Only for comparing. */
static str file_key(struct arena *a, str path) {
    str parts[64];
    uint32_t n = 0;
    str rest = path;
    while (rest.n > 0 && n < 64) {
        str part = str_split(&rest, '/');
        if (str_is(part, ".") || (part.n == 0 && n > 0))
            continue;
        if (str_is(part, "..") && n > 0 && parts[n - 1].n > 0 && !str_is(parts[n - 1], ".."))
            n--;
        else
            parts[n++] = part;
    }
    if (n == 64)
        return path;
    str r = n > 0 ? parts[0] : STR("");
    for (uint32_t i = 1; i < n; i++)
        r = arena_printf(a, "%.*s/%.*s", STR_ARG(r), STR_ARG(parts[i]));
    return r;
}

static bool add_pair(struct including *in, struct yaml_node *into, struct map *keys,
                     const struct yaml_pair *p) {
    struct yaml_pair *first = map_get(keys, p->key->text);
    if (first != NULL) {
        struct diag *d = diag_add(in->dl, DIAG_DUPLICATE_KEY, p->key->at,
                                  "key `%.*s` is given in two files", STR_ARG(p->key->text));
        diag_also(in->dl, d, first->key->at, "first given here");
        return false;
    }
    into->pairs[into->n] = *p;
    map_add(in->a, keys, p->key->text, &into->pairs[into->n]);
    into->n++;
    return true;
}

/* Two mappings as one; a key in both is an error. */
static struct yaml_node *join_maps(struct including *in, struct yaml_node *x, struct yaml_node *y) {
    struct yaml_node *r = ARENA_NEW(in->a, struct yaml_node);
    *r = *x;
    r->pairs = ARENA_ARRAY(in->a, struct yaml_pair, x->n + y->n + 1);
    r->n = 0;
    struct map keys = {0};
    bool ok = true;
    for (uint32_t i = 0; i < x->n; i++)
        ok &= add_pair(in, r, &keys, &x->pairs[i]);
    for (uint32_t i = 0; i < y->n; i++)
        ok &= add_pair(in, r, &keys, &y->pairs[i]);
    return ok ? r : NULL;
}

/* Sections (mappings) of the same name are joined, everything else may stand in one file only. */
static struct yaml_node *join_files(struct including *in, struct yaml_node *x,
                                    struct yaml_node *y) {
    struct yaml_node *rest = ARENA_NEW(in->a, struct yaml_node);
    struct yaml_node *r = ARENA_NEW(in->a, struct yaml_node);
    *rest = *y;
    rest->pairs = ARENA_ARRAY(in->a, struct yaml_pair, y->n + 1);
    rest->n = 0;
    *r = *x;
    r->pairs = ARENA_ARRAY(in->a, struct yaml_pair, x->n + 1);
    memcpy(r->pairs, x->pairs, sizeof *x->pairs * x->n);
    bool ok = true;
    for (uint32_t i = 0; i < y->n; i++) {
        const struct yaml_pair *p = &y->pairs[i];
        if (str_is(p->key->text, "include"))
            continue;
        struct yaml_pair *mine = NULL;
        for (uint32_t k = 0; k < r->n && mine == NULL; k++)
            mine = str_eq(r->pairs[k].key->text, p->key->text) ? &r->pairs[k] : NULL;
        if (mine != NULL && mine->value->type == YAML_MAP && p->value->type == YAML_MAP) {
            struct yaml_node *both = join_maps(in, mine->value, p->value);
            ok &= both != NULL;
            mine->value = both != NULL ? both : mine->value;
        } else {
            rest->pairs[rest->n++] = *p;
        }
    }
    struct yaml_node *all = join_maps(in, r, rest);
    return ok ? all : NULL;
}

static struct yaml_node *include_all(struct including *in, struct yaml_node *root, str file);

/* Whether a file may be included here; else a diagnostic. */
static bool may_include(struct including *in, const struct yaml_node *name, str path, str key) {
    for (uint32_t i = 0; i < in->depth; i++) {
        if (!str_eq(in->stack[i], key))
            continue;
        struct diag *d =
            diag_add(in->dl, DIAG_INCLUDE_CYCLE, name->at, "`%.*s` includes itself", STR_ARG(path));
        if (i + 1 < in->depth)
            diag_hint(in->dl, d, "It includes `%.*s`, which leads back here.",
                      STR_ARG(in->stack[i + 1]));
        return false;
    }
    if (in->depth == INCLUDE_DEPTH_MAX) {
        diag_add(in->dl, DIAG_BAD_INCLUDE, name->at, "includes are nested more than %d deep",
                 INCLUDE_DEPTH_MAX);
        return false;
    }
    span *at = ARENA_NEW(in->a, span);
    *at = name->at;
    const span *first = map_add(in->a, &in->places, key, at);
    if (first == NULL)
        return true;
    struct diag *d =
        diag_add(in->dl, DIAG_BAD_INCLUDE, name->at, "`%.*s` is included twice", STR_ARG(path));
    diag_also(in->dl, d, *first, "first included here");
    return false;
}

static struct yaml_node *include_one(struct including *in, struct yaml_node *root,
                                     const struct yaml_node *name, str from) {
    if (name->type != YAML_SCALAR || name->text.n == 0) {
        diag_add(in->dl, DIAG_BAD_INCLUDE, name->at, "an include is the name of a file, found %s",
                 name->type == YAML_SCALAR ? "nothing" : yaml_type_name(name));
        return NULL;
    }
    str path = io_path_join(in->a, io_path_dir(from), name->text);
    str key = file_key(in->a, path);
    if (!may_include(in, name, path, key))
        return NULL;
    struct yaml_node *tree = spec_tree_read(in->nodes, in->a, in->dl, in->io, path, name->at);
    if (tree == NULL)
        return NULL;
    if (tree->type != YAML_MAP) {
        struct diag *d =
            diag_add(in->dl, DIAG_BAD_INCLUDE, name->at, "`%.*s` holds %s, not a mapping",
                     STR_ARG(path), yaml_type_name(tree));
        diag_hint(in->dl, d, "Like a spec it begins with keys, such as `alarms:`.");
        return NULL;
    }
    in->stack[in->depth++] = key;
    tree = include_all(in, tree, path);
    in->depth--;
    return tree == NULL ? NULL : join_files(in, root, tree);
}

static struct yaml_node *include_all(struct including *in, struct yaml_node *root, str file) {
    const struct yaml_node *inc = yaml_get(root, STR("include"));
    if (inc == NULL)
        return root;
    if (inc->type == YAML_SCALAR)
        return include_one(in, root, inc, file);
    if (inc->type == YAML_MAP) {
        struct diag *d = diag_add(in->dl, DIAG_BAD_INCLUDE, inc->at,
                                  "`include` takes a list of files, found a mapping");
        diag_hint(in->dl, d, "For example `include: [ops/alarms.yaml]`.");
        return NULL;
    }
    bool ok = true;
    for (uint32_t i = 0; i < inc->n; i++) {
        struct yaml_node *more = include_one(in, root, inc->items[i], file);
        ok &= more != NULL;
        root = more != NULL ? more : root;
    }
    return ok ? root : NULL;
}

struct yaml_node *spec_tree_include(struct arena *nodes, struct arena *a, struct diag_list *dl,
                                    const struct io *io, struct yaml_node *root, str file) {
    struct including in = {.nodes = nodes, .a = a, .dl = dl, .io = io, .depth = 1};
    in.stack[0] = file_key(a, file);
    return include_all(&in, root, file);
}

static void not_there(struct diag_list *dl, const struct yaml_node *base,
                      const struct yaml_node *key) {
    struct diag *d = diag_add(dl, DIAG_UNKNOWN_KEY, key->at, "there is no `%.*s` to take away",
                              STR_ARG(key->text));
    struct suggest near = suggest_for(key->text);
    for (uint32_t i = 0; i < base->n; i++)
        suggest_offer(&near, base->pairs[i].key->text);
    if (!diag_suggest(dl, d, &near))
        diag_hint(dl, d,
                  "`key: null` in an environment takes away what the rest of the file says.");
}

struct yaml_node *spec_tree_overlay(struct arena *a, struct diag_list *dl, struct yaml_node *base,
                                    struct yaml_node *over) {
    if (base->type != YAML_MAP || over->type != YAML_MAP)
        return over;
    struct yaml_node *r = ARENA_NEW(a, struct yaml_node);
    *r = *base;
    r->pairs = ARENA_ARRAY(a, struct yaml_pair, base->n + over->n + 1);
    r->n = 0;
    struct map changed = {0};
    for (uint32_t i = 0; i < over->n; i++)
        map_add(a, &changed, over->pairs[i].key->text, &over->pairs[i]);
    struct map known = {0};
    for (uint32_t i = 0; i < base->n; i++) {
        const struct yaml_pair *b = &base->pairs[i];
        const struct yaml_pair *o = map_get(&changed, b->key->text);
        map_add(a, &known, b->key->text, &base->pairs[i]);
        if (o == NULL)
            r->pairs[r->n++] = *b;
        else if (!yaml_is_null(o->value))
            r->pairs[r->n++] =
                (struct yaml_pair){o->key, spec_tree_overlay(a, dl, b->value, o->value)};
    }
    for (uint32_t i = 0; i < over->n; i++) {
        const struct yaml_pair *o = &over->pairs[i];
        if (map_get(&known, o->key->text) != NULL)
            continue;
        if (yaml_is_null(o->value))
            not_there(dl, base, o->key);
        else
            r->pairs[r->n++] = *o;
    }
    return r;
}

struct yaml_node *spec_tree_set(struct arena *a, struct diag_list *dl, struct yaml_node *map,
                                str key, str text, span at) {
    struct yaml_node *k = ARENA_NEW(a, struct yaml_node), *v = ARENA_NEW(a, struct yaml_node);
    *k = (struct yaml_node){.type = YAML_SCALAR, .at = at, .size = 1, .text = key};
    *v = (struct yaml_node){.type = YAML_SCALAR, .at = at, .size = 1, .text = text};
    struct yaml_node *one = ARENA_NEW(a, struct yaml_node);
    *one = (struct yaml_node){.type = YAML_MAP, .at = at, .size = 3, .n = 1};
    one->pairs = ARENA_NEW(a, struct yaml_pair);
    one->pairs[0] = (struct yaml_pair){k, v};
    return spec_tree_overlay(a, dl, map, one);
}
