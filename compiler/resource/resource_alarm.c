/* SPDX-License-Identifier: MIT */
/* table: alarms and dashboards */
#include "resource/resource_rows.h"

static const struct resource_call describe_alarms = {
    .service = "cloudwatch",
    .operation = "DescribeAlarms",
    .input = "{\"AlarmTypes\":[\"MetricAlarm\",\"CompositeAlarm\"],\"MaxRecords\":100}",
    .token_in = "NextToken",
    .token_out = "NextToken",
    .prefix = "AlarmNamePrefix",
    .names = "AlarmNames",
    .names_max = 100};
static const struct resource_read read_metric_alarms[] = {
    {.call = &describe_alarms, .items = "MetricAlarms"}};
static const struct resource_read read_composite_alarms[] = {
    {.call = &describe_alarms, .items = "CompositeAlarms"}};

static const struct resource_attr query_metric_rows[] = {
    {.tf = "namespace", .api = "Metric/Namespace", .type = ATTR_STR},
    {.tf = "metric_name", .api = "Metric/MetricName", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "dimensions", .api = "Metric/Dimensions", .type = ATTR_STR_MAP, .pair = "Name,Value"},
    {.tf = "period", .api = "Period", .type = ATTR_NUM, .flags = ATTR_REQUIRED},
    {.tf = "stat", .api = "Stat", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "unit", .api = "Unit", .type = ATTR_STR},
};

static const struct resource_attr query_rows[] = {
    {.tf = "id", .api = "Id", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "expression", .api = "Expression", .type = ATTR_STR},
    {.tf = "label", .api = "Label", .type = ATTR_STR},
    {.tf = "return_data", .api = "ReturnData", .type = ATTR_BOOL, .def = "false"},
    {.tf = "period", .api = "Period", .type = ATTR_NUM},
    {.tf = "account_id", .api = "AccountId", .type = ATTR_STR},
    {.tf = "metric", .api = "MetricStat", .type = ATTR_BLOCK, BLOCK(query_metric_rows)},
};

static const struct resource_attr metric_alarm_rows[] = {
    {.tf = "alarm_name",
     .api = "AlarmName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "alarm_description", .api = "AlarmDescription", .type = ATTR_STR},
    {.tf = "actions_enabled", .api = "ActionsEnabled", .type = ATTR_BOOL, .def = "true"},
    {.tf = "alarm_actions", .api = "AlarmActions", .type = ATTR_STR_SET},
    {.tf = "ok_actions", .api = "OKActions", .type = ATTR_STR_SET},
    {.tf = "insufficient_data_actions", .api = "InsufficientDataActions", .type = ATTR_STR_SET},
    {.tf = "namespace", .api = "Namespace", .type = ATTR_STR},
    {.tf = "metric_name", .api = "MetricName", .type = ATTR_STR},
    {.tf = "dimensions", .api = "Dimensions", .type = ATTR_STR_MAP, .pair = "Name,Value"},
    {.tf = "statistic", .api = "Statistic", .type = ATTR_STR},
    {.tf = "extended_statistic", .api = "ExtendedStatistic", .type = ATTR_STR},
    {.tf = "period", .api = "Period", .type = ATTR_NUM},
    {.tf = "unit", .api = "Unit", .type = ATTR_STR},
    {.tf = "comparison_operator",
     .api = "ComparisonOperator",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "threshold", .api = "Threshold", .type = ATTR_NUM},
    {.tf = "threshold_metric_id", .api = "ThresholdMetricId", .type = ATTR_STR},
    {.tf = "evaluation_periods",
     .api = "EvaluationPeriods",
     .type = ATTR_NUM,
     .flags = ATTR_REQUIRED},
    {.tf = "datapoints_to_alarm",
     .api = "DatapointsToAlarm",
     .type = ATTR_NUM,
     .def_of = "evaluation_periods"},
    {.tf = "treat_missing_data", .api = "TreatMissingData", .type = ATTR_STR, .def = "missing"},
    {.tf = "evaluate_low_sample_count_percentiles",
     .api = "EvaluateLowSampleCountPercentile",
     .type = ATTR_STR,
     .def = "evaluate"},
    {.tf = "metric_query", .api = "Metrics", .type = ATTR_BLOCKS, .key = "id", BLOCK(query_rows)},
    {.tf = "arn",
     .api = "AlarmArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:cloudwatch:${region}:${account}:alarm:${alarm_name}"},
    TAGS,
};
const struct resource_kind resource_metric_alarm = {.tf = "aws_cloudwatch_metric_alarm",
                                                    .import_id = "${alarm_name}",
                                                    .price = "cloudwatch.alarm.standard",
                                                    .title = "CloudWatch alarm",
                                                    .global_too = true,
                                                    READS(read_metric_alarms),
                                                    .name_max = 255,
                                                    .service = "monitoring",
                                                    .file = "alarms.tf",
                                                    .tags = &resource_tags_cloudwatch,
                                                    ATTRS(metric_alarm_rows)};

static const struct resource_attr suppressor_rows[] = {
    {.tf = "alarm", .api = "ActionsSuppressor", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "extension_period",
     .api = "ActionsSuppressorExtensionPeriod",
     .type = ATTR_NUM,
     .flags = ATTR_REQUIRED},
    {.tf = "wait_period",
     .api = "ActionsSuppressorWaitPeriod",
     .type = ATTR_NUM,
     .flags = ATTR_REQUIRED},
};

static const struct resource_attr composite_alarm_rows[] = {
    {.tf = "alarm_name",
     .api = "AlarmName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "alarm_description", .api = "AlarmDescription", .type = ATTR_STR},
    {.tf = "actions_enabled",
     .api = "ActionsEnabled",
     .type = ATTR_BOOL,
     .flags = ATTR_REPLACE,
     .def = "true"},
    {.tf = "alarm_actions", .api = "AlarmActions", .type = ATTR_STR_SET},
    {.tf = "ok_actions", .api = "OKActions", .type = ATTR_STR_SET},
    {.tf = "insufficient_data_actions", .api = "InsufficientDataActions", .type = ATTR_STR_SET},
    {.tf = "alarm_rule",
     .api = "AlarmRule",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED | ATTR_SPACES},
    {.tf = "actions_suppressor", .type = ATTR_BLOCK, BLOCK(suppressor_rows)},
    {.tf = "arn",
     .api = "AlarmArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:cloudwatch:${region}:${account}:alarm:${alarm_name}"},
    TAGS,
};
const struct resource_kind resource_composite_alarm = {.tf = "aws_cloudwatch_composite_alarm",
                                                       .import_id = "${alarm_name}",
                                                       .price = "cloudwatch.alarm.composite",
                                                       .title = "CloudWatch composite alarm",
                                                       .global_too = true,
                                                       READS(read_composite_alarms),
                                                       .name_max = 255,
                                                       .service = "monitoring",
                                                       .file = "alarms.tf",
                                                       .tags = &resource_tags_cloudwatch,
                                                       ATTRS(composite_alarm_rows)};

static const struct resource_call list_dashboards = {.service = "cloudwatch",
                                                     .operation = "ListDashboards",
                                                     .token_in = "NextToken",
                                                     .token_out = "NextToken",
                                                     .prefix = "DashboardNamePrefix"};
static const struct resource_param dashboard_params[] = {{"DashboardName", "DashboardName"}};
static const struct resource_call get_dashboard = {.service = "cloudwatch",
                                                   .operation = "GetDashboard",
                                                   .each = &list_dashboards,
                                                   .each_items = "DashboardEntries",
                                                   .on = "${dashboard_arn}",
                                                   PARAMS(dashboard_params)};
static const struct resource_read read_dashboards[] = {{.call = &get_dashboard, .items = ""}};

static const struct resource_attr dashboard_rows[] = {
    {.tf = "dashboard_name",
     .api = "DashboardName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "dashboard_body", .api = "DashboardBody", .type = ATTR_JSON, .flags = ATTR_REQUIRED},
    {.tf = "dashboard_arn",
     .api = "DashboardArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:cloudwatch::${account}:dashboard/${dashboard_name}"},
};
const struct resource_kind resource_dashboard = {.tf = "aws_cloudwatch_dashboard",
                                                 .import_id = "${dashboard_name}",
                                                 .price = "cloudwatch.dashboard.basic",
                                                 .title = "CloudWatch dashboard",
                                                 READS(read_dashboards),
                                                 .service = "monitoring",
                                                 .file = "dashboard.tf",
                                                 ATTRS(dashboard_rows)};
