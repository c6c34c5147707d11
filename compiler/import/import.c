/* SPDX-License-Identifier: MIT */
#include "import/import.h"

#include "import/parts.h"
#include "import/yaml_text.h"

#include <stdlib.h>

#define SPEC_MAX (64u << 20)

static bool has_prefix(const struct import_options *o, str name) {
    for (uint32_t i = 0; i < o->nprefixes; i++) {
        if (str_starts(name, o->prefixes[i]))
            return true;
    }
    return o->nprefixes == 0;
}

/* By ARN, as AWS says it or will. */
static bool has_arn(const struct node *n, const struct map *arns) {
    for (uint32_t i = 0; i < n->kind->nattrs; i++) {
        const struct value *v = n->attrs[i];
        bool arn = (n->kind->attrs[i].flags & (ATTR_COMPUTED | ATTR_IDENTITY)) != 0 && v != NULL &&
                   v->type == VALUE_STR && str_starts(v->text, STR("arn:"));
        if (arn && map_get(arns, v->text) != NULL)
            return true;
    }
    return false;
}

static bool can_hold(const struct node *n) {
    for (uint32_t i = 0; i < n->kind->nattrs; i++) {
        if (!yaml_can_hold(n->attrs[i]))
            return false;
    }
    return true;
}

static int by_name(const void *x, const void *y) {
    const struct entry *const *a = x, *const *b = y;
    ptrdiff_t section = (*a)->section - (*b)->section;
    int name = str_cmp((*a)->have->name, (*b)->have->name);
    if (section != 0)
        return section < 0 ? -1 : 1;
    return name != 0 ? name : (int)(*a)->have->region - (int)(*b)->have->region;
}

static void add_entries(struct import *im) {
    const struct graph *have = im->ret->live.have;
    for (uint32_t i = 0; i < have->nodes.n; i++) {
        const struct node *n = have->nodes.at[i];
        for (uint32_t k = 0; k < import_sections_n; k++) {
            const struct section *s = &import_sections[k];
            if (s->kind != n->kind || !has_prefix(im->o, import_name(n)) ||
                (im->o->ntags > 0 && !has_arn(n, &im->tagged)))
                continue;
            struct entry *e = ARENA_NEW(im->a, struct entry);
            *e = (struct entry){.section = s, .have = n};
            VEC_PUSH(im->a, &im->entries, e);
        }
    }
    if (im->entries.n > 1)
        qsort(im->entries.at, im->entries.n, sizeof *im->entries.at, by_name);
}

static void begin(struct entry *e, struct import *im) {
    if (!can_hold(e->have)) {
        e->form = FORM_LEFT;
        e->why = STR("it has a character or a number that ops.yaml cannot hold");
    } else if (!e->section->begin(im, e)) {
        e->form = FORM_LEFT;
    }
}

/* Conditions name resources, which have names when all are known. */
static void say_conditions(struct import *im) {
    for (uint32_t i = 0; i < im->entries.n; i++) {
        struct entry *e = im->entries.at[i];
        bool metric = e->have->kind == &resource_metric_alarm;
        bool alarm = metric || e->have->kind == &resource_composite_alarm;
        if (!alarm || e->form == FORM_LEFT)
            continue;
        if (!(metric ? import_condition(im, e) : import_rule(im, e)))
            e->when = e->full = STR("");
        import_said(im, e);
        e->form = e->recommended != NULL ? FORM_RECOMMENDED
                  : e->said.n > 0        ? FORM_SAID
                  : e->when.n > 0        ? FORM_SHORT
                                         : FORM_EXACT;
    }
}

/* Whether it is all the project's own: then tags stay those that opsc gives. */
static void own_tags(struct import *im) {
    bool any = false;
    for (uint32_t i = 0; i < im->entries.n; i++) {
        const struct node *n = im->entries.at[i]->have;
        if (!resource_has_tags(n->kind, false))
            continue;
        /* The index of tags knows no budgets. */
        bool budget = n->kind == &resource_budget && str_starts(n->name, im->prefix);
        if (!budget && !has_arn(n, &im->owned))
            return;
        any = true;
    }
    im->default_tags = any;
    for (uint32_t i = 0; any && i < im->entries.n; i++) {
        const struct node *n = im->entries.at[i]->have;
        int row = resource_tags_row(n->kind);
        if (row >= 0)
            n->attrs[row] = import_own_tags(im);
    }
}

static void sum_up(struct import *im) {
    for (uint32_t k = 0; k < import_sections_n; k++) {
        const struct section *s = &import_sections[k];
        struct import_sum sum = {.what = s->what};
        for (uint32_t i = 0; i < im->entries.n; i++) {
            const struct entry *e = im->entries.at[i];
            if (e->section != s)
                continue;
            sum.all++;
            sum.covered += e->form != FORM_LEFT;
            if (e->form != FORM_LEFT)
                continue;
            struct import_left left = {e->have->kind, e->have->name, e->why};
            VEC_PUSH(im->a, &im->ret->left, left);
        }
        if (sum.all > 0)
            VEC_PUSH(im->a, &im->ret->sums, sum);
    }
    for (uint32_t i = 0; i < im->seen.n; i++)
        im->ret->resources += im->seen.at[i]->used && !im->seen.at[i]->kind->implicit.value;
}

void import_account(struct arena *a, struct aws_client *c, const struct import_options *o,
                    struct import_result *ret) {
    struct import im = {.a = a, .client = c, .o = o, .ret = ret};
    *ret = (struct import_result){0};
    sources_init(&im.sources, a);
    diag_list_init(&im.dl, a, &im.sources);
    catalog_init(&im.catalog, a, &im.dl);
    im.rest_names = ARENA_ARRAY(a, struct map, import_sections_n);
    im.prefix = arena_printf(a, "%.*s-%.*s-", STR_ARG(o->project), STR_ARG(o->environment));
    if (!import_read(&im))
        return;
    add_entries(&im);
    for (uint32_t i = 0; i < im.entries.n; i++)
        begin(im.entries.at[i], &im);
    own_tags(&im);
    import_list(&im);
    say_conditions(&im);
    import_check(&im);
    if (ret->problem.n > 0)
        return;
    struct buf b = BUF_INIT(SPEC_MAX);
    import_put_spec(&im, &b, true);
    ret->text = buf_keep(&b, a);
    sum_up(&im);
}
