/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"

#include <stdlib.h>

/* CloudWatch's free allowance: alarm metrics at standard resolution. */
#define FREE_ALARM_METRICS 10
#define NAMES_MAX 65536

/* Why an alarm costs money: one row of the note. Prices: reference of CloudWatch's price list,
 * cents a month. */
enum reason { BEYOND_FREE, COMPOSITE, ANOMALY, HIGH_RESOLUTION, REASON_COUNT };
static const struct {
    const char *words;
    uint32_t cents; /* per metric; of a composite alarm, of the alarm */
} reasons[REASON_COUNT] = {
    [BEYOND_FREE] = {"beyond ten alarm metrics, $0.10 for each", 10},
    [COMPOSITE] = {"composite, $0.50 each", 50},
    [ANOMALY] = {"on an anomaly band, $0.30 for each metric", 30},
    [HIGH_RESOLUTION] = {"of high resolution, $0.30 for each metric", 30},
};

struct left_out {
    struct lower *l;
    struct buf names[REASON_COUNT];
    uint32_t n, cents;
};

/* The smaller the more important: critical first, what the user wrote before what is recommended.
 */
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

static void leave_out(struct left_out *o, struct alarm *al, enum reason why) {
    struct buf *names = &o->names[why];
    uint32_t metrics = why == COMPOSITE ? 1 : al->plan->measure.series.n;
    al->left_out = true;
    buf_printf(names, "%s%.*s", names->n > 0 ? ", " : "", STR_ARG(al->name));
    o->n++;
    o->cents += metrics * reasons[why].cents;
    lower_explain(o->l, "%.*s: left out by the free-tier profile: %s", STR_ARG(al->name),
                  reasons[why].words);
}

/* One note for all of them: what, why, and what they would cost. */
static void report(struct left_out *o) {
    struct lower *l = o->l;
    struct buf text = BUF_INIT(NAMES_MAX * REASON_COUNT);
    for (int i = 0; i < REASON_COUNT; i++) {
        if (o->names[i].n > 0)
            buf_printf(&text, "%s%.*s (%s)", text.n > 0 ? "; " : "", STR_ARG(buf_str(&o->names[i])),
                       reasons[i].words);
        buf_done(&o->names[i]);
    }
    if (o->n > 0) {
        struct diag *d = diag_add(
            l->dl, DIAG_FREE_TIER, l->cfg->profile.at,
            "free-tier leaves %u alarm%s of %.*s out, which would cost $%u.%02u a month", o->n,
            o->n == 1 ? "" : "s", STR_ARG(l->prefix), o->cents / 100, o->cents % 100);
        diag_hint(l->dl, d, "Left out: %.*s.", STR_ARG(buf_str(&text)));
    }
    buf_done(&text);
}

/* Every metric of an alarm is charged; the free tier has ten a month, and no composite or anomaly
 * alarm. */
void lower_free_tier(struct lower *l) {
    if (l->cfg->profile.value != CFG_PROFILE_FREE_TIER)
        return;
    struct left_out out = {.l = l};
    for (int i = 0; i < REASON_COUNT; i++)
        out.names[i] = BUF_INIT(NAMES_MAX);
    struct alarm **order = ARENA_ARRAY(l->a, struct alarm *, l->alarms.n + 1);
    uint32_t n = 0, used = 0;
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        struct alarm *al = l->alarms.at[i];
        if (al->composite)
            leave_out(&out, al, COMPOSITE);
        else if (al->plan != NULL && al->plan->form == COND_BAND)
            leave_out(&out, al, ANOMALY);
        else if (al->plan != NULL && al->plan->period_s < 60)
            leave_out(&out, al, HIGH_RESOLUTION);
        else if (al->plan != NULL)
            order[n++] = al;
    }
    qsort(order, n, sizeof *order, by_rank);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t metrics = order[i]->plan->measure.series.n;
        if (used + metrics <= FREE_ALARM_METRICS)
            used += metrics;
        else
            leave_out(&out, order[i], BEYOND_FREE);
    }
    report(&out);
}
