/* SPDX-License-Identifier: MIT */
#include "cli/coverage_account.h"

#include "cli/account.h"
#include "cli/aws_host.h"
#include "coverage/found.h"
#include "live/kind_list.h"
#include "lower/lower.h"

#include <stdlib.h>

struct reading {
    struct cli *c;
    struct coverage_run *r;
    struct coverage_sheet *s;
    struct live_result live;
    struct kind_lists lists;
    struct found_alarms alarms;
};

/* The alarms of a region, while they are listed. */
struct listing {
    struct reading *to;
    struct listed_call call;
};

static void take_alarm(void *ctx, const struct value *v) {
    const struct listing *l = ctx;
    found_add_alarm(l->to->c->arena, &l->to->alarms, v, l->call.region);
}

/* ---- questions */

static void list_alarms(struct reading *r, str region) {
    struct listing *l = ARENA_NEW(r->c->arena, struct listing);
    *l = (struct listing){.to = r, .call = {.region = region, .ctx = l}};
    l->call.call = (struct resource_call){.service = "cloudwatch",
                                          .operation = "DescribeAlarms",
                                          .input = "{\"MaxRecords\": 100}",
                                          .token_in = "NextToken",
                                          .token_out = "NextToken"};
    l->call.items = STR("MetricAlarms");
    l->call.take = take_alarm;
    listed_ask(&r->lists.listed, &l->call);
}

static void read_all(struct reading *r) {
    uint32_t n;
    struct catalog *catalog = r->s->low->catalog;
    str *names = catalog_names(catalog, &n);
    list_alarms(r, r->s->region);
    if (graph_reaches_global(r->s->region))
        list_alarms(r, STR(GRAPH_GLOBAL_NAME));
    for (uint32_t i = 0; i < n; i++) {
        const struct cat_kind *k = catalog_kind(catalog, names[i]);
        if (k != NULL && given(k->list.at))
            kind_lists_ask(&r->lists, k);
    }
    aws_client_run(r->lists.listed.client);
}

static enum cli_exit tell_errors(struct reading *r) {
    return account_tell_errors(r->c, r->r->dl->sources, &r->live,
                               "docs/coverage.md has the policy with all that --live asks.");
}

static enum cli_exit read_account(struct reading *r) {
    if (!listed_caller(&r->lists.listed, r->s->region))
        return tell_errors(r);
    if (!account_is(&r->live, r->s->account))
        return account_tell_other(&r->live, r->s->account);
    read_all(r);
    return r->live.errors.n == 0 ? CLI_OK : tell_errors(r);
}

static int by_place(const void *x, const void *y) {
    const struct coverage_found *a = x, *b = y;
    int kind = str_cmp(a->kind, b->kind);
    return kind != 0 ? kind : str_cmp(a->id, b->id);
}

static void conclude(struct reading *r) {
    struct coverage_sheet *s = r->s;
    str prefix = arena_printf(r->c->arena, "%.*s-%.*s-", STR_ARG(s->project),
                              STR_ARG(s->cfg->environment.text));
    s->account = r->live.account;
    s->live = true;
    kind_lists_sort(&r->lists);
    for (uint32_t i = 0; i < r->lists.items.n; i++) {
        const struct kind_item *k = &r->lists.items.at[i];
        const struct found_item item = {.kind = k->kind,
                                        .attributes = k->attributes,
                                        .n = k->n,
                                        .tags = k->tags,
                                        .region = k->region};
        found_add(r->r, s, &item);
    }
    if (s->found.n > 1)
        qsort(s->found.at, s->found.n, sizeof *s->found.at, by_place);
    found_match(r->r, s, &r->alarms, prefix);
}

enum cli_exit coverage_account(struct cli *c, struct coverage_run *run, bool day_given) {
    struct reading r = {.c = c, .r = run, .s = run->sheets.at[0]};
    struct account_progress progress;
    enum cli_exit status;
    struct aws_client *client = cli_aws_open(c, &status);
    if (client == NULL)
        return status;
    r.lists = (struct kind_lists){.listed = {.a = c->arena, .client = client, .ret = &r.live},
                                  .region = r.s->region};
    account_progress_begin(&progress, c, io_clock_posix(), client);
    status = read_account(&r);
    account_progress_end(&progress, client);
    if (status != CLI_OK)
        return status;
    conclude(&r);
    if (!day_given)
        date_read(aws_client_today(client, c->arena), &run->today);
    account_tell_calls(&progress, client, &r.live, r.s->region);
    return CLI_OK;
}
