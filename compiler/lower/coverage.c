/* SPDX-License-Identifier: MIT */
#include "lower/coverage.h"

#include "lower/cond.h"

#define CONDITION_MAX 4096

/* One recommended alarm of a resource, while it is looked at. */
struct looking {
    struct lower *l;
    const struct watched *w;
    const struct cat_alarm *k;
    struct expr_condition *condition;
    struct coverage_alarm *out;
};

static struct expr_condition *parse(struct lower *l, const struct cat_alarm *k) {
    struct expr_text t = {k->when.text, k->when.at, k->when.origin};
    return expr_parse_condition(l->scratch, l->scratch, l->dl, t);
}

/* ---- what it watches */

static enum coverage_way way_of(enum expr_op op) {
    switch (op) {
    case EXPR_OP_GT:
    case EXPR_OP_GE:
    case EXPR_OP_ABOVE:
    case EXPR_OP_RISES:
        return COVERAGE_UP;
    case EXPR_OP_LT:
    case EXPR_OP_LE:
    case EXPR_OP_BELOW:
    case EXPR_OP_FALLS:
        return COVERAGE_DOWN;
    case EXPR_OP_NONE:
    case EXPR_OP_OUTSIDE:
        break;
    }
    return COVERAGE_BOTH;
}

static enum coverage_way way_of_plan(const struct cond *c) {
    return c->boolean ? COVERAGE_BOTH : way_of(c->op);
}

static struct coverage_metric metric_of(struct lower *l, const struct series *s) {
    struct coverage_metric m = {arena_str(l->a, s->namespace_), arena_str(l->a, s->metric), NULL,
                                s->ndimensions};
    m.dimensions = ARENA_ARRAY(l->a, struct coverage_dimension, s->ndimensions + 1);
    for (uint32_t i = 0; i < s->ndimensions; i++) {
        const struct dimension *d = &s->dimensions[i];
        m.dimensions[i].name = arena_str(l->a, d->name);
        if (d->value->type == VALUE_STR)
            m.dimensions[i].value = arena_str(l->a, d->value->text);
    }
    return m;
}

/* What it would be if it were made. That it cannot be is not what ops.yaml says wrong. */
static const struct cond *plan_of(const struct looking *k) {
    struct lower *l = k->l;
    struct diag_list *told = l->dl, unheard;
    diag_list_init(&unheard, l->scratch, told->sources);
    l->dl = l->catalog.dl = &unheard;
    struct cond_wish wish = {.missing = (enum expr_missing)k->k->missing.value, .widen = true};
    const struct cond *c = cond_plan(l, k->w, k->condition, wish);
    l->dl = l->catalog.dl = told;
    return c == NULL || c->measure.series.n == 0 ? NULL : c;
}

/* The metric that a condition names first. */
static const struct cat_metric *first_metric(const struct watched *w, const struct expr *e) {
    const struct cat_metric *m =
        e->kind == EXPR_REF && e->resource.n == 0 ? kind_metric(w->kind, e->name) : NULL;
    for (uint32_t i = 0; i < e->nargs && m == NULL; i++)
        m = e->args[i] != NULL ? first_metric(w, e->args[i]) : NULL;
    return m;
}

/* Of what cannot be planned the name is known, not the series. */
static bool is_same(const struct looking *k, const struct cond *c, const struct series *s) {
    if (c != NULL)
        return series_same_metric(s, &c->measure.series.at[0]);
    return s->watched == k->w && s->decl != NULL &&
           s->decl == first_metric(k->w, k->condition->root);
}

/* An alarm of the user's that goes off for the same: its first metric, in its direction. */
static const struct alarm *own_alarm(const struct looking *k, const struct cond *c) {
    const struct alarm_list *list = &k->l->watched_uses.at[k->w->index].alarms;
    enum coverage_way way = c != NULL ? way_of_plan(c) : way_of(k->condition->root->op);
    for (uint32_t i = 0; i < list->alarms.n; i++) {
        const struct alarm *al = list->alarms.at[i];
        if (al->origin != ALARM_USER || al->plan == NULL || (way_of_plan(al->plan) & way) == 0)
            continue;
        for (uint32_t s = 0; s < al->plan->measure.series.n; s++) {
            if (is_same(k, c, &al->plan->measure.series.at[s]))
                return al;
        }
    }
    return NULL;
}

static void set_watched(const struct looking *k, const struct cond *c) {
    if (c == NULL)
        return;
    k->out->metric = metric_of(k->l, &c->measure.series.at[0]);
    k->out->way = way_of_plan(c);
}

/* ---- whether it is for this resource */

/* False: it is for others. What it takes is in out->needs. */
static bool is_for_it(const struct looking *k, bool *ret_perhaps) {
    struct lower *l = k->l;
    struct wants which = {.arena = l->scratch, .metrics_only = true}, all = {.arena = l->scratch};
    wants_if(&l->catalog, k->w, &k->k->cond, &which);
    measure_wants(l, k->w, k->condition->root, &which);
    measure_wants(l, k->w, k->condition->root, &all);
    *ret_perhaps = !wants_nothing(&which);
    k->out->needs = arena_str(l->a, wants_text(*ret_perhaps ? &which : &all));
    return !which.ruled_out && !all.ruled_out;
}

/* ---- what became of it */

static const struct alarm *made_alarm(const struct looking *k) {
    str name = arena_cat3(k->l->scratch, k->w->name, STR("-"), k->k->name.text);
    return map_get(&k->l->alarms_by_name, name);
}

static str text_of(struct lower *l, const struct expr_condition *c) {
    struct buf b = BUF_INIT(CONDITION_MAX);
    expr_print_condition(&b, c);
    str r = arena_str(l->a, buf_str(&b));
    buf_done(&b);
    return r;
}

static void set_there(const struct looking *k, const struct alarm *al) {
    const struct cfg_override *o = lower_override(k->w, k->k->name.text);
    bool theirs = o != NULL && (given(o->when.at) || given(o->threshold.at) ||
                                given(o->severity.at) || given(o->missing.at));
    k->out->state = theirs ? COVERAGE_CHANGED : COVERAGE_THERE;
    k->out->by = arena_str(k->l->a, al->name);
    k->out->severity = al->severity;
    k->out->condition = text_of(k->l, al->condition);
    k->out->at = al->at;
    set_watched(k, al->plan);
}

/* Nothing of the kind's was made: the first reason, in the order in which lowering came to it. */
static void set_absent(const struct looking *k, const struct alarm *named) {
    const struct cfg_override *o = lower_override(k->w, k->k->name.text);
    const struct cond *c = k->out->needs.n == 0 ? plan_of(k) : NULL;
    const struct alarm *own = own_alarm(k, c);
    span at;
    set_watched(k, c);
    if (own == NULL && named != NULL && named->origin == ALARM_USER && named->node != NULL)
        own = named;
    if (own != NULL) {
        k->out->state = COVERAGE_OWN;
        k->out->by = arena_str(k->l->a, own->name);
        k->out->at = own->at;
    } else if (k->out->needs.n > 0) {
        k->out->state = COVERAGE_NEEDS;
    } else if (named != NULL && named->left_out) {
        k->out->state = COVERAGE_FREE;
        k->out->at = k->l->cfg->profile.at;
    } else if (!lower_wants_recommended(k->l, k->w, &at)) {
        k->out->state = COVERAGE_NONE;
        k->out->at = at;
    } else if (o != NULL && given(o->state.at) && o->state.value == 0) {
        k->out->state = COVERAGE_OFF;
        k->out->at = o->name.at;
    }
}

static bool look(const struct looking *k) {
    struct lower *l = k->l;
    const struct alarm *named = made_alarm(k);
    const struct cat_alarm *row = k->k;
    *k->out = (struct coverage_alarm){.name = row->name.text,
                                      .state = COVERAGE_OFFERED,
                                      .severity = (enum cfg_severity)row->severity.value,
                                      .at = k->w->at};
    k->out->because = watched_prose(l->a, k->w, row->because.text);
    k->out->condition = text_of(l, k->condition);
    bool made = named != NULL && named->origin == ALARM_RECOMMENDED && named->recommended == row;
    if (made && named->node != NULL) {
        set_there(k, named);
        return true;
    }
    bool perhaps;
    if (!is_for_it(k, &perhaps))
        return false;
    if (row->off.value && !made)
        return true;
    if (perhaps)
        k->out->state = COVERAGE_PERHAPS;
    else
        set_absent(k, named);
    return true;
}

static void look_at(struct lower *l, const struct watched *w, struct coverage_resource *r) {
    *r = (struct coverage_resource){.name = w->name,
                                    .path = w->path,
                                    .kind = w->kind->kind.text,
                                    .title = w->kind->title.text,
                                    .region = watched_region(l->a, w),
                                    .watched = w,
                                    .watching = l->watched_uses.at[w->index].alarms.alarms.n,
                                    .watchable = lower_can_be_watched(l, w),
                                    .at = w->at};
    r->alarms = ARENA_ARRAY(l->a, struct coverage_alarm, w->kind->alarms.n + 1);
    if (r->region.n == 0)
        r->region = l->cfg->aws.region.text;
    for (uint32_t i = 0; i < w->kind->alarms.n; i++) {
        const struct cat_alarm *row = &w->kind->alarms.items[i];
        struct looking k = {l, w, row, parse(l, row), &r->alarms[r->nalarms]};
        if (k.condition != NULL)
            r->nalarms += look(&k);
    }
}

struct coverage *lower_coverage(struct lower *l) {
    struct coverage *c = ARENA_NEW(l->a, struct coverage);
    c->items = ARENA_ARRAY(l->a, struct coverage_resource, l->watched.n + 1);
    for (uint32_t i = 0; i < l->watched.n; i++)
        look_at(l, l->watched.at[i], &c->items[c->n++]);
    return c;
}
