/* SPDX-License-Identifier: MIT */
#include "lower/runbook.h"

#include "lower/account.h"
#include "lower/describe.h"
#include "lower/topics.h"
#include "lower/words.h"

#define WORDS_MAX 128

str runbook_duration(struct lower *l, int64_t s) {
    struct buf b = BUF_INIT(WORDS_MAX);
    words_duration(&b, l->catalog.language, s);
    return buf_keep(&b, l->a);
}

str runbook_every(struct lower *l, int64_t s) {
    struct buf b = BUF_INIT(WORDS_MAX);
    words_every(&b, l->catalog.language, s);
    return buf_keep(&b, l->a);
}

static void add_receivers(struct lower *l, struct runbook *r) {
    r->receivers = ARENA_ARRAY(l->a, struct runbook_receiver, l->cfg->notify.n + 1);
    for (uint32_t i = 0; i < l->cfg->notify.n; i++) {
        const struct cfg_notify *n = &l->cfg->notify.items[i];
        r->receivers[r->nreceivers++] = (struct runbook_receiver){.name = n->name.text,
                                                                  .email = n->email.n > 0,
                                                                  .sms = n->sms.n > 0,
                                                                  .slack = n->slack.n > 0,
                                                                  .https = n->https.n > 0,
                                                                  .lambda = n->lambda.n > 0,
                                                                  .sqs = n->sqs.n > 0,
                                                                  .action = n->action.n > 0};
    }
}

static void add_resources(struct lower *l, struct runbook *r) {
    r->resources = ARENA_ARRAY(l->a, struct runbook_resource, l->watched.n + 1);
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        r->resources[r->nresources++] = (struct runbook_resource){
            .name = w->name,
            .title = w->kind->title.text,
            .alarms = l->watched_uses.at[w->index].alarms.alarms.n,
        };
    }
}

static void add_logs(struct lower *l, struct runbook *r) {
    r->logs = ARENA_ARRAY(l->a, struct runbook_log, l->logs.n + 1);
    for (uint32_t i = 0; i < l->logs.n; i++) {
        struct log *log = l->logs.at[i];
        log->index = i;
        struct cfg_pairs *queries = ARENA_NEW(l->a, struct cfg_pairs);
        *queries = log->queries;
        r->logs[r->nlogs++] = (struct runbook_log){
            .name = log->name,
            .group = log->group,
            .folder = arena_cat3(l->a, l->prefix, STR("/"), log->name),
            .queries = queries,
        };
    }
}

static void add_dashboards(struct lower *l, struct runbook *r) {
    r->dashboards = ARENA_ARRAY(l->a, struct runbook_dashboard, l->ndashboards + 1);
    for (uint32_t i = 0; i < l->graph->nodes.n && r->ndashboards < l->ndashboards; i++) {
        const struct node *n = l->graph->nodes.at[i];
        if (n->kind == &resource_dashboard)
            r->dashboards[r->ndashboards++] = (struct runbook_dashboard){
                .name = str_sub(n->name, l->prefix.n + 1, n->name.n), .aws_name = n->name};
    }
}

static void add_hosts(struct lower *l, struct runbook *r) {
    r->hosts.items = ARENA_ARRAY(l->a, str, l->hosts.n + 1);
    for (uint32_t i = 0; i < l->hosts.n; i++)
        r->hosts.items[r->hosts.n++] = l->hosts.at[i]->watched->name;
}

struct runbook *lower_runbook(struct lower *l) {
    if (!describe_has_pages(l) || l->dl->errors > 0)
        return NULL;
    struct runbook *r = ARENA_NEW(l->a, struct runbook);
    *r = (struct runbook){.language = l->catalog.language,
                          .project = l->cfg->project.text,
                          .environment = l->cfg->environment.text,
                          .prefix = l->prefix,
                          .region = l->cfg->aws.region.text,
                          .partition = account_partition(l),
                          .account = l->cfg->aws.account.text,
                          .spec = l->cfg->spec};
    add_receivers(l, r);
    add_resources(l, r);
    add_logs(l, r);
    add_dashboards(l, r);
    add_hosts(l, r);
    runbook_work(l, r);
    runbook_alarms(l, r);
    return r;
}
