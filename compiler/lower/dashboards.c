/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/dashboard.h"

#define WIDGETS_MAX 500
#define METRICS_MAX 2500
#define GRAPH_METRICS_MAX 500
#define COLUMNS 24

/* One graph of a row, measured. NULL after a diagnostic, or when nothing of it is there. */
static struct graph_view *view_graph(struct lower *l, const struct watched *self,
                                     struct cfg_text t) {
    struct expr_text text = {t.text, t.at, t.verbatim};
    struct expr_graph *g = expr_parse_graph(l->a, l->dl, text);
    if (g == NULL)
        return NULL;
    struct graph_view *v = ARENA_NEW(l->a, struct graph_view);
    v->measure = (struct measure){.l = l, .self = self, .in_graph = true, .over_s = g->over_s};
    v->curves = ARENA_ARRAY(l->a, struct curve, g->n);
    v->at = t.at;
    for (uint32_t i = 0; i < g->n; i++) {
        str missing;
        /* A row of the catalog draws what this resource has. */
        if (self != NULL && !measure_available(l, self, g->series[i].root, &missing))
            continue;
        struct curve *c = &v->curves[v->n];
        c->value = measure_expr(&v->measure, g->series[i].root);
        if (c->value.kind == OPERAND_ERROR)
            continue;
        if (c->value.kind == OPERAND_CONST) {
            diag_add(l->dl, DIAG_CONDITION_SHAPE, g->series[i].at,
                     "a graph draws metrics, this is a number");
            continue;
        }
        if (c->value.ratio)
            c->value =
                measure_scale(&v->measure, c->value, num_div(c->value.scale, num_ratio(1, 100)));
        c->label = g->series[i].label;
        c->root = g->series[i].root;
        v->n++;
    }
    if (v->n == 0)
        return NULL;
    int64_t published = measure_published(&v->measure);
    v->period_s = g->over_s > 0                  ? g->over_s
                  : v->measure.per_s > published ? v->measure.per_s
                                                 : published;
    if (v->period_s < 60)
        v->period_s = 60;
    if (v->measure.series.n > GRAPH_METRICS_MAX)
        diag_add(l->dl, DIAG_DASHBOARD_LIMIT, t.at, "a graph draws at most %d metrics",
                 GRAPH_METRICS_MAX);
    measure_use(&v->measure);
    return v;
}

static void add_row(struct lower *l, struct section_view *s, const struct watched *self,
                    const struct cfg_graph_row *row) {
    struct row_view r = {.graphs = ARENA_ARRAY(l->a, struct graph_view *, row->n + 1)};
    for (uint32_t i = 0; i < row->n; i++) {
        struct graph_view *v = view_graph(l, self, row->graphs[i]);
        if (v != NULL)
            r.graphs[r.n++] = v;
    }
    if (r.n > COLUMNS) {
        diag_add(l->dl, DIAG_DASHBOARD_LIMIT, row->graphs[0].at,
                 "a row holds at most %d graphs side by side", COLUMNS);
        r.n = COLUMNS;
    }
    if (r.n > 0)
        VEC_PUSH(l->a, &s->rows, r);
}

static void user_dashboard(struct lower *l, const struct cfg_dashboard *c) {
    struct dashboard_view d = {.name = c->name.text, .at = c->name.at};
    d.path = arena_cat(l->a, STR("dashboards."), c->name.text);
    for (uint32_t i = 0; i < c->n; i++) {
        struct section_view s = {.title = c->sections[i].title.text};
        for (uint32_t k = 0; k < c->sections[i].n; k++)
            add_row(l, &s, NULL, &c->sections[i].rows[k]);
        VEC_PUSH(l->a, &d.sections, s);
    }
    dashboard_emit(l, &d);
}

/* The section of a kind, or a new one: resources of like kinds stand together. */
static struct section_view *section_for(struct lower *l, struct dashboard_view *d, str title) {
    for (uint32_t i = 0; i < d->sections.n; i++) {
        if (str_eq(d->sections.at[i].title, title))
            return &d->sections.at[i];
    }
    VEC_PUSH(l->a, &d->sections, (struct section_view){.title = title});
    return VEC_LAST(&d->sections);
}

/* Without `dashboards:` there is one, of the rows that the kinds have. */
static void inferred_dashboard(struct lower *l) {
    struct dashboard_view d = {
        .name = STR("overview"), .path = STR("resources"), .at = l->cfg->resources.at};
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        str title = w->kind->section.text.n > 0 ? w->kind->section.text : w->kind->title.text;
        struct section_view *s = section_for(l, &d, title);
        for (uint32_t k = 0; k < w->kind->ndashboard && !w->broken; k++)
            add_row(l, s, w, &w->kind->dashboard[k]);
    }
    if (d.sections.n == 0)
        return;
    const struct cat_kind *billing = catalog_kind(&l->catalog, STR("billing"));
    if (billing != NULL && map_get(&l->watched_by_name, billing->kind.text) == NULL) {
        const struct watched *w = lower_find_watched(l, billing->kind.text, l->cfg->resources.at);
        struct section_view *s = section_for(l, &d, billing->section.text);
        for (uint32_t k = 0; w != NULL && k < billing->ndashboard; k++)
            add_row(l, s, w, &billing->dashboard[k]);
    }
    lower_explain(
        l, "%.*s: one section for each kind of resource (inferred: there is no `dashboards:`)",
        STR_ARG(d.name));
    dashboard_emit(l, &d);
}

void lower_dashboards(struct lower *l) {
    lower_explain_title(l, "dashboards");
    for (uint32_t i = 0; i < l->cfg->dashboards.n; i++)
        user_dashboard(l, &l->cfg->dashboards.items[i]);
    if (!given(l->cfg->dashboards.at) && !given(l->cfg->dashboards_none) && l->watched.n > 0)
        inferred_dashboard(l);
}

void dashboard_check_limits(struct lower *l, const struct dashboard_view *d, uint32_t widgets,
                            uint32_t metrics) {
    struct diag *g = NULL;
    if (widgets > WIDGETS_MAX)
        g = diag_add(l->dl, DIAG_DASHBOARD_LIMIT, d->at,
                     "dashboard `%.*s` has %u widgets; CloudWatch takes %d", STR_ARG(d->name),
                     widgets, WIDGETS_MAX);
    else if (metrics > METRICS_MAX)
        g = diag_add(l->dl, DIAG_DASHBOARD_LIMIT, d->at,
                     "dashboard `%.*s` draws %u metrics; CloudWatch takes %d", STR_ARG(d->name),
                     metrics, METRICS_MAX);
    else if (widgets == 0)
        diag_add(l->dl, DIAG_EMPTY_DASHBOARD, d->at, "dashboard `%.*s` has no graphs",
                 STR_ARG(d->name));
    if (g != NULL)
        diag_hint(l->dl, g, "Split it into several.");
}
