/* SPDX-License-Identifier: MIT */
/* table: budgets, and the detection of unusual costs */
#include "resource/resource_rows.h"

#define BUDGET_ARN "arn:${partition}:budgets::${account}:budget/*"

static const struct resource_call describe_budgets = {
    .service = "budgets",
    .operation = "DescribeBudgets",
    .input = "{\"AccountId\":\"${account}\",\"MaxResults\":1000}",
    .token_in = "NextToken",
    .token_out = "NextToken",
    .action = "ViewBudget",
    .on = BUDGET_ARN};
static const struct resource_call list_notifications = {
    .service = "budgets",
    .operation = "DescribeBudgetNotificationsForAccount",
    .input = "{\"AccountId\":\"${account}\",\"MaxResults\":1000}",
    .token_in = "NextToken",
    .token_out = "NextToken",
    .action = "ViewBudget",
    .on = BUDGET_ARN};
static const struct resource_param subscribers_params[] = {{"BudgetName", "../BudgetName"},
                                                           {"Notification", ""}};
static const struct resource_call list_subscribers = {
    .service = "budgets",
    .operation = "DescribeSubscribersForNotification",
    .input = "{\"AccountId\":\"${account}\",\"MaxResults\":100}",
    .each = &list_notifications,
    .each_items = "BudgetNotificationsForAccount/Notifications",
    PARAMS(subscribers_params),
    .action = "ViewBudget",
    .on = BUDGET_ARN};
static const struct resource_read read_budgets[] = {
    {.call = &describe_budgets, .items = "Budgets"},
    {.call = &list_subscribers, .items = "", .adds = true},
};

static const struct resource_attr filter_rows[] = {
    {.tf = "name", .api = "Key", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "values",
     .api = "Value",
     .type = ATTR_STR_LIST,
     .flags = ATTR_REQUIRED | ATTR_UNORDERED},
};
static const struct resource_attr types_rows[] = {
    {.tf = "include_credit", .api = "IncludeCredit", .type = ATTR_BOOL, .def = "true"},
    {.tf = "include_discount", .api = "IncludeDiscount", .type = ATTR_BOOL, .def = "true"},
    {.tf = "include_other_subscription",
     .api = "IncludeOtherSubscription",
     .type = ATTR_BOOL,
     .def = "true"},
    {.tf = "include_recurring", .api = "IncludeRecurring", .type = ATTR_BOOL, .def = "true"},
    {.tf = "include_refund", .api = "IncludeRefund", .type = ATTR_BOOL, .def = "true"},
    {.tf = "include_subscription", .api = "IncludeSubscription", .type = ATTR_BOOL, .def = "true"},
    {.tf = "include_support", .api = "IncludeSupport", .type = ATTR_BOOL, .def = "true"},
    {.tf = "include_tax", .api = "IncludeTax", .type = ATTR_BOOL, .def = "true"},
    {.tf = "include_upfront", .api = "IncludeUpfront", .type = ATTR_BOOL, .def = "true"},
    {.tf = "use_amortized", .api = "UseAmortized", .type = ATTR_BOOL, .def = "false"},
    {.tf = "use_blended", .api = "UseBlended", .type = ATTR_BOOL, .def = "false"},
};
static const struct resource_attr notification_rows[] = {
    {.tf = "comparison_operator",
     .api = "ComparisonOperator",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "notification_type",
     .api = "NotificationType",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "threshold", .api = "Threshold", .type = ATTR_NUM, .flags = ATTR_REQUIRED},
    {.tf = "threshold_type",
     .api = "ThresholdType",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED,
     .def = "PERCENTAGE"},
    {.tf = "subscriber_email_addresses",
     .api = "Address",
     .read = "../Subscribers[SubscriptionType=EMAIL]/Address",
     .type = ATTR_STR_SET},
    {.tf = "subscriber_sns_topic_arns",
     .api = "Address",
     .read = "../Subscribers[SubscriptionType=SNS]/Address",
     .type = ATTR_STR_SET},
};

static const struct resource_attr budget_rows[] = {
    {.tf = "name",
     .api = "BudgetName",
     .read = "BudgetName|$BudgetName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "budget_type", .api = "BudgetType", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "limit_amount",
     .api = "Amount",
     .read = "BudgetLimit/Amount",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED | ATTR_DECIMAL},
    {.tf = "limit_unit",
     .api = "Unit",
     .read = "BudgetLimit/Unit",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "time_unit", .api = "TimeUnit", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "cost_filter",
     .api = "CostFilters",
     .type = ATTR_BLOCKS,
     .flags = ATTR_ENTRIES,
     .key = "name",
     BLOCK(filter_rows)},
    {.tf = "cost_types", .api = "CostTypes", .type = ATTR_BLOCK, BLOCK(types_rows)},
    {.tf = "notification",
     .api = "NotificationsWithSubscribers",
     .read = "$Notification",
     .type = ATTR_BLOCKS,
     .flags = ATTR_UNORDERED,
     BLOCK(notification_rows)},
    {.tf = "depends_on", .type = ATTR_STR_LIST},
    {.tf = "arn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:budgets::${account}:budget/${name}"},
    TAGS,
};
/* The name: BudgetName of botocore's model, service "budgets". */
const struct resource_kind resource_budget = {.tf = "aws_budgets_budget",
                                              .import_id = "${account}:${name}",
                                              .free = "a budget that takes no action",
                                              .title = "budget",
                                              READS(read_budgets),
                                              .name_max = 100,
                                              .service = "budgets",
                                              .file = "main.tf",
                                              .tags = &resource_tags_budget,
                                              ATTRS(budget_rows)};

static const struct resource_call get_monitors = {.service = "ce",
                                                  .operation = "GetAnomalyMonitors",
                                                  .input = "{\"MaxResults\":100}",
                                                  .token_in = "NextPageToken",
                                                  .token_out = "NextPageToken"};
static const struct resource_call get_subscriptions = {.service = "ce",
                                                       .operation = "GetAnomalySubscriptions",
                                                       .input = "{\"MaxResults\":100}",
                                                       .token_in = "NextPageToken",
                                                       .token_out = "NextPageToken"};
static const struct resource_read read_monitors[] = {
    {.call = &get_monitors, .items = "AnomalyMonitors"},
};
static const struct resource_read read_subscriptions[] = {
    {.call = &get_subscriptions, .items = "AnomalySubscriptions"},
};

static const struct resource_attr monitor_rows[] = {
    {.tf = "name", .api = "MonitorName", .type = ATTR_STR, .flags = ATTR_IDENTITY | ATTR_REQUIRED},
    {.tf = "monitor_type",
     .api = "MonitorType",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "monitor_dimension", .api = "MonitorDimension", .type = ATTR_STR, .flags = ATTR_REPLACE},
    {.tf = "arn", .api = "MonitorArn", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    TAGS,
};
const struct resource_kind resource_anomaly_monitor = {
    .tf = "aws_ce_anomaly_monitor",
    .import_id = "${arn}",
    .free = "AWS does not charge for anomaly detection",
    .title = "monitor of cost anomalies",
    READS(read_monitors),
    .name_max = 1024,
    .service = "ce",
    .file = "main.tf",
    .tags = &resource_tags_ce,
    ATTRS(monitor_rows)};

static const struct resource_attr subscriber_rows[] = {
    {.tf = "type", .api = "Type", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "address", .api = "Address", .type = ATTR_STR, .flags = ATTR_REQUIRED},
};
static const struct resource_attr dimension_rows[] = {
    {.tf = "key", .api = "Key", .type = ATTR_STR},
    {.tf = "match_options", .api = "MatchOptions", .type = ATTR_STR_SET},
    {.tf = "values", .api = "Values", .type = ATTR_STR_SET},
};
static const struct resource_attr operand_rows[] = {
    {.tf = "dimension", .api = "Dimensions", .type = ATTR_BLOCK, BLOCK(dimension_rows)},
};
/* The console joins two of them. */
static const struct resource_attr threshold_rows[] = {
    {.tf = "and", .api = "And", .type = ATTR_BLOCKS, .flags = ATTR_UNORDERED, BLOCK(operand_rows)},
    {.tf = "dimension", .api = "Dimensions", .type = ATTR_BLOCK, BLOCK(dimension_rows)},
    {.tf = "or", .api = "Or", .type = ATTR_BLOCKS, .flags = ATTR_UNORDERED, BLOCK(operand_rows)},
};
static const struct resource_attr subscription_rows[] = {
    {.tf = "name",
     .api = "SubscriptionName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "frequency", .api = "Frequency", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "monitor_arn_list",
     .api = "MonitorArnList",
     .type = ATTR_STR_LIST,
     .flags = ATTR_REQUIRED | ATTR_UNORDERED},
    {.tf = "subscriber",
     .api = "Subscribers",
     .type = ATTR_BLOCKS,
     .flags = ATTR_REQUIRED | ATTR_UNORDERED,
     BLOCK(subscriber_rows)},
    {.tf = "threshold_expression",
     .api = "ThresholdExpression",
     .type = ATTR_BLOCK,
     BLOCK(threshold_rows)},
    {.tf = "depends_on", .type = ATTR_STR_LIST},
    {.tf = "arn", .api = "SubscriptionArn", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    TAGS,
};
const struct resource_kind resource_anomaly_subscription = {
    .tf = "aws_ce_anomaly_subscription",
    .import_id = "${arn}",
    .free = "AWS does not charge for anomaly detection",
    .title = "subscription to cost anomalies",
    READS(read_subscriptions),
    .name_max = 1024,
    .service = "ce",
    .file = "main.tf",
    .tags = &resource_tags_ce,
    ATTRS(subscription_rows)};
