/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_SERVICE_H
#define OPSC_AWS_SERVICE_H

#include "base/str.h"

/*
 * service: the services of AWS that opsc calls, a row each, and how fast each of their operations
 * may be called.
 */
enum aws_protocol {
    AWS_JSON_1_0,  /* application/x-amz-json-1.0, the operation in X-Amz-Target */
    AWS_JSON_1_1,  /* the same in version 1.1 */
    AWS_REST_JSON, /* method and path say what is wanted; bodies are JSON */
    AWS_REST_XML,  /* the same with XML */
    AWS_QUERY,     /* a form with Action and Version; answers are XML */
    AWS_EC2        /* the same with errors of its own form */
};

struct aws_service {
    const char *name;    /* of the aws command line: "cloudwatch" */
    const char *id;      /* of AWS_ENDPOINT_URL_<id>: "CLOUDWATCH_LOGS" */
    const char *prefix;  /* of the host: "monitoring" */
    const char *signing; /* in signatures */
    const char *iam;     /* before the colon of IAM's actions */
    enum aws_protocol protocol;
    const char *target;  /* before the dot in X-Amz-Target; NULL but for JSON */
    const char *version; /* of query and EC2: "2010-05-08"; else NULL */
    bool query_errors; /* of JSON: it was a query service, and has the codes of that in a header */
};

extern const struct aws_service aws_services[];
extern const uint32_t aws_services_n;

/* By `name`; NULL when there is none. */
const struct aws_service *aws_service_find(str name);

/*
 * Calls a second that AWS allows for an operation, per account and region. For what it publishes no
 * number, five to begin with, and at most so many as it turns out to bear; of an operation that
 * reads more at once, before that.
 */
struct aws_quota {
    unsigned per_s, most_per_s; /* the same when it is published */
    unsigned at_once;           /* 0: what it is in a second */
};
struct aws_quota aws_quota_of(const struct aws_service *s, str operation, bool reads);

#endif
