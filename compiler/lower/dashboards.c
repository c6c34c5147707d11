/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/dashboard.h"
#include "lower/free_tier.h"

#include <assert.h>

/* Quotas of CloudWatch's dashboards ("CloudWatch service quotas" in its user guide). */
#define WIDGETS_MAX 500
#define METRICS_MAX 2500
/* Beyond this, in alarms, a dashboard shows only those whose metrics it draws: as many as an
 * account may have by default, in a tenth of the widgets that a dashboard may have. */
#define ALL_ALARMS_MAX 5000
/* An inferred dashboard that is larger than this becomes several; the rest is left to alarms. */
#define PART_WIDGETS_MAX 400
#define PART_METRICS_MAX 2000

/* Whether the profile leaves none of the series from `from` on out. */
static bool is_published(struct lower *l, const struct measure *m, uint32_t from) {
    bool all = true;
    for (uint32_t i = from; i < m->series.n; i++)
        all &= free_tier_has_series(l, &m->series.at[i]);
    return all;
}

/* One graph of a row, measured. NULL after a diagnostic, or when nothing of it is there. */
static struct graph_view *view_graph(struct lower *l, const struct watched *self,
                                     struct cfg_text t) {
    if (!given(t.at)) /* not a text (reported) */
        return NULL;
    struct expr_text text = {t.text, t.at, t.origin};
    struct expr_graph *g = expr_parse_graph(l->a, l->dl, text);
    if (g == NULL)
        return NULL;
    struct graph_view *v = ARENA_NEW(l->a, struct graph_view);
    v->measure = (struct measure){.l = l, .self = self, .in_graph = true, .over_s = g->over_s};
    v->curves = ARENA_ARRAY(l->a, struct curve, g->n);
    v->at = t.at;
    for (uint32_t i = 0; i < g->n; i++) {
        /* A row of the catalog draws what this resource has. */
        if (self != NULL && !measure_available(l, self, g->series[i].root))
            continue;
        struct curve *c = &v->curves[v->n];
        const uint32_t series = v->measure.series.n, denominators = v->measure.denominators.n;
        c->value = measure_expr(&v->measure, g->series[i].root);
        if (c->value.kind == OPERAND_ERROR)
            continue;
        if (!is_published(l, &v->measure, series)) {
            v->measure.series.n = series;
            v->measure.denominators.n = denominators;
            continue;
        }
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
    if (v->measure.series.n > MEASURE_SERIES_MAX)
        diag_add(l->dl, DIAG_DASHBOARD_LIMIT, t.at, "a graph draws at most %d metrics",
                 MEASURE_SERIES_MAX);
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
    if (r.n > DASHBOARD_COLUMNS) {
        struct diag *d = diag_add(l->dl, DIAG_DASHBOARD_LIMIT, row->graphs[DASHBOARD_COLUMNS].at,
                                  "a row holds at most %d graphs side by side, this one has %u",
                                  DASHBOARD_COLUMNS, r.n);
        diag_hint(l->dl, d, "Begin another row here: a new line with `- `.");
        r.n = DASHBOARD_COLUMNS;
    }
    if (r.n > 0)
        VEC_PUSH(l->a, &s->rows, r);
}

/* One dashboard shows every alarm; of several, each shows those whose metrics it draws. */
static bool shows_all(const struct lower *l, uint32_t ndashboards) {
    return ndashboards == 1 && l->alarms.n <= ALL_ALARMS_MAX;
}

static uint32_t series_of(const struct row_view *row) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < row->n; i++)
        n += row->graphs[i]->measure.series.n;
    return n;
}

static void leave_out(struct lower *l, enum free_tier_case why, const struct dashboard_view *d,
                      const char *is) {
    free_tier_leave_out(l, &(struct left_out){.why = why,
                                              .name = d->name,
                                              .is = str_c(is),
                                              .units = num_int(1),
                                              .at = d->at,
                                              .kind = &resource_dashboard});
}

/* Whether a dashboard more is free. */
static bool is_free(struct lower *l) {
    return !free_tier(l) || l->ndashboards < free_tier_amount(l, "dashboards");
}

/* Rows at the end go until no more metrics are drawn than are free. */
static void cut_to_free(struct lower *l, struct dashboard_view *d) {
    uint32_t drawn = 0, kept = 0;
    if (!free_tier(l))
        return;
    for (uint32_t i = 0; i < d->sections.n; i++) {
        struct section_view *s = &d->sections.at[i];
        for (kept = 0; kept < s->rows.n; kept++) {
            drawn += series_of(&s->rows.at[kept]);
            if (drawn > DASHBOARD_BASIC_METRICS)
                break;
        }
        if (kept == s->rows.n)
            continue;
        s->rows.n = kept;
        d->sections.n = i + 1;
        leave_out(l, FREE_DASHBOARD_METRICS, d,
                  "its graphs beyond " TEXT_OF(DASHBOARD_BASIC_METRICS) " metrics");
        return;
    }
}

static void user_dashboard(struct lower *l, const struct cfg_dashboard *c) {
    struct dashboard_view d = {.name = c->name.text, .at = c->name.at};
    if (!is_free(l)) {
        leave_out(l, FREE_DASHBOARD, &d, "a dashboard");
        return;
    }
    d.all_alarms = shows_all(l, l->cfg->dashboards.n);
    d.path = arena_cat(l->a, STR("dashboards."), c->name.text);
    for (uint32_t i = 0; i < c->n; i++) {
        struct section_view s = {.title = c->sections[i].title.text};
        for (uint32_t k = 0; k < c->sections[i].n; k++)
            add_row(l, &s, NULL, &c->sections[i].rows[k]);
        VEC_PUSH(l->a, &d.sections, s);
    }
    cut_to_free(l, &d);
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

static void add_watched(struct lower *l, struct dashboard_view *d, const struct watched *w) {
    str title = w->kind->section.text.n > 0 ? w->kind->section.text : w->kind->title.text;
    struct section_view *s = section_for(l, d, title);
    for (uint32_t k = 0; k < w->kind->ndashboard && !w->broken; k++)
        add_row(l, s, w, &w->kind->dashboard[k]);
}

/* What rows take of a dashboard's limits. */
struct extent {
    uint32_t widgets, metrics;
    uint32_t series; /* metrics that are no expressions */
};

static struct extent extent_of(const struct row_view *rows, uint32_t n) {
    struct extent e = {0, 0, 0};
    for (uint32_t r = 0; r < n; r++) {
        e.widgets += rows[r].n;
        e.series += series_of(&rows[r]);
        for (uint32_t g = 0; g < rows[r].n; g++)
            e.metrics += rows[r].graphs[g]->measure.series.n + rows[r].graphs[g]->n;
    }
    return e;
}

static bool fits_part(const struct lower *l, struct extent have, struct extent more) {
    if (free_tier(l) && have.series + more.series > DASHBOARD_BASIC_METRICS)
        return false;
    return have.widgets + more.widgets <= PART_WIDGETS_MAX &&
           have.metrics + more.metrics <= PART_METRICS_MAX;
}

/* The rows from `from` on that are about one resource. */
static uint32_t rows_of_one(const struct section_view *s, uint32_t from) {
    uint32_t n = 1;
    while (from + n < s->rows.n &&
           s->rows.at[from + n].graphs[0]->measure.self == s->rows.at[from].graphs[0]->measure.self)
        n++;
    return n;
}

static void emit_part(struct lower *l, struct dashboard_view *part, const struct dashboard_view *d,
                      unsigned number) {
    assert(part->sections.at != NULL && part->sections.at[0].rows.at != NULL);
    part->path = d->path;
    part->at = d->at;
    part->name = arena_printf(l->a, "%.*s-%u", STR_ARG(d->name), number);
    if (!is_free(l)) {
        leave_out(l, FREE_DASHBOARD, part, "a dashboard");
        return;
    }
    cut_to_free(l, part);
    lower_explain(l, "%.*s: from %.*s on (inferred: there is no `dashboards:`)",
                  STR_ARG(part->name),
                  STR_ARG(part->sections.at[0].rows.at[0].graphs[0]->measure.self->name));
    dashboard_emit(l, part);
}

/* A dashboard that would be too large, as several; the rows of a resource stay together. */
static void emit_parts(struct lower *l, const struct dashboard_view *d) {
    struct dashboard_view part = {0};
    struct extent have = {0, 0, 0};
    unsigned number = 0;
    for (uint32_t i = 0; i < d->sections.n; i++) {
        const struct section_view *s = &d->sections.at[i];
        for (uint32_t r = 0, n; r < s->rows.n; r += n) {
            n = rows_of_one(s, r);
            struct extent more = extent_of(s->rows.at + r, n);
            if (number == 0 || !fits_part(l, have, more)) {
                if (number > 0)
                    emit_part(l, &part, d, number);
                number++;
                part = (struct dashboard_view){0};
                have = (struct extent){0, 0, 0};
            }
            struct section_view *into = section_for(l, &part, s->title);
            for (uint32_t k = 0; k < n; k++)
                VEC_PUSH(l->a, &into->rows, s->rows.at[r + k]);
            have.widgets += more.widgets;
            have.metrics += more.metrics;
            have.series += more.series;
        }
    }
    emit_part(l, &part, d, number);
}

/* The bill, unless ops.yaml has a resource of that name, or no metrics of bills are within reach.
 */
static void add_bill(struct lower *l, struct dashboard_view *d) {
    const struct cat_kind *billing = catalog_kind(&l->catalog, STR("billing"));
    if (billing == NULL || !account_reaches(l, billing->region.text))
        return;
    struct watched *w = lower_find_watched(l, billing->kind.text, l->cfg->resources.at);
    for (uint32_t i = 0; i < l->watched.n; i++) {
        if (l->watched.at[i] == w)
            return;
    }
    if (w != NULL)
        add_watched(l, d, w);
}

/* Without `dashboards:` there is one, of the rows that the kinds have. */
static void inferred_dashboard(struct lower *l) {
    struct dashboard_view d = {
        .name = STR("overview"), .path = STR("resources"), .at = l->cfg->resources.at};
    for (uint32_t i = 0; i < l->watched.n; i++)
        add_watched(l, &d, l->watched.at[i]);
    if (d.sections.n == 0)
        return;
    add_bill(l, &d);
    struct extent all = {0, 0, 0};
    for (uint32_t i = 0; i < d.sections.n; i++) {
        struct extent e = extent_of(d.sections.at[i].rows.at, d.sections.at[i].rows.n);
        all.widgets += e.widgets;
        all.metrics += e.metrics;
        all.series += e.series;
    }
    if (!fits_part(l, all, (struct extent){0, 0, 0})) {
        emit_parts(l, &d);
        return;
    }
    lower_explain(
        l, "%.*s: one section for each kind of resource (inferred: there is no `dashboards:`)",
        STR_ARG(d.name));
    d.all_alarms = shows_all(l, 1);
    dashboard_emit(l, &d);
}

void lower_dashboards(struct lower *l) {
    lower_explain_title(l, "dashboards");
    for (uint32_t i = 0; i < l->cfg->dashboards.n; i++)
        user_dashboard(l, &l->cfg->dashboards.items[i]);
    if (!given(l->cfg->dashboards.at) && !given(l->cfg->dashboards_none) && l->watched.n > 0)
        inferred_dashboard(l);
}

static void empty_dashboard(struct lower *l, const struct dashboard_view *v) {
    struct diag *d = diag_add(l->dl, DIAG_EMPTY_DASHBOARD, v->at, "dashboard `%.*s` has no graphs",
                              STR_ARG(v->name));
    diag_hint(l->dl, d,
              "Name metrics under a section, or remove it; without `dashboards:` opsc makes "
              "one of all resources.");
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
    else if (widgets == 0 && l->dl->errors == 0)
        empty_dashboard(l, d);
    if (g != NULL)
        diag_hint(l->dl, g, "Split it into several.");
}
