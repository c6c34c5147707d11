/* SPDX-License-Identifier: MIT */
#include "schema/spec_tree.h"

#include "base/map.h"

#define VARS_DEPTH_MAX 32
#define VARS_TEXT_MAX (1u << 20)

struct vars {
    struct arena *a;
    struct diag_list *dl;
    struct map values;   /* name -> struct yaml_node (scalar) */
    struct map empty;    /* name -> struct yaml_node: under `vars:` without a value */
    struct map circles;  /* name -> struct yaml_node: reported */
    struct map expanded; /* name -> struct yaml_node */
    struct yaml_node *stack[VARS_DEPTH_MAX]; /* being expanded */
    str names[VARS_DEPTH_MAX];               /* of these */
    uint32_t depth;
    uint32_t mistakes;
};

static struct yaml_node *expand(struct vars *v, struct yaml_node *n);

/* Offset of the next "${" from `from`, or s.n. */
static uint32_t find_reference(str s, uint32_t from) {
    while (from < s.n) {
        const unsigned char *p = memchr(s.p + from, '$', s.n - from);
        if (p == NULL)
            return s.n;
        from = (uint32_t)(p - s.p);
        if (from + 1 < s.n && s.p[from + 1] == '{')
            return from;
        from++;
    }
    return s.n;
}

/* The place of `n->text` from `from` to `to`. */
static span part_of(const struct yaml_node *n, uint32_t from, uint32_t to) {
    return text_place(n->origin, n->at, from, to);
}

static void unknown(struct vars *v, const struct yaml_node *n, str name, uint32_t offset,
                    uint32_t end) {
    span at = part_of(n, offset, end);
    const struct yaml_node *empty = map_get(&v->empty, name);
    v->mistakes++;
    if (name.n == 0) {
        struct diag *d = diag_add(v->dl, DIAG_UNKNOWN_VARIABLE, at, "`${}` names no variable");
        diag_hint(v->dl, d, "For the characters themselves write `$${`.");
        return;
    }
    struct diag *d = diag_add(v->dl, DIAG_UNKNOWN_VARIABLE, at, "variable `%.*s` %s", STR_ARG(name),
                              empty != NULL ? "has no value" : "is not defined");
    if (empty != NULL) {
        diag_also(v->dl, d, empty->at, "it is left open here");
        diag_hint(v->dl, d, "Give it with --var %.*s=VALUE, or in the environment's `vars:`.",
                  STR_ARG(name));
        return;
    }
    struct suggest near = suggest_for(name);
    for (uint32_t i = 0; i < v->values.n; i++)
        suggest_offer(&near, v->values.entries[i].key);
    if (!diag_suggest(v->dl, d, &near))
        diag_hint(
            v->dl, d,
            "Define it under `vars:` or with --var; for the characters themselves write `$${`.");
}

static void not_closed(struct vars *v, const struct yaml_node *n, uint32_t offset) {
    struct diag *d = diag_add(v->dl, DIAG_UNKNOWN_VARIABLE, part_of(n, offset, offset + 2),
                              "this `${` is not closed");
    diag_hint(v->dl, d, "A variable is written `${name}`; for the characters themselves `$${`.");
    v->mistakes++;
}

static str value_of(struct vars *v, const struct yaml_node *n, str name, uint32_t offset,
                    uint32_t end) {
    struct yaml_node *value = map_get(&v->values, name);
    if (value == NULL) {
        unknown(v, n, name, offset, end);
        return STR("");
    }
    for (uint32_t i = 0; i < v->depth; i++) {
        if (v->stack[i] != value)
            continue;
        /* Once, whichever of the circle comes first. */
        if (map_add(v->a, &v->circles, name, value) == NULL)
            diag_add(v->dl, DIAG_VARIABLE_CYCLE, value->at, "variable `%.*s` refers to itself",
                     STR_ARG(name));
        for (uint32_t k = i; k < v->depth; k++)
            map_add(v->a, &v->circles, v->names[k], v->stack[k]);
        v->mistakes++;
        return STR("");
    }
    if (v->depth == VARS_DEPTH_MAX) {
        diag_add(v->dl, DIAG_VARIABLE_CYCLE, value->at,
                 "variables refer to each other more than %d deep", VARS_DEPTH_MAX);
        v->mistakes++;
        return STR("");
    }
    /* Each variable is expanded once, or variables of variables would take for ever. */
    const struct yaml_node *known = map_get(&v->expanded, name);
    if (known == NULL) {
        v->names[v->depth] = name;
        v->stack[v->depth++] = value;
        struct yaml_node *now = expand(v, value);
        v->depth--;
        map_add(v->a, &v->expanded, name, now);
        return now->text;
    }
    v->mistakes += known->broken;
    return known->text;
}

/* A text while its variables are put in. */
struct expansion {
    struct yaml_node *n;
    struct buf text;
    VEC(struct text_part) parts;
};

/* Adds `piece` for the bytes `from` to `to` of the node's text. */
static void add_piece(struct vars *v, struct expansion *e, str piece, uint32_t from, uint32_t to,
                      bool verbatim) {
    if (e->n->origin == &text_verbatim && piece.n > 0)
        VEC_PUSH(v->a, &e->parts,
                 (struct text_part){(uint32_t)e->text.n, verbatim, part_of(e->n, from, to)});
    buf_put(&e->text, piece);
}

static struct yaml_node *expanded(struct vars *v, struct expansion *e) {
    struct yaml_node *r = ARENA_NEW(v->a, struct yaml_node);
    *r = *e->n;
    r->text = arena_str(v->a, buf_str(&e->text));
    r->origin = NULL;
    if (e->parts.n > 0) {
        struct text_origin *o = ARENA_NEW(v->a, struct text_origin);
        *o = (struct text_origin){e->parts.at, e->parts.n};
        r->origin = o;
    }
    if (e->text.full) {
        diag_add(v->dl, DIAG_VARIABLE_CYCLE, e->n->at,
                 "the text grows beyond 1 MiB with its variables");
        v->mistakes++;
    }
    buf_done(&e->text);
    return r;
}

static struct yaml_node *expand_scalar(struct vars *v, struct yaml_node *n, uint32_t first) {
    struct expansion e = {.n = n, .text = BUF_INIT(VARS_TEXT_MAX)};
    str s = n->text;
    uint32_t done = 0, at = first, mistakes = v->mistakes;
    for (; at < s.n; at = find_reference(s, done)) {
        if (at > done && s.p[at - 1] == '$') { /* $${ stands for ${ */
            add_piece(v, &e, str_sub(s, done, at - 1), done, at - 1, true);
            add_piece(v, &e, STR("${"), at - 1, at + 2, false);
            done = at + 2;
            continue;
        }
        str rest = str_sub(s, at + 2, s.n);
        uint32_t close = str_find(rest, '}'), end = at + 2 + close + 1;
        if (close == rest.n) {
            not_closed(v, n, at);
            break;
        }
        add_piece(v, &e, str_sub(s, done, at), done, at, true);
        add_piece(v, &e, value_of(v, n, str_trim(str_sub(rest, 0, close)), at, end), at, end,
                  false);
        done = end;
    }
    add_piece(v, &e, str_sub(s, done, s.n), done, s.n, true);
    struct yaml_node *r = expanded(v, &e);
    r->broken = v->mistakes > mistakes;
    return r;
}

static struct yaml_node *expand_list(struct vars *v, struct yaml_node *n) {
    struct yaml_node *r = n;
    for (uint32_t i = 0; i < n->n; i++) {
        struct yaml_node *item = expand(v, n->items[i]);
        if (item == n->items[i])
            continue;
        if (r == n) {
            r = ARENA_NEW(v->a, struct yaml_node);
            *r = *n;
            r->items = ARENA_ARRAY(v->a, struct yaml_node *, n->n);
            memcpy(r->items, n->items, sizeof *n->items * n->n);
        }
        r->items[i] = item;
    }
    return r;
}

static struct yaml_node *expand_map(struct vars *v, struct yaml_node *n) {
    struct yaml_node *r = n;
    for (uint32_t i = 0; i < n->n; i++) {
        struct yaml_node *value = expand(v, n->pairs[i].value);
        if (value == n->pairs[i].value)
            continue;
        if (r == n) {
            r = ARENA_NEW(v->a, struct yaml_node);
            *r = *n;
            r->pairs = ARENA_ARRAY(v->a, struct yaml_pair, n->n);
            memcpy(r->pairs, n->pairs, sizeof *n->pairs * n->n);
        }
        r->pairs[i].value = value;
    }
    return r;
}

/* The tree's depth is limited by the YAML loader, so this recursion is too. */
static struct yaml_node *expand(struct vars *v, struct yaml_node *n) {
    switch (n->type) {
    case YAML_SCALAR: {
        uint32_t first = find_reference(n->text, 0);
        return first == n->text.n ? n : expand_scalar(v, n, first);
    }
    case YAML_LIST:
        return expand_list(v, n);
    case YAML_MAP:
        return expand_map(v, n);
    }
    return n;
}

static void define(struct vars *v, str name, struct yaml_node *value) {
    if (value != NULL && value->type == YAML_SCALAR)
        map_add(v->a, yaml_is_null(value) ? &v->empty : &v->values, name, value);
}

static void define_own(struct vars *v, const struct yaml_node *own) {
    if (own == NULL)
        return;
    if (own->type != YAML_MAP) {
        diag_add(v->dl, DIAG_WRONG_TYPE, own->at, "`vars` takes a mapping of texts, found %s",
                 yaml_type_name(own));
        v->mistakes++;
        return;
    }
    for (uint32_t i = 0; i < own->n; i++) {
        const struct yaml_pair *p = &own->pairs[i];
        if (p->value->type != YAML_SCALAR) {
            diag_add(v->dl, DIAG_WRONG_TYPE, p->value->at, "variable `%.*s` takes a text, found %s",
                     STR_ARG(p->key->text), yaml_type_name(p->value));
            v->mistakes++;
        }
        define(v, p->key->text, p->value);
    }
}

/* Whether `${name}` stands in a value; the tree's depth is limited by the YAML loader. */
static bool refers_to(const struct yaml_node *n, str name) {
    if (n->type == YAML_SCALAR) {
        for (uint32_t at = find_reference(n->text, 0); at < n->text.n;
             at = find_reference(n->text, at + 2)) {
            str rest = str_sub(n->text, at + 2, n->text.n);
            if (str_eq(str_trim(str_sub(rest, 0, str_find(rest, '}'))), name))
                return true;
        }
        return false;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        if (refers_to(n->type == YAML_MAP ? n->pairs[i].value : n->items[i], name))
            return true;
    }
    return false;
}

static bool offer_vars(const struct yaml_node *tree, struct suggest *near) {
    const struct yaml_node *own = yaml_get(tree, STR("vars"));
    bool found = false;
    for (uint32_t i = 0; own != NULL && own->type == YAML_MAP && i < own->n; i++) {
        found |= str_eq(own->pairs[i].key->text, near->wanted);
        suggest_offer(near, own->pairs[i].key->text);
    }
    return found;
}

bool spec_vars_check(struct diag_list *dl, const struct yaml_node *root,
                     const struct cfg_pair *given, uint32_t ngiven) {
    bool ok = true;
    const struct yaml_node *all = yaml_get(root, STR("environments"));
    for (uint32_t i = 0; i < ngiven; i++) {
        str name = given[i].key.text;
        struct suggest near = suggest_for(name);
        bool found = offer_vars(root, &near);
        for (uint32_t k = 0; all != NULL && all->type == YAML_MAP && k < all->n; k++)
            found |= offer_vars(all->pairs[k].value, &near);
        if (found || refers_to(root, name))
            continue;
        struct diag *d = diag_add(dl, DIAG_UNKNOWN_VARIABLE, SPAN_NONE,
                                  "--var sets `%.*s`, which the spec does not use", STR_ARG(name));
        diag_suggest(dl, d, &near);
        ok = false;
    }
    return ok;
}

struct yaml_node *spec_tree_vars(struct arena *a, struct diag_list *dl, struct yaml_node *root,
                                 const struct cfg_pair *given, uint32_t ngiven) {
    struct vars v = {.a = a, .dl = dl};
    /* Earlier definitions win: the command line, then the file, then what is always there. */
    for (uint32_t i = 0; i < ngiven; i++) {
        struct yaml_node *n = ARENA_NEW(a, struct yaml_node);
        *n = (struct yaml_node){.type = YAML_SCALAR, .size = 1, .text = given[i].value.text};
        define(&v, given[i].key.text, n);
    }
    define_own(&v, yaml_get(root, STR("vars")));
    define(&v, STR("project"), yaml_get(root, STR("project")));
    define(&v, STR("environment"), yaml_get(root, STR("environment")));
    const struct yaml_node *aws = yaml_get(root, STR("aws"));
    if (aws != NULL && aws->type == YAML_MAP) {
        define(&v, STR("region"), yaml_get(aws, STR("region")));
        define(&v, STR("account"), yaml_get(aws, STR("account")));
    }
    return expand(&v, root);
}
