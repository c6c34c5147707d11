/* SPDX-License-Identifier: MIT */
/* table: where secrets are kept; no attribute of a value is ever read back */
#include "resource/resource_rows.h"

static const struct resource_attr parameter_rows[] = {
    {.tf = "name",
     .api = "Name",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "type", .api = "Type", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "key_id", .api = "KeyId", .type = ATTR_STR},
    {.tf = "value_wo", .api = "Value", .type = ATTR_STR, .flags = ATTR_SECRET | ATTR_WRITE_ONLY},
    {.tf = "value_wo_version", .type = ATTR_NUM},
    {.tf = "arn",
     .api = "ARN",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:ssm:${region}:${account}:parameter${name}"},
};
const struct resource_kind resource_ssm_parameter = {.tf = "aws_ssm_parameter",
                                                     .free = "a standard parameter",
                                                     .title = "parameter",
                                                     .service = "ssm",
                                                     .file = "main.tf",
                                                     .kept = true,
                                                     ATTRS(parameter_rows)};

static const struct resource_attr secret_rows[] = {
    {.tf = "name",
     .api = "Name",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "description", .api = "Description", .type = ATTR_STR},
    {.tf = "kms_key_id", .api = "KmsKeyId", .type = ATTR_STR},
    {.tf = "recovery_window_in_days", .type = ATTR_NUM, .def = "30"},
    {.tf = "arn", .api = "ARN", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    TAGS,
};
const struct resource_kind resource_secret = {.tf = "aws_secretsmanager_secret",
                                              .free = "counted where `secrets` names it",
                                              .title = "secret",
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
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "rotation_lambda_arn",
     .api = "RotationLambdaARN",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "rotate_immediately", .api = "RotateImmediately", .type = ATTR_BOOL, .def = "true"},
    {.tf = "rotation_rules",
     .api = "RotationRules",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(rule_rows)},
    {.tf = "depends_on", .type = ATTR_STR_LIST},
};
const struct resource_kind resource_secret_rotation = {.tf = "aws_secretsmanager_secret_rotation",
                                                       .free = "part of the secret",
                                                       .title = "rotation",
                                                       .service = "secretsmanager",
                                                       .file = "main.tf",
                                                       ATTRS(rotation_rows)};
