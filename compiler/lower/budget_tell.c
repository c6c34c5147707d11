/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/budgets.h"

/* "Notification" of the Budgets API; AWS Cost Anomaly Detection has the same limit. */
#define EMAILS_MAX 10

struct value *budget_source(struct lower *l, const char *service, const char *rest, span at) {
    struct arena *a = l->a;
    if (account_known(l))
        return value_str(a,
                         arena_printf(a, "arn:%.*s:%s::%.*s:%s", STR_ARG(account_partition(l)),
                                      service, STR_ARG(l->cfg->aws.account.text), rest),
                         at);
    struct value *v = value_list(a, VALUE_TEXT, 3, at);
    str head = arena_printf(a, "arn:%.*s:%s::", STR_ARG(account_partition(l)), service);
    value_push(v, value_str(a, head, at));
    value_push(v, account_id(l, BUDGETS_MODULE, at));
    value_push(v, value_str(a, arena_printf(a, ":%s", rest), at));
    return v;
}

/* Whether a topic has anything to do for somebody. */
static bool needs_topic(const struct cfg_notify *n, bool sms) {
    return n->slack.n + n->https.n + n->lambda.n + n->sqs.n + (sms ? n->sms.n : 0) > 0;
}

/* Of those named, what there is. */
struct found {
    VEC(const struct cfg_text *) emails;
    bool topic, telephone;
    const struct cfg_text *silent; /* has a telephone and nothing else, which is not asked for */
};

static void look_at(struct lower *l, const struct budget_wish *w, const struct cfg_text *name,
                    struct map *seen, struct found *ret) {
    const struct cfg_notify *who = topic_notify(l, name->text);
    if (who == NULL)
        return;
    for (uint32_t i = 0; i < who->email.n; i++) {
        struct cfg_text *e = &who->email.items[i];
        if (map_add(l->scratch, seen, e->text, e) == NULL)
            VEC_PUSH(l->scratch, &ret->emails, e);
    }
    ret->topic |= needs_topic(who, w->sms);
    ret->telephone |= who->sms.n > 0;
    if (who->email.n == 0 && who->sms.n > 0 && !needs_topic(who, w->sms))
        ret->silent = name;
    map_add(l->a, &l->told, name->text, l);
}

static void nobody(struct lower *l, const struct budget_wish *w) {
    struct diag *d = diag_add(l->dl, DIAG_BUDGET_UNHEARD, w->at, "this tells nobody");
    if (l->cfg->notify.n == 0)
        diag_hint(l->dl, d, "Say who is told: `notify: { ops: { email: ops@example.com } }`.");
    else
        diag_hint(l->dl, d, "Name somebody of `notify:`, as in `notify: %.*s`.",
                  STR_ARG(l->cfg->notify.items[0].name.text));
}

/* Where the routes of alarms are taken, there is nowhere to write it yet. */
static void silent(struct lower *l, const struct budget_wish *w, const struct cfg_text *who) {
    struct diag *d =
        diag_add(l->dl, DIAG_BUDGET_UNHEARD, w->routed ? w->at : who->at,
                 "`%.*s` has only a telephone, and this sends no SMS", STR_ARG(who->text));
    bool budget = str_is(str_c(w->what), "budget");
    const char *first = w->routed ? "Say who is told" : "Add `sms: true`";
    const char *before = !w->routed ? "{ " : budget ? "alerts: { 100%: { " : "";
    const char *after = !w->routed ? " }" : budget ? " } }" : "";
    if (w->routed)
        diag_also(l->dl, d, who->at, "the routes of alarms are taken");
    diag_hint(l->dl, d, "%s, as in `%snotify: %.*s, sms: true%s`, or give an `email:` to `%.*s`.",
              first, before, STR_ARG(who->text), after, STR_ARG(who->text));
}

static bool check_telephones(struct lower *l, const struct budget_wish *w, const struct found *f) {
    if (f->silent != NULL) {
        silent(l, w, f->silent);
        return false;
    }
    if (!w->sms || f->telephone)
        return true;
    struct diag *d = diag_add(l->dl, DIAG_BUDGET_UNHEARD, w->at,
                              "an SMS is wanted, and nobody of %.*s has `sms:`",
                              STR_ARG(topic_names_text(l, w->names)));
    diag_hint(l->dl, d, "Add a telephone number to one of them, or take `sms: true` away.");
    return false;
}

static bool check_emails(struct lower *l, const struct budget_wish *w, const struct found *f) {
    if (f->emails.n <= EMAILS_MAX)
        return true;
    struct diag *d = diag_add(l->dl, DIAG_LIMIT_COUNT, w->at,
                              "these are %u e-mail addresses, AWS tells at most %d of a budget",
                              f->emails.n, EMAILS_MAX);
    diag_hint(l->dl, d, "Tell a mailing list, which knows who is on it.");
    return false;
}

static const struct topic *find_or_make(struct lower *l, const struct budget_wish *w) {
    const char *prefix = (const char *)arena_printf(l->a, "%s%s-", w->sms ? "sms-" : "", w->what).p;
    str key = topic_names_key(l, prefix, w->names);
    struct topic *t = map_get(&l->budget_topics, key);
    if (t != NULL)
        return t;
    struct topic_form f = {.key = key,
                           .module = BUDGETS_MODULE,
                           .region = GRAPH_REGION_HOME,
                           .senders = {w->sender},
                           .nsenders = 1,
                           .names = w->names,
                           .no_email = true,
                           .no_sms = !w->sms};
    f.doc = arena_printf(l->a, "SNS topic of %s alerts%s: tells %.*s.", w->what,
                         w->sms ? ", by SMS too" : "", STR_ARG(topic_names_text(l, w->names)));
    f.title = arena_printf(l->a, "%.*s %s", STR_ARG(l->cfg->project.text), w->what);
    t = topic_make(l, &f, w->at);
    map_add(l->a, &l->budget_topics, key, t);
    VEC_PUSH(
        l->a, &l->graph->outputs,
        (struct graph_output){.module = STR(BUDGETS_MODULE),
                              .name = arena_printf(l->a, "topic_%.*s_arn", STR_ARG(t->node->label)),
                              .doc = f.doc,
                              .is = value_ref(l->a, t->node, "arn", w->at),
                              .root = true});
    return t;
}

bool budget_tell(struct lower *l, const struct budget_wish *w, struct budget_told *ret) {
    struct found f = {0};
    struct map seen = {0};
    *ret = (struct budget_told){0};
    uint32_t errors = l->dl->errors;
    lower_check_notify(l, w->names);
    for (uint32_t i = 0; i < w->names->n; i++)
        look_at(l, w, &w->names->items[i], &seen, &f);
    if (l->dl->errors > errors)
        return false;
    if (w->names->n == 0) {
        nobody(l, w);
        return false;
    }
    /* Who has no address at all has been reported (topics.c). */
    if (!check_telephones(l, w, &f) || !check_emails(l, w, &f) || (f.emails.n == 0 && !f.topic))
        return false;
    if (f.emails.n > 0)
        ret->emails = value_list(l->a, VALUE_LIST, f.emails.n, w->at);
    for (uint32_t i = 0; i < f.emails.n; i++)
        value_push(ret->emails, value_str(l->a, f.emails.at[i]->text, f.emails.at[i]->at));
    if (f.topic)
        ret->topic = find_or_make(l, w);
    return true;
}
