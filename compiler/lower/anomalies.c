/* SPDX-License-Identifier: MIT */
#include "lower/budgets.h"

#define AMOUNT_MAX 64
#define ADDRESS_MAX 302

/* One subscription: of all addresses, or of the topic. */
struct subscription {
    struct lower *l;
    const struct cfg_anomalies *cfg;
    struct value *monitor; /* ARN */
};

static struct value *text(const struct subscription *s, const char *z) {
    return value_str(s->l->a, str_c(z), s->cfg->at);
}

static struct value *one(const struct subscription *s, struct value *v) {
    struct value *list = value_list(s->l->a, VALUE_LIST, 1, s->cfg->at);
    value_push(list, v);
    return list;
}

/* An account can have one of this type, so it watches all of it, whatever `scope` is. */
static struct value *make_monitor(const struct subscription *s) {
    struct lower *l = s->l;
    const struct cfg_text *arn = &s->cfg->monitor;
    if (given(arn->at))
        return value_str(l->a, arn->text, arn->at);
    struct node *n = graph_add(l->graph, &resource_anomaly_monitor, STR("services"), s->cfg->at);
    n->module = STR(BUDGETS_MODULE);
    n->path = STR("budgets.anomalies");
    n->name = arena_cat(l->a, l->prefix, STR("-services"));
    node_set(n, "name", value_str(l->a, n->name, s->cfg->at));
    node_set(n, "monitor_type", text(s, "DIMENSIONAL"));
    node_set(n, "monitor_dimension", text(s, "SERVICE"));
    struct diag *d =
        diag_add(l->dl, DIAG_BUDGET_MONITOR, s->cfg->at,
                 "the account's monitor of services is made, and it can have one only");
    diag_hint(l->dl, d,
              "AWS makes one by itself in many accounts, and then refuses ours. If `aws ce "
              "get-anomaly-monitors` shows one whose MonitorDimension is SERVICE, give its ARN: "
              "`monitor: arn:aws:ce::...`.");
    return value_ref(l->a, n, "arn", s->cfg->at);
}

/*
 * AnomalySubscription of the Cost Explorer API: e-mail is sent once a day, topics are told at once;
 * a subscription has up to ten addresses or one topic.
 */
static struct node *subscribe(const struct subscription *s, const char *label,
                              const char *frequency) {
    struct lower *l = s->l;
    struct node *n = graph_add(l->graph, &resource_anomaly_subscription, str_c(label), s->cfg->at);
    n->module = STR(BUDGETS_MODULE);
    n->path = STR("budgets.anomalies");
    n->name = arena_printf(l->a, "%.*s-anomalies-%s", STR_ARG(l->prefix), label);
    node_set(n, "name", value_str(l->a, n->name, s->cfg->at));
    node_set(n, "frequency", text(s, frequency));
    node_set(n, "monitor_arn_list", one(s, s->monitor));
    struct buf amount = BUF_INIT(AMOUNT_MAX);
    buf_num(&amount, s->cfg->above.q.value);
    struct graph_block e = graph_block_of(l->graph, n, "threshold_expression", s->cfg->above.at);
    struct graph_block d = graph_block_in(l->graph, e, "dimension", s->cfg->above.at);
    graph_block_set(d, "key", text(s, "ANOMALY_TOTAL_IMPACT_ABSOLUTE"));
    graph_block_set(d, "match_options", one(s, text(s, "GREATER_THAN_OR_EQUAL")));
    graph_block_set(d, "values",
                    one(s, value_str(l->a, buf_keep(&amount, l->a), s->cfg->above.at)));
    return n;
}

static void add_subscriber(const struct subscription *s, struct node *n, const char *type,
                           struct value *address, uint32_t room) {
    struct graph_block b = graph_block_push(s->l->graph, n, "subscriber", room, s->cfg->at);
    graph_block_set(b, "type", text(s, type));
    graph_block_set(b, "address", address);
}

/* SubscriberAddress of the Cost Explorer API, which takes less than e-mail does. */
static bool is_address(str s) {
    static const char marks[] = ".!#$%&'*+=?^_{|}~-";
    uint32_t at = str_find(s, '@');
    bool ok = at > 0 && at < s.n && s.n <= ADDRESS_MAX;
    for (uint32_t i = 0; i < s.n && ok; i++) {
        unsigned char c = s.p[i];
        bool letter = ascii_is_alnum(c);
        const char *more = i < at ? marks : "._-";
        ok = letter || i == at || (c != 0 && strchr(more, c) != NULL);
    }
    bool empty = false;
    for (str rest = str_sub(s, at + 1, s.n); ok && rest.n > 0;)
        empty |= str_split(&rest, '.').n == 0;
    return ok && !empty && !str_ends(s, STR("."));
}

static bool check_addresses(struct lower *l, const struct value *emails) {
    bool ok = true;
    for (uint32_t i = 0; emails != NULL && i < emails->list.n; i++) {
        const struct value *e = emails->list.items[i];
        if (is_address(e->text))
            continue;
        ok = false;
        struct diag *d = diag_add(l->dl, DIAG_BAD_FORMAT, e->at,
                                  "AWS Cost Anomaly Detection does not take this address");
        diag_also(l->dl, d, l->cfg->budgets.anomalies.at, "it is told here");
        diag_hint(l->dl, d, "Letters, digits and %s may stand before the @: tell another address.",
                  ". ! # $ % & ' * + = ? ^ _ { | } ~ -");
    }
    return ok;
}

void lower_anomalies(struct lower *l) {
    const struct cfg_anomalies *c = &l->cfg->budgets.anomalies;
    if (!given(c->above.at))
        return;
    struct subscription s = {.l = l, .cfg = c};
    struct cfg_texts names = c->alert.notify;
    if (!given(names.at))
        names = topic_route(l, CFG_WARNING);
    struct budget_wish w = {.names = ARENA_NEW(l->a, struct cfg_texts),
                            .sms = c->alert.sms.value,
                            .routed = !given(c->alert.notify.at),
                            .what = "anomaly",
                            .at = given(c->alert.notify.at) ? names.at : c->at};
    *(struct cfg_texts *)w.names = names;
    w.sender = (struct topic_sender){"CostAnomalies", "costalerts.amazonaws.com",
                                     budget_source(l, "ce", "anomalysubscription/*", c->at)};
    struct budget_told told;
    if (!budget_tell(l, &w, &told) || !check_addresses(l, told.emails))
        return;
    s.monitor = make_monitor(&s);
    if (told.emails != NULL) {
        struct node *n = subscribe(&s, "daily", "DAILY");
        for (uint32_t i = 0; i < told.emails->list.n; i++)
            add_subscriber(&s, n, "EMAIL", told.emails->list.items[i], told.emails->list.n);
    }
    if (told.topic != NULL) {
        struct node *n = subscribe(&s, "immediate", "IMMEDIATE");
        add_subscriber(&s, n, "SNS", value_ref(l->a, told.topic->node, "arn", c->at), 1);
        node_set(n, "depends_on", one(&s, value_ref(l->a, told.topic->policy, NULL, c->at)));
    }
}
