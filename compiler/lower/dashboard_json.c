/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "lower/account.h"
#include "lower/dashboard.h"
#include "lower/describe.h"
#include "lower/words.h"

#define BODY_MAX (64u << 20)
#define GRAPH_HEIGHT 6
#define SINGLES_MAX 3
#define ALARMS_PER_WIDGET 100 /* CloudWatch */
#define ALARMS_PER_LINE 6
#define RARE_PERIOD_S 21600

/* What a file must fill in when it is read: names of data sources. */
struct tokens {
    VEC(struct value_field) fields;
    struct map seen;
};

struct body {
    struct lower *l;
    struct json j;
    struct buf out;
    struct tokens tokens;
    int y;
    uint32_t widgets, metrics, series; /* series: metrics that are no expressions */
};

static str token_for(struct body *b, str name, struct value *v) {
    if (map_add(b->l->a, &b->tokens.seen, name, v) == NULL)
        VEC_PUSH(b->l->a, &b->tokens.fields, (struct value_field){name, v});
    return name;
}

/* A name that Terraform takes as a variable: letters, digits, underscores. */
static str token_name(struct arena *a, str label) {
    str s = arena_cat(a, label, STR("_id"));
    unsigned char *p = arena_alloc(a, s.n + 1, 1);
    for (uint32_t i = 0; i < s.n; i++)
        p[i] = s.p[i] == '-' ? '_' : s.p[i];
    return (str){p, s.n};
}

static void put_value(struct body *b, const struct dimension *d) {
    if (d->value->type == VALUE_STR) {
        json_str(&b->j, d->value->text);
        return;
    }
    str name = token_for(b, token_name(b->l->a, d->value->ref.node->label), d->value);
    json_str_open(&b->j);
    json_str_template(&b->j, name);
    json_str_close(&b->j);
}

static void widget_begin(struct body *b, const char *type, int x, int width, int height) {
    json_object_begin(&b->j);
    json_kstr(&b->j, "type", str_c(type));
    json_kint(&b->j, "x", x);
    json_kint(&b->j, "y", b->y);
    json_kint(&b->j, "width", width);
    json_kint(&b->j, "height", height);
    json_key(&b->j, STR("properties"));
    json_object_begin(&b->j);
    b->widgets++;
}

static void widget_end(struct body *b) {
    json_object_end(&b->j);
    json_object_end(&b->j);
}

static void text_widget(struct body *b, str markdown, int height) {
    widget_begin(b, "text", 0, DASHBOARD_COLUMNS, height);
    json_kstr(&b->j, "markdown", markdown);
    json_kstr(&b->j, "background", STR("transparent"));
    widget_end(b);
    b->y += height;
}

static void put_alarm_arn(struct body *b, const struct alarm *al) {
    struct lower *l = b->l;
    struct value *id = account_id(l, "monitoring", al->at);
    json_str_open(&b->j);
    json_str_piece(&b->j, STR("arn:"));
    json_str_piece(&b->j, account_partition(l));
    json_str_piece(&b->j, STR(":cloudwatch:"));
    json_str_piece(&b->j, lower_region(l, al->region));
    json_str_piece(&b->j, STR(":"));
    if (id->type == VALUE_STR)
        json_str_piece(&b->j, id->text);
    else
        json_str_template(&b->j, token_for(b, STR("account_id"), id));
    json_str_piece(&b->j, STR(":alarm:"));
    json_str_piece(&b->j, al->node->name);
    json_str_close(&b->j);
}

/* What fires now, at the top: alarms of the home region, and those of us-east-1 beside them. */
static void alarm_widget(struct body *b, struct alarm **alarms, uint32_t n) {
    int height = 2 + (int)((n - 1) / ALARMS_PER_LINE);
    widget_begin(b, "alarm", 0, DASHBOARD_COLUMNS, height > 8 ? 8 : height);
    json_kstr(&b->j, "title", str_c(word(b->l->catalog.language, WORD_ALARMS)));
    json_key(&b->j, STR("alarms"));
    json_array_begin(&b->j);
    for (uint32_t i = 0; i < n; i++)
        put_alarm_arn(b, alarms[i]);
    json_array_end(&b->j);
    widget_end(b);
    b->y += height > 8 ? 8 : height;
}

static void alarm_widgets(struct body *b, const struct dashboard_view *d) {
    uint32_t n;
    struct alarm **list = dashboard_alarms(b->l, d, &n);
    for (uint32_t i = 0; i < n; i += ALARMS_PER_WIDGET)
        alarm_widget(b, list + i, n - i < ALARMS_PER_WIDGET ? n - i : ALARMS_PER_WIDGET);
}

static void metric_item(struct body *b, const struct graph_view *g, uint32_t index, str label,
                        bool visible, bool needs_id) {
    const struct series *s = &g->measure.series.at[index];
    json_array_begin(&b->j);
    json_str(&b->j, s->namespace_);
    json_str(&b->j, s->metric);
    for (uint32_t i = 0; i < s->ndimensions; i++) {
        json_str(&b->j, s->dimensions[i].name);
        put_value(b, &s->dimensions[i]);
    }
    json_object_begin(&b->j);
    if (needs_id)
        json_kstr(&b->j, "id", arena_printf(b->l->a, "m%u", index + 1));
    json_kstr(&b->j, "stat", s->stat);
    if (s->region != g->measure.series.at[0].region)
        json_kstr(&b->j, "region", lower_region(b->l, s->region));
    if (visible)
        json_kstr(&b->j, "label", label);
    else
        json_kbool(&b->j, "visible", false);
    json_object_end(&b->j);
    json_array_end(&b->j);
    b->metrics++;
    b->series++;
}

static void math_item(struct body *b, str math, str label, uint32_t id) {
    json_array_begin(&b->j);
    json_object_begin(&b->j);
    json_kstr(&b->j, "expression", math);
    json_kstr(&b->j, "label", label);
    json_kstr(&b->j, "id", arena_printf(b->l->a, "e%u", id + 1));
    json_object_end(&b->j);
    json_array_end(&b->j);
    b->metrics++;
}

/* "by service": one curve for each value of the dimension, the ten largest. */
/* A value inside of the quotes of a search expression. */
static void put_search_value(struct buf *b, str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\'' || s.p[i] == '\\')
            buf_byte(b, '\\');
        buf_byte(b, s.p[i]);
    }
}

static void search_item(struct body *b, const struct series *s, uint32_t id, int64_t period_s) {
    struct buf t = BUF_INIT(8192);
    buf_printf(&t, "SORT(SEARCH('{%.*s", STR_ARG(s->namespace_));
    for (uint32_t i = 0; i < s->ndimensions; i++)
        buf_printf(&t, ",%.*s", STR_ARG(s->dimensions[i].name));
    buf_printf(&t, ",%.*s} MetricName=\"%.*s\"", STR_ARG(s->by), STR_ARG(s->metric));
    for (uint32_t i = 0; i < s->ndimensions; i++) {
        if (s->dimensions[i].value->type != VALUE_STR)
            continue;
        buf_printf(&t, " %.*s=\"", STR_ARG(s->dimensions[i].name));
        put_search_value(&t, s->dimensions[i].value->text);
        buf_byte(&t, '"');
    }
    buf_printf(&t, "', '%.*s', %lld), MAX, DESC, 10)", STR_ARG(s->stat), (long long)period_s);
    json_array_begin(&b->j);
    json_object_begin(&b->j);
    json_kstr(&b->j, "expression", buf_str(&t));
    json_kstr(&b->j, "label", STR(""));
    json_kstr(&b->j, "id", arena_printf(b->l->a, "e%u", id + 1));
    json_object_end(&b->j);
    json_array_end(&b->j);
    b->metrics++;
    buf_done(&t);
}

/* Series have names when something is computed from them. */
static bool needs_ids(const struct graph_view *g, const struct dashboard_lines *lines) {
    bool needs = false;
    for (uint32_t i = 0; i < g->n; i++)
        needs |= g->curves[i].value.kind == OPERAND_MATH;
    for (uint32_t i = 0; i < lines->n; i++)
        needs |= lines->at[i].band;
    return needs;
}

static void band_item(struct body *b, const struct dashboard_line *line) {
    str math = arena_printf(b->l->a, "ANOMALY_DETECTION_BAND(m%u, %.*s)", line->series + 1,
                            STR_ARG(line->alarm->plan->band));
    json_inline_begin(&b->j);
    json_array_begin(&b->j);
    json_object_begin(&b->j);
    json_kstr(&b->j, "expression", math);
    json_kstr(&b->j, "label", line->alarm->name);
    json_kstr(&b->j, "id", STR("ad1"));
    json_object_end(&b->j);
    json_array_end(&b->j);
    json_inline_end(&b->j);
    b->metrics++;
}

static void put_metrics(struct body *b, const struct graph_view *g,
                        const struct dashboard_lines *lines) {
    bool ids = needs_ids(g, lines);
    json_key(&b->j, STR("metrics"));
    json_array_begin(&b->j);
    bool *drawn = ARENA_ARRAY(b->l->a, bool, g->measure.series.n + 1);
    for (uint32_t i = 0; i < g->n; i++) {
        const struct curve *c = &g->curves[i];
        json_inline_begin(&b->j);
        str label = dashboard_label(b->l, g, c);
        if (c->value.kind == OPERAND_MATH) {
            math_item(b, c->value.math, label, i);
        } else {
            const struct series *s = &g->measure.series.at[c->value.series];
            drawn[c->value.series] = true;
            if (s->by.n > 0)
                search_item(b, s, i, g->period_s);
            else
                metric_item(b, g, c->value.series, label, true, ids);
        }
        json_inline_end(&b->j);
    }
    for (uint32_t i = 0; i < g->measure.series.n; i++) {
        if (drawn[i])
            continue;
        json_inline_begin(&b->j);
        metric_item(b, g, i, STR(""), false, true);
        json_inline_end(&b->j);
    }
    for (uint32_t i = 0; i < lines->n; i++) {
        if (lines->at[i].band)
            band_item(b, &lines->at[i]);
    }
    json_array_end(&b->j);
}

static const char *severity_colour(enum cfg_severity s) {
    return s == CFG_CRITICAL ? "#d62728" : s == CFG_WARNING ? "#ff7f0e" : "#7f7f7f";
}

static void put_thresholds(struct body *b, const struct dashboard_lines *lines) {
    bool any = false;
    for (uint32_t i = 0; i < lines->n; i++)
        any |= !lines->at[i].band;
    if (!any)
        return;
    json_key(&b->j, STR("annotations"));
    json_object_begin(&b->j);
    json_key(&b->j, STR("horizontal"));
    json_array_begin(&b->j);
    for (uint32_t i = 0; i < lines->n; i++) {
        const struct dashboard_line *line = &lines->at[i];
        if (line->band)
            continue;
        json_inline_begin(&b->j);
        json_object_begin(&b->j);
        json_key(&b->j, STR("value"));
        json_num(&b->j, line->value);
        json_kstr(&b->j, "label", line->alarm->name);
        json_kstr(&b->j, "color", str_c(severity_colour(line->alarm->severity)));
        json_kstr(&b->j, "fill", line->above ? STR("above") : STR("below"));
        json_object_end(&b->j);
        json_inline_end(&b->j);
    }
    json_array_end(&b->j);
    json_object_end(&b->j);
}

/* What the left axis counts, when all curves count the same. */
static void put_axis(struct body *b, const struct graph_view *g) {
    const struct operand *first = &g->curves[0].value;
    bool same = true;
    for (uint32_t i = 1; i < g->n; i++)
        same &= dim_eq(g->curves[i].value.dim, first->dim) &&
                num_cmp(g->curves[i].value.scale, first->scale) == 0;
    bool percent = dim_eq(first->dim, DIM_NONE) && num_cmp(first->scale, num_ratio(1, 100)) == 0;
    const char *label = NULL;
    if (percent)
        label = "%";
    for (uint32_t i = 0; i < metric_units_n && label == NULL; i++) {
        const struct unit *u = &metric_units[i];
        if (dim_eq(u->dim, first->dim) && num_cmp(u->scale, first->scale) == 0 &&
            !dim_eq(u->dim, DIM_NONE))
            label = u->name;
    }
    json_key(&b->j, STR("yAxis"));
    json_inline_begin(&b->j);
    json_object_begin(&b->j);
    json_key(&b->j, STR("left"));
    json_object_begin(&b->j);
    json_kint(&b->j, "min", 0);
    if (percent && same)
        json_kint(&b->j, "max", 100);
    if (same && label != NULL) {
        json_kstr(&b->j, "label", str_c(label));
        json_kbool(&b->j, "showUnits", false);
    }
    json_object_end(&b->j);
    json_object_end(&b->j);
    json_inline_end(&b->j);
}

static void graph_widget(struct body *b, const struct graph_view *g, int x, int width) {
    enum graph_region region = g->measure.series.at[0].region;
    bool by = false;
    for (uint32_t i = 0; i < g->measure.series.n; i++)
        by |= g->measure.series.at[i].by.n > 0;
    widget_begin(b, "metric", x, width, GRAPH_HEIGHT);
    json_kstr(&b->j, "title", dashboard_title(b->l, g));
    json_kstr(&b->j, "region", lower_region(b->l, region));
    json_kstr(&b->j, "view", by ? STR("bar") : STR("timeSeries"));
    json_kbool(&b->j, "stacked", false);
    json_kint(&b->j, "period", g->period_s);
    /* What comes a few times a day would be a point or nothing in the dashboard's eight hours. */
    if (g->period_s >= RARE_PERIOD_S)
        json_kstr(&b->j, "start", STR("-P30D"));
    struct dashboard_lines lines = dashboard_lines(b->l, g);
    put_metrics(b, g, &lines);
    put_thresholds(b, &lines);
    if (!by)
        put_axis(b, g);
    widget_end(b);
}

static void put_section(struct body *b, const struct section_view *s) {
    if (s->rows.n == 0)
        return;
    text_widget(b, arena_cat(b->l->a, STR("## "), dashboard_markdown(b->l, s->title)), 1);
    for (uint32_t r = 0; r < s->rows.n; r++) {
        const struct row_view *row = &s->rows.at[r];
        int n = (int)row->n, x = 0;
        for (int i = 0; i < n; i++) {
            /* The columns that do not divide evenly go to the first graphs. */
            int width = DASHBOARD_COLUMNS / n + (i < DASHBOARD_COLUMNS % n);
            graph_widget(b, row->graphs[i], x, width);
            x += width;
        }
        b->y += GRAPH_HEIGHT;
    }
}

/*
 * Rows with a single graph stand side by side, at most three: a third of the page is wide
 * enough. Four of them make two rows of two.
 */
static struct section_view side_by_side(struct lower *l, const struct section_view *s) {
    struct section_view r = {.title = s->title};
    for (uint32_t i = 0, end; i < s->rows.n; i = end) {
        for (end = i; end < s->rows.n && s->rows.at[end].n == 1;)
            end++;
        if (end == i) {
            VEC_PUSH(l->a, &r.rows, s->rows.at[end++]);
            continue;
        }
        uint32_t singles = end - i, rows = (singles + SINGLES_MAX - 1) / SINGLES_MAX;
        for (uint32_t k = 0, at = i; k < rows; k++) {
            uint32_t n = singles / rows + (k < singles % rows);
            struct row_view row = {.graphs = ARENA_ARRAY(l->a, struct graph_view *, n), .n = n};
            for (uint32_t g = 0; g < n; g++)
                row.graphs[g] = s->rows.at[at++].graphs[0];
            VEC_PUSH(l->a, &r.rows, row);
        }
    }
    return r;
}

static bool has_references(const struct lower *l) {
    return !account_known(l) || l->data_nodes.n > 0;
}

/* Pages of alarms link to the dashboard that shows what they watch. */
static void note_drawn(struct lower *l, const struct dashboard_view *d, const struct node *n) {
    for (uint32_t s = 0; s < d->sections.n; s++) {
        for (uint32_t r = 0; r < d->sections.at[s].rows.n; r++) {
            const struct row_view *row = &d->sections.at[s].rows.at[r];
            for (uint32_t g = 0; g < row->n; g++)
                dashboard_note_drawn(l, row->graphs[g], n);
        }
    }
}

void dashboard_emit(struct lower *l, const struct dashboard_view *d) {
    struct body b = {.l = l, .out = BUF_INIT(BODY_MAX)};
    b.j = json_to(&b.out, 2);
    b.j.hcl_template = has_references(l);
    json_object_begin(&b.j);
    json_kstr(&b.j, "start", STR("-PT8H"));
    json_kstr(&b.j, "periodOverride", STR("inherit"));
    json_key(&b.j, STR("widgets"));
    json_array_begin(&b.j);
    text_widget(&b,
                arena_printf(l->a,
                             "# %.*s\nGenerated by opsc from %.*s (%.*s); edits here are lost.",
                             STR_ARG(l->prefix), STR_ARG(l->cfg->spec), STR_ARG(d->path)),
                2);
    alarm_widgets(&b, d);
    uint32_t before = b.widgets;
    for (uint32_t i = 0; i < d->sections.n; i++) {
        struct section_view s = side_by_side(l, &d->sections.at[i]);
        put_section(&b, &s);
    }
    json_array_end(&b.j);
    json_object_end(&b.j);
    buf_byte(&b.out, '\n');
    dashboard_check_limits(l, d, b.widgets == before ? 0 : b.widgets, b.metrics);
    str file = arena_printf(l->a, "dashboards/%.*s.json", STR_ARG(d->name));
    struct value *tokens = NULL;
    if (b.j.hcl_template && b.tokens.fields.n > 0) {
        tokens = value_map(l->a, b.tokens.fields.n, d->at);
        for (uint32_t i = 0; i < b.tokens.fields.n; i++)
            value_set(tokens, b.tokens.fields.at[i].name, b.tokens.fields.at[i].value);
    }
    struct node *n = graph_add(l->graph, &resource_dashboard, d->name, d->at);
    n->module = STR("monitoring");
    n->name = arena_printf(l->a, "%.*s-%.*s", STR_ARG(l->prefix), STR_ARG(d->name));
    n->path = d->path;
    node_set(n, "dashboard_name", value_str(l->a, n->name, d->at));
    node_set(n, "dashboard_body", value_file(l->a, file, tokens, d->at));
    VEC_PUSH(l->a, &l->graph->files,
             (struct graph_file){arena_cat(l->a, STR("terraform/modules/monitoring/"), file),
                                 buf_keep(&b.out, l->a), false, d->at});
    VEC_PUSH(l->a, &l->drawn, b.series);
    if (describe_has_pages(l))
        note_drawn(l, d, n);
    l->ndashboards++;
}
