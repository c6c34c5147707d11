/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_SCHEDULE_H
#define OPSC_LOWER_SCHEDULE_H

#include "lower/context.h"

/*
 * schedule: when something that is not a measurement happens, in UTC:
 *
 *     every: day at 03:15
 *     every: week on sunday at 04:30 UTC
 *     every: month on 15 at 02:00
 *
 * What is left out is sunday, the 1st, 03:00. The text may begin with `every` itself.
 */
enum schedule_unit { SCHEDULE_DAY, SCHEDULE_WEEK, SCHEDULE_MONTH };

struct schedule {
    enum schedule_unit unit;
    int weekday;      /* 0: sunday; of a week */
    int day;          /* 1 to 28; of a month */
    int hour, minute; /* UTC */
};

/* False after a diagnostic, which may be that the key is missing. */
bool schedule_read(struct lower *l, const struct cfg_text *t, struct schedule *ret);
/* The longest time between two: 1, 7 or 31 days. */
int64_t schedule_every_s(const struct schedule *s);
/* systemd's OnCalendar: "Sun *-*-* 04:30:00 UTC". */
str schedule_calendar(struct arena *a, const struct schedule *s);
/* For people: "every week on Sunday at 04:30 UTC". */
str schedule_words(struct arena *a, const struct schedule *s);
/* The same in the language of the spec. */
str schedule_words_in(struct arena *a, const struct schedule *s, enum cfg_language language);

#endif
