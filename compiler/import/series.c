/* SPDX-License-Identifier: MIT */
/*
 * Which resource a metric is of: the catalog says of which attributes of a resource the dimensions
 * of its metrics are made, and this is the way back.
 */
#include "import/parts.h"

struct match {
    struct import *im;
    const struct value *dimensions; /* MAP; or NULL */
    VEC(struct cfg_pair) attributes;
};

static struct cfg_pair *attribute(struct match *m, str name) {
    for (uint32_t i = 0; i < m->attributes.n; i++) {
        if (str_eq(m->attributes.at[i].key.text, name))
            return &m->attributes.at[i];
    }
    return NULL;
}

static bool learn(struct match *m, str name, str value) {
    const struct cfg_pair *known = attribute(m, name);
    if (known != NULL)
        return str_eq(known->value.text, value);
    struct cfg_pair p = {.key = {.text = name}, .value = {.text = value}};
    VEC_PUSH(m->im->a, &m->attributes, p);
    return true;
}

/* "app/${id}" of "app/x" says that id is x; what has no attribute in it is the value itself. */
static bool template_back(struct match *m, str template_text, str value) {
    uint32_t at = str_find(template_text, '$');
    if (at == template_text.n)
        return str_eq(template_text, value);
    str head = str_sub(template_text, 0, at), rest = str_sub(template_text, at + 2, UINT32_MAX);
    str name = str_split(&rest, '}');
    bool simple = str_find(rest, '$') == rest.n && str_find(name, '.') == name.n;
    if (!simple || !str_starts(value, head) || !str_ends(value, rest) ||
        value.n < head.n + rest.n + 1)
        return false;
    return learn(m, name, str_sub(value, head.n, value.n - rest.n));
}

/* An attribute that has to have one value for these dimensions has it. */
static bool condition_back(struct match *m, const struct cat_if *when) {
    for (uint32_t i = 0; i < when->n; i++) {
        const struct cat_if_item *item = &when->items[i];
        if (item->values.n != 1 || str_is(item->values.items[0].text, "given") ||
            !learn(m, item->attribute.text, item->values.items[0].text))
            return false;
    }
    return true;
}

static bool dimensions_back(struct match *m, const struct cfg_pairs *p) {
    uint32_t n = m->dimensions == NULL ? 0 : m->dimensions->map.n;
    for (uint32_t i = 0; i < p->n && p->n == n; i++) {
        const struct value *v = value_get(m->dimensions, p->items[i].key.text);
        if (v == NULL || v->type != VALUE_STR || !template_back(m, p->items[i].value.text, v->text))
            return false;
    }
    return p->n == n;
}

static bool is_called(const struct cat_metric *k, str name) {
    for (uint32_t i = 0; i < k->metric.n; i++) {
        if (str_eq(k->metric.items[i].is.text, name))
            return true;
    }
    return false;
}

/* Of an agent or a probe somebody would have to install what publishes it. */
static bool is_published(const struct cat_metric *k) {
    return k->source.value == CAT_SOURCE_SERVICE && !given(k->is.at);
}

static bool metric_back(struct match *m, const struct cat_kind *kind, const struct cat_metric *k) {
    const struct cat_dimensions *d = given(k->dimensions.at) ? &k->dimensions : &kind->dimensions;
    for (uint32_t i = 0; i < d->n; i++) {
        m->attributes.n = 0;
        if (condition_back(m, &d->items[i].when) && dimensions_back(m, &d->items[i].is))
            return true;
    }
    return false;
}

static bool is_here(const struct import *im, const struct cat_kind *k, const struct node *alarm) {
    str region = alarm->region == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME) : im->o->region;
    bool one = k->region.text.n > 0 && str_find(k->region.text, '$') == k->region.text.n;
    return one ? str_eq(k->region.text, region) : str_eq(region, im->o->region);
}

/* ---- resources */

static str value_of(const struct seen *s, str name) {
    for (uint32_t i = 0; i < s->attributes.n; i++) {
        if (str_eq(s->attributes.at[i].key.text, name))
            return s->attributes.at[i].value.text;
    }
    return STR("");
}

/* What is known of both is the same, and something is. */
static bool is_same(struct match *m, const struct seen *s, const struct cat_kind *k) {
    bool any = k->implicit.value;
    for (uint32_t i = 0; i < m->attributes.n && s->kind == k; i++) {
        const struct cfg_pair *p = &m->attributes.at[i];
        str v = value_of(s, p->key.text);
        if (v.n > 0 && !str_eq(v, p->value.text))
            return false;
        any |= v.n > 0;
    }
    return s->kind == k && any;
}

static struct seen *seen_of(struct match *m, const struct cat_kind *k) {
    struct arena *a = m->im->a;
    struct seen *s = NULL;
    for (uint32_t i = 0; i < m->im->seen.n && s == NULL; i++)
        s = is_same(m, m->im->seen.at[i], k) ? m->im->seen.at[i] : NULL;
    if (s == NULL) {
        s = ARENA_NEW(a, struct seen);
        s->kind = k;
        VEC_PUSH(a, &m->im->seen, s);
    }
    for (uint32_t i = 0; i < m->attributes.n; i++) {
        if (value_of(s, m->attributes.at[i].key.text).n == 0)
            VEC_PUSH(a, &s->attributes, m->attributes.at[i]);
    }
    return s;
}

static const struct value *attr(const struct node *n, const char *name) {
    return node_get(n, name);
}

bool import_series(struct import *im, const struct node *alarm, struct series_of *ret) {
    const struct value *ns = attr(alarm, "namespace"), *name = attr(alarm, "metric_name");
    struct match m = {.im = im, .dimensions = attr(alarm, "dimensions")};
    uint32_t n;
    str *names = catalog_names(&im->catalog, &n);
    if (ns == NULL || name == NULL || ns->type != VALUE_STR || name->type != VALUE_STR)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        const struct cat_kind *k = catalog_kind(&im->catalog, names[i]);
        for (uint32_t j = 0; k != NULL && is_here(im, k, alarm) && j < k->metrics.n; j++) {
            const struct cat_metric *c = &k->metrics.items[j];
            str in = given(c->namespace_.at) ? c->namespace_.text : k->namespace_.text;
            if (!is_published(c) || !str_eq(in, ns->text) || !is_called(c, name->text) ||
                !metric_back(&m, k, c))
                continue;
            *ret = (struct series_of){seen_of(&m, k), c};
            return true;
        }
    }
    return false;
}
