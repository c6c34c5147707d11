/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_REQUEST_H
#define OPSC_LIVE_REQUEST_H

#include "aws/aws_client.h"
#include "model/value.h"
#include "resource/resource.h"
#include "resource/resource_write.h"

/*
 * request: an operation and its parameters as what is sent, by the protocol of its service.
 */

/* Sets service, operation, method, path, query, bucket and body; `params` is a MAP. */
void request_make(struct arena *a, const struct resource_call *c, const struct value *params,
                  struct aws_call *ret);
/* The same of an operation that writes. */
void request_make_write(struct arena *a, const struct resource_write *w, const struct value *params,
                        struct aws_call *ret);
/* Parameters as a body: JSON, or a form. */
str request_body(struct arena *a, const struct aws_service *s, const struct value *params);

#endif
