/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/dashboard.h"
#include "lower/exactly.h"

/* PutCompositeAlarm: the length of AlarmRule; "CloudWatch service quotas": alarms that it names. */
#define RULE_MAX_BYTES 10240
#define CHILDREN_MAX 100
#define SUPPRESS_S 60 /* `wait` and `extend` of who does not say them */

/* Plans go when the graph is whole: what a node keeps of them is copied. */
static struct value *kept(struct lower *l, str text, span at) {
    return value_str(l->a, arena_str(l->a, text), at);
}

static struct value *dimensions(struct lower *l, const struct series *s, span at) {
    if (s->ndimensions == 0)
        return NULL;
    struct value *map = value_map(l->a, s->ndimensions, at);
    for (uint32_t i = 0; i < s->ndimensions; i++)
        value_set(map, s->dimensions[i].name, s->dimensions[i].value);
    return map;
}

/* What a query is pushed to; `room` for all of them. */
struct queries {
    struct lower *l;
    struct node *n;
    uint32_t room;
    span at;
};

static struct graph_block push_query(const struct queries *q, str id) {
    struct graph_block b = graph_block_push(q->l->graph, q->n, "metric_query", q->room, q->at);
    graph_block_set(b, "id", value_str(q->l->a, id, q->at));
    return b;
}

/* One metric of the alarm. */
static void push_series(const struct queries *to, const struct cond *c, uint32_t i, bool shown) {
    struct lower *l = to->l;
    const struct series *s = &c->measure.series.at[i];
    str id = i == 0 ? STR("m1") : arena_printf(l->a, "m%u", i + 1);
    struct graph_block q = push_query(to, id);
    if (shown)
        graph_block_set(q, "return_data", value_bool(l->a, true, to->at));
    struct graph_block m = graph_block_in(l->graph, q, "metric", to->at);
    graph_block_set(m, "namespace", value_str(l->a, s->namespace_, to->at));
    graph_block_set(m, "metric_name", kept(l, s->metric, to->at));
    graph_block_set(m, "dimensions", dimensions(l, s, to->at));
    graph_block_set(m, "period", value_int(l->a, c->period_s, to->at));
    graph_block_set(m, "stat", kept(l, s->stat, to->at));
}

static void push_math(const struct queries *to, str id, str text, str label) {
    struct graph_block b = push_query(to, id);
    graph_block_set(b, "expression", kept(to->l, text, to->at));
    graph_block_set(b, "label", kept(to->l, label, to->at));
    graph_block_set(b, "return_data", value_bool(to->l->a, true, to->at));
}

static void set_queries(struct lower *l, struct node *n, const struct cond *c, span at) {
    uint32_t count = c->measure.series.n;
    const struct queries to = {l, n, count + 2, at};
    bool math = c->form == COND_MATH || !str_eq(c->math, STR("m1"));
    if (c->form == COND_BAND) {
        str of = math ? STR("e1") : STR("m1");
        str text =
            arena_printf(l->a, "ANOMALY_DETECTION_BAND(%.*s, %.*s)", STR_ARG(of), STR_ARG(c->band));
        push_math(&to, STR("ad1"), text, STR("expected"));
        node_set(n, "threshold_metric_id", value_str(l->a, STR("ad1"), at));
    }
    if (math)
        push_math(&to, STR("e1"), c->math, c->label);
    for (uint32_t i = 0; i < count; i++)
        push_series(&to, c, i, !math);
}

static void set_metric(struct lower *l, struct node *n, const struct cond *c, span at) {
    const struct series *s = &c->measure.series.at[0];
    node_set(n, "namespace", value_str(l->a, s->namespace_, at));
    node_set(n, "metric_name", kept(l, s->metric, at));
    node_set(n, "dimensions", dimensions(l, s, at));
    bool plain = str_is(s->stat, "Average") || str_is(s->stat, "Sum") ||
                 str_is(s->stat, "Minimum") || str_is(s->stat, "Maximum") ||
                 str_is(s->stat, "SampleCount");
    node_set(n, plain ? "statistic" : "extended_statistic", kept(l, s->stat, at));
    node_set(n, "period", value_int(l->a, c->period_s, at));
}

static void set_actions(struct lower *l, struct node *n, const struct alarm *al) {
    bool quiet = al->cfg != NULL && given(al->cfg->enabled.at) && !al->cfg->enabled.value;
    if (l->enabled == NULL)
        l->enabled = value_var(l->a, STR("alarm_actions_enabled"),
                               value_bool(l->a, true, l->cfg->at), l->cfg->at);
    node_set(n, "actions_enabled",
             quiet ? value_bool(l->a, false, al->cfg->enabled.at) : l->enabled);
    /* Who is told exactly needs no topic. */
    if (al->cfg != NULL && exactly_get(&al->cfg->exactly, "alarm_actions") != NULL)
        return;
    struct value *to = lower_actions(l, al);
    node_set(n, "alarm_actions", to);
    node_set(n, "ok_actions", to);
}

static struct node *alarm_node(struct lower *l, struct alarm *al, const struct resource_kind *k) {
    struct node *n = graph_add(l->graph, k, al->name, al->at);
    n->module = STR("monitoring");
    n->region = str_is(l->cfg->aws.region.text, GRAPH_GLOBAL_NAME) ? GRAPH_REGION_HOME : al->region;
    n->name = al->cfg != NULL && given(al->cfg->called.at)
                  ? al->cfg->called.text
                  : arena_cat3(l->a, l->prefix, STR("-"), al->name);
    n->path = al->path;
    if (al->origin == ALARM_RECOMMENDED)
        n->comment =
            arena_printf(l->a, "recommended for kind %.*s", STR_ARG(al->watched->kind->kind.text));
    node_set(n, "alarm_name", value_str(l->a, n->name, al->at));
    if (!al->exact)
        node_set(n, "alarm_description", value_str(l->a, al->description, al->at));
    set_actions(l, n, al);
    al->node = n;
    return n;
}

static void set_exactly(struct lower *l, struct node *n, const struct alarm *al) {
    if (al->cfg != NULL && given(al->cfg->exactly.at))
        exactly_apply(l, n, &al->cfg->exactly);
}

static void metric_alarm(struct lower *l, struct alarm *al) {
    struct node *n = alarm_node(l, al, &resource_metric_alarm);
    const struct cond *c = al->plan;
    span at = al->when_at;
    if (c->form == COND_METRIC)
        set_metric(l, n, c, at);
    node_set(n, "comparison_operator", value_str(l->a, str_c(cond_comparison(c->op)), at));
    if (c->form != COND_BAND)
        node_set(n, "threshold", value_num(l->a, c->threshold, at));
    node_set(n, "evaluation_periods", value_int(l->a, c->evaluations, at));
    node_set(n, "datapoints_to_alarm", value_int(l->a, c->datapoints, at));
    node_set(n, "treat_missing_data",
             value_str(l->a, str_c(expr_missing_rows[c->missing].cloudwatch), at));
    if (c->form != COND_METRIC)
        set_queries(l, n, c, at);
    set_exactly(l, n, al);
    lower_note_bill(l, n);
}

struct rule {
    struct lower *l;
    struct value *parts;
    struct buf text;
    span at;
    size_t total;
    struct map children;
};

static void flush(struct rule *r) {
    if (r->text.n == 0)
        return;
    r->total += r->text.n;
    value_push(r->parts, value_str(r->l->a, buf_keep(&r->text, r->l->a), r->at));
}

static void put_rule(struct rule *r, const struct expr *e, bool inside) {
    if (e->kind == EXPR_ALARM) {
        const struct alarm *child = map_get(&r->l->alarms_by_name, e->name);
        if (child == NULL || child->node == NULL)
            return;
        map_add(r->l->a, &r->children, child->name, r->l);
        BUF_LIT(&r->text, "ALARM(\"");
        flush(r);
        r->total += child->node->name.n;
        value_push(r->parts, value_ref(r->l->a, child->node, "alarm_name", e->at));
        BUF_LIT(&r->text, "\")");
        return;
    }
    if (e->kind == EXPR_NOT) {
        BUF_LIT(&r->text, "NOT ");
        put_rule(r, e->args[0], true);
        return;
    }
    if (inside)
        BUF_LIT(&r->text, "(");
    put_rule(r, e->args[0], e->args[0]->kind != e->kind);
    buf_text(&r->text, e->kind == EXPR_AND ? " AND " : " OR ");
    put_rule(r, e->args[1], e->args[1]->kind != e->kind);
    if (inside)
        BUF_LIT(&r->text, ")");
}

static uint32_t count_parts(const struct expr *e) {
    uint32_t n = 2;
    for (uint32_t i = 0; i < e->nargs; i++)
        n += count_parts(e->args[i]);
    return n;
}

int64_t lower_suppress_s(const struct cfg_quantity *q) {
    return given(q->at) ? num_floor(q->q.value) : SUPPRESS_S;
}

static void set_suppressor(struct lower *l, struct node *n, const struct alarm *al) {
    const struct cfg_alarm *c = al->cfg;
    if (c == NULL || c->suppress == NULL)
        return;
    const struct alarm *by = map_get(&l->alarms_by_name, c->suppress->by.text);
    if (by == NULL || by->node == NULL)
        return;
    struct graph_block b = graph_block_of(l->graph, n, "actions_suppressor", c->suppress->at);
    int64_t wait = lower_suppress_s(&c->suppress->wait);
    int64_t extend = lower_suppress_s(&c->suppress->extend);
    graph_block_set(b, "alarm", value_ref(l->a, by->node, "alarm_name", c->suppress->by.at));
    graph_block_set(b, "wait_period", value_int(l->a, wait, c->suppress->at));
    graph_block_set(b, "extension_period", value_int(l->a, extend, c->suppress->at));
}

static void check_rule(const struct rule *r) {
    struct diag *d = NULL;
    if (r->children.n > CHILDREN_MAX)
        d = diag_add(r->l->dl, DIAG_LIMIT_COUNT, r->at,
                     "an alarm over alarms sees at most %d of them, this one names %u",
                     CHILDREN_MAX, r->children.n);
    else if (r->total > RULE_MAX_BYTES)
        d = diag_add(r->l->dl, DIAG_LIMIT_LENGTH, r->at,
                     "the rule of a composite alarm has at most %d characters, this has %zu",
                     RULE_MAX_BYTES, r->total);
    if (d != NULL)
        diag_hint(r->l->dl, d, "Make alarms over parts of them, and one over those.");
}

static void composite_alarm(struct lower *l, struct alarm *al) {
    struct node *n = alarm_node(l, al, &resource_composite_alarm);
    struct value *parts =
        value_list(l->a, VALUE_TEXT, count_parts(al->condition->root) * 2, al->condition->at);
    struct rule r = {l, parts, BUF_INIT(1u << 20), al->condition->at, 0, {0}};
    put_rule(&r, al->condition->root, false);
    flush(&r);
    buf_done(&r.text);
    check_rule(&r);
    node_set(n, "alarm_rule", parts);
    set_suppressor(l, n, al);
    set_exactly(l, n, al);
}

/* The alarm that AWS calls so, if it is one of ours. */
static const struct node *called(const struct lower *l, str name) {
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        const struct node *n = l->alarms.at[i]->node;
        if (n != NULL && str_eq(n->name, name))
            return n;
    }
    return NULL;
}

/* A rule as AWS has it; alarms of ours in it are made before it. */
static void exact_rule(struct lower *l, struct node *n, str rule, span at) {
    struct value *parts = value_list(l->a, VALUE_TEXT, rule.n + 1, at);
    uint32_t from = 0;
    for (uint32_t i = 0; i < rule.n; i++) {
        if (rule.p[i] != '"')
            continue;
        uint32_t end = i + 1 + str_find(str_sub(rule, i + 1, rule.n), '"');
        const struct node *child = called(l, str_sub(rule, i + 1, end));
        if (child != NULL && child != n && end < rule.n) {
            value_push(parts, value_str(l->a, str_sub(rule, from, i + 1), at));
            value_push(parts, value_ref(l->a, child, "alarm_name", at));
            from = end;
        }
        i = end;
    }
    if (from == 0)
        return;
    value_push(parts, value_str(l->a, str_sub(rule, from, rule.n), at));
    node_set(n, "alarm_rule", parts);
}

/* After all others: a rule may name them. */
static void exact_alarm(struct lower *l, struct alarm *al) {
    const struct value *rule = exactly_get(&al->cfg->exactly, "alarm_rule");
    bool over = rule != NULL;
    if (!over && al->left_out)
        return;
    struct node *n = alarm_node(l, al, over ? &resource_composite_alarm : &resource_metric_alarm);
    set_exactly(l, n, al);
    if (!over)
        lower_note_bill(l, n);
    if (over && rule->type == VALUE_STR)
        exact_rule(l, n, rule->text, rule->at);
}

/* Children first, so that a rule can refer to their nodes. composite.c has limited the depth. */
static void composite_after_children(struct lower *l, struct alarm *al);

static void make_children(struct lower *l, const struct expr *e) {
    if (e->kind == EXPR_ALARM) {
        struct alarm *child = map_get(&l->alarms_by_name, e->name);
        if (child != NULL && child->composite)
            composite_after_children(l, child);
    }
    for (uint32_t i = 0; i < e->nargs; i++)
        make_children(l, e->args[i]);
}

static void composite_after_children(struct lower *l, struct alarm *al) {
    if (al->node != NULL || al->condition == NULL)
        return;
    make_children(l, al->condition->root);
    if (lower_is_suppressed(al)) {
        struct alarm *by = map_get(&l->alarms_by_name, al->cfg->suppress->by.text);
        if (by != NULL && by->composite)
            composite_after_children(l, by);
    }
    composite_alarm(l, al);
}

static void exact_alarms(struct lower *l, bool over) {
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        struct alarm *al = l->alarms.at[i];
        if (al->exact && over == (exactly_get(&al->cfg->exactly, "alarm_rule") != NULL))
            exact_alarm(l, al);
    }
}

void lower_alarm_nodes(struct lower *l) {
    map_reserve(l->a, &l->graph->labels, l->alarms.n);
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        struct alarm *al = l->alarms.at[i];
        al->index = i;
        if (al->left_out && !al->composite)
            lower_left_out(l, al);
        if (al->plan == NULL || al->left_out)
            continue;
        measure_use(&al->plan->measure);
        metric_alarm(l, al);
        dashboard_note_alarm(l, al);
        lower_note_hanging(l, al);
    }
    exact_alarms(l, false);
    /* A composite of wrong alarms has been reported; it has no rule to be made of. */
    for (uint32_t i = 0; i < l->alarms.n && l->dl->errors == 0; i++) {
        struct alarm *al = l->alarms.at[i];
        if (al->composite && al->left_out)
            lower_left_out(l, al);
        else if (al->composite)
            composite_after_children(l, al);
    }
    exact_alarms(l, true);
}
