/* SPDX-License-Identifier: MIT */
#include "lower/cond_parts.h"
#include "lower/measure_compare.h"

enum { LATE_S = 180 }; /* how late the values of a service usually are at most */

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

/* Whether an evaluation in which nothing happened is a bad one; left.nothing is known. */
static bool nothing_is_bad(const struct planning *p) {
    return measure_holds(p->out->op, num_div(p->left.nothing, p->left.scale), p->out->threshold);
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
        c->missing = nothing_is_bad(p) ? EXPR_MISSING_BREACHING : EXPR_MISSING_NOT_BREACHING;
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

/* Whether it has a value in every evaluation, since all of its metrics are filled. */
static bool is_filled(const struct expr *e) {
    if (e->kind == EXPR_CALL && e->function->rule == EXPR_FN_FILL)
        return true;
    for (uint32_t i = 0; i < e->nargs; i++) {
        if (!is_filled(e->args[i]))
            return false;
    }
    return e->kind != EXPR_REF;
}

/* The newest evaluations are filled before their values have come: alarms that need these are
 * stuck. */
static void doubt_filled(struct planning *p) {
    struct cond *c = p->out;
    if (c->period_s >= LATE_S || c->form != COND_MATH || c->samples_guard || p->measured == NULL ||
        !num_ok(p->left.nothing) || !is_filled(p->measured))
        return;
    bool bad = nothing_is_bad(p);
    if (c->datapoints != (bad ? 1 : c->evaluations))
        return;
    struct diag *d =
        diag_add(p->l->dl, DIAG_FILLED_NEWEST, p->measured->at,
                 "values that come late are filled with a %s one: this may %s",
                 bad ? "bad" : "good", bad ? "be in alarm all the time" : "never go off");
    diag_hint(p->l->dl, d, "Ask for some of the evaluations, as in `for 3 of 5m`.");
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
    doubt_filled(p);
    return true;
}
