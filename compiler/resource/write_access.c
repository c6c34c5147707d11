/* SPDX-License-Identifier: MIT */
/* table: what writes roles, policies, functions and their schedules */
#include "resource/write_rows.h"

#define IAM_TAGS "\"Tags\":\"${tags_all|Key,Value}\""
#define OF_ROLE "\"RoleName\":\"${name}\""
static const struct resource_write role[] = {
    {CREATES, "iam", "CreateRole", .on = "${arn}", .input = "{\"*\":\"\"," IAM_TAGS "}"},
    {CHANGES, "iam", "UpdateRole", .on = "${arn}",
     .input = "{" OF_ROLE ",\"Description\":\"${description!}\","
              "\"MaxSessionDuration\":\"${max_session_duration!}\"}"},
    {CHANGES | TERRAFORM, "iam", "UpdateRoleDescription", .on = "${arn}"},
    {CHANGES, "iam", "UpdateAssumeRolePolicy", .on = "${arn}",
     .input = "{" OF_ROLE ",\"PolicyDocument\":\"${assume_role_policy}\"}"},
    {DELETES, "iam", "DeleteRole", .on = "${arn}", .input = "{" OF_ROLE "}"},
    {TAGGING, "iam", "TagRole", .on = "${arn}", .input = "{" OF_ROLE "," IAM_TAGS "}"},
    {CHANGES, "iam", "UntagRole", .on = "${arn}"},
    READS_BY("iam", "GetRole", NULL, "${arn}"),
    READS_BY("iam", "ListRolePolicies", NULL, "${arn}"),
    READS_BY("iam", "ListAttachedRolePolicies", NULL, "${arn}"),
    READS_BY("iam", "ListInstanceProfilesForRole", NULL, "${arn}"),
};
#define ROLE GLOBAL_ARN("iam", "role/${role}")
static const struct resource_write role_policy[] = {
    {MAKES, "iam", "PutRolePolicy", .on = ROLE, .input = "{\"*\":\"\"}"},
    {DELETES, "iam", "DeleteRolePolicy", .on = ROLE,
     .input = "{\"RoleName\":\"${role}\",\"PolicyName\":\"${name}\"}"},
    READS_BY("iam", "GetRolePolicy", NULL, ROLE),
};
/* No other policy: not AdministratorAccess. */
#define THIS_POLICY .test = "ArnLike", .key = "iam:PolicyARN", .value = "${policy_arn}"
static const struct resource_write attachment[] = {
    {CREATES, "iam", "AttachRolePolicy", .on = ROLE, THIS_POLICY, .input = "{\"*\":\"\"}"},
    {DELETES, "iam", "DetachRolePolicy", .on = ROLE, THIS_POLICY,
     .input = "{\"RoleName\":\"${role}\",\"PolicyArn\":\"${policy_arn}\"}"},
    READS_BY("iam", "ListAttachedRolePolicies", NULL, ROLE),
};
#define OF_POLICY "\"PolicyArn\":\"${arn}\""
#define DELETE_VERSION "{" OF_POLICY ",\"VersionId\":\"${.}\"}"
static const struct resource_write policy[] = {
    {CREATES, "iam", "CreatePolicy", .on = "${arn}", .input = "{\"*\":\"\"," IAM_TAGS "}"},
    /* A policy has five versions at most: the oldest but the one in force makes room. */
    {CHANGES, "iam", "DeletePolicyVersion", .on = "${arn}", .input = DELETE_VERSION,
     .each = "old_versions", .gone = true, .keep = 3, .also = "policy"},
    {CHANGES, "iam", "CreatePolicyVersion", .on = "${arn}", .once = true,
     .input = "{" OF_POLICY ",\"PolicyDocument\":\"${policy}\",\"SetAsDefault\":true}"},
    {DELETES, "iam", "DeletePolicyVersion", .on = "${arn}", .input = DELETE_VERSION,
     .each = "old_versions", .gone = true},
    {DELETES, "iam", "DeletePolicy", .on = "${arn}", .input = "{" OF_POLICY "}"},
    {TAGGING, "iam", "TagPolicy", .on = "${arn}", .input = "{" OF_POLICY "," IAM_TAGS "}"},
    {CHANGES, "iam", "UntagPolicy", .on = "${arn}"},
    READS_BY("iam", "GetPolicy", NULL, "${arn}"),
    READS_BY("iam", "GetPolicyVersion", NULL, "${arn}"),
    READS_BY("iam", "ListPolicyVersions", NULL, "${arn}"),
};
#define PROVIDER GLOBAL_ARN("iam", "oidc-provider/${name}")
#define OF_PROVIDER "\"OpenIDConnectProviderArn\":\"${arn}\""
#define CLIENT "{" OF_PROVIDER ",\"ClientID\":\"${.}\"}"
static const struct resource_write provider[] = {
    {CREATES, "iam", "CreateOpenIDConnectProvider", .on = PROVIDER,
     .input = "{\"*\":\"\"," IAM_TAGS "}"},
    {CHANGES, "iam", "AddClientIDToOpenIDConnectProvider", .on = PROVIDER, .input = CLIENT,
     .each = "client_id_list"},
    {CHANGES, "iam", "RemoveClientIDFromOpenIDConnectProvider", .on = PROVIDER, .input = CLIENT,
     .each = "client_id_list", .gone = true},
    {DELETES, "iam", "DeleteOpenIDConnectProvider", .on = PROVIDER, .input = "{" OF_PROVIDER "}"},
    {TAGGING, "iam", "TagOpenIDConnectProvider", .on = PROVIDER,
     .input = "{" OF_PROVIDER "," IAM_TAGS "}"},
    {CHANGES, "iam", "UntagOpenIDConnectProvider", .on = PROVIDER},
    READS_BY("iam", "GetOpenIDConnectProvider", NULL, PROVIDER),
};

/* Of a function in a VPC Lambda looks as its caller where that is ("Giving Lambda functions access
 * to resources in an Amazon VPC", Lambda Developer Guide). */
#define IN_VPC(operation)                                                                          \
    { PERMITS, "ec2", operation, .of = "vpc_config" }
#define FUNCTIONS "/2015-03-31/functions"
#define OF_FUNCTION "\"FunctionName\":\"${function_name}\""
#define CONFIGURED_BY(form)                                                                        \
    "\"Description\":\"${description" form "}\",\"Role\":\"${role}\","                             \
    "\"Runtime\":\"${runtime}\",\"Handler\":\"${handler}\","                                       \
    "\"MemorySize\":\"${memory_size" form "}\",\"Timeout\":\"${timeout" form "}\","                \
    "\"Environment\":{\"Variables\":\"${environment.variables" form "}\"},"                        \
    "\"VpcConfig\":{\"SubnetIds\":\"${vpc_config.subnet_ids" form "}\","                           \
    "\"SecurityGroupIds\":\"${vpc_config.security_group_ids" form "}\"}"
static const struct resource_write function[] = {
    {CREATES, "lambda", "CreateFunction", .on = "${arn}", POST(FUNCTIONS),
     .input = "{" OF_FUNCTION "," CONFIGURED_BY(
         "") ",\"Architectures\":\"${architectures}\","
             "\"Code\":{\"ZipFile\":\"${filename}\"},\"Tags\":\"${tags_all}\"}"},
    {CHANGES, "lambda", "UpdateFunctionCode", .on = "${arn}",
     .path = FUNCTIONS "/{FunctionName}/code", .also = "source_code_hash",
     .input = "{" OF_FUNCTION ",\"ZipFile\":\"${filename}\","
              "\"Architectures\":\"${architectures!}\"}"},
    {CHANGES, "lambda", "UpdateFunctionConfiguration", .on = "${arn}",
     .path = FUNCTIONS "/{FunctionName}/configuration",
     .input = "{" OF_FUNCTION "," CONFIGURED_BY("!") "}"},
    {DELETES, "lambda", "DeleteFunction", .on = "${arn}", .method = "DELETE",
     .path = FUNCTIONS "/{FunctionName}", .input = "{" OF_FUNCTION "}"},
    {TAGGING, "lambda", "TagResource", .on = "${arn}", POST("/2017-03-31/tags/{Resource}"),
     .input = "{\"Resource\":\"${arn}\",\"Tags\":\"${tags_all}\"}"},
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
    {CREATES, "lambda", "AddPermission", .on = FUNCTION, POST(FUNCTIONS "/{FunctionName}/policy"),
     .input = "{\"*\":\"\"}"},
    {DELETES, "lambda", "RemovePermission", .on = FUNCTION, .method = "DELETE",
     .path = FUNCTIONS "/{FunctionName}/policy/{StatementId}",
     .input = "{" OF_FUNCTION ",\"StatementId\":\"${statement_id}\"}"},
    READS_BY("lambda", "GetPolicy", NULL, FUNCTION),
};
static const struct resource_write schedule[] = {
    {CREATES, "scheduler", "CreateSchedule", .on = "${arn}", POST("/schedules/{Name}"),
     .input = "{\"*\":\"\"}"},
    /* What it is not asked with becomes what AWS takes then. */
    {CHANGES, "scheduler", "UpdateSchedule", .on = "${arn}", .path = "/schedules/{Name}",
     .input = "{\"*\":\"\"}"},
    {DELETES, "scheduler", "DeleteSchedule", .on = "${arn}", .method = "DELETE",
     .path = "/schedules/{Name}", .input = "{\"Name\":\"${name}\"}"},
    PASSES("${target.role_arn}", "scheduler.amazonaws.com"),
    READS_BY("scheduler", "GetSchedule", NULL, "${arn}"),
};

#define OF_A_ROLE PART_OF(resource_iam_role, "role"), .stays_too = true
const struct resource_writing resource_writes_access[] = {
    /* Lambda takes a function out of a VPC by the role that it has. */
    WRITING_AS(resource_iam_role, role, .rank = 4),
    WRITING_AS(resource_iam_role_policy, role_policy, .rank = 3, OF_A_ROLE),
    WRITING_AS(resource_iam_role_policy_attachment, attachment, .rank = 3, .holds_on = true,
               OF_A_ROLE),
    WRITING_AS(resource_iam_policy, policy, .rank = 4, .held = "attachments boundaries",
               .next = "attach the IAM policy ${name} to the role of what needs it: ops.yaml "
                       "names none"),
    WRITING_AS(resource_oidc_provider, provider, .rank = 5),
    WRITING_AS(resource_lambda_function, function, .rank = 2),
    WRITING_AS(resource_lambda_permission, permission, .rank = 1,
               GOES_WITH(resource_lambda_function, "function_name")),
    WRITING_AS(resource_scheduler_schedule, schedule, .by_name = true),
    {.kind = NULL},
};
