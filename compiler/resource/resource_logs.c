/* SPDX-License-Identifier: MIT */
/* table: log groups, metric filters, saved queries */
#include "resource/resource_rows.h"

static const struct resource_call describe_log_groups = {.service = "logs",
                                                         .operation = "DescribeLogGroups",
                                                         .input = "{\"limit\":50}",
                                                         .token_in = "nextToken",
                                                         .token_out = "nextToken",
                                                         .prefix = "logGroupNamePrefix",
                                                         .in_path = true,
                                                         .names = "logGroupIdentifiers",
                                                         .names_max = 50};
static const struct resource_read read_log_groups[] = {
    {.call = &describe_log_groups, .items = "logGroups"}};

static const struct resource_attr log_group_rows[] = {
    {.tf = "name",
     .api = "logGroupName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "retention_in_days", .api = "retentionInDays", .type = ATTR_NUM, .def = "0"},
    {.tf = "kms_key_id", .api = "kmsKeyId", .type = ATTR_STR, .flags = ATTR_KMS_KEY},
    {.tf = "log_group_class",
     .api = "logGroupClass",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE,
     .def = "STANDARD"},
    {.tf = "skip_destroy", .type = ATTR_BOOL, .def = "false"},
    {.tf = "arn",
     .api = "logGroupArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:logs:${region}:${account}:log-group:${name}"},
    TAGS,
};
const struct resource_kind resource_log_group = {
    .tf = "aws_cloudwatch_log_group",
    .import_id = "${name}",
    .left = "[kms_key_id, log_group_class, tags, tags_all]",
    .free = "what is written, kept and searched is priced by usage",
    .title = "CloudWatch log group",
    READS(read_log_groups),
    .service = "logs",
    .file = "main.tf",
    .tags = &resource_tags_logs,
    ATTRS(log_group_rows)};

static const struct resource_attr data_groups_rows[] = {
    {.tf = "log_group_name_prefix", .api = "logGroupNamePrefix", .type = ATTR_STR},
    {.tf = "log_group_names", .type = ATTR_STR_SET, .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_data_log_groups = {.tf = "aws_cloudwatch_log_groups",
                                                       .title = "CloudWatch log groups",
                                                       .service = "logs",
                                                       .file = "data.tf",
                                                       ATTRS(data_groups_rows),
                                                       .data = true};

/* Without a log group: of all of them. */
static const struct resource_call describe_metric_filters = {
    .service = "logs",
    .operation = "DescribeMetricFilters",
    .on = "arn:${partition}:logs:${region}:${account}:log-group:*",
    .input = "{\"limit\":50}",
    .token_in = "nextToken",
    .token_out = "nextToken",
    .within = "logGroupName",
    .within_attr = "log_group_name",
    .within_max = 10};
static const struct resource_read read_metric_filters[] = {
    {.call = &describe_metric_filters, .items = "metricFilters"}};

static const struct resource_attr transformation_rows[] = {
    {.tf = "name", .api = "metricName", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "namespace", .api = "metricNamespace", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "value", .api = "metricValue", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "default_value", .api = "defaultValue", .type = ATTR_STR, .flags = ATTR_NUMBER},
    {.tf = "unit", .api = "unit", .type = ATTR_STR, .def = "None"},
    {.tf = "dimensions", .api = "dimensions", .type = ATTR_STR_MAP},
};

static const struct resource_attr metric_filter_rows[] = {
    {.tf = "name",
     .api = "filterName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "log_group_name",
     .api = "logGroupName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "pattern",
     .api = "filterPattern",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED | ATTR_TRIMMED},
    {.tf = "metric_transformation",
     .api = "metricTransformations",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(transformation_rows)},
};
const struct resource_kind resource_log_metric_filter = {.tf = "aws_cloudwatch_log_metric_filter",
                                                         .import_id = "${log_group_name}:${name}",
                                                         .price = "cloudwatch.metric.custom",
                                                         .title = "CloudWatch Logs metric filter",
                                                         READS(read_metric_filters),
                                                         .name_max = 512,
                                                         .service = "logs",
                                                         .file = "main.tf",
                                                         ATTRS(metric_filter_rows)};

static const struct resource_call describe_queries = {.service = "logs",
                                                      .operation = "DescribeQueryDefinitions",
                                                      .input = "{\"maxResults\":1000}",
                                                      .token_in = "nextToken",
                                                      .token_out = "nextToken"};
static const struct resource_read read_queries[] = {
    {.call = &describe_queries, .items = "queryDefinitions"}};

static const struct resource_attr query_definition_rows[] = {
    {.tf = "name", .api = "name", .type = ATTR_STR, .flags = ATTR_IDENTITY | ATTR_REQUIRED},
    {.tf = "log_group_names", .api = "logGroupNames", .type = ATTR_STR_LIST},
    {.tf = "query_string", .api = "queryString", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "query_definition_id",
     .api = "queryDefinitionId",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_query_definition = {
    .tf = "aws_cloudwatch_query_definition",
    .import_id =
        "arn:${partition}:logs:${region}:${account}:query-definition:${query_definition_id}",
    .free = "a saved query; what it scans is priced by usage",
    .title = "saved Logs Insights query",
    READS(read_queries),
    .name_max = 255,
    .service = "logs",
    .file = "queries.tf",
    ATTRS(query_definition_rows)};
