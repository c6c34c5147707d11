/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_EXPLAIN_H
#define OPSC_LOWER_EXPLAIN_H

#include "lower/context.h"

/* What --explain says of the alarms: how each is evaluated, how soon it fires, where its numbers
 * come from. */
void explain_alarms(struct lower *l);

#endif
