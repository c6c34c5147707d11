/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_DESCRIBE_H
#define OPSC_LOWER_DESCRIBE_H

#include "lower/cond.h"

/*
 * describe: an alarm in words: what it means, what to do, the page that says more, where it was
 * said. The text that is read at three in the morning. At most DESCRIPTION_MAX characters
 * (CloudWatch), and what is made here as many bytes of UTF-8.
 */
#define DESCRIPTION_MAX 1024

/* Replaces what is in `b`. */
void describe_alarm(struct lower *l, const struct alarm *al, struct buf *b);
/* The condition, with its resource before a recommended one: "web: cpu > 90% for 15m". */
void describe_condition(const struct alarm *al, struct buf *b);
/* The first series of a metric of the catalog, whose texts are those of the alarm; NULL: none. */
const struct series *describe_series(const struct alarm *al);
/* What is to be done about its metric as the condition names it, or else as it is; empty: nothing.
 */
str describe_metric_action(struct lower *l, const struct series *s);
/*
 * A text of the catalog whose commands `aws ...` say `region`: the catalog's know none, and who
 * runs them may have another one, or none. `s` itself where it has no command.
 */
str describe_commands(struct arena *a, str s, str region);
/* Whether there is a page for each alarm, which descriptions name. */
bool describe_has_pages(const struct lower *l);

#endif
