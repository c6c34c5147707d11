/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"
#include "lower/describe.h"
#include "lower/exactly.h"

/* Above what a file of YAML can hold; describe_alarm() cuts it. */
#define DESCRIPTION_TEXT_MAX (128u << 20)

/* While the condition and the resource are still in the processor's cache. */
static void describe(struct lower *l, struct alarm *al) {
    if (al->plan == NULL && !al->composite)
        return;
    if (al->plan != NULL) {
        cond_put_key(&l->text, al->plan);
        al->plan_hash = str_hash(buf_str(&l->text));
    }
    describe_alarm(l, al, &l->text);
    al->description = arena_str(l->a, buf_str(&l->text));
    if (!describe_has_pages(l))
        return;
    buf_clear(&l->text);
    describe_condition(al, &l->text);
    al->words = arena_str(l->a, buf_str(&l->text));
}

struct alarm *lower_add_alarm(struct lower *l, struct alarm *al) {
    struct alarm *first = map_add(l->scratch, &l->alarms_by_name, al->name, al);
    if (first == NULL) {
        describe(l, al);
        VEC_PUSH(l->scratch, &l->alarms, al);
        return al;
    }
    /* An alarm of the user's replaces a recommended one of the same name. */
    if (first->origin == ALARM_USER && al->origin == ALARM_RECOMMENDED) {
        lower_explain(l, "%.*s: your own alarm of this name stands in place of the recommended one",
                      STR_ARG(al->name));
        return NULL;
    }
    struct diag *d = diag_add(l->dl, DIAG_DUPLICATE_KEY, al->at, "alarm `%.*s` is defined twice",
                              STR_ARG(al->name));
    diag_also(l->dl, d, first->at, "first defined here");
    return NULL;
}

static struct expr_condition *parse_own(struct lower *l, struct arena *a,
                                        const struct cfg_alarm *c) {
    struct expr_text t = {c->when.text, c->when.at, c->when.origin};
    return expr_parse_condition(a, l->scratch, l->dl, t);
}

const struct expr_condition *lower_condition(struct lower *l, struct alarm *al) {
    if (al->condition == NULL)
        al->condition = parse_own(l, l->scratch, al->cfg);
    return al->condition;
}

/* There are many, and each is planned and described: its tree is of no use any more. */
static void forget_condition(struct lower *l, struct alarm *al) {
    if (!al->composite)
        al->condition = NULL;
    arena_clear(l->passing);
}

/* It is taken to live where the project does. */
static void exact_alarm(struct lower *l, struct alarm *al) {
    al->exact = exactly_has_condition(&al->cfg->exactly);
    al->region = GRAPH_REGION_HOME;
    al->has_region = true;
    al->when_at = al->cfg->exactly.at;
    if (al->exact)
        return;
    struct diag *d = diag_add(l->dl, DIAG_EXACTLY_CONDITION, al->cfg->exactly.at,
                              "`%.*s` has no condition", STR_ARG(al->name));
    diag_hint(l->dl, d,
              "Add `when:`; or say all of it here: `comparison_operator` and what goes "
              "with it, or the `alarm_rule` of an alarm over alarms.");
}

static struct alarm *user_alarm(struct lower *l, const struct cfg_alarm *c) {
    struct alarm *al = ARENA_NEW(l->plans, struct alarm);
    *al = (struct alarm){.name = c->name.text,
                         .origin = ALARM_USER,
                         .cfg = c,
                         .at = c->name.at,
                         .notify = c->notify};
    al->path = arena_cat(l->a, STR("alarms."), al->name);
    al->severity = given(c->severity.at) ? (enum cfg_severity)c->severity.value : CFG_WARNING;
    al->missing = (enum expr_missing)c->missing.value;
    lower_check_notify(l, &c->notify);
    if (given(c->when.at))
        exactly_check_condition(l, &c->exactly, c->when.at);
    else if (given(c->exactly.at))
        exact_alarm(l, al);
    if (!given(c->when.at))
        return al;
    al->when_at = c->when.at;
    al->condition = parse_own(l, l->passing, c);
    if (al->condition == NULL)
        return al;
    al->composite = cond_is_composite(al->condition->root);
    if (al->composite)
        al->condition = parse_own(l, l->scratch, c);
    else
        al->plan = cond_plan(l, NULL, al->condition, (struct cond_wish){.missing = al->missing});
    if (al->plan != NULL) {
        al->region = al->plan->region;
        al->has_region = true;
    }
    if (c->suppress != NULL && !al->composite) {
        struct diag *d = diag_add(l->dl, DIAG_SUPPRESS_PLAIN, c->suppress->at,
                                  "CloudWatch suppresses composite alarms only");
        diag_hint(l->dl, d, "Make one of it: `when: alarm(%.*s)` under another name.",
                  STR_ARG(al->name));
    }
    return al;
}

void lower_alarms(struct lower *l) {
    lower_explain_title(l, "alarms");
    l->text = BUF_INIT(DESCRIPTION_TEXT_MAX);
    map_reserve(l->scratch, &l->alarms_by_name, l->cfg->alarms.list.n);
    for (uint32_t i = 0; i < l->cfg->alarms.list.n; i++) {
        struct alarm *al = user_alarm(l, &l->cfg->alarms.list.items[i]);
        lower_add_alarm(l, al);
        forget_condition(l, al);
    }
    lower_recommended(l);
    buf_done(&l->text);
    lower_composites(l);
    lower_free_tier(l);
}
