/* SPDX-License-Identifier: MIT */
/* Alarms over alarms that are silent whenever they are in alarm. */
#include "lower/context.h"

/* Alarms over the same alarms have more paths than anybody waits for; after so many nothing is
 * said. */
#define STEPS_MAX 10000

struct search {
    struct lower *l;
    uint32_t steps;
};

static const struct alarm *named(const struct search *s, const struct expr *e) {
    return map_get(&s->l->alarms_by_name, e->name);
}

static bool follows(struct search *s, const struct alarm *when, const struct alarm *then);

/* Whether the rule holds whenever `when` is in alarm. */
static bool rule_follows(struct search *s, const struct alarm *when, const struct expr *rule) {
    if (rule->kind == EXPR_ALARM)
        return follows(s, when, named(s, rule));
    if (rule->kind != EXPR_AND && rule->kind != EXPR_OR)
        return false;
    bool x = rule_follows(s, when, rule->args[0]);
    return x == (rule->kind == EXPR_OR) ? x : rule_follows(s, when, rule->args[1]);
}

/* Whether `then` is in alarm whenever the rule holds. */
static bool rule_implies(struct search *s, const struct expr *rule, const struct alarm *then) {
    if (rule->kind == EXPR_ALARM)
        return follows(s, named(s, rule), then);
    if (rule->kind != EXPR_AND && rule->kind != EXPR_OR)
        return false;
    bool x = rule_implies(s, rule->args[0], then);
    return x == (rule->kind == EXPR_AND) ? x : rule_implies(s, rule->args[1], then);
}

static bool has_rule(const struct alarm *al) {
    return al->composite && al->condition != NULL;
}

static bool follows(struct search *s, const struct alarm *when, const struct alarm *then) {
    if (when == NULL || then == NULL || ++s->steps > STEPS_MAX)
        return false;
    return when == then || (has_rule(then) && rule_follows(s, when, then->condition->root)) ||
           (has_rule(when) && rule_implies(s, when->condition->root, then));
}

/* Whether the alarm of that name can set off the rule. */
static bool names(const struct expr *rule, str name) {
    if (rule->kind == EXPR_ALARM)
        return str_eq(rule->name, name);
    bool both = rule->kind == EXPR_AND || rule->kind == EXPR_OR;
    return both && (names(rule->args[0], name) || names(rule->args[1], name));
}

bool lower_is_suppressed(const struct alarm *al) {
    return al->cfg != NULL && al->cfg->suppress != NULL && given(al->cfg->suppress->by.at);
}

void lower_suppressed(struct lower *l, const struct alarm *al) {
    const struct cfg_text *by = &al->cfg->suppress->by;
    struct search s = {.l = l};
    const struct expr *rule = al->condition->root;
    if (rule_implies(&s, rule, map_get(&l->alarms_by_name, by->text))) {
        struct diag *d = diag_add(l->dl, DIAG_SUPPRESSED_BY_CHILD, by->at,
                                  "`%.*s` never tells anybody: whenever it is in alarm, so is "
                                  "`%.*s`, which keeps it silent",
                                  STR_ARG(al->name), STR_ARG(by->text));
        diag_hint(l->dl, d,
                  "Suppress it by an alarm that explains it, such as one on a whole host; not by "
                  "what it is made of.");
    } else if (names(rule, by->text)) {
        struct diag *d = diag_add(l->dl, DIAG_SUPPRESSED_BY_CHILD, by->at,
                                  "`%.*s` both sets off `%.*s` and keeps it silent",
                                  STR_ARG(by->text), STR_ARG(al->name));
        diag_hint(l->dl, d, "Take `alarm(%.*s)` out of its condition.", STR_ARG(by->text));
    }
}
