/* SPDX-License-Identifier: MIT */
/* table: IAM, and what is looked up */
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
};
const struct resource_kind resource_iam_policy = {.tf = "aws_iam_policy",
                                                  .free = "AWS does not charge for IAM",
                                                  .title = "IAM policy",
                                                  .name_max = 128,
                                                  .service = "iam",
                                                  .file = "iam.tf",
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
};
const struct resource_kind resource_iam_role = {.tf = "aws_iam_role",
                                                .free = "AWS does not charge for IAM",
                                                .title = "IAM role",
                                                .name_max = 64,
                                                .service = "iam",
                                                .file = "iam.tf",
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

static const struct resource_attr filter_rows[] = {
    {.tf = "name", .api = "Name", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "values", .api = "Values", .type = ATTR_STR_LIST, .flags = ATTR_REQUIRED},
};
static const struct resource_attr instance_rows[] = {
    {.tf = "filter", .api = "Filters", .type = ATTR_BLOCKS, BLOCK(filter_rows)},
    {.tf = "id", .api = "InstanceId", .type = ATTR_STR, .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_data_instance = {.tf = "aws_instance",
                                                     .title = "EC2 instance",
                                                     .service = "ec2",
                                                     .file = "data.tf",
                                                     ATTRS(instance_rows),
                                                     .data = true};

static const struct resource_attr identity_rows[] = {
    {.tf = "account_id",
     .api = "Account",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "${account}"},
};
const struct resource_kind resource_data_caller_identity = {.tf = "aws_caller_identity",
                                                            .title = "the account",
                                                            .service = "sts",
                                                            .file = "data.tf",
                                                            ATTRS(identity_rows),
                                                            .data = true};

static const struct resource_attr db_instance_rows[] = {
    {.tf = "db_instance_identifier",
     .api = "DBInstanceIdentifier",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "address", .api = "Endpoint", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    {.tf = "port", .api = "Port", .type = ATTR_NUM, .flags = ATTR_COMPUTED},
    {.tf = "db_subnet_group", .api = "DBSubnetGroup", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    {.tf = "vpc_security_groups",
     .api = "VpcSecurityGroups",
     .type = ATTR_STR_LIST,
     .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_data_db_instance = {.tf = "aws_db_instance",
                                                        .title = "RDS instance",
                                                        .service = "rds",
                                                        .file = "data.tf",
                                                        ATTRS(db_instance_rows),
                                                        .data = true};

static const struct resource_attr subnet_group_rows[] = {
    {.tf = "name", .api = "DBSubnetGroupName", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "subnet_ids", .api = "Subnets", .type = ATTR_STR_SET, .flags = ATTR_COMPUTED},
    {.tf = "vpc_id", .api = "VpcId", .type = ATTR_STR, .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_data_db_subnet_group = {.tf = "aws_db_subnet_group",
                                                            .title = "subnets of an RDS instance",
                                                            .service = "rds",
                                                            .file = "data.tf",
                                                            ATTRS(subnet_group_rows),
                                                            .data = true};
