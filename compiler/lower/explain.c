/* SPDX-License-Identifier: MIT */
#include "lower/explain.h"

#include "lower/cond.h"
#include "lower/words.h"
#include "schema/schema.h"

#define EXTRA_PERIODS 2 /* CloudWatch looks back about so much further than it evaluates */

static void put_metric(struct buf *b, const struct series *s) {
    buf_printf(b, "%.*s of %.*s %.*s", STR_ARG(s->stat), STR_ARG(s->namespace_),
               STR_ARG(s->metric));
    for (uint32_t i = 0; i < s->ndimensions; i++) {
        buf_printf(b, "%s%.*s=", i == 0 ? " {" : ", ", STR_ARG(s->dimensions[i].name));
        if (s->dimensions[i].value->type == VALUE_STR)
            buf_put(b, s->dimensions[i].value->text);
        else
            BUF_LIT(b, "(looked up)");
    }
    if (s->ndimensions > 0)
        BUF_LIT(b, "}");
}

/* What is compared with what: "m1 > 2147483648 (2 GiB)". */
static void put_comparison(struct buf *b, const struct cond *c) {
    buf_put(b, c->form == COND_METRIC ? STR("m1") : c->math);
    if (c->boolean)
        return;
    buf_printf(b, " %s ", expr_op_text(c->op));
    if (c->form == COND_BAND) {
        buf_printf(b, "band(%.*s)", STR_ARG(c->band));
        return;
    }
    buf_num(b, c->threshold);
    if (!c->threshold_q.bare) {
        BUF_LIT(b, " (");
        quantity_format(b, c->threshold_q);
        BUF_LIT(b, ")");
    }
}

/* Which span of time, in the largest unit that divides both: "5 to 6 minutes". */
static void put_span(struct buf *b, int64_t from_s, int64_t to_s) {
    static const struct {
        int64_t s;
        const char *many;
    } units_of_time[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}, {1, "seconds"}};
    unsigned i = 0;
    while (from_s % units_of_time[i].s != 0 || to_s % units_of_time[i].s != 0)
        i++;
    buf_printf(b, "%lld to %lld %s", (long long)(from_s / units_of_time[i].s),
               (long long)(to_s / units_of_time[i].s), units_of_time[i].many);
}

/*
 * How long it takes. What begins within a period may not be enough to make that one bad, so it
 * is M periods or one more. When data stops, CloudWatch takes older values as long as its range
 * holds N of them, which is about two periods longer than N.
 */
static void put_detection(struct buf *b, const struct alarm *al) {
    const struct cond *c = al->plan;
    int64_t m = c->datapoints, p = c->period_s;
    if (al->condition->root->kind != EXPR_MISSING) {
        BUF_LIT(b, "fires ");
        put_span(b, p * m, p * (m + 1));
        BUF_LIT(b, " after it begins");
    }
    if (c->missing == EXPR_MISSING_BREACHING) {
        buf_text(b, b->n > 0 ? ", and about " : "fires about ");
        words_duration(b, CFG_ENGLISH, p * (m + EXTRA_PERIODS));
        BUF_LIT(b, " after the data stops");
    }
    BUF_LIT(b, "; add what the metric takes to arrive");
}

static void explain_plan(struct lower *l, const struct alarm *al) {
    const struct cond *c = al->plan;
    struct buf b = BUF_INIT(16384);
    for (uint32_t i = 0; i < c->measure.series.n; i++) {
        buf_printf(&b, "m%u = ", i + 1);
        put_metric(&b, &c->measure.series.at[i]);
        BUF_LIT(&b, ", a value every ");
        words_every(&b, CFG_ENGLISH, c->measure.series.at[i].published_s);
        lower_explain(l, "  %.*s", STR_ARG(buf_str(&b)));
        buf_clear(&b);
    }
    put_comparison(&b, c);
    BUF_LIT(&b, " in ");
    words_evaluation(&b, CFG_ENGLISH, c->datapoints, c->evaluations, c->period_s);
    lower_explain(l, "  %.*s", STR_ARG(buf_str(&b)));
    buf_clear(&b);
    lower_explain(l, "  missing data: %s (%s)", expr_missing_words[c->missing], c->missing_why);
    put_detection(&b, al);
    lower_explain(l, "  %.*s", STR_ARG(buf_str(&b)));
    buf_done(&b);
}

static void explain_estimates(struct lower *l) {
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        for (uint32_t k = 0; k < w->kind->facts.n; k++) {
            struct fact f;
            str name = w->kind->facts.items[k].name.text;
            if (!watched_fact(&l->catalog, w, name, &f) || f.is_attribute)
                continue;
            struct buf b = BUF_INIT(1024);
            quantity_format(&b, f.q);
            lower_explain(l, "%.*s.%.*s = %.*s%s", STR_ARG(w->name), STR_ARG(name),
                          STR_ARG(buf_str(&b)),
                          f.estimate ? " (an estimate; give it at the resource to be exact)" : "");
            buf_done(&b);
        }
    }
}

void explain_alarms(struct lower *l) {
    if (l->explain == NULL)
        return;
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        struct alarm *al = l->alarms.at[i];
        if ((al->plan == NULL && !al->composite) || al->left_out)
            continue;
        struct buf b = BUF_INIT(16384);
        expr_print_condition(&b, lower_condition(l, al));
        lower_explain(l, "%.*s [%s, %s]: %.*s", STR_ARG(al->name), schema_severities[al->severity],
                      al->origin == ALARM_USER ? "yours" : "recommended", STR_ARG(buf_str(&b)));
        buf_done(&b);
        if (al->plan != NULL)
            explain_plan(l, al);
        else if (al->composite)
            lower_explain(l, "  follows these alarms at once");
        if (al->cfg != NULL && al->cfg->suppress != NULL)
            lower_explain(l, "  tells nobody while %.*s is in alarm",
                          STR_ARG(al->cfg->suppress->by.text));
        if (al->cfg != NULL && given(al->cfg->enabled.at) && !al->cfg->enabled.value)
            lower_explain(l, "  tells nobody: `enabled: false`; it is evaluated all the same");
    }
    lower_explain_title(l, "facts");
    explain_estimates(l);
}
