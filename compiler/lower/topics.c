/* SPDX-License-Identifier: MIT */
#include "lower/topics.h"

#include "lower/account.h"
#include "schema/schema.h"

#define NAMES_MAX (64u << 20)

const struct cfg_route *lower_route(const struct lower *l, enum cfg_severity severity) {
    for (uint32_t i = 0; i < l->cfg->routes.n; i++) {
        const struct cfg_route *r = &l->cfg->routes.items[i];
        if (str_is(r->name.text, schema_severities[severity]))
            return r;
    }
    return NULL;
}

struct cfg_texts topic_route(struct lower *l, enum cfg_severity severity) {
    const struct cfg_route *r = lower_route(l, severity);
    if (r != NULL)
        return r->to;
    struct cfg_texts all = {0};
    if (l->cfg->routes.n > 0)
        return all;
    all.items = ARENA_ARRAY(l->a, struct cfg_text, l->cfg->notify.n + 1);
    for (uint32_t i = 0; i < l->cfg->notify.n; i++)
        all.items[all.n++] = l->cfg->notify.items[i].name;
    return all;
}

const struct cfg_notify *topic_notify(const struct lower *l, str name) {
    for (uint32_t i = 0; i < l->cfg->notify.n; i++) {
        if (str_eq(l->cfg->notify.items[i].name.text, name))
            return &l->cfg->notify.items[i];
    }
    return NULL;
}

static struct value *sender_condition(struct lower *l, const struct topic_sender *from,
                                      const char *module, span at) {
    struct value *when = value_map(l->a, 2, at), *account = value_map(l->a, 1, at),
                 *source = value_map(l->a, 1, at);
    value_set(account, STR("aws:SourceAccount"), account_id(l, module, at));
    value_set(when, STR("StringEquals"), account);
    if (from->source != NULL) {
        value_set(source, STR("aws:SourceArn"), from->source);
        value_set(when, STR("ArnLike"), source);
    }
    return when;
}

static struct value *sender_statement(struct lower *l, const struct topic_sender *from,
                                      const char *module, const struct node *topic) {
    struct arena *a = l->a;
    span at = topic->at;
    struct value *who = value_map(a, 1, at), *s = value_map(a, 6, at);
    value_set(who, STR("Service"), value_str(a, str_c(from->service), at));
    value_set(s, STR("Sid"), value_str(a, str_c(from->sid), at));
    value_set(s, STR("Effect"), value_str(a, STR("Allow"), at));
    value_set(s, STR("Principal"), who);
    value_set(s, STR("Action"), value_str(a, STR("sns:Publish"), at));
    value_set(s, STR("Resource"), value_ref(a, topic, "arn", at));
    value_set(s, STR("Condition"), sender_condition(l, from, module, at));
    return s;
}

static struct value *topic_policy(struct lower *l, const struct topic_form *f,
                                  const struct node *topic) {
    struct arena *a = l->a;
    span at = topic->at;
    struct value *list = value_list(a, VALUE_LIST, f->nsenders, at), *doc = value_map(a, 2, at);
    for (uint32_t i = 0; i < f->nsenders; i++)
        value_push(list, sender_statement(l, &f->senders[i], f->module, topic));
    value_set(doc, STR("Version"), value_str(a, STR("2012-10-17"), at));
    value_set(doc, STR("Statement"), list);
    return value_json(a, doc, at);
}

/*
 * Which of several endpoints it is, for a label that stays when others come and go: an address or
 * a number itself, the name of what an ARN names, and of a URL, which may be a secret, a hash.
 */
static str endpoint_label(struct lower *l, const char *protocol, str endpoint) {
    if (str_is(str_c(protocol), "https"))
        return arena_printf(l->a, "%08x", (unsigned)(str_hash(endpoint) & 0xFFFFFFFFu));
    if (str_starts(endpoint, STR("arn:"))) {
        str last = STR("");
        while (endpoint.n > 0)
            last = str_split(&endpoint, ':');
        return last;
    }
    return str_starts(endpoint, STR("+")) ? str_sub(endpoint, 1, endpoint.n) : endpoint;
}

static void subscribe(struct lower *l, struct topic *t, const struct cfg_notify *who,
                      const char *protocol, const struct cfg_texts *endpoints) {
    for (uint32_t i = 0; i < endpoints->n; i++) {
        const struct cfg_text *e = &endpoints->items[i];
        str which = endpoint_label(l, protocol, e->text);
        str label = arena_printf(l->a, "%.*s_%.*s_%s_%.*s", STR_ARG(t->node->label),
                                 STR_ARG(who->name.text), protocol, STR_ARG(which));
        struct node *n = graph_add(l->graph, &resource_sns_topic_subscription, label, e->at);
        n->module = t->node->module;
        n->region = t->region;
        n->path = arena_cat(l->a, STR("notify."), who->name.text);
        node_set(n, "topic_arn", value_ref(l->a, t->node, "arn", e->at));
        node_set(n, "protocol", value_str(l->a, str_c(protocol), e->at));
        node_set(n, "endpoint", value_str(l->a, e->text, e->at));
    }
}

/* A function does not run for a topic that it does not know. It is allowed where the function
 * lives. */
static void allow_function(struct lower *l, const struct topic *t, const struct cfg_notify *who,
                           const struct cfg_text *function) {
    str region = account_arn_region(function->text);
    bool home = str_eq(region, l->cfg->aws.region.text);
    if (!home && !str_is(region, GRAPH_GLOBAL_NAME)) {
        lower_explain(
            l, "%.*s: allow topic %.*s to call it (`aws lambda add-permission`), in its own region",
            STR_ARG(function->text), STR_ARG(t->node->name));
        return;
    }
    struct arena *a = l->a;
    span at = function->at;
    str which = endpoint_label(l, "lambda", function->text);
    str label = arena_printf(a, "%.*s_%.*s_%.*s", STR_ARG(t->node->label), STR_ARG(who->name.text),
                             STR_ARG(which));
    struct node *n = graph_add(l->graph, &resource_lambda_permission, label, at);
    n->module = t->node->module;
    n->region = home ? GRAPH_REGION_HOME : GRAPH_REGION_GLOBAL;
    n->path = arena_cat(a, STR("notify."), who->name.text);
    /* Topics of two regions have the same name. */
    const char *where = t->region == GRAPH_REGION_GLOBAL ? "-" GRAPH_GLOBAL_NAME : "";
    str statement = arena_printf(a, "%.*s%s", STR_ARG(t->node->name), where);
    node_set(n, "statement_id", value_str(a, statement, at));
    node_set(n, "action", value_str(a, STR("lambda:InvokeFunction"), at));
    node_set(n, "function_name", value_str(a, function->text, at));
    node_set(n, "principal", value_str(a, STR("sns.amazonaws.com"), at));
    node_set(n, "source_arn", value_ref(a, t->node, "arn", at));
}

static void subscribe_all(struct lower *l, struct topic *t, const struct topic_form *f) {
    for (uint32_t i = 0; i < f->names->n; i++) {
        const struct cfg_notify *who = topic_notify(l, f->names->items[i].text);
        if (who == NULL)
            continue;
        if (!f->no_email)
            subscribe(l, t, who, "email", &who->email);
        if (!f->no_sms)
            subscribe(l, t, who, "sms", &who->sms);
        lower_tell_slack(l, t, who);
        subscribe(l, t, who, "https", &who->https);
        subscribe(l, t, who, "lambda", &who->lambda);
        for (uint32_t k = 0; k < who->lambda.n; k++)
            allow_function(l, t, who, &who->lambda.items[k]);
        subscribe(l, t, who, "sqs", &who->sqs);
    }
}

/* Who has no name of their own (`notify: ops@example.com`) is called by the address. */
static str name_text(struct lower *l, str name) {
    const struct cfg_notify *who = topic_notify(l, name);
    bool unnamed = who != NULL && str_is(name, CFG_NOTIFY_UNNAMED) && who->email.n > 0;
    return unnamed ? who->email.items[0].text : name;
}

str topic_names_text(struct lower *l, const struct cfg_texts *names) {
    struct buf b = BUF_INIT(NAMES_MAX);
    for (uint32_t i = 0; i < names->n; i++) {
        buf_text(&b, list_gap(i, names->n, " and "));
        buf_put(&b, name_text(l, names->items[i].text));
    }
    return buf_keep(&b, l->a);
}

static str topic_doc(struct lower *l, enum graph_region region, const struct cfg_texts *names,
                     const struct alarm *al) {
    str who = topic_names_text(l, names);
    const char *where = region == GRAPH_REGION_GLOBAL ? " in " GRAPH_GLOBAL_NAME : "";
    if (al->notify.n > 0)
        return arena_printf(l->a, "SNS topic%s that tells %.*s.", where, STR_ARG(who));
    return arena_printf(l->a, "SNS topic%s of %s alarms: tells %.*s.", where,
                        schema_severities[al->severity], STR_ARG(who));
}

str topic_names_key(struct lower *l, const char *prefix, const struct cfg_texts *names) {
    struct buf b = BUF_INIT(NAMES_MAX);
    for (uint32_t i = 0; i < names->n; i++) {
        buf_text(&b, i > 0 ? "-and-" : prefix);
        buf_put(&b, names->items[i].text);
    }
    return buf_keep(&b, l->a);
}

/* "critical", or "notify-ops-and-oncall". */
static str topic_key(struct lower *l, const struct alarm *al) {
    if (al->notify.n == 0)
        return str_c(schema_severities[al->severity]);
    return topic_names_key(l, "notify-", &al->notify);
}

struct topic *topic_make(struct lower *l, const struct topic_form *f, span at) {
    struct topic *t = ARENA_NEW(l->a, struct topic);
    *t = (struct topic){.key = f->key, .region = f->region, .doc = f->doc};
    bool away = f->region == GRAPH_REGION_GLOBAL;
    str label = away ? arena_cat(l->a, f->key, STR("-" GRAPH_GLOBAL_NAME)) : f->key;
    struct node *n = graph_add(l->graph, &resource_sns_topic, label, at);
    n->module = str_c(f->module);
    n->region = f->region;
    n->name = arena_printf(l->a, "%.*s-%.*s", STR_ARG(l->prefix), STR_ARG(f->key));
    n->path = STR("notify");
    node_set(n, "name", value_str(l->a, n->name, at));
    node_set(n, "display_name", value_str(l->a, f->title, at));
    t->node = n;
    struct node *p = graph_add(l->graph, &resource_sns_topic_policy, label, at);
    p->module = n->module;
    p->region = f->region;
    p->path = n->path;
    node_set(p, "arn", value_ref(l->a, n, "arn", at));
    node_set(p, "policy", topic_policy(l, f, n));
    t->policy = p;
    /* Of a name that is too long (limits.c) come labels that are. */
    if (n->name.n <= n->kind->name_max)
        subscribe_all(l, t, f);
    return t;
}

static struct topic *make_topic(struct lower *l, enum graph_region region,
                                const struct cfg_texts *names, const struct alarm *al, span at) {
    struct topic_form f = {.key = topic_key(l, al),
                           .module = "monitoring",
                           .region = region,
                           .senders = {{"CloudWatchAlarms", "cloudwatch.amazonaws.com", NULL}},
                           .nsenders = 1,
                           .names = names};
    f.doc = topic_doc(l, region, names, al);
    f.title = arena_printf(l->a, "%.*s %.*s", STR_ARG(l->cfg->project.text), STR_ARG(f.key));
    struct topic *t = topic_make(l, &f, at);
    t->severity = al->severity;
    t->notify = al->notify;
    VEC_PUSH(l->a, &l->topics, t);
    return t;
}

static enum graph_region topic_region(const struct lower *l, const struct alarm *al) {
    return str_is(l->cfg->aws.region.text, GRAPH_GLOBAL_NAME) ? GRAPH_REGION_HOME : al->region;
}

static bool same_names(const struct cfg_texts *x, const struct cfg_texts *y) {
    bool same = x->n == y->n;
    for (uint32_t i = 0; same && i < x->n; i++)
        same = str_eq(x->items[i].text, y->items[i].text);
    return same;
}

/* The topic of the alarm's severity, or of the names that it has in place of that; or NULL. */
static struct topic *find_topic(struct lower *l, const struct alarm *al, enum graph_region region) {
    for (uint32_t i = 0; i < l->topics.n; i++) {
        struct topic *t = l->topics.at[i];
        if (t->region == region && same_names(&t->notify, &al->notify) &&
            (al->notify.n > 0 || t->severity == al->severity))
            return t;
    }
    return NULL;
}

static bool has_address(const struct cfg_notify *n) {
    return n->email.n + n->sms.n + n->slack.n + n->https.n + n->lambda.n + n->sqs.n > 0;
}

/* Whether one of them is told by a topic of ours. Who is not known has been reported. */
static bool needs_topic(const struct lower *l, const struct cfg_texts *names) {
    for (uint32_t i = 0; i < names->n; i++) {
        const struct cfg_notify *who = topic_notify(l, names->items[i].text);
        if (who == NULL || has_address(who) || who->action.n == 0)
            return true;
    }
    return false;
}

/* With what is called as it is; `topic` NULL: that alone. */
static struct value *actions_of(struct lower *l, const struct cfg_texts *names,
                                const struct topic *topic) {
    span at = topic != NULL ? topic->node->at : names->items[0].at;
    uint32_t n = 1;
    for (uint32_t i = 0; i < names->n; i++) {
        const struct cfg_notify *who = topic_notify(l, names->items[i].text);
        n += who != NULL ? who->action.n : 0;
    }
    struct value *list = value_list(l->a, VALUE_LIST, n, at);
    if (topic != NULL)
        value_push(list, value_ref(l->a, topic->node, "arn", at));
    for (uint32_t i = 0; i < names->n; i++) {
        const struct cfg_notify *who = topic_notify(l, names->items[i].text);
        map_add(l->a, &l->told, names->items[i].text, l);
        for (uint32_t k = 0; who != NULL && k < who->action.n; k++)
            value_push(list, value_str(l->a, who->action.items[k].text, who->action.items[k].at));
    }
    return list;
}

struct value *lower_actions(struct lower *l, const struct alarm *al) {
    struct cfg_texts names = al->notify.n > 0 ? al->notify : topic_route(l, al->severity);
    enum graph_region region = topic_region(l, al);
    struct topic *t = find_topic(l, al, region);
    if (t == NULL && names.n == 0) {
        lower_note_unreached(l, al);
        return NULL;
    }
    if (t != NULL)
        return t->actions;
    if (!needs_topic(l, &names))
        return actions_of(l, &names, NULL);
    t = make_topic(l, region, &names, al, names.items[0].at);
    t->actions = actions_of(l, &names, t);
    return t->actions;
}

struct value *topic_arn(struct lower *l, const struct topic *t, const char *module, span at) {
    struct value *arn = value_ref(l->a, t->node, "arn", at);
    if (str_is(t->node->module, module))
        return arn;
    str name = arena_printf(l->a, "topic_%.*s_arn", STR_ARG(t->node->label));
    VEC_PUSH(l->a, &l->graph->variables,
             (struct graph_variable){.module = str_c(module),
                                     .name = name,
                                     .type = "string",
                                     .doc = (const char *)arena_str(l->a, t->doc).p,
                                     .is = arn});
    return value_var(l->a, name, arn, at);
}

static bool is_email(str s) {
    uint32_t at = str_find(s, '@');
    return at > 0 && at + 3 < s.n && str_find(s, ' ') == s.n &&
           str_find(str_sub(s, at + 1, s.n), '@') == s.n - at - 1 &&
           str_find(str_sub(s, at + 1, s.n), '.') + at + 1 < s.n;
}

static bool is_e164(str s) {
    bool ok = s.n >= 8 && s.n <= 16 && s.p[0] == '+' && s.p[1] != '0';
    for (uint32_t i = 1; i < s.n; i++)
        ok &= ascii_is_digit(s.p[i]);
    return ok;
}

static void check_endpoints(struct lower *l, const struct cfg_texts *t, bool (*good)(str),
                            const char *what, const char *example) {
    for (uint32_t i = 0; i < t->n; i++) {
        if (good(t->items[i].text))
            continue;
        struct diag *d = diag_add(l->dl, DIAG_BAD_FORMAT, t->items[i].at, "this is not %s", what);
        diag_hint(l->dl, d, "Write it like %s.", example);
    }
}

static bool is_https(str s) {
    return str_starts(s, STR("https://")) && s.n > 10 && str_find(s, ' ') == s.n;
}

static bool is_lambda(str s) {
    return str_starts(s, STR("arn:aws")) && str_contains(s, STR(":lambda:"));
}

static bool is_sqs(str s) {
    return str_starts(s, STR("arn:aws")) && str_contains(s, STR(":sqs:"));
}

static bool is_arn(str s) {
    return str_starts(s, STR("arn:aws")) && str_find(s, ' ') == s.n;
}

static void check_notify(struct lower *l, const struct cfg_notify *n) {
    check_endpoints(l, &n->email, is_email, "an e-mail address", "ops@example.com");
    check_endpoints(l, &n->sms, is_e164, "a telephone number", "\"+34600000000\"");
    check_endpoints(l, &n->https, is_https, "an https address", "https://hooks.example.com/aws");
    check_endpoints(l, &n->lambda, is_lambda, "the ARN of a Lambda function",
                    "arn:aws:lambda:us-east-1:123456789012:function:page");
    check_endpoints(l, &n->action, is_arn, "an ARN", "arn:aws:sns:us-east-1:123456789012:alerts");
    check_endpoints(l, &n->sqs, is_sqs, "the ARN of an SQS queue",
                    "arn:aws:sqs:us-east-1:123456789012:alarms");
    lower_check_chats(l, n);
    if (has_address(n) || n->action.n > 0)
        return;
    struct diag *d = diag_add(l->dl, DIAG_NOTIFY_EMPTY, n->name.at, "`%.*s` has no address",
                              STR_ARG(n->name.text));
    diag_hint(l->dl, d,
              "Add `email:`, `sms:`, `slack:`, `https:`, `lambda:`, `sqs:` or `action:`.");
}

static void unknown_notify(struct lower *l, const struct cfg_text *name) {
    struct diag *d = diag_add(l->dl, DIAG_UNKNOWN_NOTIFY, name->at,
                              "there is nobody `%.*s` under `notify:`", STR_ARG(name->text));
    struct suggest near = suggest_for(name->text);
    for (uint32_t k = 0; k < l->cfg->notify.n; k++)
        suggest_offer(&near, l->cfg->notify.items[k].name.text);
    if (diag_suggest(l->dl, d, &near))
        return;
    if (l->cfg->notify.n > 0)
        diag_hint(l->dl, d, "Name an entry of `notify:`, such as `%.*s`, or add one.",
                  STR_ARG(l->cfg->notify.items[0].name.text));
    else
        diag_hint(l->dl, d, "Add `notify: { %.*s: { email: ops@example.com } }`.",
                  STR_ARG(name->text));
}

void lower_check_notify(struct lower *l, const struct cfg_texts *names) {
    struct map seen = {0};
    for (uint32_t i = 0; i < names->n; i++) {
        struct cfg_text *name = &names->items[i];
        const struct cfg_text *first =
            names->n > 1 && name->text.n > 0 ? map_add(l->a, &seen, name->text, name) : NULL;
        if (first == NULL && given(name->at) && topic_notify(l, name->text) == NULL)
            unknown_notify(l, name);
        if (first == NULL)
            continue;
        struct diag *d =
            diag_add(l->dl, DIAG_BAD_VALUE, name->at, "`%.*s` is named twice", STR_ARG(name->text));
        diag_also(l->dl, d, first->at, "first named here");
        diag_hint(l->dl, d, "Nobody is told twice. Take one away.");
    }
}

static str severities_text(struct lower *l) {
    struct buf b = BUF_INIT(1024);
    for (uint32_t i = 0; i < CFG_SEVERITY_COUNT; i++) {
        buf_text(&b, list_gap(i, CFG_SEVERITY_COUNT, " and "));
        buf_text(&b, schema_severities[i]);
    }
    return buf_keep(&b, l->scratch);
}

static void check_route(struct lower *l, const struct cfg_route *r) {
    bool known = lower_is_severity(r->name.text);
    struct suggest near = suggest_for(r->name.text);
    for (int i = 0; schema_severities[i] != NULL; i++)
        suggest_offer(&near, str_c(schema_severities[i]));
    if (!known) {
        struct diag *d = diag_add(l->dl, DIAG_UNKNOWN_SEVERITY, r->name.at,
                                  "there is no severity `%.*s`", STR_ARG(r->name.text));
        if (!diag_suggest(l->dl, d, &near))
            diag_hint(l->dl, d, "There are %.*s.", STR_ARG(severities_text(l)));
    }
    lower_check_notify(l, &r->to);
}

void lower_topics(struct lower *l) {
    for (uint32_t i = 0; i < l->cfg->notify.n; i++)
        check_notify(l, &l->cfg->notify.items[i]);
    for (uint32_t i = 0; i < l->cfg->routes.n; i++)
        check_route(l, &l->cfg->routes.items[i]);
}
