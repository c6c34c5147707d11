/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_AWS_LOG_H
#define OPSC_AWS_AWS_LOG_H

#include "aws/settings.h"

/*
 * aws_log: lines of `--debug`: what was asked, who asks, what was waited for. Nothing where the
 * host takes no lines.
 *
 * No line has a header, a body, a query, or what stands before the @ of a URL: nothing that could
 * be a key, a token or a password.
 */
struct aws_try {
    const char *service;
    str operation, region, host;
    unsigned number;   /* of the try: 1 is the first */
    int64_t queued_ms; /* it waited for its turn */
    int64_t took_ms;
    unsigned status; /* 0: there was no answer */
    uint64_t sent_bytes, received_bytes;
    str request_id;
    const struct aws_error *error;
    int64_t again_ms; /* until the next try; below zero: there is none */
};

void aws_log_try(const struct aws_host *h, struct arena *a, const struct aws_try *t);
/* A line that has no secret; printf's format. */
void aws_log(const struct aws_host *h, struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
