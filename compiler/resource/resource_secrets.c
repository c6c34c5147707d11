/* SPDX-License-Identifier: MIT */
/* table: where secrets are kept; no attribute of a value is ever read back */
#include "resource/resource_rows.h"

static const struct resource_call describe_parameters = {.service = "ssm",
                                                         .operation = "DescribeParameters",
                                                         .input = "{\"MaxResults\":50}",
                                                         .token_in = "NextToken",
                                                         .token_out = "NextToken"};
/* A list of secrets is up to five minutes old, and what it says of one with it. */
static const struct resource_call list_secrets = {.service = "secretsmanager",
                                                  .operation = "ListSecrets",
                                                  .input = "{\"MaxResults\":100}",
                                                  .token_in = "NextToken",
                                                  .token_out = "NextToken"};
static const struct resource_param secret_params[] = {{"SecretId", "ARN"}};
static const struct resource_call describe_secret = {
    .service = "secretsmanager",
    .operation = "DescribeSecret",
    .each = &list_secrets,
    .each_items = "SecretList",
    .each_name = "Name",
    PARAMS(secret_params),
    .on = "arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-??????"};
static const struct resource_read read_parameters[] = {
    {.call = &describe_parameters, .items = "Parameters"},
};
static const struct resource_read read_secrets[] = {{.call = &describe_secret, .items = ""}};
static const struct resource_read read_rotations[] = {
    {.call = &describe_secret, .items = "", .absent = "rotation_lambda_arn"},
};

static const struct resource_attr parameter_rows[] = {
    {.tf = "name",
     .api = "Name",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "type", .api = "Type", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "key_id",
     .api = "KeyId",
     .type = ATTR_STR,
     .flags = ATTR_KMS_KEY,
     .def = "alias/aws/ssm"},
    {.tf = "value_wo", .api = "Value", .type = ATTR_STR, .flags = ATTR_SECRET | ATTR_WRITE_ONLY},
    {.tf = "value_wo_version", .type = ATTR_NUM},
    {.tf = "arn",
     .api = "ARN",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:ssm:${region}:${account}:parameter${name}"},
    TAGS,
};
const struct resource_kind resource_ssm_parameter = {.tf = "aws_ssm_parameter",
                                                     .import_id = "${name}",
                                                     .free = "a standard parameter",
                                                     .title = "parameter",
                                                     READS(read_parameters),
                                                     .service = "ssm",
                                                     .file = "main.tf",
                                                     .kept = true,
                                                     .tags = &resource_tags_parameter,
                                                     ATTRS(parameter_rows)};

static const struct resource_attr secret_rows[] = {
    {.tf = "name",
     .api = "Name",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "description", .api = "Description", .type = ATTR_STR},
    {.tf = "kms_key_id",
     .api = "KmsKeyId",
     .type = ATTR_STR,
     .flags = ATTR_KMS_KEY,
     .def = "alias/aws/secretsmanager"},
    {.tf = "recovery_window_in_days", .type = ATTR_NUM, .def = "30"},
    {.tf = "arn", .api = "ARN", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    TAGS,
};
const struct resource_kind resource_secret = {.tf = "aws_secretsmanager_secret",
                                              .import_id = "${arn}",
                                              .free = "counted where `secrets` names it",
                                              .title = "secret",
                                              READS(read_secrets),
                                              .service = "secretsmanager",
                                              .file = "main.tf",
                                              .tags = &resource_tags_secret,
                                              ATTRS(secret_rows)};

static const struct resource_attr rule_rows[] = {
    {.tf = "automatically_after_days",
     .api = "AutomaticallyAfterDays",
     .type = ATTR_NUM,
     .flags = ATTR_REQUIRED},
};
static const struct resource_attr rotation_rows[] = {
    {.tf = "secret_id",
     .api = "SecretId",
     .read = "ARN",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "rotation_lambda_arn",
     .api = "RotationLambdaARN",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "rotate_immediately",
     .api = "RotateImmediately",
     .type = ATTR_BOOL,
     .flags = ATTR_UNTOLD,
     .def = "true"},
    /* Whether somebody has stopped it. */
    {.tf = "rotation_enabled", .api = "RotationEnabled", .type = ATTR_BOOL, .def = "true"},
    {.tf = "rotation_rules",
     .api = "RotationRules",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(rule_rows)},
    {.tf = "depends_on", .type = ATTR_STR_LIST},
};
const struct resource_kind resource_secret_rotation = {.tf = "aws_secretsmanager_secret_rotation",
                                                       .import_id = "${secret_id}",
                                                       .free = "part of the secret",
                                                       .title = "rotation",
                                                       READS(read_rotations),
                                                       .service = "secretsmanager",
                                                       .file = "main.tf",
                                                       ATTRS(rotation_rows)};
