/* SPDX-License-Identifier: MIT */
#include "lower/budgets.h"

#include "lower/account.h"
#include "schema/schema.h"

#include <stdlib.h>

/* CreateBudget: NotificationsWithSubscribers. One of them is the forecast. */
#define NOTIFICATIONS_MAX 10
#define AMOUNT_MAX 64

/* An alert whose share is known. */
struct alert {
    struct num percent;
    const struct cfg_texts *names;
    bool sms, routed;
    span at;
};

/* A budget on its way to be a node. */
struct budget {
    struct lower *l;
    const struct cfg_budget *cfg;
    const struct budget_service *service; /* NULL: the whole bill */
    VEC(struct alert) alerts;             /* by share */
    struct cfg_texts defaults[2];         /* names that nobody wrote */
    struct node *node;
    struct value *after; /* policies of topics that must be there before it */
    uint32_t room;       /* for notifications */
};

static struct value *text(const struct budget *b, const char *z) {
    return value_str(b->l->a, str_c(z), b->cfg->at);
}

static bool read_percent(struct lower *l, const struct cfg_budget_alert *c, struct num *ret) {
    struct quantity q;
    if (schema_quantity(SCHEMA_PERCENT, c->name.text, &q) && num_cmp(q.value, num_int(0)) > 0) {
        *ret = num_mul(q.value, num_int(100));
        if (num_ok(*ret))
            return true;
    }
    struct diag *d = diag_add(l->dl, DIAG_BUDGET_ALERT, c->name.at, "`%.*s` is no share of a limit",
                              STR_ARG(c->name.text));
    diag_hint(l->dl, d, "Write a percentage above 0%%, as in `80%%: ops`.");
    return false;
}

static void add_alert(struct budget *b, const struct cfg_budget_alert *c) {
    struct lower *l = b->l;
    struct alert al = {.names = &c->notify, .sms = c->sms.value, .at = c->name.at};
    if (!read_percent(l, c, &al.percent))
        return;
    for (uint32_t i = 0; i < b->alerts.n; i++) {
        if (num_cmp(b->alerts.at[i].percent, al.percent) != 0)
            continue;
        struct diag *d = diag_add(l->dl, DIAG_BUDGET_ALERT, al.at, "`%.*s` is there already",
                                  STR_ARG(c->name.text));
        diag_also(l->dl, d, b->alerts.at[i].at, "first here");
        diag_hint(l->dl, d, "Name all who are told in one of them.");
        return;
    }
    VEC_PUSH(l->scratch, &b->alerts, al);
}

static int by_percent(const void *x, const void *y) {
    return num_cmp(((const struct alert *)x)->percent, ((const struct alert *)y)->percent);
}

/* Nobody said who is told: the routes of alarms do. */
static void assume_alerts(struct budget *b) {
    struct lower *l = b->l;
    static const enum cfg_severity severities[2] = {CFG_WARNING, CFG_CRITICAL};
    bool whole = b->service == NULL;
    for (unsigned i = 0; i < (whole ? 2 : 1); i++) {
        b->defaults[i] = topic_route(l, severities[i]);
        VEC_PUSH(l->scratch, &b->alerts,
                 (struct alert){.percent = num_int(whole && i == 0 ? 80 : 100),
                                .names = &b->defaults[i],
                                .routed = true,
                                .at = b->cfg->limit.at});
    }
    lower_explain(l, "%.*s: alerts by the routes of warning%s alarms", STR_ARG(b->node->name),
                  whole ? " and critical" : "");
}

static void wait_for(struct budget *b, const struct topic *t) {
    for (uint32_t i = 0; b->after != NULL && i < b->after->list.n; i++) {
        if (b->after->list.items[i]->ref.node == t->policy)
            return;
    }
    if (b->after == NULL) {
        /* AWS refuses a budget that may not write to its topic. */
        b->after = value_list(b->l->a, VALUE_LIST, b->room, b->cfg->at);
        node_set(b->node, "depends_on", b->after);
    }
    value_push(b->after, value_ref(b->l->a, t->policy, NULL, b->cfg->at));
}

static void explain_alert(const struct budget *b, const struct alert *al, const char *type) {
    struct lower *l = b->l;
    if (l->explain == NULL)
        return;
    struct buf percent = BUF_INIT(AMOUNT_MAX);
    buf_num(&percent, al->percent);
    str share = buf_keep(&percent, l->scratch), names = topic_names_text(l, al->names);
    lower_explain(l, "%.*s: %s above %.*s%%: tells %.*s%s", STR_ARG(b->node->name),
                  str_is(str_c(type), "ACTUAL") ? "bill" : "forecast", STR_ARG(share),
                  STR_ARG(names), al->sms ? ", by SMS too" : "");
}

static void notify(struct budget *b, const struct alert *al, const char *type) {
    struct lower *l = b->l;
    struct budget_wish w = {
        .names = al->names, .sms = al->sms, .routed = al->routed, .what = "budget", .at = al->at};
    w.sender = (struct topic_sender){"Budgets", "budgets.amazonaws.com",
                                     budget_source(l, "budgets", "*", al->at)};
    struct budget_told told;
    if (!budget_tell(l, &w, &told))
        return;
    struct graph_block n = graph_block_push(l->graph, b->node, "notification", b->room, al->at);
    explain_alert(b, al, type);
    graph_block_set(n, "comparison_operator", text(b, "GREATER_THAN"));
    graph_block_set(n, "notification_type", text(b, type));
    graph_block_set(n, "threshold", value_num(l->a, al->percent, al->at));
    graph_block_set(n, "threshold_type", text(b, "PERCENTAGE"));
    if (told.emails != NULL)
        graph_block_set(n, "subscriber_email_addresses", told.emails);
    if (told.topic == NULL)
        return;
    struct value *topics = value_list(l->a, VALUE_LIST, 1, al->at);
    value_push(topics, value_ref(l->a, told.topic->node, "arn", al->at));
    graph_block_set(n, "subscriber_sns_topic_arns", topics);
    wait_for(b, told.topic);
}

/* The month is expected to end above the limit: a warning, for those who are told first. */
static void add_forecast(struct budget *b) {
    const struct cfg_texts *names = &b->cfg->forecast;
    if (given(names->at) && names->n == 0)
        return;
    struct alert al = b->alerts.n > 0 ? b->alerts.at[0] : (struct alert){.at = b->cfg->limit.at};
    al.percent = num_int(100);
    if (given(names->at))
        al = (struct alert){.percent = al.percent, .names = names, .at = names->at};
    if (al.names != NULL)
        notify(b, &al, "FORECASTED");
}

static void check_count(const struct budget *b, uint32_t n) {
    if (n <= NOTIFICATIONS_MAX)
        return;
    struct diag *d =
        diag_add(b->l->dl, DIAG_LIMIT_COUNT, b->cfg->alerts.at,
                 "a budget has at most %d alerts and forecasts, this has %u", NOTIFICATIONS_MAX, n);
    diag_hint(b->l->dl, d, "Three or four alerts are enough: 50%%, 80%%, 100%%.");
}

/* The tag of everything that is made (emit/), which `aws.tags` may say otherwise. */
static str tag_value(const struct config *c, const char *key, str def) {
    for (uint32_t i = 0; i < c->aws.tags.n; i++) {
        if (str_is(c->aws.tags.items[i].key.text, key))
            return c->aws.tags.items[i].value.text;
    }
    return def;
}

static void add_filter(struct budget *b, const char *name, struct value *values) {
    struct graph_block f = graph_block_push(b->l->graph, b->node, "cost_filter", 2, b->cfg->at);
    graph_block_set(f, "name", text(b, name));
    graph_block_set(f, "values", values);
}

/*
 * "Budget filters" (Cost Management user guide): a tag of a user's is user:KEY$VALUE. Several tags
 * must all be there, as everywhere in Cost Explorer.
 */
static void filter_tags(struct budget *b) {
    const struct config *c = b->l->cfg;
    struct arena *a = b->l->a;
    const struct {
        const char *key;
        str def;
    } tags[] = {{GRAPH_TAG_PROJECT, c->project.text}, {GRAPH_TAG_ENVIRONMENT, c->environment.text}};
    struct value *values = value_list(a, VALUE_LIST, 2, b->cfg->at);
    for (unsigned i = 0; i < 2; i++) {
        str v = tag_value(c, tags[i].key, tags[i].def);
        value_push(values, value_str(a, arena_printf(a, "user:%s$%.*s", tags[i].key, STR_ARG(v)),
                                     b->cfg->at));
    }
    add_filter(b, "TagKeyValue", values);
}

static void filter_service(struct budget *b) {
    struct value *values = value_list(b->l->a, VALUE_LIST, BUDGET_FILTER_VALUES_MAX, b->cfg->at);
    for (unsigned i = 0; i < BUDGET_FILTER_VALUES_MAX && b->service->values[i] != NULL; i++)
        value_push(values, text(b, b->service->values[i]));
    add_filter(b, b->service->filter, values);
}

/* "Data Transfer" is data-transfer. */
static str short_name(struct arena *a, const struct budget_service *s) {
    str name = arena_fold_case(a, str_c(s != NULL ? s->name : "monthly"));
    unsigned char *p = arena_alloc(a, name.n + 1, 1);
    for (uint32_t i = 0; i < name.n; i++)
        p[i] = name.p[i] == ' ' ? '-' : name.p[i];
    return (str){p, name.n};
}

static void make_node(struct budget *b) {
    struct lower *l = b->l;
    const struct config *c = l->cfg;
    str name = short_name(l->a, b->service);
    struct buf amount = BUF_INIT(AMOUNT_MAX);
    buf_num(&amount, b->cfg->limit.q.value);
    struct node *n = graph_add(l->graph, &resource_budget, name, b->cfg->at);
    n->module = STR(BUDGETS_MODULE);
    n->name = arena_printf(l->a, "%.*s-%.*s", STR_ARG(l->prefix), STR_ARG(name));
    n->path = b->service == NULL ? STR("budgets.monthly")
                                 : arena_cat(l->a, STR("budgets.services."), b->cfg->name.text);
    b->node = n;
    node_set(n, "name", value_str(l->a, n->name, b->cfg->at));
    node_set(n, "budget_type", text(b, "COST"));
    node_set(n, "limit_amount", value_str(l->a, buf_keep(&amount, l->a), b->cfg->limit.at));
    node_set(n, "limit_unit", text(b, "USD"));
    node_set(n, "time_unit", text(b, "MONTHLY"));
    if (b->service != NULL)
        filter_service(b);
    if (c->budgets.scope.value == CFG_SCOPE_TAGS)
        filter_tags(b);
    if (given(c->budgets.credits.at) && !c->budgets.credits.value) {
        struct graph_block t = graph_block_of(l->graph, n, "cost_types", c->budgets.credits.at);
        graph_block_set(t, "include_credit", value_bool(l->a, false, c->budgets.credits.at));
        graph_block_set(t, "include_refund", value_bool(l->a, false, c->budgets.credits.at));
    }
}

static void make_budget(struct lower *l, const struct cfg_budget *c,
                        const struct budget_service *service) {
    /* Wrong, and reported. */
    if (!given(c->limit.at))
        return;
    struct budget b = {.l = l, .cfg = c, .service = service};
    make_node(&b);
    for (uint32_t i = 0; i < c->alerts.n; i++)
        add_alert(&b, &c->alerts.items[i]);
    if (!given(c->alerts.at))
        assume_alerts(&b);
    if (b.alerts.n > 1)
        qsort(b.alerts.at, b.alerts.n, sizeof *b.alerts.at, by_percent);
    bool forecast = !given(c->forecast.at) || c->forecast.n > 0;
    b.room = b.alerts.n + 1;
    check_count(&b, b.alerts.n + forecast);
    for (uint32_t i = 0; i < b.alerts.n; i++)
        notify(&b, &b.alerts.at[i], "ACTUAL");
    add_forecast(&b);
}

static void make_services(struct lower *l) {
    const struct config *c = l->cfg;
    struct map seen = {0};
    for (uint32_t i = 0; i < c->budgets.services.n; i++) {
        struct cfg_budget *b = &c->budgets.services.items[i];
        const struct budget_service *s = budget_service_find(l, &b->name);
        struct cfg_budget *first = s != NULL ? map_add(l->scratch, &seen, str_c(s->name), b) : NULL;
        if (s != NULL && first == NULL)
            make_budget(l, b, s);
        if (first == NULL)
            continue;
        struct diag *d =
            diag_add(l->dl, DIAG_BUDGET_SERVICE, b->name.at, "`%.*s` is the same service as `%.*s`",
                     STR_ARG(b->name.text), STR_ARG(first->name.text));
        diag_also(l->dl, d, first->name.at, "`%.*s` is here", STR_ARG(first->name.text));
        diag_hint(l->dl, d, "Keep one of them.");
    }
}

/*
 * "AWS GovCloud (US) Billing and Payment": costs there are on the bill of a standard account. In
 * China bills are in yuan, and amounts here are in dollars.
 */
static bool check_region(struct lower *l) {
    str region = l->cfg->aws.region.text;
    bool china = str_is(account_partition(l), "aws-cn");
    if (str_is(account_partition(l), "aws"))
        return true;
    struct diag *d = diag_add(l->dl, DIAG_BUDGET_REGION, l->cfg->budgets.at,
                              china ? "a budget in US dollars cannot be made from %.*s"
                                    : "what %.*s costs is on the bill of another account",
                              STR_ARG(region));
    diag_hint(l->dl, d,
              china
                  ? "Bills of AWS in China are in yuan. Take `budgets:` away; make budgets in the "
                    "console there."
                  : "It is the standard account that GovCloud's belongs to. Move `budgets:` to "
                    "the spec of that account.");
    return false;
}

void lower_budgets(struct lower *l) {
    const struct config *c = l->cfg;
    if (!given(c->budgets.at) || c->aws.region.text.n == 0 || !check_region(l))
        return;
    lower_explain_title(l, "budgets");
    if (given(c->budgets.monthly.at))
        make_budget(l, &c->budgets.monthly, NULL);
    make_services(l);
    lower_anomalies(l);
    if (l->dl->errors == 0)
        budget_check(l);
}

void lower_budgets_result(const struct lower *l, struct lower_result *ret) {
    const struct config *c = l->cfg;
    bool any = given(c->budgets.monthly.at) || c->budgets.services.n > 0;
    if (any && c->budgets.scope.value == CFG_SCOPE_ACCOUNT)
        ret->budgets_at = c->budgets.at;
    if (given(c->budgets.anomalies.at) && !given(c->budgets.anomalies.monitor.at))
        ret->monitor_at = c->budgets.anomalies.at;
    ret->account = c->aws.account.text;
    ret->region = c->aws.region.text;
    for (uint32_t i = 0; i < l->graph->nodes.n; i++)
        ret->budgets += l->graph->nodes.at[i]->kind == &resource_budget;
}
