/* SPDX-License-Identifier: MIT */
#include "cost/savings.h"

#include "lower/cond.h"
#include "resource/resource.h"

typedef bool alarm_test(struct made_alarm e, struct made_change c);

/* The alarms that a rule applies to; `change` is laid over what is changed of them already. */
static void change_alarms(struct saver *s, alarm_test *applies, struct made_change change) {
    const struct graph *g = s->work->low->graph;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct made_alarm e = s->extents[i];
        if (e.metrics == 0 || !applies(e, saving_changed(s, i)))
            continue;
        struct made_change *c = saving_change(s, i);
        c->gone |= change.gone;
        c->standard |= change.standard;
        c->fewer += change.fewer;
        saving_found(s, saving_node_name(s, g->nodes.at[i]), g->nodes.at[i]->at);
    }
}

static bool is_high(struct made_alarm e, struct made_change c) {
    return e.high && !c.standard && !c.gone;
}

void saving_HIGH_RESOLUTION(struct saver *s) {
    change_alarms(s, is_high, (struct made_change){.standard = true});
}

static bool is_band(struct made_alarm e, struct made_change c) {
    return e.band && c.fewer == 0 && !c.gone;
}

void saving_ANOMALY(struct saver *s) {
    change_alarms(s, is_band, (struct made_change){.fewer = COND_BAND_METRICS});
}

void saving_COMPOSITE(struct saver *s) {
    const struct graph *g = s->work->low->graph;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        if (g->nodes.at[i]->kind != &resource_composite_alarm)
            continue;
        saving_change(s, i)->gone = true;
        saving_found(s, saving_node_name(s, g->nodes.at[i]), g->nodes.at[i]->at);
    }
}
