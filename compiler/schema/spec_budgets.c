/* SPDX-License-Identifier: MIT */
/* table: the section `budgets:` of ops.yaml */
#include "schema/schema_rows.h"
#include "schema/spec_read.h"

/* In the order of enum cfg_scope. */
static const char *const scope_words[] = {"account", "tags", NULL};

static const struct schema_row alert_rows[] = {
    {"notify", SCHEMA_TEXTS, SCHEMA_REQUIRED, AT(cfg_budget_alert, notify), "Names of `notify`.",
     "[ops, oncall]"},
    {"sms", SCHEMA_BOOL, 0, AT(cfg_budget_alert, sms), "Their telephones are told as well.", "true",
     .def = "false"},
};
static const struct schema_table alert_table = {"an alert of a budget",
                                                ROWS(alert_rows),
                                                "notify",
                                                SCHEMA_NO_OFFSET,
                                                offsetof(struct cfg_budget_alert, name),
                                                SCHEMA_NO_OFFSET};

static const struct schema_row budget_rows[] = {
    {"limit", SCHEMA_MONEY, SCHEMA_REQUIRED, AT(cfg_budget, limit),
     "What a calendar month may cost, in US dollars.", "$25", .min = "$0.01"},
    {"alerts", SCHEMA_ITEMS, SCHEMA_ANY_KEY, AT(cfg_budget, alerts),
     "Who is told when so much of the limit is spent.",
     "{ 50%: ops, 80%: [ops, oncall], 100%: { notify: oncall, sms: true } }", .table = &alert_table,
     .item_size = sizeof(struct cfg_budget_alert),
     .def = "the month: 80%, the route of warning alarms, and 100%, that of critical ones; a "
            "service: 100%, that of warning alarms"},
    {"forecast", SCHEMA_TEXTS, 0, AT(cfg_budget, forecast),
     "Who is told when the month is expected to end above the limit; `[]` is nobody.", "[ops]",
     .def = "those of the first alert"},
};
static const struct schema_table budget_table = {"a budget",
                                                 ROWS(budget_rows),
                                                 "limit",
                                                 offsetof(struct cfg_budget, at),
                                                 offsetof(struct cfg_budget, name),
                                                 SCHEMA_NO_OFFSET};

static const struct schema_row anomalies_rows[] = {
    {"above", SCHEMA_MONEY, SCHEMA_REQUIRED, AT(cfg_anomalies, above),
     "What is unusual must cost so much more than usual to be told.", "$10", .min = "$0.01"},
    {"notify", SCHEMA_TEXTS, 0, AT(cfg_anomalies, alert.notify), "Names of `notify`.", "ops",
     .def = "the route of warning alarms"},
    {"sms", SCHEMA_BOOL, 0, AT(cfg_anomalies, alert.sms), "Their telephones are told as well.",
     "true", .def = "false"},
    {"monitor", SCHEMA_TEXT, 0, AT(cfg_anomalies, monitor),
     "ARN of the account's monitor of services, when it has one already: it can have no second.",
     "arn:aws:ce::123456789012:anomalymonitor/1234abcd-12ab-34cd-56ef-1234567890ab",
     .def = "one is made", .form = "arn:aws:ce::[0-9]{12}:anomalymonitor/[A-Za-z0-9-]+"},
};
static const struct schema_table anomalies_table = {
    "anomalies",      ROWS(anomalies_rows), "above", offsetof(struct cfg_anomalies, at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row budgets_rows[] = {
    {"monthly", SCHEMA_GROUP, 0, AT(config, budgets.monthly), "The whole bill of a month.",
     "{ limit: $25, alerts: { 80%: ops, 100%: { notify: oncall, sms: true } } }",
     .table = &budget_table},
    {"services", SCHEMA_ITEMS, SCHEMA_ANY_KEY, AT(config, budgets.services),
     "AWS services by their usual names, and what each may cost in a month.",
     "{ CloudWatch: $5, S3: $2, Data Transfer: $3 }", .table = &budget_table,
     .item_size = sizeof(struct cfg_budget)},
    {"anomalies", SCHEMA_GROUP, 0, AT(config, budgets.anomalies),
     "AWS Cost Anomaly Detection: a service costs more than it usually does.",
     "{ above: $10, notify: ops }", .table = &anomalies_table},
    {"scope", SCHEMA_CHOICE, 0, AT(config, budgets.scope),
     "What budgets count: all of the account, or what has the tags `project` and `environment`.",
     "tags", .choices = scope_words, .def = "account"},
    {"credits", SCHEMA_BOOL, 0, AT(config, budgets.credits),
     "Whether credits and refunds lower what is counted, as they lower the bill.", "false",
     .def = "true"},
};
const struct schema_table schema_budgets = {
    "budgets",        ROWS(budgets_rows), NULL, offsetof(struct config, budgets.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
