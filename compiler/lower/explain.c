/* SPDX-License-Identifier: MIT */
#include "lower/explain.h"

#include "lower/cond.h"
#include "lower/describe.h"
#include "schema/schema.h"

#define PUBLISH_DELAY_S 60 /* a value is there about a minute after its period has ended */

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

static void explain_plan(struct lower *l, const struct alarm *al) {
    const struct cond *c = al->plan;
    struct buf b = BUF_INIT(16384);
    for (uint32_t i = 0; i < c->measure.series.n; i++) {
        buf_printf(&b, "%sm%u = ", i > 0 ? "; " : "", i + 1);
        put_metric(&b, &c->measure.series.at[i]);
    }
    lower_explain(l, "  %.*s", STR_ARG(buf_str(&b)));
    buf_clear(&b);
    buf_put(&b, c->form == COND_METRIC ? STR("m1") : c->math);
    if (c->form == COND_BAND) {
        buf_printf(&b, " %s (band of %.*s)", c->comparison, STR_ARG(c->band));
    } else {
        buf_printf(&b, " %s ", c->comparison);
        buf_num(&b, c->threshold);
    }
    BUF_LIT(&b, ", ");
    describe_evaluation(&b, c);
    buf_printf(&b, ", missing data: %s", expr_missing_rows[c->missing].name);
    lower_explain(l, "  %.*s", STR_ARG(buf_str(&b)));
    buf_clear(&b);
    BUF_LIT(&b, "a value comes every ");
    cond_put_duration(&b, measure_published(&c->measure));
    BUF_LIT(&b, "; fires about ");
    cond_put_duration(&b, c->period_s * (int64_t)c->datapoints + PUBLISH_DELAY_S);
    BUF_LIT(&b, " after it began");
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
        const struct alarm *al = l->alarms.at[i];
        if (al->condition == NULL || al->left_out)
            continue;
        struct buf b = BUF_INIT(16384);
        expr_print_condition(&b, al->condition);
        lower_explain(l, "%.*s [%s, %s]: %.*s", STR_ARG(al->name), schema_severities[al->severity],
                      al->origin == ALARM_USER ? "yours" : "recommended", STR_ARG(buf_str(&b)));
        buf_done(&b);
        if (al->plan != NULL)
            explain_plan(l, al);
    }
    lower_explain_title(l, "facts");
    explain_estimates(l);
}
