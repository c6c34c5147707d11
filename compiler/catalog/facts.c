/* SPDX-License-Identifier: MIT */
#include "catalog/watched.h"
#include "expr/expr.h"

struct computing {
    struct catalog *c;
    const struct watched *w;
    bool estimate; /* something it was made from is one */
};

/* Arithmetic over facts as plain numbers in base units. */
static struct num evaluate(struct computing *k, const struct expr *e);

static struct num evaluate_call(struct computing *k, const struct expr *e) {
    if (e->function == NULL || e->function->fold == NULL)
        return NUM_NAN;
    struct num args[EXPR_ARGS_MAX];
    for (uint32_t i = 0; i < e->nargs; i++)
        args[i] = evaluate(k, e->args[i]);
    return e->function->fold(args, e->nargs);
}

static struct num evaluate(struct computing *k, const struct expr *e) {
    struct fact f;
    switch (e->kind) {
    case EXPR_NUMBER:
        return e->quantity.value;
    case EXPR_REF:
        if (e->resource.n > 0 || !watched_fact(k->c, k->w, e->name, &f))
            return NUM_NAN;
        k->estimate |= f.estimate;
        return f.q.value;
    case EXPR_NEG:
        return num_neg(evaluate(k, e->args[0]));
    case EXPR_ADD:
        return num_add(evaluate(k, e->args[0]), evaluate(k, e->args[1]));
    case EXPR_SUB:
        return num_sub(evaluate(k, e->args[0]), evaluate(k, e->args[1]));
    case EXPR_MUL:
    case EXPR_OF:
        return num_mul(evaluate(k, e->args[0]), evaluate(k, e->args[1]));
    case EXPR_DIV:
        return num_div(evaluate(k, e->args[0]), evaluate(k, e->args[1]));
    case EXPR_CALL:
        return evaluate_call(k, e);
    case EXPR_STAT:
    case EXPR_ALARM:
    case EXPR_PER:
    case EXPR_BY:
    case EXPR_COMPARE:
    case EXPR_BAND:
    case EXPR_TREND:
    case EXPR_MISSING:
    case EXPR_FAILS:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
    case EXPR_ERROR:
        break;
    }
    return NUM_NAN;
}

/* The number of a way in its unit, or NUM_NAN. */
static struct num way_number(struct computing *k, const struct cat_fact_way *way) {
    if (given(way->is.at)) {
        const struct expr *e = catalog_computation(k->c, &way->is);
        return e != NULL ? evaluate(k, e) : NUM_NAN;
    }
    str row, missing, cell;
    if (!watched_text(k->c->arena, k->w, way->key.text, &row, &missing))
        return NUM_NAN;
    if (str_starts(row, way->strip.text))
        row = str_sub(row, way->strip.text.n, row.n);
    bool known;
    cell = catalog_lookup(k->c, way->table.text, row, way->column.text, &known);
    return num_of(cell);
}

static bool compute_way(struct computing *k, const struct cat_fact_way *way, struct fact *ret) {
    struct num n = way_number(k, way);
    if (!num_ok(n))
        return false;
    const struct unit *u = given(way->unit.at) ? unit_find(way->unit.text) : NULL;
    struct quantity q = {.value = n, .bare = true};
    if (u != NULL)
        q = (struct quantity){.value = num_mul(n, u->scale), .dim = u->dim};
    k->estimate |= way->estimate.value;
    *ret = (struct fact){.q = q, .estimate = k->estimate, .doc = way->doc.text};
    return num_ok(q.value);
}

static bool is_number(const struct cat_attribute *d) {
    return d->type.value >= CAT_COUNT && d->type.value <= CAT_MONEY;
}

bool catalog_enter(struct catalog *c) {
    if (c->fact_depth == CATALOG_FACT_DEPTH_MAX)
        c->fact_cut = true;
    if (c->fact_cut)
        return false;
    c->fact_depth++;
    return true;
}

bool catalog_leave(struct catalog *c) {
    bool known = !c->fact_cut || c->fact_depth == 1;
    if (--c->fact_depth == 0)
        c->fact_cut = false;
    return known;
}

/* What was found out once; `ok` false: it has no value. */
struct memo {
    struct fact fact;
    bool ok;
    unsigned height; /* facts that rest on each other in it, at the most */
};

/* A fact that is known counts as deep as if it was worked out now: who asks first changes nothing.
 */
static bool counts(struct catalog *c, const struct memo *m) {
    unsigned deep = c->fact_depth + m->height;
    c->fact_deepest = deep > c->fact_deepest ? deep : c->fact_deepest;
    c->fact_cut |= deep > CATALOG_FACT_DEPTH_MAX && c->fact_depth > 0;
    return m->ok && !c->fact_cut;
}

static bool compute(struct catalog *c, const struct watched *w, const struct cat_fact *f,
                    struct fact *ret) {
    for (uint32_t i = 0; i < f->n; i++) {
        struct computing k = {.c = c, .w = w};
        if (watched_if(c, w, &f->ways[i].when))
            return compute_way(&k, &f->ways[i], ret) && !c->fact_cut;
    }
    return false;
}

/* NULL: there is no such fact, or it is too deep. */
static struct memo *work_out(struct catalog *c, const struct watched *w, const struct cat_fact *f) {
    unsigned deepest = c->fact_deepest;
    if (f == NULL || !catalog_enter(c))
        return NULL;
    struct memo *m = ARENA_NEW(c->arena, struct memo);
    c->fact_deepest = c->fact_depth;
    m->ok = compute(c, w, f, &m->fact);
    m->height = c->fact_deepest - c->fact_depth + 1;
    c->fact_deepest = c->fact_deepest > deepest ? c->fact_deepest : deepest;
    if (catalog_leave(c))
        map_add(c->arena, w->facts, f->name.text, m);
    return m;
}

bool watched_fact(struct catalog *c, const struct watched *w, str name, struct fact *ret) {
    const struct attribute_value *v = watched_attribute(w, name);
    if (v != NULL && is_number(v->decl)) {
        *ret = (struct fact){.q = v->quantity, .is_attribute = true, .doc = v->decl->doc.text};
        return true;
    }
    struct memo *m = map_get(w->facts, name);
    if (m == NULL)
        m = work_out(c, w, kind_fact(w->kind, name));
    if (m == NULL || !counts(c, m))
        return false;
    *ret = m->fact;
    return true;
}

struct num watched_compute(struct catalog *c, const struct watched *w, const struct cfg_text *is) {
    struct computing k = {.c = c, .w = w};
    const struct expr *e = catalog_computation(c, is);
    return e != NULL ? evaluate(&k, e) : NUM_NAN;
}

bool watched_knows_fact(const struct watched *w, str name) {
    const struct cat_attribute *d = kind_attribute(w->kind, name);
    return (d != NULL && is_number(d)) || kind_fact(w->kind, name) != NULL;
}

/* "class" of "${class}", or nothing. */
static str only_attribute(str key) {
    bool one = str_starts(key, STR("${")) && str_find(key, '}') == key.n - 1;
    return one ? str_sub(key, 2, key.n - 1) : STR("");
}

static void doubt_way(struct catalog *c, const struct watched *w, const struct cat_fact_way *way) {
    const struct attribute_value *v = watched_attribute(w, only_attribute(way->key.text));
    bool known;
    if (v == NULL || v->is_default || v->text.text.n == 0)
        return;
    str row = v->text.text, strip = way->strip.text;
    if (str_starts(row, strip))
        row = str_sub(row, strip.n, row.n);
    catalog_lookup(c, way->table.text, row, way->column.text, &known);
    if (known)
        return;
    struct diag *d = diag_add(c->dl, DIAG_UNKNOWN_CLASS, v->at,
                              "opsc does not know `%.*s`; it is not in its table `%.*s`",
                              STR_ARG(v->text.text), STR_ARG(way->table.text));
    struct suggest near = suggest_for(row);
    catalog_suggest_row(c, way->table.text, &near);
    if (near.best.n > 0 && row.n < v->text.text.n)
        near.best = arena_cat(c->arena, strip, near.best);
    if (!diag_suggest(c->dl, d, &near))
        diag_hint(c->dl, d,
                  "Alarms and graphs that need to know how large it is are left out; "
                  "`opsc build --explain` lists them.");
}

void watched_doubt_classes(struct catalog *c, const struct watched *w) {
    struct map seen = {0};
    for (uint32_t i = 0; i < w->kind->facts.n; i++) {
        const struct cat_fact *f = &w->kind->facts.items[i];
        for (uint32_t k = 0; k < f->n; k++) {
            const struct cat_fact_way *way = &f->ways[k];
            str once = arena_cat(c->arena, way->table.text, way->key.text);
            if (given(way->table.at) && watched_if(c, w, &way->when) &&
                map_add(c->arena, &seen, once, c) == NULL)
                doubt_way(c, w, way);
        }
    }
}
