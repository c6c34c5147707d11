/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_LOG_FILTER_H
#define OPSC_LOWER_LOG_FILTER_H

#include "lower/context.h"

/*
 * log_filter: which lines the CloudWatch agent ships, as the regular expression (RE2) of
 * its `filters`.
 *
 * Shipped are: lines of a level in `keep`; lines that a metric filter of the group needs; and of
 * the levels in `sample` a share. The agent cannot draw lots, so the share is taken by the clock: a
 * line counts when the milliseconds of its time stamp fall below the share (1%: the two last digits
 * are 00). Lines without milliseconds are not in the sample.
 */
enum log_filter_type { LOG_FILTER_NONE, LOG_FILTER_INCLUDE, LOG_FILTER_EXCLUDE };

struct log_filter {
    enum log_filter_type type;
    str expression;
};

/* Problems (a share that cannot be taken, a metric whose lines are not shipped) are diagnostics. */
struct log_filter log_filter_make(struct lower *l, const struct log *log);

#endif
