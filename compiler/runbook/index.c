/* SPDX-License-Identifier: MIT */
/* README.md and the first day on call. */
#include "runbook/command.h"
#include "runbook/pages.h"

#include <stdlib.h>

/* The worst first, and those alike in the order of ops.yaml. */
static uint32_t set_alarms(struct pages *p, struct map *v) {
    const struct runbook *r = p->r;
    struct map *items = ARENA_ARRAY(p->page, struct map, r->nalarms + 1);
    uint32_t n = 0;
    for (int severity = CFG_SEVERITY_COUNT - 1; severity >= 0; severity--) {
        for (uint32_t i = 0; i < r->nalarms; i++) {
            const struct runbook_alarm *al = &r->alarms[i];
            if ((int)al->severity != severity)
                continue;
            pages_set(p, &items[n], "name", al->name);
            pages_set(p, &items[n], "condition", al->condition);
            pages_flag(p, &items[n], "critical", severity == CFG_CRITICAL);
            pages_flag(p, &items[n], "warning", severity == CFG_WARNING);
            pages_flag(p, &items[n++], "info", severity == CFG_INFO);
        }
    }
    tmpl_set_list(p->page, v, "alarms", items, n);
    return n;
}

static void set_dashboards(struct pages *p, struct map *v) {
    const struct runbook *r = p->r;
    struct map *items = ARENA_ARRAY(p->page, struct map, r->ndashboards + 1);
    for (uint32_t i = 0; i < r->ndashboards; i++) {
        pages_set(p, &items[i], "dashboard", r->dashboards[i].aws_name);
        pages_set(p, &items[i], "url",
                  command_console_dashboard(p->page, r, r->dashboards[i].aws_name));
    }
    tmpl_set_list(p->page, v, "dashboards", items, r->ndashboards);
    pages_flag(p, v, "has_dashboards", r->ndashboards > 0);
}

static void set_regions(struct pages *p, struct map *v) {
    const struct runbook *r = p->r;
    struct runbook_texts regions = {.items = ARENA_ARRAY(p->page, str, 2)};
    regions.items[regions.n++] = r->region;
    for (uint32_t i = 0; i < r->nalarms && regions.n == 1; i++) {
        if (!str_eq(r->alarms[i].region, r->region))
            regions.items[regions.n++] = r->alarms[i].region;
    }
    pages_texts(p, v, "regions", "region", &regions);
}

static void set_resources(struct pages *p, struct map *v) {
    const struct runbook *r = p->r;
    struct map *items = ARENA_ARRAY(p->page, struct map, r->nresources + 1);
    for (uint32_t i = 0; i < r->nresources; i++) {
        pages_set(p, &items[i], "resource", r->resources[i].name);
        pages_set(p, &items[i], "title", r->resources[i].title);
        pages_set(p, &items[i], "number", arena_printf(p->page, "%u", r->resources[i].alarms));
        pages_flag(p, &items[i], "one", r->resources[i].alarms == 1);
    }
    tmpl_set_list(p->page, v, "resources", items, r->nresources);
    pages_flag(p, v, "has_resources", r->nresources > 0);
}

static void set_receivers(struct pages *p, struct map *v) {
    const struct runbook *r = p->r;
    struct map *items = ARENA_ARRAY(p->page, struct map, r->nreceivers + 1);
    for (uint32_t i = 0; i < r->nreceivers; i++)
        pages_receiver(p, &items[i], &r->receivers[i]);
    tmpl_set_list(p->page, v, "receivers", items, r->nreceivers);
    pages_flag(p, v, "has_receivers", r->nreceivers > 0);
}

static void set_drill(struct pages *p, struct map *v) {
    str drill = STR(""), host = STR("");
    for (uint32_t i = 0; i < p->r->njobs; i++) {
        const struct runbook_job *j = &p->r->jobs[i];
        drill = j->kind == RUNBOOK_DRILL ? j->name : drill;
        host = j->kind == RUNBOOK_DRILL ? j->host : host;
    }
    pages_set(p, v, "drill", drill);
    pages_set(p, v, "drill_host", host);
}

/* What to try out: an alarm that tells somebody and pages nobody, when there is one. */
static void set_trial(struct pages *p, struct map *v) {
    const struct runbook_alarm *best = NULL;
    for (uint32_t i = 0; i < p->r->nalarms; i++) {
        const struct runbook_alarm *al = &p->r->alarms[i];
        if (al->nreceivers > 0 && !al->quiet && (best == NULL || al->severity < best->severity))
            best = al;
    }
    pages_set(p, v, "trial", best != NULL ? best->name : STR(""));
    pages_set(p, v, "trial_command",
              best != NULL ? command_alarm(p->page, best, "set-alarm-state", "--alarm-name",
                                           " --state-value ALARM --state-reason test")
                           : STR(""));
}

void pages_index(struct pages *p) {
    struct map v = {0};
    pages_common(p, &v);
    uint32_t n = set_alarms(p, &v);
    pages_flag(p, &v, "has_alarms", n > 0);
    set_dashboards(p, &v);
    set_resources(p, &v);
    set_receivers(p, &v);
    set_drill(p, &v);
    set_regions(p, &v);
    set_trial(p, &v);
    pages_texts(p, &v, "hosts", "host", &p->r->hosts);
    pages_flag(p, &v, "has_hosts", p->r->hosts.n > 0);
    pages_add(p, STR("procedures/first_day"), pages_template(p, "first_day"), &v);
    pages_add(p, STR("README"), pages_template(p, "README"), &v);
    arena_clear(p->page);
}
