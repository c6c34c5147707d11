/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_AWS_REQUEST_H
#define OPSC_AWS_AWS_REQUEST_H

#include "aws/aws_client.h"
#include "aws/sigv4.h"

/*
 * aws_request: a call as a request of HTTP: where it goes, what the protocol adds to its headers
 * and its body; and its signature. Functions of what they are given.
 */
struct aws_request {
    str origin; /* "https://monitoring.eu-west-1.amazonaws.com" */
    str host;   /* of the header */
    str path;   /* with what the endpoint's URL has before it */
    str query, method, body;
    str region; /* of the call */
    str signing_region;
    VEC(struct http_header) headers; /* without those of the signature */
    bool plain;                      /* http: */
};

/* False when there is no host for it (ret_error). */
bool aws_request_make(struct arena *a, const struct aws_settings *s, const struct aws_call *call,
                      struct aws_request *ret, struct aws_error *ret_error);
/*
 * All headers of the request, signed at this time; unsigned when `keys` is NULL. False when that
 * cannot be.
 */
bool aws_request_sign(struct arena *a, const struct crypto_library *c, struct sigv4_cache *cache,
                      const struct aws_keys *keys, const struct aws_service *service,
                      const struct aws_request *r, int64_t time_s, const struct http_header **ret,
                      uint32_t *ret_n);
/* Seconds since 1970 of a Date header ("Sun, 06 Nov 1994 08:49:37 GMT"); false: it is none. */
bool aws_request_date(str date, int64_t *ret_s);
/* The same of "2015-08-30T12:36:00Z", as credentials have it; fractions of seconds are dropped. */
bool aws_request_timestamp(str text, int64_t *ret_s);
/* The way back. */
str aws_request_time(struct arena *a, int64_t s);

#endif
