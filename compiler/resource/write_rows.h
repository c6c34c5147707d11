/* SPDX-License-Identifier: MIT */
#ifndef OPSC_RESOURCE_WRITE_ROWS_H
#define OPSC_RESOURCE_WRITE_ROWS_H

#include "resource/resource_rows.h"
#include "resource/resource_write.h"

/*
 * write_rows: rows of operations that write. For the tables of resource/ only.
 *
 * MAKES creates and changes, in one way; TAGGING gives tags, which at the beginning are given with
 * what is created: IAM asks for it then as well, and nobody calls it.
 */
#define CREATES RESOURCE_CREATES
#define CHANGES RESOURCE_CHANGES
#define DELETES RESOURCE_DELETES
#define PERMITS RESOURCE_PERMITS
#define TERRAFORM RESOURCE_TERRAFORM
#define REFRESHES RESOURCE_REFRESHES
#define MAKES (CREATES | CHANGES)
#define TAGGING (CHANGES | PERMITS)

#define ARN(service, rest) "arn:${partition}:" service ":${region}:${account}:" rest
#define GLOBAL_ARN(service, rest) "arn:${partition}:" service "::${account}:" rest
#define WRITING(of, all)                                                                           \
    { .kind = &(of), .rows = (all), .n = RESOURCE_COUNT(all) }
/* With `.rank`, HOLDS_DATA and what it is a part of, where they are not as of most. */
#define WRITING_AS(of, all, ...)                                                                   \
    { .kind = &(of), .rows = (all), .n = RESOURCE_COUNT(all), __VA_ARGS__ }
#define HOLDS_DATA .holds = RESOURCE_HOLDS_DATA
#define PART_OF(kind, attr) .whole = &(kind), .whole_attr = (attr)
#define GOES_WITH(kind, attr) PART_OF(kind, attr), .stays_too = true, .goes_too = true
#define POST(where) .method = "POST", .path = (where)

/* Terraform's provider looks at what it made. */
#define READS_BY(service, operation, asks, where)                                                  \
    { REFRESHES, service, operation, asks, .on = where }
/* A role that a service of AWS is to take. */
#define PASSES(role, service)                                                                      \
    {                                                                                              \
        PERMITS, "iam", "PassRole", .on = role, .test = "StringEquals",                            \
                                    .key = "iam:PassedToService", .value = service                 \
    }

#endif
