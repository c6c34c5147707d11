/* SPDX-License-Identifier: MIT */
/* table: what writes roles, policies, functions and their schedules */
#include "resource/write_rows.h"

static const struct resource_write role[] = {
    {CREATES, "iam", "CreateRole", .on = "${arn}"},
    {CHANGES, "iam", "UpdateRole", .on = "${arn}"},
    {CHANGES | TERRAFORM, "iam", "UpdateRoleDescription", .on = "${arn}"},
    {CHANGES, "iam", "UpdateAssumeRolePolicy", .on = "${arn}"},
    {DELETES, "iam", "DeleteRole", .on = "${arn}"},
    {TAGGING, "iam", "TagRole", .on = "${arn}"},
    {CHANGES, "iam", "UntagRole", .on = "${arn}"},
    READS_BY("iam", "GetRole", NULL, "${arn}"),
    READS_BY("iam", "ListRolePolicies", NULL, "${arn}"),
    READS_BY("iam", "ListAttachedRolePolicies", NULL, "${arn}"),
    READS_BY("iam", "ListInstanceProfilesForRole", NULL, "${arn}"),
};
#define ROLE GLOBAL_ARN("iam", "role/${role}")
static const struct resource_write role_policy[] = {
    {MAKES, "iam", "PutRolePolicy", .on = ROLE},
    {DELETES, "iam", "DeleteRolePolicy", .on = ROLE},
    READS_BY("iam", "GetRolePolicy", NULL, ROLE),
};
/* No other policy: not AdministratorAccess. */
#define THIS_POLICY .test = "ArnLike", .key = "iam:PolicyARN", .value = "${policy_arn}"
static const struct resource_write attachment[] = {
    {CREATES, "iam", "AttachRolePolicy", .on = ROLE, THIS_POLICY},
    {DELETES, "iam", "DetachRolePolicy", .on = ROLE, THIS_POLICY},
    READS_BY("iam", "ListAttachedRolePolicies", NULL, ROLE),
};
/* A policy has five versions at most: the oldest makes room. */
static const struct resource_write policy[] = {
    {CREATES, "iam", "CreatePolicy", .on = "${arn}"},
    {CHANGES, "iam", "CreatePolicyVersion", .on = "${arn}"},
    {CHANGES | DELETES, "iam", "DeletePolicyVersion", .on = "${arn}"},
    {DELETES, "iam", "DeletePolicy", .on = "${arn}"},
    {TAGGING, "iam", "TagPolicy", .on = "${arn}"},
    {CHANGES, "iam", "UntagPolicy", .on = "${arn}"},
    READS_BY("iam", "GetPolicy", NULL, "${arn}"),
    READS_BY("iam", "GetPolicyVersion", NULL, "${arn}"),
    READS_BY("iam", "ListPolicyVersions", NULL, "${arn}"),
};
#define PROVIDER GLOBAL_ARN("iam", "oidc-provider/${name}")
static const struct resource_write provider[] = {
    {CREATES, "iam", "CreateOpenIDConnectProvider", .on = PROVIDER},
    {CHANGES, "iam", "AddClientIDToOpenIDConnectProvider", .on = PROVIDER},
    {CHANGES, "iam", "RemoveClientIDFromOpenIDConnectProvider", .on = PROVIDER},
    {DELETES, "iam", "DeleteOpenIDConnectProvider", .on = PROVIDER},
    {TAGGING, "iam", "TagOpenIDConnectProvider", .on = PROVIDER},
    {CHANGES, "iam", "UntagOpenIDConnectProvider", .on = PROVIDER},
    READS_BY("iam", "GetOpenIDConnectProvider", NULL, PROVIDER),
};

/* Of a function in a VPC Lambda looks as its caller where that is ("Giving Lambda functions access
 * to resources in an Amazon VPC", Lambda Developer Guide). */
#define IN_VPC(operation)                                                                          \
    { PERMITS, "ec2", operation, .of = "vpc_config" }
static const struct resource_write function[] = {
    {CREATES, "lambda", "CreateFunction", .on = "${arn}"},
    {CHANGES, "lambda", "UpdateFunctionCode", .on = "${arn}"},
    {CHANGES, "lambda", "UpdateFunctionConfiguration", .on = "${arn}"},
    {DELETES, "lambda", "DeleteFunction", .on = "${arn}"},
    {TAGGING, "lambda", "TagResource", .on = "${arn}"},
    {CHANGES, "lambda", "UntagResource", .on = "${arn}"},
    PASSES("${role}", "lambda.amazonaws.com"),
    IN_VPC("DescribeSecurityGroups"),
    IN_VPC("DescribeSubnets"),
    IN_VPC("DescribeVpcs"),
    READS_BY("lambda", "GetFunction", NULL, "${arn}"),
    READS_BY("lambda", "GetFunctionCodeSigningConfig", NULL, "${arn}"),
    READS_BY("lambda", "ListVersionsByFunction", NULL, "${arn}"),
};
#define FUNCTION ARN("lambda", "function:${function_name}")
static const struct resource_write permission[] = {
    {CREATES, "lambda", "AddPermission", .on = FUNCTION},
    {DELETES, "lambda", "RemovePermission", .on = FUNCTION},
    READS_BY("lambda", "GetPolicy", NULL, FUNCTION),
};
static const struct resource_write schedule[] = {
    {CREATES, "scheduler", "CreateSchedule", .on = "${arn}"},
    {CHANGES, "scheduler", "UpdateSchedule", .on = "${arn}"},
    {DELETES, "scheduler", "DeleteSchedule", .on = "${arn}"},
    PASSES("${target.role_arn}", "scheduler.amazonaws.com"),
    READS_BY("scheduler", "GetSchedule", NULL, "${arn}"),
};

const struct resource_writing resource_writes_access[] = {
    WRITING(resource_iam_role, role),
    WRITING(resource_iam_role_policy, role_policy),
    WRITING(resource_iam_role_policy_attachment, attachment),
    WRITING(resource_iam_policy, policy),
    WRITING(resource_oidc_provider, provider),
    WRITING(resource_lambda_function, function),
    WRITING(resource_lambda_permission, permission),
    WRITING(resource_scheduler_schedule, schedule),
    {.kind = NULL},
};
