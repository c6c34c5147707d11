/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COVERAGE_FOUND_H
#define OPSC_COVERAGE_FOUND_H

#include "catalog/kind.h"
#include "coverage/coverage.h"
#include "model/value.h"

/*
 * found: what an account has beside what ops.yaml has, and which of its alarms watch what. Nothing
 * is asked here: who reads the account hands on what it found.
 *
 * An alarm watches a resource when all dimensions by which CloudWatch tells the resource from
 * others are among those of a metric of it, whoever made it. One that finds its metrics by a query
 * (SEARCH, SELECT) names none and is not seen.
 */

/* An item of a list, as the keys of ops.yaml that are known of it. */
struct found_item {
    const struct cat_kind *kind;
    struct cfg_pair *attributes; /* texts; only those that it has */
    uint32_t n;
    struct cfg_pairs tags;
    str region;
};
/* Adds it to the sheet, unless ops.yaml has it: as a resource, or as something that opsc makes. */
void found_add(struct coverage_run *r, struct coverage_sheet *s, const struct found_item *item);

/* A metric that an alarm of the account is about. */
struct found_alarm {
    str name, region, namespace_, metric;
    const struct value *dimensions; /* LIST of maps with Name and Value; or NULL */
    enum coverage_way way;
};

/* Alarms of an account, of one region or several. */
struct found_alarms {
    VEC(struct found_alarm) items;
    struct map by_dimension; /* "QueueName\njobs" -> list of items */
};
/* `v`: an item of MetricAlarms. */
void found_add_alarm(struct arena *a, struct found_alarms *all, const struct value *v, str region);
/* What watches what is found, and the recommended alarms that ops.yaml lacks. Before
 * coverage_reckon(); `prefix`: of the names of the project's own alarms, which ops.yaml decides. */
void found_match(struct coverage_run *r, struct coverage_sheet *s, const struct found_alarms *all,
                 str prefix);

#endif
