/* SPDX-License-Identifier: MIT */
#include "lower/cond_parts.h"

#define HOUR_S 3600
#define WINDOW_MAX_S 86400       /* periods below an hour */
#define WINDOW_LONG_MAX_S 604800 /* periods of an hour and more */

static bool is_period(int64_t s) {
    return s == 10 || s == 20 || s == 30 || (s > 0 && s % 60 == 0);
}

static int64_t gcd(int64_t a, int64_t b) {
    while (b != 0) {
        int64_t t = a % b;
        a = b;
        b = t;
    }
    return a;
}

/* The shortest time that holds a whole number of values of every metric. */
static int64_t common_interval(const struct measure *m) {
    int64_t s = 1;
    for (uint32_t i = 0; i < m->series.n; i++) {
        int64_t every = m->series.at[i].published_s;
        if (every > 0 && every <= WINDOW_LONG_MAX_S && s <= WINDOW_LONG_MAX_S)
            s = s / gcd(s, every) * every;
    }
    return s;
}

/* The first of CloudWatch's periods from `s` on that is a multiple of `interval`. */
static int64_t period_from(int64_t s, int64_t interval) {
    int64_t period = (s + interval - 1) / interval * interval;
    while (!is_period(period) && period <= WINDOW_LONG_MAX_S)
        period += interval;
    return period;
}

static bool bad_over(struct planning *p, int64_t over_s, int64_t interval) {
    struct lower *l = p->l;
    span at = p->c->clauses.over_at;
    str every = cond_duration(l->scratch, interval);
    struct diag *d;
    if (over_s < interval)
        d = diag_add(l->dl, DIAG_WINDOW_TOO_SHORT, at, "the metric has a value every %.*s only",
                     STR_ARG(every));
    else if (over_s % interval != 0)
        d = diag_add(l->dl, DIAG_LIMIT_PERIOD, at,
                     "`over %.*s` does not hold a whole number of values, one every %.*s",
                     STR_ARG(cond_duration(l->scratch, over_s)), STR_ARG(every));
    else
        d = diag_add(l->dl, DIAG_LIMIT_PERIOD, at,
                     "CloudWatch has periods of 10, 20 or 30 seconds and of whole minutes");
    diag_hint(l->dl, d, "Write `over %.*s`%s.",
              STR_ARG(cond_duration(l->scratch, period_from(over_s, interval))),
              over_s < interval ? " or more" : "");
    return false;
}

/*
 * How often a sample comes, at most; 0: with every event. Services measure at least once a minute,
 * and give a value of several samples when they publish less often; what comes a few times a day
 * is one.
 */
static int64_t sampled_every(const struct series *s, bool *ret_sure) {
    bool ours = s->decl != NULL && (s->decl->source.value == CAT_SOURCE_AGENT ||
                                    s->decl->source.value == CAT_SOURCE_PROBE);
    *ret_sure = ours || s->published_s >= HOUR_S;
    if (!ours && series_has_events(s))
        return 0;
    return !*ret_sure && s->published_s > 60 ? 60 : s->published_s;
}

static bool too_few_samples(struct planning *p, const struct series *s, int64_t every, bool sure) {
    struct lower *l = p->l;
    int64_t wanted = p->c->clauses.min_samples,
            need_s = period_from(wanted * every, common_interval(&p->out->measure));
    int64_t n = p->out->period_s / every;
    str period = cond_duration(l->a, p->out->period_s);
    struct diag *d =
        diag_add(l->dl, sure ? DIAG_SAMPLES_NEVER : DIAG_SAMPLES_FEW, p->c->clauses.samples_at,
                 "an evaluation of %.*s has %s%lld sample%s of `%.*s`, %s %lld", STR_ARG(period),
                 sure ? "" : "about ", (long long)n, n == 1 ? "" : "s", STR_ARG(s->text),
                 sure ? "never" : "hardly", (long long)wanted);
    if (need_s <= WINDOW_MAX_S)
        diag_hint(l->dl, d,
                  "Leave it out, or write `over %.*s`; it is for metrics with a sample for each "
                  "request.",
                  STR_ARG(cond_duration(l->a, need_s)));
    else
        diag_hint(l->dl, d, "Leave it out; it is for metrics with a sample for each request.");
    return !sure;
}

bool cond_check_samples(struct planning *p) {
    const struct cond *c = p->out;
    if (!c->samples_guard || c->measure.denominators.n > 0)
        return true;
    for (uint32_t i = 0; i < c->measure.series.n; i++) {
        const struct series *s = &c->measure.series.at[i];
        bool sure;
        int64_t every = str_is(s->stat, "SampleCount") ? sampled_every(s, &sure) : 0;
        if (every > 0 && p->c->clauses.min_samples > c->period_s / every)
            return too_few_samples(p, s, every, sure);
    }
    return true;
}

/* What comes every minute or so is looked at a few times a day, for the sake of another one. */
static void doubt_intervals(struct planning *p) {
    const struct measure *m = &p->out->measure;
    const struct series *slow = &m->series.at[0], *fast = slow;
    for (uint32_t i = 1; i < m->series.n; i++) {
        const struct series *s = &m->series.at[i];
        slow = s->published_s > slow->published_s ? s : slow;
        fast = s->published_s < fast->published_s ? s : fast;
    }
    if (slow->published_s < HOUR_S || fast->published_s > slow->published_s / 4)
        return;
    struct lower *l = p->l;
    str period = cond_duration(l->a, p->out->period_s);
    struct diag *d = diag_add(l->dl, DIAG_INTERVALS_APART, fast->at,
                              "`%.*s` is looked at every %.*s only, as often as `%.*s` comes",
                              STR_ARG(fast->text), STR_ARG(period), STR_ARG(slow->text));
    diag_also(l->dl, d, slow->at, "comes every %.*s",
              STR_ARG(cond_duration(l->a, slow->published_s)));
    diag_hint(l->dl, d,
              "CloudWatch reads all metrics of an alarm with one period. Make two alarms and join "
              "them: `alarm(a) and alarm(b)`; or write `over %.*s`, if that is meant.",
              STR_ARG(period));
}

bool cond_choose_period(struct planning *p) {
    struct cond *c = p->out;
    int64_t interval = common_interval(&c->measure), over_s = p->c->clauses.over_s;
    bool asked = given(p->c->clauses.over_at);
    if (asked && p->wish.widen)
        over_s = period_from(over_s, interval);
    if (asked && (over_s % interval != 0 || !is_period(over_s)))
        return bad_over(p, over_s, interval);
    c->period_s = asked ? over_s : period_from(interval, interval);
    if (!asked)
        doubt_intervals(p);
    if (c->form != COND_BAND || c->period_s >= 60)
        return true;
    struct diag *d = diag_add(p->l->dl, DIAG_LIMIT_PERIOD, p->c->root->at,
                              "CloudWatch's anomaly detection has no periods below a minute");
    diag_hint(p->l->dl, d, "Write `over %.*s`.",
              STR_ARG(cond_duration(p->l->scratch, period_from(60, interval))));
    return false;
}

/* The resource whose metric would come every minute with detailed monitoring, when only such are
 * slow. */
static const struct watched *slow_for_want_of_detail(const struct cond *c) {
    const struct watched *ret = NULL;
    for (uint32_t i = 0; i < c->measure.series.n; i++) {
        const struct series *s = &c->measure.series.at[i];
        if (s->published_s <= 60)
            continue;
        bool own = s->decl == NULL || s->decl->period.n > 0;
        if (own || s->published_s != 300 ||
            watched_attribute(s->watched, STR("monitoring")) == NULL)
            return NULL;
        ret = ret == NULL ? s->watched : ret;
    }
    return ret;
}

static bool too_short(struct planning *p) {
    struct cond *c = p->out;
    struct arena *a = p->l->scratch;
    str period = cond_duration(a, c->period_s);
    struct diag *d = diag_add(p->l->dl, DIAG_WINDOW_TOO_SHORT, p->c->clauses.for_at,
                              "`for %.*s` is shorter than one evaluation of %.*s",
                              STR_ARG(cond_duration(a, p->c->clauses.for_s)), STR_ARG(period));
    const struct watched *w = slow_for_want_of_detail(c);
    if (w != NULL && c->period_s == 300)
        diag_hint(p->l->dl, d, "Write `for 5m`, or give `%.*s` `monitoring: detailed`.",
                  STR_ARG(w->name));
    else
        diag_hint(p->l->dl, d, "Write `for %.*s` or more.", STR_ARG(period));
    return false;
}

static bool uneven(struct planning *p) {
    struct arena *a = p->l->scratch;
    int64_t period_s = p->out->period_s, for_s = p->c->clauses.for_s;
    int64_t below = for_s / period_s * period_s;
    struct diag *d =
        diag_add(p->l->dl, DIAG_WINDOW_UNEVEN, p->c->clauses.for_at,
                 "`for %.*s` is not a whole number of evaluations of %.*s",
                 STR_ARG(cond_duration(a, for_s)), STR_ARG(cond_duration(a, period_s)));
    diag_hint(p->l->dl, d, "Write `for %.*s` or `for %.*s`.", STR_ARG(cond_duration(a, below)),
              STR_ARG(cond_duration(a, below + period_s)));
    return false;
}

/* N and M from `for`. */
static bool count_evaluations(struct planning *p) {
    struct cond *c = p->out;
    const struct expr_clauses *k = &p->c->clauses;
    struct arena *a = p->l->scratch;
    if (p->c->root->kind == EXPR_FAILS) {
        c->evaluations = c->datapoints = (uint32_t)num_floor(p->c->root->quantity.value);
        if (!given(k->for_at))
            return true;
        struct diag *d = diag_add(p->l->dl, DIAG_CONDITION_SHAPE, k->for_at,
                                  "`fails N times` says already for how long");
        diag_hint(p->l->dl, d, "Leave one of them out.");
        return false;
    }
    c->evaluations = c->datapoints = 1;
    if (!given(k->for_at))
        return true;
    if (k->for_s < c->period_s && !p->wish.widen)
        return too_short(p);
    if (k->for_s % c->period_s != 0 && !p->wish.widen)
        return uneven(p);
    c->evaluations = (uint32_t)((k->for_s + c->period_s - 1) / c->period_s);
    if (p->wish.widen && c->evaluations < k->for_of)
        c->evaluations = k->for_of;
    c->datapoints = k->for_of > 0 ? k->for_of : c->evaluations;
    if (c->datapoints <= c->evaluations)
        return true;
    struct diag *d = diag_add(
        p->l->dl, DIAG_WINDOW_TOO_SHORT, k->for_at, "only %u evaluation%s of %.*s fit%s in %.*s",
        c->evaluations, c->evaluations == 1 ? "" : "s", STR_ARG(cond_duration(a, c->period_s)),
        c->evaluations == 1 ? "s" : "", STR_ARG(cond_duration(a, k->for_s)));
    diag_hint(p->l->dl, d, "Write `for %u of %.*s` or more.", k->for_of,
              STR_ARG(cond_duration(a, c->period_s * (int64_t)k->for_of)));
    return false;
}

bool cond_choose_counts(struct planning *p) {
    if (!count_evaluations(p))
        return false;
    struct cond *c = p->out;
    int64_t max = c->period_s < HOUR_S ? WINDOW_MAX_S : WINDOW_LONG_MAX_S;
    if (c->period_s * (int64_t)c->evaluations <= max)
        return true;
    span at = given(p->c->clauses.for_at)    ? p->c->clauses.for_at
              : given(p->c->clauses.over_at) ? p->c->clauses.over_at
                                             : p->c->root->at;
    struct diag *d =
        diag_add(p->l->dl, DIAG_LIMIT_WINDOW, at, "CloudWatch looks back at most %s here",
                 max == WINDOW_MAX_S ? "a day" : "7 days");
    if (c->period_s < HOUR_S)
        diag_hint(p->l->dl, d,
                  "Write at most `for 1d`; with `over 1h` it looks back up to 7 days.");
    else
        diag_hint(p->l->dl, d, "Period times evaluations is at most 7 days: shorten it.");
    return false;
}
