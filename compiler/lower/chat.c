/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/topics.h"

#define LOG_RETENTION_DAYS 30

/*
 * Webhooks of chats: they do not confirm a subscription of SNS, and refuse its format. A host is
 * the domain itself or lies below it; `path` is how the path begins, empty: any.
 */
static const struct webhook {
    const char *domain, *path, *chat, *instead;
} webhooks[] = {
    {"hooks.slack.com", "", "Slack",
     "Use `slack: T07EA123LEP/C07EZ1ABC23`, the ids of the workspace and the channel"},
    {"webhook.office.com", "", "Microsoft Teams", NULL},
    {"outlook.office.com", "/webhook", "Microsoft Teams", NULL},
    {"logic.azure.com", "", "Microsoft Teams", NULL},
    {"api.powerplatform.com", "", "Microsoft Teams", NULL},
    {"discord.com", "/api/", "Discord", NULL},
    {"discordapp.com", "/api/", "Discord", NULL},
    {"chat.googleapis.com", "", "Google Chat", NULL},
};

/* https://user:pass@Host.:443/path: the host in lower case, and where the path begins. */
static str url_host(struct arena *a, str url, str *ret_path) {
    str rest = str_sub(url, (uint32_t)strlen("https://"), url.n);
    uint32_t end = 0;
    while (end < rest.n && strchr("/?#", rest.p[end]) == NULL)
        end++;
    *ret_path = str_sub(rest, end, rest.n);
    str host = str_sub(rest, 0, end);
    for (uint32_t at = str_find(host, '@'); at < host.n; at = str_find(host, '@'))
        host = str_sub(host, at + 1, host.n);
    host = str_sub(host, 0, str_find(host, ':'));
    while (str_ends(host, STR(".")))
        host = str_sub(host, 0, host.n - 1);
    unsigned char *low = arena_alloc(a, host.n + 1, 1);
    for (uint32_t i = 0; i < host.n; i++)
        low[i] = ascii_lower(host.p[i]);
    return (str){low, host.n};
}

static const struct webhook *find_webhook(struct arena *a, str url) {
    str path, host = url_host(a, url, &path);
    for (unsigned i = 0; i < sizeof webhooks / sizeof *webhooks; i++) {
        const struct webhook *w = &webhooks[i];
        bool below = str_ends(host, arena_cat(a, STR("."), str_c(w->domain)));
        if ((below || str_is(host, w->domain)) && str_starts(path, str_c(w->path)))
            return w;
    }
    return NULL;
}

void lower_check_chats(struct lower *l, const struct cfg_notify *n) {
    for (uint32_t i = 0; i < n->https.n; i++) {
        const struct cfg_text *t = &n->https.items[i];
        const struct webhook *w =
            str_starts(t->text, STR("https://")) ? find_webhook(l->a, t->text) : NULL;
        if (w == NULL)
            continue;
        struct diag *d = diag_add(l->dl, DIAG_CHAT_UNREACHED, t->at,
                                  "%s can neither confirm a subscription of SNS nor read what it "
                                  "sends",
                                  w->chat);
        diag_hint(l->dl, d, "%s%s `lambda:`, a function that posts there what it is told.",
                  w->instead != NULL ? w->instead : "Use", w->instead != NULL ? ", or" : "");
    }
    if (n->slack.n == 0 || str_is(account_partition(l), "aws"))
        return;
    struct diag *d = diag_add(l->dl, DIAG_CHAT_UNREACHED, n->slack.at,
                              "Amazon Q Developer does not post in Slack from %.*s",
                              STR_ARG(l->cfg->aws.region.text));
    diag_hint(l->dl, d, "Use `lambda:`, a function that posts there what it is told.");
}

void lower_tell_slack(struct lower *l, struct topic *t, const struct cfg_notify *who) {
    for (uint32_t i = 0; i < who->slack.n; i++) {
        const struct cfg_text *text = &who->slack.items[i];
        struct slack_channel *c = NULL;
        /* Empty: its form has been reported. */
        if (text->text.n == 0)
            continue;
        for (uint32_t k = 0; k < l->slack.n && c == NULL; k++)
            c = str_eq(l->slack.at[k]->text, text->text) ? l->slack.at[k] : NULL;
        if (c == NULL) {
            c = ARENA_NEW(l->a, struct slack_channel);
            c->text = text->text;
            c->path = arena_cat(l->a, STR("notify."), who->name.text);
            c->at = text->at;
            VEC_PUSH(l->a, &l->slack, c);
        }
        /* Topics are told one after the other. */
        if (c->topics.n == 0 || c->topics.at[c->topics.n - 1] != t)
            VEC_PUSH(l->a, &c->topics, t);
    }
}

static struct node *add(struct lower *l, const struct resource_kind *kind, str label,
                        const struct slack_channel *c) {
    struct node *n = graph_add(l->graph, kind, label, c->at);
    n->module = STR("monitoring");
    n->path = c->path;
    return n;
}

static void put(struct lower *l, struct value *map, const char *key, str text, span at) {
    value_set(map, str_c(key), value_str(l->a, text, at));
}

static struct value *document(struct lower *l, struct value *statement, span at) {
    struct value *doc = value_map(l->a, 2, at), *list = value_list(l->a, VALUE_LIST, 1, at);
    value_push(list, statement);
    put(l, doc, "Version", STR("2012-10-17"), at);
    value_set(doc, STR("Statement"), list);
    return value_json(l->a, doc, at);
}

/* What AWS's own "notifications only" template has: to draw the graph of an alarm. */
static struct value *read_metrics(struct lower *l, span at) {
    struct value *s = value_map(l->a, 4, at), *actions = value_list(l->a, VALUE_LIST, 3, at);
    value_push(actions, value_str(l->a, STR("cloudwatch:Describe*"), at));
    value_push(actions, value_str(l->a, STR("cloudwatch:Get*"), at));
    value_push(actions, value_str(l->a, STR("cloudwatch:List*"), at));
    put(l, s, "Sid", STR("ReadMetrics"), at);
    put(l, s, "Effect", STR("Allow"), at);
    value_set(s, STR("Action"), actions);
    put(l, s, "Resource", STR("*"), at);
    return document(l, s, at);
}

/* Who may pass a role to the service must be of the role's account, so there is no condition on
 * whom it serves. */
static struct value *assumed_by_chatbot(struct lower *l, span at) {
    struct value *who = value_map(l->a, 1, at), *s = value_map(l->a, 4, at);
    put(l, who, "Service", STR("chatbot.amazonaws.com"), at);
    put(l, s, "Sid", STR("AmazonQDeveloper"), at);
    put(l, s, "Effect", STR("Allow"), at);
    value_set(s, STR("Principal"), who);
    put(l, s, "Action", STR("sts:AssumeRole"), at);
    return document(l, s, at);
}

/* One for all channels: what their roles may do, and the most that anybody in them may. */
static struct node *slack_policy(struct lower *l, const struct slack_channel *c) {
    struct node *n = add(l, &resource_iam_policy, STR("slack"), c);
    n->name = arena_cat(l->a, l->prefix, STR("-slack"));
    node_set(n, "name", value_str(l->a, n->name, c->at));
    node_set(n, "description",
             value_str(l->a, STR("What Amazon Q Developer may do in Slack channels: show metrics"),
                       c->at));
    node_set(n, "policy", read_metrics(l, c->at));
    return n;
}

static struct node *slack_role(struct lower *l, const struct slack_channel *c, str name, str label,
                               const struct node *policy) {
    struct node *role = add(l, &resource_iam_role, label, c);
    role->name = name;
    node_set(role, "name", value_str(l->a, name, c->at));
    node_set(role, "description",
             value_str(l->a, arena_cat(l->a, STR("Amazon Q Developer in Slack channel "), c->text),
                       c->at));
    node_set(role, "assume_role_policy", assumed_by_chatbot(l, c->at));
    struct node *n = add(l, &resource_iam_role_policy_attachment, label, c);
    node_set(n, "role", value_ref(l->a, role, "name", c->at));
    node_set(n, "policy_arn", value_ref(l->a, policy, "arn", c->at));
    return role;
}

/* Amazon Q Developer writes it in us-east-1, and would keep it for ever. */
static void slack_log(struct lower *l, const struct slack_channel *c, str name, str label) {
    struct node *n = add(l, &resource_log_group, label, c);
    bool home = str_is(l->cfg->aws.region.text, GRAPH_GLOBAL_NAME);
    n->region = home ? GRAPH_REGION_HOME : GRAPH_REGION_GLOBAL;
    n->name = arena_cat(l->a, STR("/aws/chatbot/"), name);
    node_set(n, "name", value_str(l->a, n->name, c->at));
    node_set(n, "retention_in_days", value_int(l->a, LOG_RETENTION_DAYS, c->at));
}

/* Of a topic in another module there is one variable, however many channels it tells. */
static struct value *slack_topic(struct lower *l, struct map *named, const struct topic *t,
                                 span at) {
    struct value *known = map_get(named, t->node->label);
    if (known == NULL) {
        known = topic_arn(l, t, "monitoring", at);
        map_add(l->a, named, t->node->label, known);
    }
    return known;
}

/*
 * AWS lets an account configure a channel once, so a configuration has all topics that tell it.
 * Its service-linked role subscribes to them: their policies need no statement for it.
 */
void lower_slack(struct lower *l) {
    struct map named = {0};
    const struct node *policy = l->slack.n > 0 ? slack_policy(l, l->slack.at[0]) : NULL;
    for (uint32_t i = 0; i < l->slack.n; i++) {
        const struct slack_channel *c = l->slack.at[i];
        str channel = c->text, team = str_split(&channel, '/');
        str label = arena_cat(l->a, STR("slack-"), channel);
        str name = arena_printf(l->a, "%.*s-slack-%.*s-%.*s", STR_ARG(l->prefix), STR_ARG(team),
                                STR_ARG(channel));
        const struct node *role = slack_role(l, c, name, label, policy);
        slack_log(l, c, name, label);
        struct value *topics = value_list(l->a, VALUE_LIST, c->topics.n, c->at),
                     *guard = value_list(l->a, VALUE_LIST, 1, c->at);
        for (uint32_t k = 0; k < c->topics.n; k++)
            value_push(topics, slack_topic(l, &named, c->topics.at[k], c->at));
        value_push(guard, value_ref(l->a, policy, "arn", c->at));
        struct node *n = add(l, &resource_slack_channel, label, c);
        n->name = name;
        node_set(n, "configuration_name", value_str(l->a, name, c->at));
        node_set(n, "slack_team_id", value_str(l->a, team, c->at));
        node_set(n, "slack_channel_id", value_str(l->a, channel, c->at));
        node_set(n, "iam_role_arn", value_ref(l->a, role, "arn", c->at));
        node_set(n, "guardrail_policy_arns", guard);
        node_set(n, "sns_topic_arns", topics);
        node_set(n, "logging_level", value_str(l->a, STR("ERROR"), c->at));
    }
}
