/* SPDX-License-Identifier: MIT */
#ifndef OPSC_RESOURCE_RESOURCE_ROWS_H
#define OPSC_RESOURCE_RESOURCE_ROWS_H

#include "resource/resource.h"

/*
 * resource_rows: members of a kind, a call and an attribute, filled from an array of rows. For the
 * tables of resource/ only.
 */
#define RESOURCE_COUNT(rows) (sizeof(rows) / sizeof(rows)[0])
#define ATTRS(rows) .attrs = (rows), .nattrs = RESOURCE_COUNT(rows)
#define READS(rows) .reads = (rows), .nreads = RESOURCE_COUNT(rows)
#define PARAMS(rows) .params = (rows), .nparams = RESOURCE_COUNT(rows)
#define BLOCK(rows) .block = (rows), .nblock = RESOURCE_COUNT(rows)

/* The attribute of a kind that has tags, where its own answers have them or not. */
#define TAGS                                                                                       \
    { .tf = "tags_all", .api = "Tags", .type = ATTR_STR_MAP, .flags = ATTR_TAGS }

/* How they are asked for. */
extern const struct resource_tags resource_tags_cloudwatch;
extern const struct resource_tags resource_tags_logs;
extern const struct resource_tags resource_tags_sns;
extern const struct resource_tags resource_tags_iam_role;
extern const struct resource_tags resource_tags_iam_policy;
extern const struct resource_tags resource_tags_oidc;
extern const struct resource_tags resource_tags_lambda;
extern const struct resource_tags resource_tags_s3;
extern const struct resource_tags resource_tags_secret;
extern const struct resource_tags resource_tags_document;
extern const struct resource_tags resource_tags_parameter;
extern const struct resource_tags resource_tags_kms;
extern const struct resource_tags resource_tags_ecr;
extern const struct resource_tags resource_tags_budget;
extern const struct resource_tags resource_tags_ce;
extern const struct resource_tags resource_tags_cloudfront;
extern const struct resource_tags resource_tags_chatbot;

#endif
