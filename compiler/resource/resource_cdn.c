/* SPDX-License-Identifier: MIT */
/* table: CloudFront distributions, and endpoints of a VPC */
#include "resource/resource_rows.h"

#define KIND(name, words, of) .tf = (name), .title = (words), .service = (of), .file = "main.tf"

static const struct resource_call list_distributions = {.service = "cloudfront",
                                                        .operation = "ListDistributions",
                                                        .root = "DistributionList",
                                                        .path = "/2020-05-31/distribution",
                                                        .input = "{\"MaxItems\":\"100\"}",
                                                        .token_in = "Marker",
                                                        .token_out = "NextMarker"};
static const struct resource_param distribution_params[] = {{"Id", "Id"}};
/* What is listed lacks the root object and the log. */
static const struct resource_call get_distribution = {
    .service = "cloudfront",
    .operation = "GetDistribution",
    .root = "Distribution",
    .path = "/2020-05-31/distribution/{Id}",
    .each = &list_distributions,
    .each_items = "Items/DistributionSummary",
    .each_name = "Comment",
    .each_also = "Aliases/Items/CNAME",
    PARAMS(distribution_params),
    .on = "arn:${partition}:cloudfront::${account}:distribution/*"};
static const struct resource_read read_distributions[] = {
    {.call = &get_distribution, .items = "DistributionConfig"}};

static const struct resource_attr custom_rows[] = {
    {.tf = "http_port", .api = "HTTPPort", .type = ATTR_NUM, .flags = ATTR_REQUIRED},
    {.tf = "https_port", .api = "HTTPSPort", .type = ATTR_NUM, .flags = ATTR_REQUIRED},
    {.tf = "origin_protocol_policy",
     .api = "OriginProtocolPolicy",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "origin_ssl_protocols",
     .api = "OriginSslProtocols",
     .read = "OriginSslProtocols/Items/SslProtocol",
     .type = ATTR_STR_SET,
     .flags = ATTR_REQUIRED},
    {.tf = "origin_read_timeout", .api = "OriginReadTimeout", .type = ATTR_NUM, .def = "30"},
    {.tf = "origin_keepalive_timeout",
     .api = "OriginKeepaliveTimeout",
     .type = ATTR_NUM,
     .def = "5"},
};
static const struct resource_attr header_rows[] = {
    {.tf = "name", .api = "HeaderName", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    /* It may be what the origin knows CloudFront by. */
    {.tf = "value", .api = "HeaderValue", .type = ATTR_STR, .flags = ATTR_REQUIRED | ATTR_SECRET},
};
static const struct resource_attr identity_rows[] = {
    {.tf = "origin_access_identity", .api = "OriginAccessIdentity", .type = ATTR_STR},
};
static const struct resource_attr shield_rows[] = {
    {.tf = "enabled", .api = "Enabled", .type = ATTR_BOOL},
    {.tf = "origin_shield_region", .api = "OriginShieldRegion", .type = ATTR_STR},
};
static const struct resource_attr origin_rows[] = {
    {.tf = "origin_id", .api = "Id", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "domain_name", .api = "DomainName", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "origin_path", .api = "OriginPath", .type = ATTR_STR},
    {.tf = "connection_attempts", .api = "ConnectionAttempts", .type = ATTR_NUM, .def = "3"},
    {.tf = "connection_timeout", .api = "ConnectionTimeout", .type = ATTR_NUM, .def = "10"},
    {.tf = "origin_access_control_id", .api = "OriginAccessControlId", .type = ATTR_STR},
    {.tf = "custom_header",
     .api = "CustomHeaders",
     .read = "CustomHeaders/Items/OriginCustomHeader",
     .type = ATTR_BLOCKS,
     .key = "name",
     BLOCK(header_rows)},
    {.tf = "s3_origin_config", .api = "S3OriginConfig", .type = ATTR_BLOCK, BLOCK(identity_rows)},
    {.tf = "origin_shield", .api = "OriginShield", .type = ATTR_BLOCK, BLOCK(shield_rows)},
    {.tf = "custom_origin_config",
     .api = "CustomOriginConfig",
     .type = ATTR_BLOCK,
     BLOCK(custom_rows)},
};

static const struct resource_attr function_rows[] = {
    {.tf = "event_type", .api = "EventType", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "function_arn", .api = "FunctionARN", .type = ATTR_STR, .flags = ATTR_REQUIRED},
};
static const struct resource_attr lambda_rows[] = {
    {.tf = "event_type", .api = "EventType", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "include_body", .api = "IncludeBody", .type = ATTR_BOOL, .def = "false"},
    {.tf = "lambda_arn", .api = "LambdaFunctionARN", .type = ATTR_STR, .flags = ATTR_REQUIRED},
};
#define BEHAVIOR                                                                                   \
    {.tf = "target_origin_id", .api = "TargetOriginId", .type = ATTR_STR, .flags = ATTR_REQUIRED}, \
        {.tf = "viewer_protocol_policy",                                                           \
         .api = "ViewerProtocolPolicy",                                                            \
         .type = ATTR_STR,                                                                         \
         .flags = ATTR_REQUIRED},                                                                  \
        {.tf = "allowed_methods",                                                                  \
         .api = "AllowedMethods",                                                                  \
         .read = "AllowedMethods/Items/Method",                                                    \
         .type = ATTR_STR_SET,                                                                     \
         .flags = ATTR_REQUIRED},                                                                  \
        {.tf = "cached_methods",                                                                   \
         .api = "CachedMethods",                                                                   \
         .read = "AllowedMethods/CachedMethods/Items/Method",                                      \
         .type = ATTR_STR_SET,                                                                     \
         .flags = ATTR_REQUIRED},                                                                  \
        {.tf = "compress", .api = "Compress", .type = ATTR_BOOL, .def = "false"},                  \
        {.tf = "cache_policy_id", .api = "CachePolicyId", .type = ATTR_STR},                       \
        {.tf = "origin_request_policy_id", .api = "OriginRequestPolicyId", .type = ATTR_STR},      \
        {.tf = "response_headers_policy_id", .api = "ResponseHeadersPolicyId", .type = ATTR_STR},  \
        {.tf = "field_level_encryption_id", .api = "FieldLevelEncryptionId", .type = ATTR_STR},    \
        {.tf = "realtime_log_config_arn", .api = "RealtimeLogConfigArn", .type = ATTR_STR},        \
        {.tf = "smooth_streaming", .api = "SmoothStreaming", .type = ATTR_BOOL},                   \
        {.tf = "trusted_key_groups",                                                               \
         .api = "TrustedKeyGroups",                                                                \
         .read = "TrustedKeyGroups/Items/KeyGroup",                                                \
         .type = ATTR_STR_LIST,                                                                    \
         .flags = ATTR_UNORDERED},                                                                 \
        {.tf = "trusted_signers",                                                                  \
         .api = "TrustedSigners",                                                                  \
         .read = "TrustedSigners/Items/AwsAccountNumber",                                          \
         .type = ATTR_STR_LIST,                                                                    \
         .flags = ATTR_UNORDERED},                                                                 \
        {.tf = "function_association",                                                             \
         .api = "FunctionAssociations",                                                            \
         .read = "FunctionAssociations/Items/FunctionAssociation",                                 \
         .type = ATTR_BLOCKS,                                                                      \
         .key = "event_type",                                                                      \
         BLOCK(function_rows)},                                                                    \
    {                                                                                              \
        .tf = "lambda_function_association", .api = "LambdaFunctionAssociations",                  \
        .read = "LambdaFunctionAssociations/Items/LambdaFunctionAssociation", .type = ATTR_BLOCKS, \
        .key = "event_type", BLOCK(lambda_rows)                                                    \
    }
static const struct resource_attr behavior_rows[] = {BEHAVIOR};
static const struct resource_attr ordered_rows[] = {
    {.tf = "path_pattern", .api = "PathPattern", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    BEHAVIOR,
};
static const struct resource_attr geo_rows[] = {
    {.tf = "restriction_type", .api = "RestrictionType", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "locations", .api = "Items", .read = "Items/Location", .type = ATTR_STR_SET},
};
static const struct resource_attr restriction_rows[] = {
    {.tf = "geo_restriction",
     .api = "GeoRestriction",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(geo_rows)},
};
static const struct resource_attr certificate_rows[] = {
    {.tf = "acm_certificate_arn", .api = "ACMCertificateArn", .type = ATTR_STR},
    {.tf = "cloudfront_default_certificate",
     .api = "CloudFrontDefaultCertificate",
     .type = ATTR_BOOL},
    {.tf = "iam_certificate_id", .api = "IAMCertificateId", .type = ATTR_STR},
    {.tf = "minimum_protocol_version",
     .api = "MinimumProtocolVersion",
     .type = ATTR_STR,
     .def = "TLSv1"},
    /* Of CloudFront's own certificate it says one as well. */
    {.tf = "ssl_support_method", .api = "SSLSupportMethod", .type = ATTR_STR, .flags = ATTR_FILLED},
};
static const struct resource_attr error_rows[] = {
    {.tf = "error_code", .api = "ErrorCode", .type = ATTR_NUM, .flags = ATTR_REQUIRED},
    {.tf = "error_caching_min_ttl", .api = "ErrorCachingMinTTL", .type = ATTR_NUM},
    {.tf = "response_code", .api = "ResponseCode", .type = ATTR_NUM},
    {.tf = "response_page_path", .api = "ResponsePagePath", .type = ATTR_STR},
};
/* Without a bucket there is none. */
static const struct resource_attr log_rows[] = {
    {.tf = "bucket", .api = "Bucket", .type = ATTR_STR},
    {.tf = "include_cookies", .api = "IncludeCookies", .type = ATTR_BOOL, .def = "false"},
    {.tf = "prefix", .api = "Prefix", .type = ATTR_STR},
};
/*
 * CloudFront gives no name. The comment is one of ours, with the project's and the environment's;
 * whoever writes another one there has not made another distribution of it, as its own names of the
 * web tell.
 */
static const struct resource_attr distribution_rows[] = {
    {.tf = "comment", .api = "Comment", .type = ATTR_STR, .flags = ATTR_IDENTITY},
    {.tf = "enabled", .api = "Enabled", .type = ATTR_BOOL, .flags = ATTR_REQUIRED},
    {.tf = "is_ipv6_enabled", .api = "IsIPV6Enabled", .type = ATTR_BOOL, .def = "false"},
    {.tf = "http_version", .api = "HttpVersion", .type = ATTR_STR, .def = "http2"},
    {.tf = "price_class", .api = "PriceClass", .type = ATTR_STR, .def = "PriceClass_All"},
    {.tf = "aliases",
     .api = "Aliases",
     .read = "Aliases/Items/CNAME",
     .type = ATTR_STR_SET,
     .flags = ATTR_ALSO},
    {.tf = "default_root_object", .api = "DefaultRootObject", .type = ATTR_STR},
    {.tf = "web_acl_id", .api = "WebACLId", .type = ATTR_STR},
    {.tf = "wait_for_deployment", .type = ATTR_BOOL, .def = "true"},
    {.tf = "origin",
     .api = "Origins",
     .read = "Origins/Items/Origin",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(origin_rows)},
    {.tf = "default_cache_behavior",
     .api = "DefaultCacheBehavior",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(behavior_rows)},
    {.tf = "ordered_cache_behavior",
     .api = "CacheBehaviors",
     .read = "CacheBehaviors/Items/CacheBehavior",
     .type = ATTR_BLOCKS,
     BLOCK(ordered_rows)},
    {.tf = "custom_error_response",
     .api = "CustomErrorResponses",
     .read = "CustomErrorResponses/Items/CustomErrorResponse",
     .type = ATTR_BLOCKS,
     .key = "error_code",
     BLOCK(error_rows)},
    {.tf = "logging_config", .api = "Logging", .type = ATTR_BLOCK, BLOCK(log_rows)},
    {.tf = "restrictions",
     .api = "Restrictions",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(restriction_rows)},
    {.tf = "viewer_certificate",
     .api = "ViewerCertificate",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(certificate_rows)},
    {.tf = "id",
     .api = "Id",
     .read = "../Id",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED | ATTR_OWN_ID},
    {.tf = "arn", .api = "ARN", .read = "../ARN", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    {.tf = "domain_name",
     .api = "DomainName",
     .read = "../DomainName",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED},
    TAGS,
};
/* The name is its comment: CommentType of botocore's model, service "cloudfront". */
const struct resource_kind resource_cloudfront = {
    KIND("aws_cloudfront_distribution", "CloudFront distribution", "cloudfront"),
    .import_id = "${id}",
    READS(read_distributions),
    .free = "what it sends and answers is priced by usage",
    .name_max = 128,
    .tags = &resource_tags_cloudfront,
    ATTRS(distribution_rows)};

static const struct resource_call list_access = {.service = "cloudfront",
                                                 .operation = "ListOriginAccessControls",
                                                 .root = "OriginAccessControlList",
                                                 .path = "/2020-05-31/origin-access-control",
                                                 .input = "{\"MaxItems\":\"100\"}",
                                                 .token_in = "Marker",
                                                 .token_out = "NextMarker"};
static const struct resource_read read_access[] = {
    {.call = &list_access, .items = "Items/OriginAccessControlSummary"}};
static const struct resource_attr access_rows[] = {
    {.tf = "name", .api = "Name", .type = ATTR_STR, .flags = ATTR_IDENTITY | ATTR_REQUIRED},
    {.tf = "origin_access_control_origin_type",
     .api = "OriginAccessControlOriginType",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "signing_behavior", .api = "SigningBehavior", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "signing_protocol", .api = "SigningProtocol", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "id", .api = "Id", .type = ATTR_STR, .flags = ATTR_COMPUTED},
};
/* "Restrict access to an Amazon S3 origin" (CloudFront Developer Guide): a name of 64 characters.
 */
const struct resource_kind resource_cloudfront_access = {
    KIND("aws_cloudfront_origin_access_control", "CloudFront origin access control", "cloudfront"),
    .import_id = "${id}",
    READS(read_access),
    .free = "part of the distribution",
    .name_max = 64,
    ATTRS(access_rows)};

/* What was deleted stays listed for a while. */
static const struct resource_call describe_endpoints = {
    .service = "ec2",
    .operation = "DescribeVpcEndpoints",
    .input =
        "{\"MaxResults\":1000,\"Filter\":[{\"Name\":\"vpc-endpoint-type\",\"Value\":[\"Gateway\"]},"
        "{\"Name\":\"vpc-endpoint-state\",\"Value\":[\"pending\",\"available\",\"failed\"]}]}",
    .token_in = "NextToken",
    .token_out = "nextToken"};
static const struct resource_read read_endpoints[] = {
    {.call = &describe_endpoints, .items = "vpcEndpointSet"}};
static const struct resource_attr endpoint_rows[] = {
    {.tf = "vpc_id",
     .api = "VpcId",
     .read = "vpcId",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "service_name",
     .api = "ServiceName",
     .read = "serviceName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE},
    {.tf = "vpc_endpoint_type",
     .api = "VpcEndpointType",
     .read = "vpcEndpointType",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE,
     .def = "Gateway"},
    {.tf = "route_table_ids",
     .api = "RouteTableIds",
     .read = "routeTableIdSet",
     .type = ATTR_STR_SET},
    {.tf = "id",
     .api = "VpcEndpointId",
     .read = "vpcEndpointId",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED},
    {.tf = "tags_all", .api = "Tags", .read = "tagSet", .type = ATTR_STR_MAP, .flags = ATTR_TAGS},
};
const struct resource_kind resource_vpc_endpoint = {
    KIND("aws_vpc_endpoint", "gateway endpoint", "ec2"), .import_id = "${id}",
    READS(read_endpoints), .free = "gateway endpoints cost nothing", ATTRS(endpoint_rows)};
