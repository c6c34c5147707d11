/* SPDX-License-Identifier: MIT */
/* table: CloudFront distributions, and endpoints of a VPC */
#include "resource/resource_rows.h"

#define KIND(name, words, of) .tf = (name), .title = (words), .service = (of), .file = "main.tf"

static const struct resource_attr custom_rows[] = {
    {.tf = "http_port", .api = "HTTPPort", .type = ATTR_NUM, .flags = ATTR_REQUIRED},
    {.tf = "https_port", .api = "HTTPSPort", .type = ATTR_NUM, .flags = ATTR_REQUIRED},
    {.tf = "origin_protocol_policy",
     .api = "OriginProtocolPolicy",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "origin_ssl_protocols",
     .api = "OriginSslProtocols",
     .type = ATTR_STR_SET,
     .flags = ATTR_REQUIRED},
};
static const struct resource_attr origin_rows[] = {
    {.tf = "origin_id", .api = "Id", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "domain_name", .api = "DomainName", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "origin_access_control_id", .api = "OriginAccessControlId", .type = ATTR_STR},
    {.tf = "custom_origin_config",
     .api = "CustomOriginConfig",
     .type = ATTR_BLOCK,
     BLOCK(custom_rows)},
};

#define BEHAVIOR                                                                                   \
    {.tf = "target_origin_id", .api = "TargetOriginId", .type = ATTR_STR, .flags = ATTR_REQUIRED}, \
        {.tf = "viewer_protocol_policy",                                                           \
         .api = "ViewerProtocolPolicy",                                                            \
         .type = ATTR_STR,                                                                         \
         .flags = ATTR_REQUIRED},                                                                  \
        {.tf = "allowed_methods",                                                                  \
         .api = "AllowedMethods",                                                                  \
         .type = ATTR_STR_SET,                                                                     \
         .flags = ATTR_REQUIRED},                                                                  \
        {.tf = "cached_methods",                                                                   \
         .api = "CachedMethods",                                                                   \
         .type = ATTR_STR_SET,                                                                     \
         .flags = ATTR_REQUIRED},                                                                  \
        {.tf = "compress", .api = "Compress", .type = ATTR_BOOL, .def = "false"},                  \
        {.tf = "cache_policy_id", .api = "CachePolicyId", .type = ATTR_STR},                       \
        {.tf = "origin_request_policy_id", .api = "OriginRequestPolicyId", .type = ATTR_STR}, {    \
        .tf = "response_headers_policy_id", .api = "ResponseHeadersPolicyId", .type = ATTR_STR     \
    }
static const struct resource_attr behavior_rows[] = {BEHAVIOR};
static const struct resource_attr ordered_rows[] = {
    {.tf = "path_pattern", .api = "PathPattern", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    BEHAVIOR,
};
static const struct resource_attr geo_rows[] = {
    {.tf = "restriction_type", .api = "RestrictionType", .type = ATTR_STR, .flags = ATTR_REQUIRED},
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
    {.tf = "minimum_protocol_version", .api = "MinimumProtocolVersion", .type = ATTR_STR},
    {.tf = "ssl_support_method", .api = "SSLSupportMethod", .type = ATTR_STR},
};
static const struct resource_attr distribution_rows[] = {
    {.tf = "comment", .api = "Comment", .type = ATTR_STR},
    {.tf = "enabled", .api = "Enabled", .type = ATTR_BOOL, .flags = ATTR_REQUIRED},
    {.tf = "is_ipv6_enabled", .api = "IsIPV6Enabled", .type = ATTR_BOOL, .def = "false"},
    {.tf = "http_version", .api = "HttpVersion", .type = ATTR_STR, .def = "http2"},
    {.tf = "price_class", .api = "PriceClass", .type = ATTR_STR, .def = "PriceClass_All"},
    {.tf = "aliases", .api = "Aliases", .type = ATTR_STR_SET},
    {.tf = "default_root_object", .api = "DefaultRootObject", .type = ATTR_STR},
    {.tf = "wait_for_deployment", .type = ATTR_BOOL, .def = "true"},
    {.tf = "origin",
     .api = "Origins",
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
     .type = ATTR_BLOCKS,
     BLOCK(ordered_rows)},
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
    {.tf = "id", .api = "Id", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    {.tf = "arn", .api = "ARN", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    {.tf = "domain_name", .api = "DomainName", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    TAGS,
};
/* The name is its comment: CommentType of botocore's model, service "cloudfront". */
const struct resource_kind resource_cloudfront = {
    KIND("aws_cloudfront_distribution", "CloudFront distribution", "cloudfront"),
    .free = "what it sends and answers is priced by usage", .name_max = 128,
    .tags = &resource_tags_cloudfront, ATTRS(distribution_rows)};

static const struct resource_attr access_rows[] = {
    {.tf = "name", .api = "Name", .type = ATTR_STR, .flags = ATTR_REQUIRED},
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
    .free = "part of the distribution", .name_max = 64, ATTRS(access_rows)};

static const struct resource_attr endpoint_rows[] = {
    {.tf = "vpc_id",
     .api = "VpcId",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "service_name",
     .api = "ServiceName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE},
    {.tf = "vpc_endpoint_type",
     .api = "VpcEndpointType",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE,
     .def = "Gateway"},
    {.tf = "route_table_ids", .api = "RouteTableIds", .type = ATTR_STR_SET},
    {.tf = "id", .api = "VpcEndpointId", .type = ATTR_STR, .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_vpc_endpoint = {
    KIND("aws_vpc_endpoint", "gateway endpoint", "ec2"), .free = "gateway endpoints cost nothing",
    ATTRS(endpoint_rows)};
