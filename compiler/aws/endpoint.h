/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_ENDPOINT_H
#define OPSC_AWS_ENDPOINT_H

#include "aws/service.h"
#include "base/arena.h"

/*
 * endpoint: which host answers for a service in a region, and for which region requests to it are
 * signed. Tables, as AWS publishes them; nothing is asked.
 */
struct aws_partition {
    const char *id;        /* of ARNs: "aws-cn" */
    const char *starts;    /* of its regions, apart by one space: "us-gov-" */
    const char *suffix;    /* of hosts: "amazonaws.com.cn" */
    const char *dualstack; /* the same of hosts that speak IPv6 too */
    const char *global;    /* the region of what belongs to none */
};

struct aws_endpoint {
    str host;           /* without scheme */
    str signing_region; /* what the scope of signatures names */
};

/*
 * The partition of a region by its name, also of a region that came after this version: one that no
 * partition claims is taken for one of "aws". Never NULL.
 */
const struct aws_partition *aws_partition_of(str region);
/* Whether it can be a region's name: letters, digits and dashes; for messages, not for existence.
 */
bool aws_region_is_name(str region);
/* The region that tells of what is in `region`: another one where a service has hosts in a few
 * only.
 */
str aws_region_asked(const struct aws_service *s, str region);
/* False when AWS has no such host (FIPS of S3 in China), or the region cannot be one's name. */
bool aws_endpoint_find(struct arena *a, const struct aws_service *s, str region, bool fips,
                       bool dualstack, struct aws_endpoint *ret);

#endif
