/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"
#include "lower/prices.h"

#include <stdlib.h>

#define NAMES_MAX 65536
#define NAMES_SHOWN 12

/* Why an alarm costs money: one row of the note, with its row of catalog/tables/prices.yaml. */
enum reason { BEYOND_FREE, COMPOSITE, ANOMALY, HIGH_RESOLUTION, REASON_COUNT };
static const struct {
    const char *words, *price;
} reasons[REASON_COUNT] = {
    [BEYOND_FREE] = {"beyond the alarm metrics that are free", "cloudwatch.alarm.standard"},
    [COMPOSITE] = {"composite", "cloudwatch.alarm.composite"},
    [ANOMALY] = {"on an anomaly band, which counts as two metrics more",
                 "cloudwatch.alarm.standard"},
    [HIGH_RESOLUTION] = {"of high resolution", "cloudwatch.alarm.high_resolution"},
};

struct left_out {
    struct lower *l;
    struct buf names; /* the first few */
    uint32_t n;
    struct num each[REASON_COUNT]; /* dollars for one; NUM_NAN: no price for the region */
    str each_text[REASON_COUNT];
    struct num usd; /* a month, of all; or NUM_NAN */
};

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

static void leave_out(struct left_out *o, struct alarm *al, enum reason why) {
    uint32_t charged = why == COMPOSITE ? 1 : al->plan->measure.series.n;
    if (why == ANOMALY)
        charged += COND_BAND_METRICS;
    al->left_out = true;
    if (o->n < NAMES_SHOWN)
        buf_printf(&o->names, "%s%.*s", o->n > 0 ? ", " : "", STR_ARG(al->name));
    o->n++;
    o->usd = num_add(o->usd, num_mul(o->each[why], num_int(charged)));
    lower_explain(o->l, "%.*s: left out by the free-tier profile: %s, %.*s each", STR_ARG(al->name),
                  reasons[why].words, STR_ARG(o->each_text[why]));
}

/* One note for all of them: what, and what they would cost; --explain has each with its reason. */
static void report(struct left_out *o) {
    struct lower *l = o->l;
    if (o->n > 0) {
        struct buf cost = BUF_INIT(NAMES_MAX);
        if (num_ok(o->usd)) {
            BUF_LIT(&cost, ", which would cost $");
            price_put_usd(&cost, o->usd);
            BUF_LIT(&cost, " a month");
        }
        struct diag *d =
            diag_add(l->dl, DIAG_FREE_TIER, l->cfg->profile.at,
                     "free-tier leaves %u alarm%s of %.*s out%.*s", o->n, o->n == 1 ? "" : "s",
                     STR_ARG(l->prefix), STR_ARG(buf_str(&cost)));
        buf_done(&cost);
        str names = buf_str(&o->names);
        if (o->n > NAMES_SHOWN)
            diag_hint(l->dl, d, "Left out: %.*s and %u more; `opsc build --explain` lists them.",
                      STR_ARG(names), o->n - NAMES_SHOWN);
        else
            diag_hint(l->dl, d, "Left out: %.*s.", STR_ARG(names));
    }
    buf_done(&o->names);
}

/* Alarms that cost whatever else there is are left out; the others get a rank. */
static uint32_t rank_all(struct left_out *out, struct ranked *order) {
    struct lower *l = out->l;
    struct map turns = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        struct alarm *al = l->alarms.at[i];
        bool recommended = al->origin == ALARM_RECOMMENDED;
        if (al->composite)
            leave_out(out, al, COMPOSITE);
        else if (al->plan != NULL && al->plan->form == COND_BAND)
            leave_out(out, al, ANOMALY);
        else if (al->plan != NULL && al->plan->period_s < 60)
            leave_out(out, al, HIGH_RESOLUTION);
        else if (al->plan != NULL)
            order[n++] = (struct ranked){al, CFG_CRITICAL - (unsigned)al->severity, recommended,
                                         recommended ? take_turn(l, &turns, al) : 0, i};
    }
    return n;
}

/* Alarm metrics that nobody pays for. */
static int64_t free_metrics(struct lower *l) {
    struct price_book book = {.arena = l->a, .tables = &l->catalog};
    return num_floor(price_pool(&book, STR("alarm-metrics"))->amount);
}

/* Every metric of an alarm is charged; some are free, and no composite or anomaly alarm. */
void lower_free_tier(struct lower *l) {
    if (l->cfg->profile.value != CFG_PROFILE_FREE_TIER)
        return;
    struct left_out out = {.l = l, .names = BUF_INIT(NAMES_MAX), .usd = num_int(0)};
    struct ranked *order = ARENA_ARRAY(l->scratch, struct ranked, l->alarms.n + 1);
    for (int i = 0; i < REASON_COUNT; i++) {
        out.each[i] = lower_price(l, reasons[i].price, 1);
        out.each_text[i] = lower_price_text(l, reasons[i].price, 1);
    }
    uint32_t n = rank_all(&out, order), used = 0;
    int64_t free = free_metrics(l);
    qsort(order, n, sizeof *order, by_rank);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t metrics = order[i].alarm->plan->measure.series.n;
        if (used + metrics <= free)
            used += metrics;
        else
            leave_out(&out, order[i].alarm, BEYOND_FREE);
    }
    report(&out);
}
