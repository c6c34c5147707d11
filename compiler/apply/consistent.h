/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_CONSISTENT_H
#define OPSC_APPLY_CONSISTENT_H

#include "aws/aws_error.h"
#include "resource/resource_write.h"

/*
 * consistent: refusals that mean no more than that AWS has not taken notice everywhere of what was
 * done a moment ago: a role that nobody can take yet, a bucket that is not there yet.
 */

/* For how long it may be said again, in ms; 0: it is meant as it is said. `fresh`: something that
 * the call is about was made a moment ago. */
unsigned consistent_wait_ms(const struct resource_write *row, const struct aws_error *e,
                            bool fresh);

#endif
