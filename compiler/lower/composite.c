/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"

/* Ours: alarms over alarms over alarms. CloudWatch names no limit. */
#define COMPOSITE_DEPTH_MAX 64

/* A resource that is wrong has been reported; what its recommended alarms are is not known. */
static bool of_broken_resource(struct lower *l, str name) {
    for (uint32_t i = 0; i < l->cfg->resources.n; i++) {
        str resource = l->cfg->resources.items[i].name.text;
        if (!str_starts(name, resource) || name.n == resource.n || name.p[resource.n] != '-')
            continue;
        const struct watched *w = lower_find_watched(l, resource, SPAN_NONE);
        if (w == NULL || w->broken)
            return true;
    }
    return false;
}

static struct alarm *find_alarm(struct lower *l, str name, span at) {
    struct alarm *al = map_get(&l->alarms_by_name, name);
    if (al != NULL || of_broken_resource(l, name))
        return al;
    struct diag *d =
        diag_add(l->dl, DIAG_UNKNOWN_ALARM, at, "there is no alarm `%.*s`", STR_ARG(name));
    struct suggest near = suggest_for(name);
    for (uint32_t i = 0; i < l->alarms.n && diag_is_kept(l->dl, d); i++)
        suggest_offer(&near, l->alarms.at[i]->name);
    if (!diag_suggest(l->dl, d, &near))
        diag_hint(l->dl, d,
                  "Alarms are those under `alarms:`, and the recommended ones as "
                  "<resource>-<name>; `opsc build --explain` lists them.");
    return NULL;
}

static bool visit(struct lower *l, struct alarm *al, unsigned depth);

/* An alarm over alarms lives where the first one does that it is made of. */
static bool same_region(struct lower *l, struct alarm *al, const struct alarm *child, span at) {
    if (!child->has_region)
        return true;
    if (!al->has_region) {
        al->has_region = true;
        al->region = child->region;
    }
    if (al->region == child->region)
        return true;
    struct diag *d =
        diag_add(l->dl, DIAG_COMPOSITE_REGION, at,
                 "alarm `%.*s` lives in another region than those before it", STR_ARG(child->name));
    diag_hint(l->dl, d,
              "A composite alarm sees the alarms of its own region only; alarms on "
              "billing, CloudFront and Route 53 live in " GRAPH_GLOBAL_NAME ".");
    return false;
}

static bool visit_child(struct lower *l, struct alarm *al, str name, span at, unsigned depth) {
    struct alarm *child = find_alarm(l, name, at);
    if (child == NULL)
        return false;
    if (child->visiting == 1) {
        struct diag *d = diag_add(l->dl, DIAG_ALARM_CYCLE, at, "alarm `%.*s` depends on itself",
                                  STR_ARG(child->name));
        diag_also(l->dl, d, child->at, "`%.*s` is defined here", STR_ARG(child->name));
        return false;
    }
    if (depth < COMPOSITE_DEPTH_MAX && !visit(l, child, depth + 1))
        return false;
    bool told = al->height > COMPOSITE_DEPTH_MAX || child->height > COMPOSITE_DEPTH_MAX;
    al->height = child->height >= al->height ? child->height + 1 : al->height;
    if (depth == COMPOSITE_DEPTH_MAX)
        al->height = COMPOSITE_DEPTH_MAX + 1;
    if (al->height <= COMPOSITE_DEPTH_MAX)
        return same_region(l, al, child, at);
    if (!told)
        diag_add(l->dl, DIAG_ALARM_CYCLE, at, "alarms over alarms are more than %d deep",
                 COMPOSITE_DEPTH_MAX);
    return false;
}

static bool visit_rule(struct lower *l, struct alarm *al, const struct expr *e, unsigned depth) {
    if (e->kind == EXPR_ALARM)
        return visit_child(l, al, e->name, e->at, depth);
    if (e->kind != EXPR_AND && e->kind != EXPR_OR && e->kind != EXPR_NOT) {
        if (e->kind == EXPR_ERROR)
            return false;
        struct diag *d = diag_add(l->dl, DIAG_CONDITION_SHAPE, e->at,
                                  "alarms and metrics do not mix in one condition");
        diag_hint(l->dl, d, "Make an alarm of this part and name it: `alarm(that-name)`.");
        return false;
    }
    bool ok = true;
    for (uint32_t i = 0; i < e->nargs; i++)
        ok &= visit_rule(l, al, e->args[i], depth);
    return ok;
}

static void check_clauses(struct lower *l, const struct alarm *al) {
    const struct expr_clauses *k = &al->condition->clauses;
    span at = given(k->for_at)       ? k->for_at
              : given(k->over_at)    ? k->over_at
              : given(k->samples_at) ? k->samples_at
                                     : k->missing_at;
    if (!given(at))
        return;
    struct diag *d =
        diag_add(l->dl, DIAG_CONDITION_SHAPE, at, "an alarm over alarms follows them at once");
    diag_hint(l->dl, d, "Say `for` at the alarms that it is made of.");
}

static bool visit(struct lower *l, struct alarm *al, unsigned depth) {
    if (al->visiting == 2 || !al->composite || al->condition == NULL)
        return true;
    al->visiting = 1;
    bool ok = visit_rule(l, al, al->condition->root, depth);
    if (lower_is_suppressed(al))
        ok &= visit_child(l, al, al->cfg->suppress->by.text, al->cfg->suppress->by.at, depth);
    al->visiting = 2;
    return ok;
}

void lower_composites(struct lower *l) {
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        struct alarm *al = l->alarms.at[i];
        if (!al->composite || al->condition == NULL)
            continue;
        check_clauses(l, al);
        visit(l, al, 0);
    }
    for (uint32_t i = 0; i < l->alarms.n && l->dl->errors == 0; i++) {
        const struct alarm *al = l->alarms.at[i];
        if (al->composite && lower_is_suppressed(al))
            lower_suppressed(l, al);
    }
}
