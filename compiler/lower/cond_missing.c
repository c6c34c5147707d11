/* SPDX-License-Identifier: MIT */
#include "lower/cond_parts.h"
#include "lower/measure_compare.h"

/* Whether every series of the condition has the property. */
static bool all(const struct cond *c, bool (*is)(const struct series *s)) {
    for (uint32_t i = 0; i < c->measure.series.n; i++) {
        if (!is(&c->measure.series.at[i]))
            return false;
    }
    return true;
}

static bool from_agent(const struct series *s) {
    return s->decl != NULL && s->decl->source.value == CAT_SOURCE_AGENT;
}

/* Has samples only when something happens. */
static bool is_eventful(const struct series *s) {
    return series_is_counted(s) || s->logged != NULL;
}

/* What docs/conditions.md, "Missing data", says; the first rule that fits. */
static void set_default(struct planning *p) {
    struct cond *c = p->out;
    c->missing = EXPR_MISSING_MISSING;
    c->missing_why = "the alarm says that it lacks data, and tells nobody";
    if (p->c->root->kind == EXPR_FAILS) {
        c->missing = EXPR_MISSING_BREACHING;
        c->missing_why = "who does not report is not well";
    } else if (c->samples_guard) {
        c->missing = EXPR_MISSING_NOT_BREACHING;
        c->missing_why = "too few samples to judge";
    } else if (c->form != COND_BAND && num_ok(p->left.nothing)) {
        bool holds = measure_holds(c->op, num_div(p->left.nothing, p->left.scale), c->threshold);
        c->missing = holds ? EXPR_MISSING_BREACHING : EXPR_MISSING_NOT_BREACHING;
        c->missing_why = "no samples add up to 0";
    } else if (all(c, is_eventful)) {
        c->missing = EXPR_MISSING_NOT_BREACHING;
        c->missing_why = "nothing happened";
    } else if (all(c, from_agent)) {
        c->missing = EXPR_MISSING_BREACHING;
        c->missing_why = "the agent always reports, unless it or its host is dead";
    }
}

/* Alarms on DynamoDB ignore missing data, whatever they say. */
static void dynamodb_rule(struct planning *p, bool asked) {
    struct cond *c = p->out;
    if (!str_is(c->measure.series.at[0].namespace_, "AWS/DynamoDB"))
        return;
    if (asked && c->missing != EXPR_MISSING_IGNORE) {
        span at = given(p->c->clauses.missing_at) ? p->c->clauses.missing_at : p->c->at;
        struct diag *d = diag_add(p->l->dl, DIAG_MISSING_FIXED, at,
                                  "alarms on DynamoDB always ignore missing data");
        diag_hint(p->l->dl, d, "Write `missing: ignore`.");
    }
    c->missing = EXPR_MISSING_IGNORE;
    c->missing_why = "CloudWatch does that with DynamoDB";
}

bool cond_choose_missing(struct planning *p) {
    struct cond *c = p->out;
    const struct expr_clauses *k = &p->c->clauses;
    enum expr_missing asked = k->missing != EXPR_MISSING_UNSET ? k->missing : p->wish.missing;
    if (p->c->root->kind == EXPR_MISSING) {
        c->missing = EXPR_MISSING_BREACHING;
        c->missing_why = "that is what is asked";
        if (asked == EXPR_MISSING_UNSET || asked == EXPR_MISSING_BREACHING)
            return true;
        struct diag *d = diag_add(
            p->l->dl, DIAG_CONDITION_SHAPE, given(k->missing_at) ? k->missing_at : p->c->at,
            "`is missing` cannot treat missing data as %s", expr_missing_words[asked]);
        diag_hint(p->l->dl, d, "Leave that out: missing data is what it asks for.");
        return false;
    }
    set_default(p);
    if (asked != EXPR_MISSING_UNSET) {
        c->missing = asked;
        c->missing_why = expr_missing_rows[asked].doc;
    }
    dynamodb_rule(p, asked != EXPR_MISSING_UNSET);
    return true;
}
