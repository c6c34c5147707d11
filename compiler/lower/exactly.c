/* SPDX-License-Identifier: MIT */
#include "lower/exactly.h"

/* What only the condition of an alarm says. */
static const char *const of_condition[] = {
    "namespace",           "metric_name",         "dimensions",
    "statistic",           "extended_statistic",  "period",
    "comparison_operator", "threshold",           "threshold_metric_id",
    "evaluation_periods",  "datapoints_to_alarm", "metric_query",
    "alarm_rule",
};

const struct value *exactly_get(const struct cfg_exactly *e, const char *attr) {
    return e->map == NULL ? NULL : value_get(e->map, str_c(attr));
}

bool exactly_has_condition(const struct cfg_exactly *e) {
    return exactly_get(e, "comparison_operator") != NULL || exactly_get(e, "alarm_rule") != NULL;
}

str exactly_words(struct lower *l, const struct cfg_exactly *e) {
    const struct value *rule = exactly_get(e, "alarm_rule");
    if (rule != NULL)
        return value_text(l->a, rule);
    str limit = value_text(l->a, exactly_get(e, "threshold"));
    str comparison = value_text(l->a, exactly_get(e, "comparison_operator"));
    return limit.n == 0 ? comparison : arena_cat3(l->a, comparison, STR(" "), limit);
}

void exactly_check_condition(struct lower *l, const struct cfg_exactly *e, span when) {
    for (uint32_t i = 0; i < sizeof of_condition / sizeof *of_condition; i++) {
        const struct value *v = exactly_get(e, of_condition[i]);
        if (v == NULL)
            continue;
        struct diag *d = diag_add(l->dl, DIAG_EXACTLY_CONDITION, v->at, "`%s` is what `when` says",
                                  of_condition[i]);
        diag_also(l->dl, d, when, "the condition");
        diag_hint(l->dl, d, "Take one of them away: `exactly` has all of a condition, or none.");
    }
}

struct setting {
    struct lower *l;
    str name; /* of the attribute, for messages */
};

static struct value *convert(struct setting *s, const struct resource_attr *row,
                             const struct value *v);

static struct value *wrong(const struct setting *s, const struct value *v, const char *expected) {
    struct diag *d =
        diag_add(s->l->dl, DIAG_WRONG_TYPE, v->at, "`%.*s` takes %s", STR_ARG(s->name), expected);
    if (v->type == VALUE_NUM || v->type == VALUE_BOOL)
        diag_hint(s->l->dl, d, "A text that looks like a number or a word is put in quotes.");
    else
        diag_hint(s->l->dl, d, "Write it as Terraform's AWS provider has it.");
    return NULL;
}

static void unknown(const struct setting *s, const struct resource_attr *rows, uint32_t n,
                    const char *of, str name, span at) {
    struct diag *d =
        diag_add(s->l->dl, DIAG_UNKNOWN_KEY, at, "%s has no attribute `%.*s`", of, STR_ARG(name));
    struct suggest near = suggest_for(name);
    for (uint32_t i = 0; i < n; i++) {
        if ((rows[i].flags & (ATTR_COMPUTED | ATTR_TAGS)) == 0)
            suggest_offer(&near, str_c(rows[i].tf));
    }
    if (!diag_suggest(s->l->dl, d, &near))
        diag_hint(s->l->dl, d,
                  "Attributes have the names that Terraform's AWS provider gives them.");
}

static int find(const struct setting *s, const struct resource_attr *rows, uint32_t n,
                const char *of, const struct value_field *f) {
    int i = resource_attr_find(rows, n, f->name);
    if (i >= 0 && (rows[i].flags & (ATTR_COMPUTED | ATTR_TAGS)) == 0)
        return i;
    unknown(s, rows, n, of, f->name, f->value->at);
    return -1;
}

static struct value *block_of(struct setting *s, const struct resource_attr *row,
                              const struct value *v) {
    s->name = str_c(row->tf);
    if (v->type != VALUE_MAP)
        return wrong(s, v, "a mapping");
    struct value *b = ARENA_NEW(s->l->a, struct value);
    b->type = VALUE_BLOCK;
    b->at = v->at;
    b->block.attrs = ARENA_ARRAY(s->l->a, struct value *, row->nblock + 1);
    for (uint32_t i = 0; i < v->map.n; i++) {
        const struct value_field *f = &v->map.fields[i];
        int k = find(s, row->block, row->nblock, row->tf, f);
        s->name = f->name;
        if (k >= 0)
            b->block.attrs[k] = convert(s, &row->block[k], f->value);
    }
    return b;
}

static struct value *blocks_of(struct setting *s, const struct resource_attr *row,
                               const struct value *v) {
    if (v->type != VALUE_LIST)
        return wrong(s, v, "a list of mappings");
    struct value *list = value_list(s->l->a, VALUE_LIST, v->list.n, v->at);
    for (uint32_t i = 0; i < v->list.n; i++) {
        struct value *b = block_of(s, row, v->list.items[i]);
        if (b != NULL)
            value_push(list, b);
    }
    return list;
}

static struct value *texts_of(const struct setting *s, const struct value *v) {
    for (uint32_t i = 0; v->type == VALUE_LIST && i < v->list.n; i++) {
        if (v->list.items[i]->type != VALUE_STR)
            return wrong(s, v->list.items[i], "a list of texts");
    }
    return v->type == VALUE_LIST ? (struct value *)v : wrong(s, v, "a list of texts");
}

static struct value *map_of(const struct setting *s, const struct value *v) {
    for (uint32_t i = 0; v->type == VALUE_MAP && i < v->map.n; i++) {
        if (v->map.fields[i].value->type != VALUE_STR)
            return wrong(s, v->map.fields[i].value, "a mapping of texts");
    }
    return v->type == VALUE_MAP ? (struct value *)v : wrong(s, v, "a mapping of texts");
}

static struct value *convert(struct setting *s, const struct resource_attr *row,
                             const struct value *v) {
    if (v->type == VALUE_UNSET)
        return NULL;
    switch (row->type) {
    case ATTR_STR:
        return v->type == VALUE_STR ? (struct value *)v : wrong(s, v, "a text");
    case ATTR_NUM:
        return v->type == VALUE_NUM ? (struct value *)v : wrong(s, v, "a number");
    case ATTR_BOOL:
        return v->type == VALUE_BOOL ? (struct value *)v : wrong(s, v, "true or false");
    case ATTR_STR_LIST:
    case ATTR_STR_SET:
        return texts_of(s, v);
    case ATTR_STR_MAP:
        return map_of(s, v);
    case ATTR_JSON:
        if (v->type != VALUE_MAP && v->type != VALUE_LIST)
            return wrong(s, v, "a mapping");
        return value_json(s->l->a, (struct value *)v, v->at);
    case ATTR_BLOCK:
        return block_of(s, row, v);
    case ATTR_BLOCKS:
        return blocks_of(s, row, v);
    }
    return NULL;
}

void exactly_apply(struct lower *l, struct node *n, const struct cfg_exactly *e) {
    struct setting s = {.l = l};
    for (uint32_t i = 0; e->map != NULL && i < e->map->map.n; i++) {
        const struct value_field *f = &e->map->map.fields[i];
        int k = find(&s, n->kind->attrs, n->kind->nattrs, n->kind->title, f);
        s.name = f->name;
        if (k >= 0)
            n->attrs[k] = convert(&s, &n->kind->attrs[k], f->value);
    }
}

/* ---- what ops.yaml has beside all else */

static const struct resource_kind *kind_of(struct lower *l, const struct value_field *f) {
    struct suggest near = suggest_for(f->name);
    for (uint32_t i = 0; i < resource_kinds_n; i++) {
        const struct resource_kind *k = resource_kinds[i];
        if (k->data || k->nreads == 0)
            continue;
        if (str_is(f->name, k->tf))
            return k;
        suggest_offer(&near, str_c(k->tf));
    }
    struct diag *d = diag_add(l->dl, DIAG_UNKNOWN_KEY, f->value->at,
                              "opsc makes nothing of type `%.*s`", STR_ARG(f->name));
    if (!diag_suggest(l->dl, d, &near))
        diag_hint(l->dl, d, "It is one of Terraform's types, such as aws_sns_topic.");
    return NULL;
}

static void check_required(struct lower *l, const struct node *n, str name) {
    for (uint32_t i = 0; i < n->kind->nattrs; i++) {
        const struct resource_attr *row = &n->kind->attrs[i];
        if ((row->flags & ATTR_REQUIRED) == 0 || n->attrs[i] != NULL)
            continue;
        struct diag *d =
            diag_add(l->dl, DIAG_MISSING_KEY, n->at, "`%.*s` has no `%s`", STR_ARG(name), row->tf);
        diag_hint(l->dl, d, "AWS makes no %s without it.", n->kind->title);
    }
}

/* How many series a dashboard draws: opsc cost asks for that. */
static uint32_t drawn(const struct value *body) {
    const struct value *widgets = body == NULL || body->json->type != VALUE_MAP
                                      ? NULL
                                      : value_get(body->json, STR("widgets"));
    uint32_t n = 0;
    for (uint32_t i = 0; widgets != NULL && widgets->type == VALUE_LIST && i < widgets->list.n;
         i++) {
        const struct value *w = widgets->list.items[i];
        const struct value *p = w->type == VALUE_MAP ? value_get(w, STR("properties")) : NULL;
        const struct value *m =
            p != NULL && p->type == VALUE_MAP ? value_get(p, STR("metrics")) : NULL;
        n += m != NULL && m->type == VALUE_LIST ? m->list.n : 0;
    }
    return n;
}

static void exact_node(struct lower *l, const struct resource_kind *kind,
                       const struct value_field *f) {
    const struct cfg_exactly of = {f->value, f->value->at};
    if (f->value->type != VALUE_MAP) {
        struct diag *d = diag_add(l->dl, DIAG_WRONG_TYPE, f->value->at, "`%.*s` takes a mapping",
                                  STR_ARG(f->name));
        diag_hint(l->dl, d, "Write its attributes as Terraform's AWS provider has them.");
        return;
    }
    struct node *n = graph_add(l->graph, kind, f->name, f->value->at);
    n->module = STR("monitoring");
    n->path = arena_printf(l->a, "exactly.%s.%.*s", kind->tf, STR_ARG(f->name));
    exactly_apply(l, n, &of);
    for (uint32_t i = 0; i < kind->nattrs && n->name.n == 0; i++) {
        if ((kind->attrs[i].flags & ATTR_IDENTITY) != 0 && n->attrs[i] != NULL)
            n->name = n->attrs[i]->text;
    }
    if (kind == &resource_dashboard) {
        VEC_PUSH(l->a, &l->drawn, drawn(node_get(n, "dashboard_body")));
        l->ndashboards++;
    }
    check_required(l, n, f->name);
}

void lower_exactly(struct lower *l) {
    const struct value *all = l->cfg->exactly.map;
    for (uint32_t i = 0; all != NULL && i < all->map.n; i++) {
        const struct value_field *f = &all->map.fields[i];
        const struct resource_kind *kind = kind_of(l, f);
        if (kind != NULL && f->value->type != VALUE_MAP)
            diag_add(l->dl, DIAG_WRONG_TYPE, f->value->at, "`%s` takes a mapping of names",
                     kind->tf);
        for (uint32_t k = 0; kind != NULL && f->value->type == VALUE_MAP && k < f->value->map.n;
             k++)
            exact_node(l, kind, &f->value->map.fields[k]);
    }
}
