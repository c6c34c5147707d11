/* SPDX-License-Identifier: MIT */
#include "expr/expr.h"
#include "import/parts.h"
#include "import/yaml_text.h"

/* A name of `notify` for what an alarm calls. */
static str notified(struct import *im, str arn) {
    for (uint32_t i = 0; i < im->notified.n; i++) {
        if (str_eq(im->notified.at[i].arn, arn))
            return im->notified.at[i].key;
    }
    str name = str_after_last(str_after_last(arn, ':'), '/');
    if (str_starts(name, im->prefix))
        name = str_sub(name, im->prefix.n, name.n);
    str key = import_key(im, &im->notify_names, name);
    VEC_PUSH(im->a, &im->notified, (struct notified){key, arn});
    return key;
}

static void give_exactly(struct entry *e, const char *attr) {
    int i = resource_attr_index(e->have->kind->attrs, e->have->kind->nattrs, attr);
    if (i >= 0)
        e->exact |= UINT64_C(1) << i;
}

static bool begin(struct import *im, struct entry *e) {
    const struct value *to = import_get(e, "alarm_actions");
    if (to == NULL || to->type != VALUE_LIST || to->list.n == 0)
        give_exactly(e, "alarm_actions");
    for (uint32_t i = 0; to != NULL && to->type == VALUE_LIST && i < to->list.n; i++)
        notified(im, to->list.items[i]->text);
    str name = e->have->name;
    e->named = !str_starts(name, im->prefix);
    e->key = import_key(im, &im->keys, e->named ? name : str_sub(name, im->prefix.n, name.n));
    e->named |= !str_eq(arena_cat(im->a, im->prefix, e->key), name);
    return true;
}

static bool begin_metric(struct import *im, struct entry *e) {
    struct series_of of;
    bool ok = begin(im, e);
    import_series(im, e->have, &of);
    import_hint(im, e);
    return ok;
}

static void put_notify(struct import *im, struct buf *b, const struct entry *e) {
    const struct value *to = import_get(e, "alarm_actions");
    int i = resource_attr_index(e->have->kind->attrs, e->have->kind->nattrs, "alarm_actions");
    if (to == NULL || to->type != VALUE_LIST || (e->exact >> i & 1) != 0)
        return;
    str severity = to->list.n == 1 ? import_severity(im, to->list.items[0]->text) : STR("");
    if (severity.n > 0) {
        buf_printf(b, "    severity: %.*s\n", STR_ARG(severity));
        return;
    }
    BUF_LIT(b, "    notify: [");
    for (uint32_t k = 0; k < to->list.n; k++) {
        buf_text(b, k > 0 ? ", " : "");
        yaml_put_text(b, notified(im, to->list.items[k]->text));
    }
    BUF_LIT(b, "]\n");
}

static void put(struct import *im, struct buf *b, const struct entry *e) {
    if (e->named) {
        BUF_LIT(b, "    name: ");
        yaml_put_text(b, e->have->name);
        buf_byte(b, '\n');
    }
    if (e->form != FORM_EXACT) {
        BUF_LIT(b, "    when: ");
        yaml_put_condition(b, e->form == FORM_SAID    ? e->said
                              : e->form == FORM_SHORT ? e->when
                                                      : e->full);
        buf_byte(b, '\n');
    }
    put_notify(im, b, e);
    enum expr_missing missing = expr_missing_find(import_text(e, "treat_missing_data"));
    if (e->form != FORM_EXACT && e->missing)
        buf_printf(b, "    missing: %s\n",
                   expr_missing_words[missing != 0 ? missing : EXPR_MISSING_MISSING]);
    if (e->disabled)
        BUF_LIT(b, "    enabled: false\n");
    import_put_exactly(im, b, e);
}

#define CLOUDWATCH "cloudwatch"
#define EXACTLY "exactly"
#define LOGS "logs"
#define SNS "sns"
#define REST import_begin_rest, import_put_rest
const struct section import_sections[] = {
    {"alarms", "alarms", &resource_metric_alarm, CLOUDWATCH, false, begin_metric, put},
    {"alarms", "alarms over alarms", &resource_composite_alarm, CLOUDWATCH, false, begin, put},
    {"logs", "log groups", &resource_log_group, LOGS, false, import_begin_log, import_put_log},
    {EXACTLY, "dashboards", &resource_dashboard, CLOUDWATCH, true, REST},
    {EXACTLY, "metric filters", &resource_log_metric_filter, LOGS, true, REST},
    {EXACTLY, "saved queries", &resource_query_definition, LOGS, true, REST},
    {EXACTLY, "topics", &resource_sns_topic, SNS, true, REST},
    {EXACTLY, "policies of topics", &resource_sns_topic_policy, SNS, true, REST},
    {EXACTLY, "subscriptions", &resource_sns_topic_subscription, SNS, true, REST},
    {EXACTLY, "budgets", &resource_budget, "budgets", true, REST},
};
const uint32_t import_sections_n = sizeof import_sections / sizeof *import_sections;
const char *const import_services[] = {CLOUDWATCH, LOGS, SNS, "budgets", NULL};
