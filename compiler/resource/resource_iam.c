/* SPDX-License-Identifier: MIT */
/* table: IAM */
#include "resource/resource_rows.h"

static const struct resource_attr policy_rows[] = {
    {.tf = "name",
     .api = "PolicyName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "description", .api = "Description", .type = ATTR_STR, .flags = ATTR_REPLACE},
    {.tf = "policy",
     .api = "PolicyDocument",
     .type = ATTR_JSON,
     .flags = ATTR_REQUIRED | ATTR_POLICY},
    {.tf = "arn",
     .api = "Arn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:iam::${account}:policy/${name}"},
    TAGS,
};
const struct resource_kind resource_iam_policy = {.tf = "aws_iam_policy",
                                                  .free = "AWS does not charge for IAM",
                                                  .title = "IAM policy",
                                                  .name_max = 128,
                                                  .service = "iam",
                                                  .file = "iam.tf",
                                                  .tags = &resource_tags_iam_policy,
                                                  ATTRS(policy_rows)};

static const struct resource_attr role_rows[] = {
    {.tf = "name",
     .api = "RoleName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "description", .api = "Description", .type = ATTR_STR},
    {.tf = "assume_role_policy",
     .api = "AssumeRolePolicyDocument",
     .type = ATTR_JSON,
     .flags = ATTR_REQUIRED | ATTR_POLICY},
    {.tf = "max_session_duration", .api = "MaxSessionDuration", .type = ATTR_NUM, .def = "3600"},
    {.tf = "arn",
     .api = "Arn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:iam::${account}:role/${name}"},
    TAGS,
};
const struct resource_kind resource_iam_role = {.tf = "aws_iam_role",
                                                .free = "AWS does not charge for IAM",
                                                .title = "IAM role",
                                                .name_max = 64,
                                                .service = "iam",
                                                .file = "iam.tf",
                                                .tags = &resource_tags_iam_role,
                                                ATTRS(role_rows)};

static const struct resource_attr role_policy_rows[] = {
    {.tf = "name",
     .api = "PolicyName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "role",
     .api = "RoleName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "policy",
     .api = "PolicyDocument",
     .type = ATTR_JSON,
     .flags = ATTR_REQUIRED | ATTR_POLICY},
};
const struct resource_kind resource_iam_role_policy = {.tf = "aws_iam_role_policy",
                                                       .free = "AWS does not charge for IAM",
                                                       .title = "IAM role policy",
                                                       .service = "iam",
                                                       .file = "iam.tf",
                                                       ATTRS(role_policy_rows)};

static const struct resource_attr attachment_rows[] = {
    {.tf = "role",
     .api = "RoleName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "policy_arn",
     .api = "PolicyArn",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
};
const struct resource_kind resource_iam_role_policy_attachment = {
    .tf = "aws_iam_role_policy_attachment",
    .free = "AWS does not charge for IAM",
    .title = "IAM policy attachment",
    .service = "iam",
    .file = "iam.tf",
    ATTRS(attachment_rows)};
