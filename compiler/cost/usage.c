/* SPDX-License-Identifier: MIT */
/* table: what `cost.usage` states, and what it is the price of */
#include "catalog/watched.h"
#include "cost/sheet.h"
#include "lower/lifecycle.h"

#include "resource/resource.h"

#include <stddef.h>

#define WHY_MAX 512
#define MONTH_S ((int64_t)PRICE_MONTH_HOURS * 3600)

struct usage_entry {
    struct cfg_text text;
    bool used;
};

/* "10k", "4 GiB/month", "4 GiB" as an amount of a month; false: it is none. */
static bool read_amount(str s, struct quantity *ret) {
    uint32_t bad;
    if (quantity_scan(s, ret, &bad) != s.n || bad > 0 || !num_ok(ret->value) || ret->percent)
        return false;
    if (ret->dim.time == -1) {
        ret->value = num_mul(ret->value, num_int(MONTH_S));
        ret->dim.time = 0;
        ret->dim.count = 0;
    }
    return num_ok(ret->value) && ret->dim.time == 0 && ret->dim.money == 0;
}

/* "1..4 GiB/month": the unit of the second holds for a first without one. */
static bool read_range(struct arena *a, str s, struct quantity *low, struct quantity *high) {
    uint32_t at = 0;
    while (at + 1 < s.n && !(s.p[at] == '.' && s.p[at + 1] == '.'))
        at++;
    if (at + 1 >= s.n) {
        bool ok = read_amount(s, high);
        *low = *high;
        return ok;
    }
    str first = str_sub(s, 0, at), second = str_sub(s, at + 2, s.n);
    struct num n;
    if (num_scan(first, &n) == first.n)
        first = arena_cat(a, first, str_sub(second, num_scan(second, &n), second.n));
    return read_amount(first, low) && read_amount(second, high) && dim_eq(low->dim, high->dim) &&
           num_cmp(low->value, high->value) <= 0;
}

/* Whether a text is an amount of what the price is for; else it was reported. */
static bool amount_for(struct cost_work *w, const struct cfg_text *t, const struct price *p,
                       struct quantity *low, struct quantity *high) {
    struct num unused;
    if (read_range(w->run->arena, t->text, low, high) && price_quantity(p, *low, &unused) &&
        price_quantity(p, *high, &unused))
        return true;
    struct diag *d = diag_add(w->run->dl, DIAG_COST_AMOUNT, t->at, "`%.*s` is not %s",
                              STR_ARG(t->text), price_takes(p));
    diag_hint(w->run->dl, d, "A number has its unit, and a range the least first: 1..4 GiB/month.");
    return false;
}

static const struct price *price_in(struct cost_work *w, const struct cost_what *what, str key) {
    bool known;
    return price_find(&w->ledger->book, key, what->region, &known);
}

/* Enters a stated amount; a price that there is not is a gap of sheet_enter(). */
static void enter_stated(struct cost_work *w, const struct cost_what *what, str key,
                         const struct cfg_text *t) {
    const struct price *p = price_in(w, what, key);
    struct quantity low = {.bare = true}, high = low;
    if (p == NULL || amount_for(w, t, p, &low, &high))
        sheet_enter(w, what, key, low, high);
}

static str own_name(struct cost_work *w, const struct cost_what *what) {
    return arena_cat3(w->run->arena, what->of, STR("."), what->item);
}

void usage_seen(struct cost_work *w, const struct cost_what *what) {
    struct usage_entry *e = map_get(&w->own, own_name(w, what));
    if (e != NULL)
        e->used = true;
}

void usage_enter_own(struct cost_work *w, const struct cost_what *what, str key, str what_of) {
    str name = own_name(w, what);
    const struct usage_entry *e = map_get(&w->own, name);
    usage_seen(w, what);
    if (e == NULL)
        sheet_gap(w, what, what_of, arena_cat(w->run->arena, STR("cost.usage."), name));
    else
        enter_stated(w, what, key, &e->text);
}

bool usage_own_amount(struct cost_work *w, const struct cost_what *what, str key,
                      struct quantity *low, struct quantity *high) {
    const struct usage_entry *e = map_get(&w->own, own_name(w, what));
    const struct price *p = price_in(w, what, key);
    usage_seen(w, what);
    return e != NULL && p != NULL && amount_for(w, &e->text, p, low, high);
}

void usage_open(struct cost_work *w) {
    const struct cfg_pairs *own = &w->cfg->cost.usage.own;
    for (uint32_t i = 0; i < own->n; i++) {
        struct usage_entry *e = ARENA_NEW(w->run->arena, struct usage_entry);
        e->text = own->items[i].value;
        map_add(w->run->arena, &w->own, own->items[i].key.text, e);
    }
}

static void offer_rules(struct cost_work *w, struct suggest *near) {
    struct arena *a = w->run->arena;
    for (uint32_t i = 0; i < w->low->nlifecycles; i++) {
        const struct lifecycle *b = w->low->lifecycles[i];
        for (uint32_t k = 0; k < b->rules.n; k++) {
            str rule = sheet_rule_name(a, b, k);
            str end = rule.n > 0 ? arena_cat(a, STR("."), rule) : rule;
            suggest_offer(near, arena_cat3(a, b->bucket->name, STR(".growth"), end));
            suggest_offer(near, arena_cat3(a, b->bucket->name, STR(".new_objects"), end));
        }
    }
}

/* The names that `cost.usage` takes for the resources of this system. */
static void offer_own(struct cost_work *w, struct suggest *near) {
    offer_rules(w, near);
    for (uint32_t i = 0; i < w->low->resources; i++) {
        const struct watched *r = w->low->watched[i];
        for (uint32_t k = 0; k < r->kind->costs.n; k++) {
            const struct cat_cost *c = &r->kind->costs.items[k];
            if (given(c->usage.at))
                suggest_offer(near, arena_cat3(w->run->arena, r->name, STR("."), c->name.text));
        }
    }
}

static void report_unused(struct cost_work *w, const struct cfg_text *key) {
    struct diag *d = diag_add(w->run->dl, DIAG_COST_USAGE, key->at,
                              "`cost.usage` has no key `%.*s`", STR_ARG(key->text));
    struct suggest near = suggest_for(key->text);
    offer_own(w, &near);
    for (uint32_t n = 0; n < schema_usage_table.n; n++)
        suggest_offer(&near, str_c(schema_usage_table.rows[n].key));
    if (!diag_suggest(w->run->dl, d, &near))
        diag_hint(w->run->dl, d,
                  "`opsc cost` lists the keys that are missing, such as `log_ingest`, or "
                  "`db.backup` of a resource `db`.");
}

void usage_close(struct cost_work *w) {
    for (uint32_t i = 0; i < w->own.n; i++) {
        const struct usage_entry *e = w->own.entries[i].value;
        if (!e->used)
            report_unused(w, &w->cfg->cost.usage.own.items[i].key);
    }
}

/* ---- of the whole system */

static bool has_logs(const struct cost_work *w) {
    return w->low->own_groups > 0;
}

static bool has_subscription(const struct cost_work *w, const char *protocol) {
    const struct graph *g = w->low->graph;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = g->nodes.at[i];
        const struct value *v =
            n->kind == &resource_sns_topic_subscription ? node_get(n, "protocol") : NULL;
        if (v != NULL && v->type == VALUE_STR && str_is(v->text, protocol))
            return true;
    }
    return false;
}

static bool has_mail(const struct cost_work *w) {
    return has_subscription(w, "email");
}

static bool has_registry(const struct cost_work *w) {
    return graph_has(w->low->graph, &resource_ecr_repository);
}

static bool has_bucket(const struct cost_work *w) {
    return w->low->bucket.text.n > 0;
}

static bool always(const struct cost_work *w) {
    (void)w;
    return true;
}

struct usage_row {
    size_t text; /* of struct cfg_usage */
    const char *key, *price;
    const char *of, *item, *why;
    bool (*wanted)(const struct cost_work *w); /* a gap when it is not given; NULL: never */
    const char *infrequent; /* the price when all logs are of that class; NULL: the same */
    /* Enters it from what else is stated; false: it cannot. NULL: nothing else tells. */
    bool (*derive)(struct cost_work *w, const struct cost_what *what, const char *key);
    /* `why`, and what is known all the same; NULL: nothing is. */
    str (*explain)(struct cost_work *w, const struct cost_what *what, const struct usage_row *row);
    bool by_cdn; /* CloudFront has it instead, when it stands in front */
};

/* Of what comes in, as much is kept as comes in the days of retention, when those have passed. */
static bool derived_storage(struct cost_work *w, const struct cost_what *what, const char *key) {
    const struct cfg_text *in = &w->cfg->cost.usage.log_ingest;
    const struct price *p = price_in(w, what, str_c(key));
    struct quantity low, high;
    if (!given(in->at) || w->low->retention_days == 0 || p == NULL ||
        !read_range(w->run->arena, in->text, &low, &high))
        return false;
    struct num share = price_months(w->low->retention_days);
    low.value = num_mul(low.value, share);
    high.value = num_mul(high.value, share);
    struct cost_what noted = *what;
    noted.note = arena_printf(w->run->arena, "what comes in within %lld days, not compressed",
                              (long long)w->low->retention_days);
    sheet_enter(w, &noted, str_c(key), low, high);
    return true;
}

/* Of dumps no more is known than that none is larger than its database. */
static str why_backups(struct cost_work *w, const struct cost_what *what,
                       const struct usage_row *row) {
    const struct price *p = price_in(w, what, str_c(row->price));
    struct quantity q = {.value = w->low->dump_bytes, .dim.data = 1};
    struct num n, usd;
    if (w->low->dumps == 0 || p == NULL || !price_quantity(p, q, &n) ||
        !num_ok(usd = price_of(p, n)))
        return str_c(row->why);
    struct buf b = BUF_INIT(WHY_MAX);
    buf_printf(&b, "%s; if each of %u dumps is as large as the storage of its database, ", row->why,
               w->low->dumps);
    cost_put_quantity(&b, (struct cost_range){n, n});
    BUF_LIT(&b, " GB, ");
    cost_put_money(&b, (struct cost_range){usd, usd});
    BUF_LIT(&b, " a month; most are much smaller");
    return buf_keep(&b, w->run->arena);
}

static const struct usage_row rows[] = {
#define ROW(member, ...)                                                                           \
    { .text = offsetof(struct cfg_usage, member), .key = #member, __VA_ARGS__ }
    ROW(log_ingest, "cloudwatch.logs.ingest.standard", "logs", "ingestion",
        "log lines that are sent", has_logs, .infrequent = "cloudwatch.logs.ingest.ia"),
    ROW(log_storage, "cloudwatch.logs.storage", "logs", "storage", "log lines that are kept",
        has_logs, .derive = derived_storage),
    ROW(log_scan, "cloudwatch.logs.insights", "logs", "queries", "log lines that queries scan",
        has_logs),
    ROW(egress, "datatransfer.out_internet", "data transfer", "to the internet",
        "what is sent to the internet", always, .by_cdn = true),
    ROW(emails, "sns.delivery.email", "notifications", "mails", "mails that alarms send", has_mail),
    ROW(backup_storage, "s3.standard.storage", "backups", "storage", "what the bucket holds",
        has_bucket, .explain = why_backups),
    ROW(image_storage, "ecr.storage", "images", "storage", "what the registry holds", has_registry),
    ROW(metric_reads, "cloudwatch.api.get_metric_data", "metrics", "reads", "metrics that are read",
        NULL),
};

static const struct cfg_text *text_of(const struct cost_work *w, size_t offset) {
    return (const struct cfg_text *)(const void *)((const char *)&w->cfg->cost.usage + offset);
}

/* What CloudFront sends and answers in place of the application. */
static void enter_served(struct cost_work *w, const struct cfg_text *t, const char *item,
                         const char *price, const char *usage_key, const char *why) {
    const struct cfg_cdn *cdn = &w->cfg->cost.cdn;
    struct cost_what what = {.of = STR("CloudFront"),
                             .item = str_c(item),
                             .region = w->cfg->aws.region.text,
                             .at = given(t->at) ? t->at : cdn->at};
    str viewers = str_c(schema_viewers[cdn->viewers.value]);
    if (!given(t->at))
        sheet_gap(w, &what, str_c(why),
                  arena_cat(w->run->arena, STR("cost.usage."), str_c(usage_key)));
    else if (!given(cdn->viewers.at))
        sheet_gap(w, &what, STR("where those who ask are"), STR("cost.cdn.viewers"));
    else
        enter_stated(w, &what, arena_cat3(w->run->arena, str_c(price), STR("."), viewers), t);
}

static void enter_cdn(struct cost_work *w) {
    const struct cfg_usage *u = &w->cfg->cost.usage;
    struct cost_what bucket = {
        .of = STR("CloudFront"), .item = STR("traffic"), .at = w->cfg->cost.cdn.at};
    if (w->low->cdn_serves) {
        enter_served(w, &u->egress, "to viewers", "cloudfront.transfer", "egress",
                     "what is sent to the internet");
        enter_served(w, &u->requests, "requests", "cloudfront.request.https", "requests",
                     "requests of users");
    } else if (w->low->cdn_bucket) {
        sheet_gap(w, &bucket, STR("what it sends of the bucket, and how often it is asked"),
                  STR(""));
    }
}

static void enter_row(struct cost_work *w, const struct usage_row *row) {
    const struct cfg_text *t = text_of(w, row->text);
    struct cost_what what = {.of = str_c(row->of),
                             .item = str_c(row->item),
                             .region = w->cfg->aws.region.text,
                             .at = given(t->at) ? t->at : w->cfg->at};
    bool infrequent = has_logs(w) && w->low->infrequent_groups == w->low->own_groups;
    const char *key = row->infrequent != NULL && infrequent ? row->infrequent : row->price;
    if (given(t->at)) {
        enter_stated(w, &what, str_c(key), t);
        return;
    }
    if (row->wanted == NULL || !row->wanted(w) ||
        (row->derive != NULL && row->derive(w, &what, key)))
        return;
    str why = row->explain != NULL ? row->explain(w, &what, row) : str_c(row->why);
    sheet_gap(w, &what, why, arena_printf(w->run->arena, "cost.usage.%s", row->key));
}

void sheet_usage(struct cost_work *w) {
    struct cost_what what = {.of = STR("notifications"), .item = STR("SMS"), .at = w->cfg->at};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i].by_cdn || !w->low->cdn_serves)
            enter_row(w, &rows[i]);
    }
    enter_cdn(w);
    if (has_subscription(w, "sms"))
        sheet_gap(w, &what, STR("prices differ by country and change often"), STR(""));
    const struct cfg_text *requests = &w->cfg->cost.usage.requests;
    what = (struct cost_what){.of = STR("requests"), .item = STR("of users"), .at = requests->at};
    if (given(requests->at) && !w->low->cdn_serves)
        sheet_gap(w, &what, STR("nothing that is priced here is paid by them"), STR(""));
}
