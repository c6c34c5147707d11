/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_COVERAGE_H
#define OPSC_LOWER_COVERAGE_H

#include "lower/context.h"
#include "model/coverage.h"

/*
 * coverage: fills model/coverage.h from what was lowered, in l's arena, when the nodes of alarms
 * are there.
 */
struct coverage *lower_coverage(struct lower *l);
/* Problems of `coverage.waive` that do not depend on the day. */
void lower_waivers(struct lower *l);
/* Whether the resource gets the alarms that its kind recommends; else `ret` is where ops.yaml
 * says so. */
bool lower_wants_recommended(const struct lower *l, const struct watched *w, span *ret);
/* The exception to a recommended alarm, or NULL. */
const struct cfg_override *lower_override(const struct watched *w, str name);
/* Whether it has a metric that an alarm can be about. */
bool lower_can_be_watched(struct lower *l, const struct watched *w);

#endif
