/* SPDX-License-Identifier: MIT */
/* rules about what opsc makes */
#include "cost/savings.h"

#include "lower/cond.h"
#include "resource/resource.h"

typedef bool alarm_test(struct lower_alarm e, struct made_change c);

/* The alarms that a rule applies to; `change` is laid over what is changed of them already. */
static void change_alarms(struct saver *s, alarm_test *applies, struct made_change change) {
    const struct graph *g = s->work->low->graph;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct lower_alarm e = s->work->low->alarm_of[i];
        if (e.metrics == 0 || !applies(e, saving_changed(s, i)))
            continue;
        struct made_change *c = saving_change(s, i);
        c->gone |= change.gone;
        c->standard |= change.standard;
        c->fewer += change.fewer;
        saving_found(s, saving_node_name(s, g->nodes.at[i]), g->nodes.at[i]->at);
    }
}

static bool is_high(struct lower_alarm e, struct made_change c) {
    return e.high && !c.standard && !c.gone;
}

void saving_HIGH_RESOLUTION(struct saver *s) {
    change_alarms(s, is_high, (struct made_change){.standard = true});
}

static bool is_band(struct lower_alarm e, struct made_change c) {
    return e.band && c.fewer == 0 && !c.gone;
}

void saving_ANOMALY(struct saver *s) {
    change_alarms(s, is_band, (struct made_change){.fewer = COND_BAND_METRICS});
}

static bool is_several(struct lower_alarm e, struct made_change c) {
    return !e.band && e.metrics > 1 && c.fewer == 0 && !c.gone;
}

/* An alarm on one metric in place of each. */
void saving_MATH(struct saver *s) {
    const struct graph *g = s->work->low->graph;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        if (!is_several(s->work->low->alarm_of[i], saving_changed(s, i)))
            continue;
        saving_change(s, i)->fewer = s->work->low->alarm_of[i].metrics - 1;
        saving_found(s, saving_node_name(s, g->nodes.at[i]), g->nodes.at[i]->at);
    }
}

/* Takes all nodes of a kind away. */
static void without(struct saver *s, const struct resource_kind *kind) {
    const struct graph *g = s->work->low->graph;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        if (g->nodes.at[i]->kind != kind)
            continue;
        saving_change(s, i)->gone = true;
        saving_found(s, saving_node_name(s, g->nodes.at[i]), g->nodes.at[i]->at);
    }
}

void saving_COMPOSITE(struct saver *s) {
    without(s, &resource_composite_alarm);
}

void saving_KMS_KEY(struct saver *s) {
    without(s, &resource_kms_key);
}

void saving_LARGE_DASHBOARDS(struct saver *s) {
    const struct graph *g = s->work->low->graph;
    uint32_t drawn = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = g->nodes.at[i];
        if (n->kind != &resource_dashboard ||
            s->work->low->drawn[drawn++] <= DASHBOARD_BASIC_METRICS)
            continue;
        saving_change(s, i)->standard = true;
        saving_found(s, saving_node_name(s, n), n->at);
    }
}
