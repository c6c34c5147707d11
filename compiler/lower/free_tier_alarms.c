/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"
#include "lower/free_tier.h"

#include <stdlib.h>

/*
 * What decides which alarms stay: critical before warning, the user's own before recommended ones,
 * then every resource's first before anyone's second: the kinds of the catalog list what matters
 * most first.
 */
struct ranked {
    struct alarm *alarm;
    unsigned severity; /* 0: critical */
    bool recommended;
    uint32_t turn, index;
};

static int by_rank(const void *x, const void *y) {
    const struct ranked *a = x, *b = y;
    if (a->severity != b->severity)
        return a->severity < b->severity ? -1 : 1;
    if (a->recommended != b->recommended)
        return a->recommended ? 1 : -1;
    if (a->turn != b->turn)
        return a->turn < b->turn ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

/* How many alarms of this severity the resource has had before; counts this one. */
static uint32_t take_turn(struct lower *l, struct map *turns, const struct alarm *al) {
    str key = arena_printf(l->scratch, "%d %.*s", (int)al->severity, STR_ARG(al->watched->name));
    uint32_t *n = map_get(turns, key);
    if (n == NULL) {
        n = ARENA_NEW(l->scratch, uint32_t);
        map_add(l->scratch, turns, key, n);
    }
    return (*n)++;
}

static void leave_out(struct alarm *al, enum free_tier_case why) {
    al->left_out = true;
    al->left_out_why = (int)why;
}

/* Alarms that cost whatever else there is are left out; the others get a rank. */
static uint32_t rank_all(struct lower *l, struct ranked *order) {
    struct map turns = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        struct alarm *al = l->alarms.at[i];
        bool recommended = al->origin == ALARM_RECOMMENDED;
        if (al->composite)
            leave_out(al, FREE_ALARM_COMPOSITE);
        else if (al->plan != NULL && al->plan->form == COND_BAND)
            leave_out(al, FREE_ALARM_ANOMALY);
        else if (al->plan != NULL && al->plan->period_s < COND_STANDARD_S)
            leave_out(al, FREE_ALARM_HIGH_RESOLUTION);
        else if (al->plan != NULL)
            order[n++] = (struct ranked){al, CFG_CRITICAL - (unsigned)al->severity, recommended,
                                         recommended ? take_turn(l, &turns, al) : 0, i};
    }
    return n;
}

void lower_free_tier(struct lower *l) {
    if (!free_tier(l))
        return;
    free_tier_open(l);
    struct ranked *order = ARENA_ARRAY(l->scratch, struct ranked, l->alarms.n + 1);
    uint32_t n = rank_all(l, order);
    int64_t used = 0, free = free_tier_amount(l, "alarm-metrics");
    qsort(order, n, sizeof *order, by_rank);
    for (uint32_t i = 0; i < n; i++) {
        struct alarm *al = order[i].alarm;
        uint32_t metrics = al->plan->measure.series.n;
        if (used + metrics > free)
            leave_out(al, FREE_ALARM_BEYOND);
        else if (!free_tier_take(l, al->plan))
            leave_out(al, FREE_ALARM_METRICS);
        else
            used += metrics;
    }
    free_tier_jobs(l, true);
}

void lower_left_out(struct lower *l, const struct alarm *al) {
    int64_t metrics = al->composite ? 1 : al->plan->measure.series.n;
    if (al->left_out_why == FREE_ALARM_ANOMALY)
        metrics += COND_BAND_METRICS;
    struct left_out o = {.why = (enum free_tier_case)al->left_out_why,
                         .name = al->name,
                         .units = num_int(metrics),
                         .at = al->at,
                         .kind = &resource_metric_alarm};
    o.is = al->cfg != NULL ? al->cfg->when.text : al->recommended->when.text;
    free_tier_leave_out(l, &o);
}
