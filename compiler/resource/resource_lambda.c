/* SPDX-License-Identifier: MIT */
/* table: Lambda functions, who may call them, and schedules */
#include "resource/resource_rows.h"

static const struct resource_attr vpc_rows[] = {
    {.tf = "subnet_ids", .api = "SubnetIds", .type = ATTR_STR_SET, .flags = ATTR_REQUIRED},
    {.tf = "security_group_ids",
     .api = "SecurityGroupIds",
     .type = ATTR_STR_SET,
     .flags = ATTR_REQUIRED},
};
static const struct resource_attr environment_rows[] = {
    {.tf = "variables", .api = "Variables", .type = ATTR_STR_MAP},
};

static const struct resource_attr function_rows[] = {
    {.tf = "function_name",
     .api = "FunctionName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "description", .api = "Description", .type = ATTR_STR},
    {.tf = "role", .api = "Role", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "runtime", .api = "Runtime", .type = ATTR_STR},
    {.tf = "handler", .api = "Handler", .type = ATTR_STR},
    {.tf = "architectures", .api = "Architectures", .type = ATTR_STR_LIST, .def = "x86_64"},
    {.tf = "filename", .api = "ZipFile", .type = ATTR_STR},
    {.tf = "source_code_hash", .api = "CodeSha256", .type = ATTR_STR},
    {.tf = "memory_size", .api = "MemorySize", .type = ATTR_NUM, .def = "128"},
    {.tf = "timeout", .api = "Timeout", .type = ATTR_NUM, .def = "3"},
    {.tf = "environment", .api = "Environment", .type = ATTR_BLOCK, BLOCK(environment_rows)},
    {.tf = "vpc_config", .api = "VpcConfig", .type = ATTR_BLOCK, BLOCK(vpc_rows)},
    {.tf = "depends_on", .type = ATTR_STR_LIST},
    {.tf = "arn",
     .api = "FunctionArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:lambda:${region}:${account}:function:${function_name}"},
    TAGS,
};
const struct resource_kind resource_lambda_function = {
    .tf = "aws_lambda_function",
    .unpriced =
        "requests and compute time; a million requests and 400,000 GB-seconds a month are free",
    .title = "Lambda function",
    .service = "lambda",
    .file = "lambda.tf",
    .tags = &resource_tags_lambda,
    ATTRS(function_rows)};

static const struct resource_attr permission_rows[] = {
    {.tf = "statement_id",
     .api = "StatementId",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "action", .api = "Action", .type = ATTR_STR, .flags = ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "function_name",
     .api = "FunctionName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "principal",
     .api = "Principal",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "source_arn", .api = "SourceArn", .type = ATTR_STR, .flags = ATTR_REPLACE},
};
const struct resource_kind resource_lambda_permission = {.tf = "aws_lambda_permission",
                                                         .free = "part of the function",
                                                         .title = "Lambda permission",
                                                         .service = "lambda",
                                                         .file = "lambda.tf",
                                                         ATTRS(permission_rows)};

static const struct resource_attr window_rows[] = {
    {.tf = "mode", .api = "Mode", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "maximum_window_in_minutes", .api = "MaximumWindowInMinutes", .type = ATTR_NUM},
};
static const struct resource_attr retry_rows[] = {
    {.tf = "maximum_event_age_in_seconds",
     .api = "MaximumEventAgeInSeconds",
     .type = ATTR_NUM,
     .def = "86400"},
    {.tf = "maximum_retry_attempts", .api = "MaximumRetryAttempts", .type = ATTR_NUM, .def = "185"},
};
static const struct resource_attr target_rows[] = {
    {.tf = "arn", .api = "Arn", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "role_arn", .api = "RoleArn", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "input", .api = "Input", .type = ATTR_JSON},
    {.tf = "retry_policy", .api = "RetryPolicy", .type = ATTR_BLOCK, BLOCK(retry_rows)},
};
static const struct resource_attr schedule_rows[] = {
    {.tf = "name",
     .api = "Name",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "description", .api = "Description", .type = ATTR_STR},
    {.tf = "schedule_expression",
     .api = "ScheduleExpression",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "schedule_expression_timezone",
     .api = "ScheduleExpressionTimezone",
     .type = ATTR_STR,
     .def = "UTC"},
    {.tf = "flexible_time_window",
     .api = "FlexibleTimeWindow",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(window_rows)},
    {.tf = "target",
     .api = "Target",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(target_rows)},
    {.tf = "arn",
     .api = "Arn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:scheduler:${region}:${account}:schedule/default/${name}"},
};
const struct resource_kind resource_scheduler_schedule = {
    .tf = "aws_scheduler_schedule",
    .unpriced = "invocations; 14 million a month are free",
    .title = "schedule",
    .service = "scheduler",
    .file = "schedules.tf",
    ATTRS(schedule_rows)};
