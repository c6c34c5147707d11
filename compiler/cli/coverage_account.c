/* SPDX-License-Identifier: MIT */
#include "cli/coverage_account.h"

#include "cli/account.h"
#include "cli/aws_host.h"
#include "coverage/found.h"
#include "live/listed.h"
#include "lower/lower.h"

#include <stdlib.h>

struct reading {
    struct cli *c;
    struct coverage_run *r;
    struct coverage_sheet *s;
    struct live_result live;
    struct listed listed;
    struct found_alarms alarms;
    VEC(struct found_item) items;
    VEC(struct listing *) listings; /* each with a question of its own */
};

/* A kind in a region, while it is listed. */
struct listing {
    struct reading *to;
    const struct cat_kind *kind;
    struct resource_call each;
    struct listed_call call;
};

/* ---- items */

/* The first, of several. */
static str text_of(struct arena *a, const struct value *v) {
    if (v != NULL && v->type == VALUE_LIST)
        v = v->list.n > 0 ? v->list.items[0] : NULL;
    return value_text(a, v);
}

static str after_last(str s, str mark) {
    for (uint32_t i = s.n; mark.n > 0 && i >= mark.n; i--) {
        if (str_eq(str_sub(s, i - mark.n, i), mark))
            return str_sub(s, i, s.n);
    }
    return s;
}

static str before_first(str s, str mark) {
    for (uint32_t i = 0; mark.n > 0 && i + mark.n <= s.n; i++) {
        if (str_eq(str_sub(s, i, i + mark.n), mark))
            return str_sub(s, 0, i);
    }
    return s;
}

static str attribute_of(struct arena *a, const struct cat_listed *row, const struct value *item) {
    const struct path_scope at = {NULL, item};
    bool itself = str_is(row->from.text, ".");
    str text = text_of(a, itself ? item : path_find(a, &at, row->from.text));
    text = before_first(after_last(text, row->after.text), row->before.text);
    return text.n > 0 && row->unit.text.n > 0 ? arena_cat3(a, text, STR(" "), row->unit.text)
                                              : text;
}

static str member(const struct value *v, const char *lower, const char *upper) {
    const struct value *m = v->type != VALUE_MAP ? NULL : value_get(v, str_c(lower));
    if (m == NULL && v->type == VALUE_MAP)
        m = value_get(v, str_c(upper));
    return m == NULL || m->type != VALUE_STR ? STR("") : m->text;
}

static struct cfg_pairs tags_of(struct arena *a, const struct cat_kind *k,
                                const struct value *item) {
    struct cfg_pairs r = {0};
    const struct path_scope at = {NULL, item};
    const struct value *v = k->list.tags.text.n == 0 || item->type != VALUE_MAP
                                ? NULL
                                : path_find(a, &at, k->list.tags.text);
    uint32_t n = v == NULL || v->type != VALUE_LIST ? 0 : v->list.n;
    r.items = ARENA_ARRAY(a, struct cfg_pair, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        r.items[r.n].key.text = member(v->list.items[i], "key", "Key");
        r.items[r.n++].value.text = member(v->list.items[i], "value", "Value");
    }
    return r;
}

static void take_item(void *ctx, const struct value *v) {
    const struct listing *l = ctx;
    struct arena *a = l->to->c->arena;
    const struct cat_list *list = &l->kind->list;
    struct found_item item = {.kind = l->kind, .region = l->call.region};
    item.attributes = ARENA_ARRAY(a, struct cfg_pair, list->attributes.n + 1);
    for (uint32_t i = 0; i < list->attributes.n; i++) {
        const struct cat_listed *row = &list->attributes.items[i];
        str text = attribute_of(a, row, v);
        if (text.n == 0)
            continue;
        item.attributes[item.n].key = row->name;
        item.attributes[item.n++].value.text = text;
    }
    item.tags = tags_of(a, l->kind, v);
    VEC_PUSH(a, &l->to->items, item);
}

static void take_alarm(void *ctx, const struct value *v) {
    const struct listing *l = ctx;
    found_add_alarm(l->to->c->arena, &l->to->alarms, v, l->call.region);
}

/* ---- questions */

static const char *word(struct arena *a, str s) {
    return s.n == 0 ? NULL : (const char *)arena_str(a, s).p;
}

static struct listing *new_listing(struct reading *r, const struct cat_kind *k, str region) {
    struct listing *l = ARENA_NEW(r->c->arena, struct listing);
    *l = (struct listing){.to = r, .kind = k, .call = {.region = region, .ctx = l}};
    return l;
}

/* One that asks the same: balancers of two kinds are in one list. */
static struct listing *asks_same(const struct reading *r, const struct listing *l) {
    for (uint32_t i = 0; i < r->listings.n; i++) {
        struct listing *other = r->listings.at[i];
        const struct cat_list *x = &other->kind->list, *y = &l->kind->list;
        if (str_eq(x->service.text, y->service.text) && !given(x->each.at) && !given(y->each.at) &&
            str_eq(x->operation.text, y->operation.text) && str_eq(x->input.text, y->input.text) &&
            str_eq(x->path.text, y->path.text) && str_eq(x->page_in.text, y->page_in.text) &&
            str_eq(x->page_out.text, y->page_out.text) &&
            str_eq(other->call.region, l->call.region))
            return other;
    }
    return NULL;
}

static void begin(struct reading *r, struct listing *l) {
    struct listing *other = asks_same(r, l);
    if (other != NULL) {
        l->call.same = other->call.same;
        other->call.same = &l->call;
        return;
    }
    VEC_PUSH(r->c->arena, &r->listings, l);
    listed_ask(&r->listed, &l->call);
}

static void list_kind(struct reading *r, const struct cat_kind *k) {
    struct arena *a = r->c->arena;
    const struct cat_list *row = &k->list;
    bool one_region = k->region.text.n > 0 && str_find(k->region.text, '$') == k->region.text.n;
    if (one_region && !str_is(r->live.partition, "aws"))
        return;
    struct listing *l = new_listing(r, k, one_region ? k->region.text : r->s->region);
    struct resource_call *c = &l->call.call;
    *c = (struct resource_call){.service = word(a, row->service.text),
                                .operation = word(a, row->operation.text),
                                .path = word(a, row->path.text),
                                .root = word(a, row->root.text),
                                .input = word(a, row->input.text),
                                .token_in = word(a, row->page_in.text),
                                .token_out = word(a, row->page_out.text)};
    if (given(row->each.at)) {
        l->each = (struct resource_call){.service = c->service,
                                         .operation = word(a, row->each.operation.text),
                                         .token_in = word(a, row->each.page_in.text),
                                         .token_out = word(a, row->each.page_out.text)};
        c->each = &l->each;
        c->each_items = word(a, row->each.items.text);
        l->call.each_as = word(a, row->each.as.text);
    }
    l->call.items = row->items.text;
    l->call.take = take_item;
    begin(r, l);
}

static void list_alarms(struct reading *r, str region) {
    struct listing *l = new_listing(r, NULL, region);
    l->call.call = (struct resource_call){.service = "cloudwatch",
                                          .operation = "DescribeAlarms",
                                          .input = "{\"MaxRecords\": 100}",
                                          .token_in = "NextToken",
                                          .token_out = "NextToken"};
    l->call.items = STR("MetricAlarms");
    l->call.take = take_alarm;
    listed_ask(&r->listed, &l->call);
}

static void read_all(struct reading *r) {
    uint32_t n;
    struct catalog *catalog = r->s->low->catalog;
    str *names = catalog_names(catalog, &n);
    list_alarms(r, r->s->region);
    if (!str_is(r->s->region, GRAPH_GLOBAL_NAME) && str_is(r->live.partition, "aws"))
        list_alarms(r, STR(GRAPH_GLOBAL_NAME));
    for (uint32_t i = 0; i < n; i++) {
        const struct cat_kind *k = catalog_kind(catalog, names[i]);
        if (k != NULL && given(k->list.at))
            list_kind(r, k);
    }
    aws_client_run(r->listed.client);
}

static enum cli_exit tell_errors(struct reading *r) {
    return account_tell_errors(r->c, r->r->dl->sources, &r->live,
                               "docs/coverage.md has the policy with all that --live asks.");
}

static enum cli_exit read_account(struct reading *r) {
    if (!listed_caller(&r->listed, r->s->region))
        return tell_errors(r);
    if (!account_is(&r->live, r->s->account))
        return account_tell_other(&r->live, r->s->account);
    read_all(r);
    return r->live.errors.n == 0 ? CLI_OK : tell_errors(r);
}

/* Answers come in any order, and of two with one name the second gets another. */
static int by_text(const void *x, const void *y) {
    const struct found_item *a = x, *b = y;
    int order = str_cmp(a->kind->kind.text, b->kind->kind.text);
    for (uint32_t i = 0; order == 0 && i < a->n && i < b->n; i++)
        order = str_cmp(a->attributes[i].value.text, b->attributes[i].value.text);
    return order;
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
    if (r->items.n > 1)
        qsort(r->items.at, r->items.n, sizeof *r->items.at, by_text);
    for (uint32_t i = 0; i < r->items.n; i++)
        found_add(r->r, s, &r->items.at[i]);
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
    r.listed = (struct listed){.a = c->arena, .client = client, .ret = &r.live};
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
