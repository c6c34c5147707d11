/* SPDX-License-Identifier: MIT */
#include "lower/lower.h"

#include "lower/account.h"
#include "lower/backup.h"
#include "lower/budgets.h"
#include "lower/cdn.h"
#include "lower/context.h"
#include "lower/coverage.h"
#include "lower/database.h"
#include "lower/deploy.h"
#include "lower/exactly.h"
#include "lower/explain.h"
#include "lower/free_tier.h"
#include "lower/lifecycle.h"
#include "lower/runbook.h"
#include "lower/secrets.h"

#include <stdarg.h>

void lower_explain(struct lower *l, const char *fmt, ...) {
    if (l->explain == NULL)
        return;
    va_list ap;
    va_start(ap, fmt);
    if (l->explain_title != NULL)
        buf_printf(l->explain, "%s%s\n", l->explain->n > 0 ? "\n" : "", l->explain_title);
    l->explain_title = NULL;
    BUF_LIT(l->explain, "  ");
    buf_vprintf(l->explain, fmt, ap);
    va_end(ap);
    buf_byte(l->explain, '\n');
}

void lower_explain_title(struct lower *l, const char *title) {
    l->explain_title = title;
}

static void add_module_interface(struct lower *l) {
    struct value *yes = value_bool(l->a, true, l->cfg->at);
    VEC_PUSH(l->a, &l->graph->variables,
             (struct graph_variable){
                 .module = STR("monitoring"),
                 .name = STR("alarm_actions_enabled"),
                 .type = "bool",
                 .doc = "Whether alarms tell anybody. Set to false during maintenance.",
                 .is = yes,
                 .root = true});
    for (uint32_t i = 0; i < l->topics.n; i++) {
        const struct topic *t = l->topics.at[i];
        VEC_PUSH(l->a, &l->graph->outputs,
                 (struct graph_output){
                     .module = STR("monitoring"),
                     .name = arena_printf(l->a, "topic_%.*s_arn", STR_ARG(t->node->label)),
                     .doc = t->doc,
                     .is = value_ref(l->a, t->node, "arn", t->node->at),
                     .root = true});
    }
}

/* What it belongs to, then the spec's own; NULL: there are none. */
static struct value *tags_of(struct arena *a, const struct config *c) {
    const struct value *fixed =
        graph_own_tags(a, c->project.text, c->environment.text, c->project.at);
    struct value *own = value_map(a, c->aws.tags.n, c->aws.at);
    for (uint32_t i = 0; i < c->aws.tags.n; i++) {
        const struct cfg_pair *p = &c->aws.tags.items[i];
        value_set(own, p->key.text, value_str(a, p->value.text, p->value.at));
    }
    struct value *tags = value_map(a, own->map.n + fixed->map.n, c->aws.at);
    bool none = given(c->aws.default_tags.at) && !c->aws.default_tags.value;
    if (none && own->map.n == 0)
        return NULL;
    for (uint32_t i = 0; i < fixed->map.n && !none; i++) {
        if (value_get(own, fixed->map.fields[i].name) == NULL)
            value_set(tags, fixed->map.fields[i].name, fixed->map.fields[i].value);
    }
    for (uint32_t i = 0; i < own->map.n; i++)
        value_set(tags, own->map.fields[i].name, own->map.fields[i].value);
    return tags;
}

struct lower *lower_open(struct arena *a, struct diag_list *dl, const struct io *io,
                         const struct config *cfg, str file, struct buf *explain) {
    struct lower *l = ARENA_NEW(a, struct lower);
    *l = (struct lower){.a = a,
                        .scratch = arena_within(a),
                        .plans = arena_within(a),
                        .passing = arena_within(a),
                        .dl = dl,
                        .cfg = cfg,
                        .explain = explain,
                        .graph = graph_new(a)};
    l->prefix =
        arena_printf(a, "%.*s-%.*s", STR_ARG(cfg->project.text), STR_ARG(cfg->environment.text));
    l->namespace_ =
        arena_printf(a, "%.*s/%.*s", STR_ARG(cfg->project.text), STR_ARG(cfg->environment.text));
    l->graph->tags = tags_of(a, cfg);
    l->spec_dir = str_find(file, '/') == file.n ? STR("") : io_path_dir(file);
    account_check(l);
    lower_resources(l, io, file);
    lower_secrets(l, io);
    lower_backup(l);
    lower_deploy(l);
    lower_lifecycle(l);
    lower_cdn(l);
    return l;
}

void lower_ask_coverage(struct lower *l) {
    l->covers = true;
}

/* What others are told of it, beside the graph. */
static void fill_result(struct lower *l, struct lower_result *ret) {
    uint32_t alarms = 0;
    for (uint32_t i = 0; i < l->alarms.n; i++)
        alarms += l->alarms.at[i]->node != NULL;
    *ret = (struct lower_result){.graph = l->graph,
                                 .alarms = alarms,
                                 .dashboards = l->ndashboards,
                                 .log_groups = l->logs.n,
                                 .resources = l->watched.n};
    ret->delivery = lower_delivery(l);
    struct runbook *book = lower_runbook(l);
    if (book != NULL)
        book->delivery = ret->delivery;
    ret->runbook = book;
    if (l->covers && l->dl->errors == 0)
        ret->coverage = lower_coverage(l);
    lower_billed(l, ret);
    if (l->backups.n > 0)
        ret->bucket = l->cfg->backup.bucket;
    lower_backups_result(l, ret);
    lower_lifecycle_result(l, ret);
    lower_cdn_result(l, ret);
    lower_budgets_result(l, ret);
    lower_engines(l, ret);
    lower_identities(l, ret);
}

bool lower_close(struct lower *l, struct lower_result *ret) {
    lower_topics(l);
    lower_logs(l);
    lower_alarms(l);
    lower_alarm_nodes(l);
    lower_unreached(l);
    explain_alarms(l);
    lower_budgets(l);
    lower_slack(l);
    lower_dashboards(l);
    lower_log_nodes(l);
    lower_exactly(l);
    free_tier_jobs(l, false);
    lower_deploy_alarms(l);
    lower_hosts(l);
    lower_iam(l);
    if (l->dl->errors == 0) {
        lower_secret_nodes(l);
        lower_backup_nodes(l);
        lower_deploy_nodes(l);
        lower_lifecycle_nodes(l);
        lower_cdn_nodes(l);
        lower_backup_unheard(l);
        lower_endpoints(l);
        lower_log_retention(l);
    }
    free_tier_close(l);
    lower_names(l);
    lower_limits(l);
    lower_waivers(l);
    if (l->dl->errors == 0) {
        lower_crosscheck(l);
        lower_assumed(l);
    }
    if (l->enabled != NULL || l->topics.n > 0)
        add_module_interface(l);
    fill_result(l, ret);
    arena_free(l->scratch);
    arena_free(l->plans);
    arena_free(l->passing);
    return l->dl->errors == 0;
}

str lower_state_key(struct arena *a, const struct config *cfg) {
    if (given(cfg->terraform.state.key.at))
        return cfg->terraform.state.key.text;
    return arena_printf(a, "%.*s/%.*s/ops.tfstate", STR_ARG(cfg->project.text),
                        STR_ARG(cfg->environment.text));
}

str lower_state_region(const struct config *cfg) {
    bool other = given(cfg->terraform.state.region.at);
    return other ? cfg->terraform.state.region.text : cfg->aws.region.text;
}

str lower_lock_bucket(const struct config *cfg) {
    bool off = given(cfg->terraform.state.lock.at) && !cfg->terraform.state.lock.value;
    if (given(cfg->aws.lock.bucket.at))
        return cfg->aws.lock.bucket.text;
    return off ? STR("") : cfg->terraform.state.bucket.text;
}

str lower_lock_key(struct arena *a, const struct config *cfg) {
    if (given(cfg->aws.lock.key.at))
        return cfg->aws.lock.key.text;
    if (!given(cfg->aws.lock.bucket.at))
        return arena_cat(a, lower_state_key(a, cfg), STR(".opsc-lock"));
    return arena_printf(a, "%.*s/%.*s/opsc.lock", STR_ARG(cfg->project.text),
                        STR_ARG(cfg->environment.text));
}

str lower_lock_region(const struct config *cfg) {
    if (!given(cfg->aws.lock.bucket.at))
        return lower_state_region(cfg);
    bool other = given(cfg->aws.lock.region.at);
    return other ? cfg->aws.lock.region.text : cfg->aws.region.text;
}
