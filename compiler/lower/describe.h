/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_DESCRIBE_H
#define OPSC_LOWER_DESCRIBE_H

#include "lower/cond.h"

/*
 * describe: an alarm in words: what it means, what to do, where it was said. The
 * text that is read at three in the morning. At most DESCRIPTION_MAX characters (CloudWatch), and
 * what is made here as many bytes of UTF-8.
 */
#define DESCRIPTION_MAX 1024

/* Replaces what is in `b`. */
void describe_alarm(struct lower *l, const struct alarm *al, struct buf *b);
/* "3 of 5 evaluations of 1 minute": how the condition is evaluated. */
void describe_evaluation(struct buf *b, const struct cond *c);

#endif
