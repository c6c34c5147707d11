/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"
#include "lower/coverage.h"

bool lower_wants_recommended(const struct lower *l, const struct watched *w, span *ret) {
    if (w->cfg != NULL && given(w->cfg->alarms.mode.at)) {
        *ret = w->cfg->alarms.mode.at;
        return w->cfg->alarms.mode.value != 0;
    }
    if (given(l->cfg->alarms.recommended.at)) {
        *ret = l->cfg->alarms.recommended.at;
        return l->cfg->alarms.recommended.value != 0;
    }
    /* Who lists alarms has decided which there are. */
    *ret = l->cfg->alarms.at;
    return !given(l->cfg->alarms.at);
}

const struct cfg_override *lower_override(const struct watched *w, str name) {
    for (uint32_t i = 0; w->cfg != NULL && i < w->cfg->alarms.overrides.n; i++) {
        if (str_eq(w->cfg->alarms.overrides.items[i].name.text, name))
            return &w->cfg->alarms.overrides.items[i];
    }
    return NULL;
}

/* `threshold: 95%` puts another value on the right side of the comparison. */
static bool replace_threshold(struct lower *l, struct expr_condition *c,
                              const struct cfg_override *o) {
    struct expr_text t = {o->threshold.text, o->threshold.at, o->threshold.origin};
    struct expr *value = expr_parse_value(l->scratch, l->dl, t);
    if (value == NULL)
        return false;
    if (c->root->kind != EXPR_COMPARE) {
        struct diag *d = diag_add(l->dl, DIAG_CONDITION_SHAPE, o->threshold.at,
                                  "`%.*s` does not compare with a value", STR_ARG(o->name.text));
        diag_hint(l->dl, d, "Give it another condition with `when:`.");
        return false;
    }
    struct expr *root = ARENA_NEW(l->scratch, struct expr);
    *root = *c->root;
    root->args = ARENA_ARRAY(l->scratch, struct expr *, 2);
    root->args[0] = c->root->args[0];
    root->args[1] = value;
    c->root = root;
    return true;
}

static void apply_override(struct lower *l, struct alarm *al, const struct cfg_override *o) {
    al->at = o->name.at;
    al->path = arena_cat3(l->a, al->watched->path, STR(".alarms."), o->name.text);
    if (given(o->severity.at))
        al->severity = (enum cfg_severity)o->severity.value;
    if (given(o->missing.at))
        al->missing = (enum expr_missing)o->missing.value;
    al->notify = o->notify;
    lower_check_notify(l, &o->notify);
    if (given(o->when.at)) {
        struct expr_text t = {o->when.text, o->when.at, o->when.origin};
        al->condition = expr_parse_condition(l->scratch, l->scratch, l->dl, t);
        /* Another condition: what missing data means follows from it. */
        if (!given(o->missing.at))
            al->missing = EXPR_MISSING_UNSET;
    } else if (given(o->threshold.at) && !replace_threshold(l, al->condition, o)) {
        al->condition = NULL;
    }
}

/* The windows of a catalog's condition give way to how often its metrics have values; it says so.
 */
static void widened(struct lower *l, struct alarm *al) {
    struct expr_clauses *k = &al->condition->clauses;
    const struct cond *c = al->plan;
    int64_t over_s = given(k->over_at) ? c->period_s : k->over_s;
    int64_t for_s = given(k->for_at) ? c->period_s * (int64_t)c->evaluations : k->for_s;
    if (over_s == k->over_s && for_s == k->for_s)
        return;
    k->over_s = over_s;
    k->for_s = for_s;
    lower_explain(l, "%.*s: its windows are longer than the catalog's, to hold whole values",
                  STR_ARG(al->name));
}

/* Whoever writes something about an alarm wants it: that it cannot be there is worth an error. */
static void not_possible(struct lower *l, const struct watched *w, const struct cfg_override *o,
                         const struct wants *s) {
    struct diag *d =
        diag_add(l->dl, DIAG_METRIC_NOT_HERE, o->name.at, "`%.*s` cannot have the alarm `%.*s`",
                 STR_ARG(w->name), STR_ARG(o->name.text));
    if (!s->ruled_out)
        diag_hint(l->dl, d, "It needs %.*s.", STR_ARG(wants_text(s)));
    else if (s->needs.n > 0)
        diag_hint(l->dl, d, "It is only for %.*s.", STR_ARG(s->needs));
    else
        diag_hint(l->dl, d, "It is for other resources of kind `%.*s`.",
                  STR_ARG(w->kind->kind.text));
}

/* Whether the alarm can be made; says why not where that helps. */
static bool is_possible(struct lower *l, const struct alarm *al, const struct cfg_override *o) {
    const struct cat_alarm *k = al->recommended;
    struct wants s = {.arena = l->scratch};
    wants_if(&l->catalog, al->watched, &k->cond, &s);
    if (o == NULL || !given(o->when.at))
        measure_wants(l, al->watched, al->condition->root, &s);
    bool possible = wants_nothing(&s);
    if (o != NULL && !possible) {
        not_possible(l, al->watched, o, &s);
    } else if (k->off.value && o == NULL && !s.ruled_out) {
        lower_explain(l, "%.*s: offered, not on by itself%s%.*s: %.*s", STR_ARG(al->name),
                      possible ? "" : ", and needs ", STR_ARG(wants_text(&s)),
                      STR_ARG(watched_prose(l->scratch, al->watched, k->because.text)));
        return false;
    } else if (!possible && !s.ruled_out) {
        lower_explain(l, "%.*s: left out; give `%.*s` %.*s to have it", STR_ARG(al->name),
                      STR_ARG(al->watched->name), STR_ARG(wants_text(&s)));
    }
    return possible && (o != NULL || !k->off.value);
}

static void add_recommended(struct lower *l, const struct watched *w, const struct cat_alarm *k) {
    const struct cfg_override *o = lower_override(w, k->name.text);
    str name = arena_cat3(l->scratch, w->name, STR("-"), k->name.text);
    if (o != NULL && given(o->state.at) && o->state.value == 0) {
        lower_explain(l, "%.*s: off, as you say", STR_ARG(name));
        return;
    }
    struct alarm *al = ARENA_NEW(l->plans, struct alarm);
    *al = (struct alarm){
        .name = name, .origin = ALARM_RECOMMENDED, .watched = w, .recommended = k, .at = w->at};
    al->severity = (enum cfg_severity)k->severity.value;
    al->missing = (enum expr_missing)k->missing.value;
    al->path = w->path;
    al->when_at = k->when.at;
    struct expr_text t = {k->when.text, k->when.at, k->when.origin};
    al->condition = expr_parse_condition(l->scratch, l->scratch, l->dl, t);
    if (al->condition != NULL && o != NULL)
        apply_override(l, al, o);
    if (al->condition == NULL || !is_possible(l, al, o))
        return;
    bool theirs = o != NULL && given(o->when.at);
    al->plan = cond_plan(l, w, al->condition,
                         (struct cond_wish){.missing = al->missing, .widen = !theirs});
    if (al->plan == NULL)
        return;
    widened(l, al);
    al->region = al->plan->region;
    al->has_region = true;
    lower_add_alarm(l, al);
}

static void check_overrides(struct lower *l, const struct watched *w) {
    for (uint32_t i = 0; w->cfg != NULL && i < w->cfg->alarms.overrides.n; i++) {
        const struct cfg_override *o = &w->cfg->alarms.overrides.items[i];
        struct suggest near = suggest_for(o->name.text);
        bool found = false;
        for (uint32_t k = 0; k < w->kind->alarms.n; k++) {
            found |= str_eq(w->kind->alarms.items[k].name.text, o->name.text);
            suggest_offer(&near, w->kind->alarms.items[k].name.text);
        }
        if (found)
            continue;
        struct diag *d = diag_add(l->dl, DIAG_UNKNOWN_RECOMMENDED, o->name.at,
                                  "%.*s has no recommended alarm `%.*s`",
                                  STR_ARG(w->kind->kind.text), STR_ARG(o->name.text));
        if (!diag_suggest(l->dl, d, &near))
            diag_hint(l->dl, d,
                      "`opsc catalog show %.*s` lists them; alarms of your own stand "
                      "under the top-level `alarms:`.",
                      STR_ARG(w->kind->kind.text));
    }
}

void lower_recommended(struct lower *l) {
    bool any = false;
    span said;
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        check_overrides(l, w);
        if (!lower_wants_recommended(l, w, &said))
            continue;
        any = true;
        if (w->broken)
            continue;
        for (uint32_t k = 0; k < w->kind->alarms.n; k++)
            add_recommended(l, w, &w->kind->alarms.items[k]);
    }
    if (!any && l->watched.n > 0)
        lower_explain(l, "recommended alarms: none, since `alarms:` decides; `recommended: all` "
                         "among them adds these");
}
