/* SPDX-License-Identifier: MIT */
/* table: Lambda functions, who may call them, and schedules */
#include "resource/resource_rows.h"

static const struct resource_call list_functions = {.service = "lambda",
                                                    .operation = "ListFunctions",
                                                    .path = "/2015-03-31/functions",
                                                    .input = "{\"MaxItems\":50}",
                                                    .token_in = "Marker",
                                                    .token_out = "NextMarker"};
static const struct resource_read read_functions[] = {
    {.call = &list_functions, .items = "Functions"}};

static const struct resource_attr vpc_rows[] = {
    {.tf = "subnet_ids", .api = "SubnetIds", .type = ATTR_STR_SET, .flags = ATTR_REQUIRED},
    {.tf = "security_group_ids",
     .api = "SecurityGroupIds",
     .type = ATTR_STR_SET,
     .flags = ATTR_REQUIRED},
};
static const struct resource_attr environment_rows[] = {
    /* Somebody may have put a password there. */
    {.tf = "variables", .api = "Variables", .type = ATTR_STR_MAP, .flags = ATTR_SECRET},
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
    {.tf = "filename", .type = ATTR_STR},
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
    .import_id = "${function_name}",
    .unpriced =
        "requests and compute time; a million requests and 400,000 GB-seconds a month are free",
    .title = "Lambda function",
    READS(read_functions),
    .service = "lambda",
    .file = "lambda.tf",
    .tags = &resource_tags_lambda,
    ATTRS(function_rows)};

#define ARN_PARTS 7 /* arn:aws:lambda:eu-west-1:123456789012:function:page */
static const struct resource_param function_params[] = {{"FunctionName", "FunctionName"}};
static const struct resource_call get_policy = {
    .service = "lambda",
    .operation = "GetPolicy",
    .path = "/2015-03-31/functions/{FunctionName}/policy",
    .each = &list_functions,
    .each_items = "Functions",
    .each_after = ':',
    PARAMS(function_params),
    .on = "arn:${partition}:lambda:${region}:${account}:function:${function_name}"};
/* Statements without an id were not made by AddPermission. */
static const struct resource_read read_permissions[] = {
    {.call = &get_policy, .items = "Policy/Statement", .absent = "statement_id"}};
static const struct resource_attr permission_rows[] = {
    {.tf = "statement_id",
     .api = "StatementId",
     .read = "Sid",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "action", .api = "Action", .type = ATTR_STR, .flags = ATTR_REPLACE | ATTR_REQUIRED},
    /* Written as a name or as an ARN. A version or an alias has a policy of its own. */
    {.tf = "function_name",
     .api = "FunctionName",
     .read = "$FunctionName",
     .read_after = ':',
     .parts_max = ARN_PARTS,
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "principal",
     .api = "Principal",
     .read = "Principal/Service|Principal/AWS|Principal",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "source_arn",
     .api = "SourceArn",
     .read = "Condition/ArnLike/AWS:SourceArn",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE},
    {.tf = "source_account",
     .api = "SourceAccount",
     .read = "Condition/StringEquals/AWS:SourceAccount",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE},
};
const struct resource_kind resource_lambda_permission = {.tf = "aws_lambda_permission",
                                                         .import_id =
                                                             "${function_name}/${statement_id}",
                                                         READS(read_permissions),
                                                         .free = "part of the function",
                                                         .title = "Lambda permission",
                                                         .part_of = &resource_lambda_function,
                                                         .part_of_attr = "function_name",
                                                         .service = "lambda",
                                                         .file = "lambda.tf",
                                                         ATTRS(permission_rows)};

static const struct resource_call list_schedules = {
    .service = "scheduler",
    .operation = "ListSchedules",
    .path = "/schedules",
    .input = "{\"ScheduleGroup\":\"default\",\"MaxResults\":100}",
    .token_in = "NextToken",
    .token_out = "NextToken",
    .prefix = "NamePrefix"};
static const struct resource_param schedule_params[] = {{"Name", "Name"}};
static const struct resource_call get_schedule = {
    .service = "scheduler",
    .operation = "GetSchedule",
    .path = "/schedules/{Name}",
    .each = &list_schedules,
    .each_items = "Schedules",
    PARAMS(schedule_params),
    .on = "arn:${partition}:scheduler:${region}:${account}:schedule/default/${name}"};
static const struct resource_read read_schedules[] = {{.call = &get_schedule, .items = ""}};

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
static const struct resource_attr dead_letter_rows[] = {
    {.tf = "arn", .api = "Arn", .type = ATTR_STR, .flags = ATTR_REQUIRED},
};
static const struct resource_attr target_rows[] = {
    {.tf = "arn", .api = "Arn", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "role_arn", .api = "RoleArn", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "input", .api = "Input", .type = ATTR_JSON},
    {.tf = "retry_policy", .api = "RetryPolicy", .type = ATTR_BLOCK, BLOCK(retry_rows)},
    {.tf = "dead_letter_config",
     .api = "DeadLetterConfig",
     .type = ATTR_BLOCK,
     BLOCK(dead_letter_rows)},
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
    {.tf = "state", .api = "State", .type = ATTR_STR, .def = "ENABLED"},
    {.tf = "start_date", .api = "StartDate", .type = ATTR_STR},
    {.tf = "end_date", .api = "EndDate", .type = ATTR_STR},
    {.tf = "kms_key_arn", .api = "KmsKeyArn", .type = ATTR_STR},
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
    .import_id = "default/${name}",
    .unpriced = "invocations; 14 million a month are free",
    .title = "schedule",
    READS(read_schedules),
    .service = "scheduler",
    .file = "schedules.tf",
    ATTRS(schedule_rows)};
