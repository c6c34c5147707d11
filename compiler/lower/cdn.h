/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_CDN_H
#define OPSC_LOWER_CDN_H

#include "lower/context.h"

/*
 * cdn: `cost.cdn`: a CloudFront distribution in front of an application, a load balancer or a
 * bucket that is there already.
 */
#define CDN_HTTP_PORT 80
#define CDN_HTTPS_PORT 443

struct cdn {
    const struct cfg_cdn *cfg;
    const struct watched *origin;
    bool bucket; /* the origin is one */
    str address; /* what CloudFront asks */
    bool https;
    int64_t port; /* of an origin that is no bucket */
};

/* Binds and checks it: l->cdn. */
void lower_cdn(struct lower *l);
/* Terraform. */
void lower_cdn_nodes(struct lower *l);
void lower_cdn_result(const struct lower *l, struct lower_result *ret);
/* Whether it stands in front of the resource: that is not there for alarms alone. */
bool cdn_needs(const struct lower *l, const struct watched *w);

#endif
