/* SPDX-License-Identifier: MIT */
#ifndef OPSC_PRICES_FETCH_H
#define OPSC_PRICES_FETCH_H

#include "io/io.h"
#include "net/http.h"
#include "prices/offer.h"

/*
 * fetch: AWS's price list of a service in a region, from AWS or from a folder.
 *
 * From AWS: BASE/offers/v1.0/aws/SERVICE/current/region_index.json names the current version, of
 * which index.csv is read; what has one price in all regions (PRICE_LOCK_GLOBAL) is in
 * BASE/offers/v1.0/aws/SERVICE/current/index.csv. From a folder: SERVICE_REGION.csv, such as
 * AmazonEC2_eu-west-1.csv.
 */
#define FETCH_BASE "https://pricing.us-east-1.amazonaws.com"

struct fetch_source {
    str folder; /* empty: from AWS */
    const struct io *io;
    struct http *http;
    str base; /* FETCH_BASE */
};

enum fetch_result {
    FETCH_READ,
    FETCH_SAME,   /* the version is the known one: not read */
    FETCH_ABSENT, /* the service has no list for the region */
    FETCH_FAILED
};

/*
 * Reads into `o`, in arena `a`. `known`: the version that need not be read; empty: any is.
 * `ret_problem`: why it failed.
 */
enum fetch_result fetch_offer(const struct fetch_source *s, struct arena *a,
                              const struct price_list *list, str service, str region, str known,
                              struct offer *o, str *ret_problem);

#endif
