/* SPDX-License-Identifier: MIT */
/* table: IAM */
#include "resource/resource_rows.h"

/* All roles with their policies, and the policies that are the account's own. */
static const struct resource_call get_details = {
    .service = "iam",
    .operation = "GetAccountAuthorizationDetails",
    .input = "{\"Filter\":[\"Role\",\"LocalManagedPolicy\"],\"MaxItems\":1000}",
    .token_in = "Marker",
    .token_out = "Marker"};
/* Its descriptions and lengths of sessions are in no other list. */
static const struct resource_call list_roles = {.service = "iam",
                                                .operation = "ListRoles",
                                                .input = "{\"MaxItems\":1000}",
                                                .token_in = "Marker",
                                                .token_out = "Marker"};
/* No list is said to have the descriptions of policies. */
static const struct resource_param policy_params[] = {{"PolicyArn", "Arn"}};
static const struct resource_call get_policy = {
    .service = "iam",
    .operation = "GetPolicy",
    .each = &get_details,
    .each_items = "Policies",
    .each_after = '/',
    PARAMS(policy_params),
    .on = "arn:${partition}:iam::${account}:policy/${name}"};
static const struct resource_read read_policies[] = {
    {.call = &get_details, .items = "Policies"},
    {.call = &get_policy, .items = "Policy"},
};
static const struct resource_read read_roles[] = {
    {.call = &get_details, .items = "RoleDetailList"},
    {.call = &list_roles, .items = "Roles"},
};
static const struct resource_read read_role_policies[] = {
    {.call = &get_details, .items = "RoleDetailList/RolePolicyList"},
};
static const struct resource_read read_attachments[] = {
    {.call = &get_details, .items = "RoleDetailList/AttachedManagedPolicies"},
};

static const struct resource_attr policy_rows[] = {
    {.tf = "name",
     .api = "PolicyName",
     .read = "Arn",
     .read_after = '/',
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "description", .api = "Description", .type = ATTR_STR, .flags = ATTR_REPLACE},
    {.tf = "policy",
     .api = "PolicyDocument",
     .read = "PolicyVersionList[IsDefaultVersion=true]/Document",
     .type = ATTR_JSON,
     .flags = ATTR_REQUIRED | ATTR_POLICY},
    {.tf = "arn",
     .api = "Arn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:iam::${account}:policy/${name}"},
    /* No attributes of Terraform's: what has to go before the policy can, and how many hold it. */
    {.tf = "old_versions",
     .read = "PolicyVersionList[IsDefaultVersion=false]/VersionId",
     .type = ATTR_STR_LIST,
     .flags = ATTR_COMPUTED},
    {.tf = "attachments", .read = "AttachmentCount", .type = ATTR_NUM, .flags = ATTR_COMPUTED},
    {.tf = "boundaries",
     .read = "PermissionsBoundaryUsageCount",
     .type = ATTR_NUM,
     .flags = ATTR_COMPUTED},
    TAGS,
};
const struct resource_kind resource_iam_policy = {.tf = "aws_iam_policy",
                                                  .import_id = "${arn}",
                                                  .free = "AWS does not charge for IAM",
                                                  .title = "IAM policy",
                                                  READS(read_policies),
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
                                                .import_id = "${name}",
                                                .free = "AWS does not charge for IAM",
                                                .title = "IAM role",
                                                READS(read_roles),
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
     .read = "../RoleName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "policy",
     .api = "PolicyDocument",
     .type = ATTR_JSON,
     .flags = ATTR_REQUIRED | ATTR_POLICY},
};
const struct resource_kind resource_iam_role_policy = {.tf = "aws_iam_role_policy",
                                                       .import_id = "${role}:${name}",
                                                       .free = "AWS does not charge for IAM",
                                                       .title = "IAM role policy",
                                                       .part_of = &resource_iam_role,
                                                       .part_of_attr = "role",
                                                       READS(read_role_policies),
                                                       .service = "iam",
                                                       .file = "iam.tf",
                                                       ATTRS(role_policy_rows)};

static const struct resource_attr attachment_rows[] = {
    {.tf = "role",
     .api = "RoleName",
     .read = "../RoleName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "policy_arn",
     .api = "PolicyArn",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
};
const struct resource_kind resource_iam_role_policy_attachment = {
    .tf = "aws_iam_role_policy_attachment",
    .import_id = "${role}/${policy_arn}",
    .free = "AWS does not charge for IAM",
    .title = "IAM policy attachment",
    .part_of = &resource_iam_role,
    .part_of_attr = "role",
    READS(read_attachments),
    .service = "iam",
    .file = "iam.tf",
    ATTRS(attachment_rows)};
