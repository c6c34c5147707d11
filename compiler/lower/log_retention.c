/* SPDX-License-Identifier: MIT */
#include "lower/lifecycle.h"

/* CreateLogGroup of CloudWatch Logs: logGroupName. */
#define GROUP_NAME_MAX 512

static bool is_group_name(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        bool word = ascii_is_alnum(c);
        if (!word && (c == 0 || strchr("._-/#", c) == NULL))
            return false;
    }
    return s.n > 0 && s.n <= GROUP_NAME_MAX;
}

static bool check_name(struct lower *l, const struct cfg_text *name) {
    if (is_group_name(name->text))
        return true;
    struct diag *d = diag_add(l->dl, DIAG_BAD_FORMAT, name->at,
                              "`%.*s` cannot be the name of a log group", STR_ARG(name->text));
    diag_hint(l->dl, d, "Letters, digits and . _ - / # may be in it, such as /aws/lambda/resize.");
    return false;
}

/* Groups that this spec makes keep lines as long as is said where they are made. */
static bool is_made(struct lower *l, const struct cfg_text *name) {
    for (uint32_t i = 0; i < l->graph->nodes.n; i++) {
        const struct node *n = l->graph->nodes.at[i];
        const struct value *v = n->kind == &resource_log_group ? node_get(n, "name") : NULL;
        if (v == NULL || v->type != VALUE_STR || !str_eq(v->text, name->text) ||
            n->region != GRAPH_REGION_HOME)
            continue;
        struct diag *d = diag_add(l->dl, DIAG_LOG_RETENTION, name->at,
                                  "opsc makes the log group `%.*s` itself", STR_ARG(name->text));
        diag_also(l->dl, d, n->at, "for this");
        diag_hint(l->dl, d,
                  map_get(&l->log_groups, name->text) != NULL
                      ? "Say it there: `retention` of the log."
                      : "Take it away: it keeps lines for a month.");
        return true;
    }
    return false;
}

/* It may be there or not: Terraform looks, and the root module imports what is. */
static void add_import(struct lower *l, const struct node *n) {
    struct node *look = graph_add(l->graph, &resource_data_log_groups, n->name, n->at);
    look->module = n->module;
    look->name = n->name;
    look->path = n->path;
    node_set(look, "log_group_name_prefix", value_str(l->a, n->name, n->at));
    str output = arena_cat(l->a, STR("log_groups_"), n->label);
    VEC_PUSH(l->a, &l->graph->outputs,
             (struct graph_output){
                 .module = n->module,
                 .name = output,
                 .doc = arena_cat(l->a, STR("Log groups whose names begin with "), n->name),
                 .is = value_ref(l->a, look, "log_group_names", n->at)});
    VEC_PUSH(l->a, &l->graph->imports,
             (struct graph_import){.node = n, .id = n->name, .output = output});
}

static void add_group(struct lower *l, const struct cfg_retention *c) {
    int64_t days = lower_retention(l, &c->after);
    if (!check_name(l, &c->name) || is_made(l, &c->name))
        return;
    struct node *n = graph_add(l->graph, &resource_log_group, c->name.text, c->name.at);
    n->module = STR(OPTIMIZATION_MODULE);
    n->name = c->name.text;
    n->path = arena_cat(l->a, STR("cost.log_retention."), c->name.text);
    n->comment = STR("lines that are older are deleted");
    n->adopted = true;
    node_set(n, "name", value_str(l->a, c->name.text, c->name.at));
    node_set(n, "retention_in_days", value_int(l->a, days, c->after.at));
    /* It is another's: when this goes from ops.yaml, the group stays with its lines. */
    node_set(n, "skip_destroy", value_bool(l->a, true, c->name.at));
    add_import(l, n);
}

void lower_log_retention(struct lower *l) {
    for (uint32_t i = 0; i < l->cfg->cost.log_retention.n; i++)
        add_group(l, &l->cfg->cost.log_retention.items[i]);
}
