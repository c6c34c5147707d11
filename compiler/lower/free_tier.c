/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"

#include <stdlib.h>

/* CloudWatch's free allowance: alarm metrics at standard resolution. */
#define FREE_ALARM_METRICS 10

/* The smaller the more important: critical first, what the user wrote before what is recommended. */
static unsigned rank(const struct alarm *al) {
    unsigned severity = CFG_CRITICAL - (unsigned)al->severity;
    return severity * 2 + (al->origin == ALARM_RECOMMENDED);
}

static int by_rank(const void *x, const void *y) {
    const struct alarm *a = *(struct alarm *const *)x, *b = *(struct alarm *const *)y;
    unsigned ra = rank(a), rb = rank(b);
    if (ra != rb)
        return ra < rb ? -1 : 1;
    return a->at.start != b->at.start ? (a->at.start < b->at.start ? -1 : 1)
                                      : str_cmp(a->name, b->name);
}

static void leave_out(struct lower *l, struct alarm *al, const char *why) {
    al->left_out = true;
    diag_add(l->dl, DIAG_FREE_TIER, al->at, "alarm `%.*s` is left out: %s", STR_ARG(al->name), why);
}

/* Every metric of an alarm is charged; the free tier has ten a month, and no composite or anomaly alarm. */
void lower_free_tier(struct lower *l) {
    if (l->cfg->profile.value != CFG_PROFILE_FREE_TIER)
        return;
    struct alarm **order = ARENA_ARRAY(l->a, struct alarm *, l->alarms.n + 1);
    uint32_t n = 0, used = 0;
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        struct alarm *al = l->alarms.at[i];
        if (al->composite)
            leave_out(l, al, "a composite alarm costs $0.50 a month");
        else if (al->plan != NULL && al->plan->form == COND_BAND)
            leave_out(l, al, "an anomaly alarm costs $0.30 a month");
        else if (al->plan != NULL && al->plan->period_s < 60)
            leave_out(l, al, "a high-resolution alarm costs $0.30 a month");
        else if (al->plan != NULL)
            order[n++] = al;
    }
    qsort(order, n, sizeof *order, by_rank);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t metrics = order[i]->plan->measure.series.n;
        if (used + metrics <= FREE_ALARM_METRICS)
            used += metrics;
        else
            leave_out(l, order[i], "ten alarm metrics are free, each further one costs $0.10 a month");
    }
}
