/* SPDX-License-Identifier: MIT */
/* table: how tags are asked for */
#include "resource/resource_rows.h"

const struct resource_call resource_get_resources = {.service = "resourcegroupstaggingapi",
                                                     .operation = "GetResources",
                                                     .input = "{\"ResourcesPerPage\":100}",
                                                     .token_in = "PaginationToken",
                                                     .token_out = "PaginationToken"};

const struct resource_call resource_get_tag_values = {.service = "resourcegroupstaggingapi",
                                                      .operation = "GetTagValues",
                                                      .token_in = "PaginationToken",
                                                      .token_out = "PaginationToken"};

static const struct resource_param cloudwatch_params[] = {{"ResourceARN", "arn"}};
const struct resource_tags resource_tags_cloudwatch = {.at = "Tags",
                                                       .call = {.service = "cloudwatch",
                                                                .operation = "ListTagsForResource",
                                                                .on = "${arn}",
                                                                PARAMS(cloudwatch_params)}};

static const struct resource_param logs_params[] = {{"resourceArn", "arn"}};
const struct resource_tags resource_tags_logs = {.at = "tags",
                                                 .call = {.service = "logs",
                                                          .operation = "ListTagsForResource",
                                                          .on = "${arn}",
                                                          PARAMS(logs_params)}};

static const struct resource_param sns_params[] = {{"ResourceArn", "arn"}};
const struct resource_tags resource_tags_sns = {
    .at = "Tags",
    .call = {
        .service = "sns", .operation = "ListTagsForResource", .on = "${arn}", PARAMS(sns_params)}};

static const struct resource_param iam_role_params[] = {{"RoleName", "name"}};
const struct resource_tags resource_tags_iam_role = {
    .at = "Tags",
    .call = {
        .service = "iam", .operation = "ListRoleTags", .on = "${arn}", PARAMS(iam_role_params)}};

static const struct resource_param iam_policy_params[] = {{"PolicyArn", "arn"}};
const struct resource_tags resource_tags_iam_policy = {.at = "Tags",
                                                       .call = {.service = "iam",
                                                                .operation = "ListPolicyTags",
                                                                .on = "${arn}",
                                                                PARAMS(iam_policy_params)}};

static const struct resource_param oidc_params[] = {{"OpenIDConnectProviderArn", "arn"}};
const struct resource_tags resource_tags_oidc = {
    .at = "Tags",
    .call = {.service = "iam",
             .operation = "ListOpenIDConnectProviderTags",
             .on = "arn:${partition}:iam::${account}:oidc-provider/${name}",
             PARAMS(oidc_params)}};

static const struct resource_param lambda_params[] = {{"Resource", "arn"}};
const struct resource_tags resource_tags_lambda = {.at = "Tags",
                                                   .call = {.service = "lambda",
                                                            .operation = "ListTags",
                                                            .path = "/2017-03-31/tags/{Resource}",
                                                            .on = "${arn}",
                                                            PARAMS(lambda_params)}};

static const struct resource_param s3_params[] = {{"Bucket", "bucket"}};
const struct resource_tags resource_tags_s3 = {.at = "TagSet/Tag",
                                               .call = {.service = "s3",
                                                        .operation = "GetBucketTagging",
                                                        .root = "Tagging",
                                                        .path = "/?tagging",
                                                        .action = "GetBucketTagging",
                                                        .on = "arn:${partition}:s3:::${bucket}",
                                                        PARAMS(s3_params)}};

static const struct resource_param secret_params[] = {{"SecretId", "name"}};
const struct resource_tags resource_tags_secret = {
    .at = "Tags",
    .call = {.service = "secretsmanager",
             .operation = "DescribeSecret",
             .on = "arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-??????",
             PARAMS(secret_params)}};

static const struct resource_param document_params[] = {{"ResourceId", "name"}};
const struct resource_tags resource_tags_document = {
    .at = "TagList",
    .call = {.service = "ssm",
             .operation = "ListTagsForResource",
             .input = "{\"ResourceType\":\"Document\"}",
             .on = "${arn}",
             PARAMS(document_params)}};

const struct resource_tags resource_tags_parameter = {
    .at = "TagList",
    .call = {.service = "ssm",
             .operation = "ListTagsForResource",
             .input = "{\"ResourceType\":\"Parameter\"}",
             .on = "${arn}",
             PARAMS(document_params)}};

static const struct resource_param kms_params[] = {{"KeyId", "key_id"}};
const struct resource_tags resource_tags_kms = {
    .at = "Tags",
    .call = {.service = "kms",
             .operation = "ListResourceTags",
             .on = "arn:${partition}:kms:${region}:${account}:key/*",
             PARAMS(kms_params)}};

static const struct resource_param ecr_params[] = {{"resourceArn", "arn"}};
const struct resource_tags resource_tags_ecr = {
    .at = "tags",
    .call = {
        .service = "ecr", .operation = "ListTagsForResource", .on = "${arn}", PARAMS(ecr_params)}};

static const struct resource_param budget_params[] = {{"ResourceARN", "arn"}};
const struct resource_tags resource_tags_budget = {.at = "ResourceTags",
                                                   .call = {.service = "budgets",
                                                            .operation = "ListTagsForResource",
                                                            .on = "${arn}",
                                                            PARAMS(budget_params)}};

static const struct resource_param ce_params[] = {{"ResourceArn", "arn"}};
const struct resource_tags resource_tags_ce = {
    .at = "ResourceTags",
    .call = {.service = "ce",
             .operation = "ListTagsForResource",
             .on = "arn:${partition}:ce::${account}:anomalymonitor/* "
                   "arn:${partition}:ce::${account}:anomalysubscription/*",
             PARAMS(ce_params)}};

static const struct resource_param cloudfront_params[] = {{"Resource", "arn"}};
const struct resource_tags resource_tags_cloudfront = {
    .at = "Items/Tag",
    .call = {.service = "cloudfront",
             .operation = "ListTagsForResource",
             .root = "Tags",
             .path = "/2020-05-31/tagging",
             .on = "arn:${partition}:cloudfront::${account}:distribution/*",
             PARAMS(cloudfront_params)}};

static const struct resource_param chatbot_params[] = {{"ResourceARN", "chat_configuration_arn"}};
const struct resource_tags resource_tags_chatbot = {.at = "Tags",
                                                    .call = {.service = "chatbot",
                                                             .operation = "ListTagsForResource",
                                                             .path = "/list-tags-for-resource",
                                                             .method = "POST",
                                                             PARAMS(chatbot_params)}};
