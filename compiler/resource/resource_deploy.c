/* SPDX-License-Identifier: MIT */
/* table: where images are kept, how hosts are told, and who may tell them */
#include "resource/resource_rows.h"

static const struct resource_call describe_repositories = {
    .service = "ecr",
    .operation = "DescribeRepositories",
    .input = "{\"maxResults\":1000}",
    .on = "arn:${partition}:ecr:${region}:${account}:repository/*",
    .token_in = "nextToken",
    .token_out = "nextToken"};
static const struct resource_param repository_params[] = {{"repositoryName", "repositoryName"}};
#define OF_EACH_REPOSITORY(name)                                                                   \
    {                                                                                              \
        .service = "ecr", .operation = (name), .each = &describe_repositories,                     \
        .each_items = "repositories", PARAMS(repository_params),                                   \
        .on = "arn:${partition}:ecr:${region}:${account}:repository/${repository}"                 \
    }
static const struct resource_call get_lifecycle = OF_EACH_REPOSITORY("GetLifecyclePolicy");
static const struct resource_call get_readers = OF_EACH_REPOSITORY("GetRepositoryPolicy");
static const struct resource_read read_repositories[] = {
    {.call = &describe_repositories, .items = "repositories"},
};
static const struct resource_read read_lifecycles[] = {{.call = &get_lifecycle, .items = ""}};
static const struct resource_read read_readers[] = {{.call = &get_readers, .items = ""}};

/* The list has all of them but the text: of the version that runs when none is named. */
static const struct resource_call list_documents = {
    .service = "ssm",
    .operation = "ListDocuments",
    .input = "{\"Filters\":[{\"Key\":\"Owner\",\"Values\":[\"Self\"]}],\"MaxResults\":50}",
    .token_in = "NextToken",
    .token_out = "NextToken"};
static const struct resource_param document_params[] = {{"Name", "Name"}};
static const struct resource_call get_document = {
    .service = "ssm",
    .operation = "GetDocument",
    .each = &list_documents,
    .each_items = "DocumentIdentifiers",
    PARAMS(document_params),
    .on = "arn:${partition}:ssm:${region}:${account}:document/${name}"};
static const struct resource_read read_documents[] = {
    {.call = &list_documents, .items = "DocumentIdentifiers"},
    {.call = &get_document, .items = ""},
};

static const struct resource_call list_providers = {.service = "iam",
                                                    .operation = "ListOpenIDConnectProviders"};
static const struct resource_param provider_params[] = {{"OpenIDConnectProviderArn", "Arn"}};
static const struct resource_call get_provider = {
    .service = "iam",
    .operation = "GetOpenIDConnectProvider",
    .each = &list_providers,
    .each_items = "OpenIDConnectProviderList",
    .each_after = '/',
    PARAMS(provider_params),
    .on = "arn:${partition}:iam::${account}:oidc-provider/${name}"};
static const struct resource_read read_providers[] = {{.call = &get_provider, .items = ""}};

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
                                                      .import_id = "${name}",
                                                      .free = "what it holds is priced by usage",
                                                      .title = "ECR repository",
                                                      READS(read_repositories),
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
     .flags = ATTR_REPLACE | ATTR_REQUIRED | ATTR_UNORDERED},
};
const struct resource_kind resource_ecr_lifecycle = {.tf = "aws_ecr_lifecycle_policy",
                                                     .import_id = "${repository}",
                                                     .free = "part of the repository",
                                                     .title = "ECR lifecycle policy",
                                                     READS(read_lifecycles),
                                                     .service = "api.ecr",
                                                     .file = "ecr.tf",
                                                     ATTRS(lifecycle_rows)};

static const struct resource_attr readers_rows[] = {
    OF_REPOSITORY,
    {.tf = "policy", .api = "policyText", .type = ATTR_JSON, .flags = ATTR_REQUIRED | ATTR_POLICY},
};
const struct resource_kind resource_ecr_policy = {.tf = "aws_ecr_repository_policy",
                                                  .import_id = "${repository}",
                                                  .free = "part of the repository",
                                                  .title = "ECR repository policy",
                                                  READS(read_readers),
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
    {.tf = "latest_version", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    TAGS,
};
const struct resource_kind resource_ssm_document = {.tf = "aws_ssm_document",
                                                    .import_id = "${name}",
                                                    .free = "AWS does not charge for documents",
                                                    .title = "Systems Manager document",
                                                    READS(read_documents),
                                                    .name_max = 128,
                                                    .service = "ssm",
                                                    .file = "ssm.tf",
                                                    .tags = &resource_tags_document,
                                                    ATTRS(document_rows)};

#define OIDC_URL                                                                                   \
    {                                                                                              \
        .tf = "url", .api = "Url", .read_put = "https://", .type = ATTR_STR,                       \
        .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED                                      \
    }
#define OIDC_ARN                                                                                   \
    .tf = "arn", .api = "OpenIDConnectProviderArn", .read = "$OpenIDConnectProviderArn",           \
    .type = ATTR_STR, .flags = ATTR_COMPUTED

static const struct resource_attr provider_rows[] = {
    OIDC_URL,
    {.tf = "client_id_list", .api = "ClientIDList", .type = ATTR_STR_SET, .flags = ATTR_REQUIRED},
    {OIDC_ARN, .made = "arn:${partition}:iam::${account}:oidc-provider/${url}"},
    TAGS,
};
const struct resource_kind resource_oidc_provider = {.tf = "aws_iam_openid_connect_provider",
                                                     .import_id = "${arn}",
                                                     .free = "AWS does not charge for IAM",
                                                     .title = "identity provider",
                                                     READS(read_providers),
                                                     .service = "iam",
                                                     .file = "iam.tf",
                                                     .tags = &resource_tags_oidc,
                                                     ATTRS(provider_rows)};

static const struct resource_attr data_provider_rows[] = {OIDC_URL, {OIDC_ARN}};
const struct resource_kind resource_data_oidc_provider = {.tf = "aws_iam_openid_connect_provider",
                                                          .title = "identity provider",
                                                          .service = "iam",
                                                          .file = "data.tf",
                                                          ATTRS(data_provider_rows),
                                                          .data = true};
