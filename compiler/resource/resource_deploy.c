/* SPDX-License-Identifier: MIT */
/* table: where images are kept, how hosts are told, and who may tell them */
#include "resource/resource_rows.h"

static const struct resource_attr scanning_rows[] = {
    {.tf = "scan_on_push", .api = "scanOnPush", .type = ATTR_BOOL, .flags = ATTR_REQUIRED},
};
static const struct resource_attr encryption_rows[] = {
    {.tf = "encryption_type",
     .api = "encryptionType",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE,
     .def = "AES256"},
};
static const struct resource_attr repository_rows[] = {
    {.tf = "name",
     .api = "repositoryName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "image_tag_mutability", .api = "imageTagMutability", .type = ATTR_STR, .def = "MUTABLE"},
    {.tf = "force_delete", .type = ATTR_BOOL, .def = "false"},
    {.tf = "encryption_configuration",
     .api = "encryptionConfiguration",
     .type = ATTR_BLOCK,
     BLOCK(encryption_rows)},
    {.tf = "image_scanning_configuration",
     .api = "imageScanningConfiguration",
     .type = ATTR_BLOCK,
     BLOCK(scanning_rows)},
    {.tf = "arn",
     .api = "repositoryArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:ecr:${region}:${account}:repository/${name}"},
    {.tf = "repository_url", .api = "repositoryUri", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    TAGS,
};
const struct resource_kind resource_ecr_repository = {.tf = "aws_ecr_repository",
                                                      .free = "what it holds is priced by usage",
                                                      .title = "ECR repository",
                                                      .name_max = 256,
                                                      .service = "api.ecr",
                                                      .file = "ecr.tf",
                                                      .tags = &resource_tags_ecr,
                                                      ATTRS(repository_rows)};

#define OF_REPOSITORY                                                                              \
    {                                                                                              \
        .tf = "repository", .api = "repositoryName", .type = ATTR_STR,                             \
        .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED                                      \
    }

static const struct resource_attr lifecycle_rows[] = {
    OF_REPOSITORY,
    {.tf = "policy",
     .api = "lifecyclePolicyText",
     .type = ATTR_JSON,
     .flags = ATTR_REPLACE | ATTR_REQUIRED},
};
const struct resource_kind resource_ecr_lifecycle = {.tf = "aws_ecr_lifecycle_policy",
                                                     .free = "part of the repository",
                                                     .title = "ECR lifecycle policy",
                                                     .service = "api.ecr",
                                                     .file = "ecr.tf",
                                                     ATTRS(lifecycle_rows)};

static const struct resource_attr readers_rows[] = {
    OF_REPOSITORY,
    {.tf = "policy", .api = "policyText", .type = ATTR_JSON, .flags = ATTR_REQUIRED | ATTR_POLICY},
};
const struct resource_kind resource_ecr_policy = {.tf = "aws_ecr_repository_policy",
                                                  .free = "part of the repository",
                                                  .title = "ECR repository policy",
                                                  .service = "api.ecr",
                                                  .file = "ecr.tf",
                                                  ATTRS(readers_rows)};

static const struct resource_attr document_rows[] = {
    {.tf = "name",
     .api = "Name",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "document_type",
     .api = "DocumentType",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "document_format", .api = "DocumentFormat", .type = ATTR_STR, .def = "JSON"},
    {.tf = "target_type", .api = "TargetType", .type = ATTR_STR},
    {.tf = "content", .api = "Content", .type = ATTR_JSON, .flags = ATTR_REQUIRED},
    {.tf = "arn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:ssm:${region}:${account}:document/${name}"},
    TAGS,
};
const struct resource_kind resource_ssm_document = {.tf = "aws_ssm_document",
                                                    .free = "AWS does not charge for documents",
                                                    .title = "Systems Manager document",
                                                    .name_max = 128,
                                                    .service = "ssm",
                                                    .file = "ssm.tf",
                                                    .tags = &resource_tags_document,
                                                    ATTRS(document_rows)};

#define OIDC_URL                                                                                   \
    {                                                                                              \
        .tf = "url", .api = "Url", .type = ATTR_STR,                                               \
        .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED                                      \
    }
#define OIDC_ARN                                                                                   \
    { .tf = "arn", .api = "OpenIDConnectProviderArn", .type = ATTR_STR, .flags = ATTR_COMPUTED }

static const struct resource_attr provider_rows[] = {
    OIDC_URL,
    {.tf = "client_id_list", .api = "ClientIDList", .type = ATTR_STR_SET, .flags = ATTR_REQUIRED},
    OIDC_ARN,
    TAGS,
};
const struct resource_kind resource_oidc_provider = {.tf = "aws_iam_openid_connect_provider",
                                                     .free = "AWS does not charge for IAM",
                                                     .title = "identity provider",
                                                     .service = "iam",
                                                     .file = "iam.tf",
                                                     .tags = &resource_tags_oidc,
                                                     ATTRS(provider_rows)};

static const struct resource_attr data_provider_rows[] = {OIDC_URL, OIDC_ARN};
const struct resource_kind resource_data_oidc_provider = {.tf = "aws_iam_openid_connect_provider",
                                                          .title = "identity provider",
                                                          .service = "iam",
                                                          .file = "data.tf",
                                                          ATTRS(data_provider_rows),
                                                          .data = true};
