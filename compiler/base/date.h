/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_DATE_H
#define OPSC_BASE_DATE_H

#include "base/buf.h"

#include <stdint.h>

/* date: days of the calendar, in UTC, without a clock. */
struct date {
    int year, month, day; /* month and day from 1 on */
};

int date_days_in(int year, int month);
/* "2027-03-31"; false when it has another form, or there is no such day. */
bool date_read(str s, struct date *ret);
/* Below 0: `a` comes before `b`. */
int date_cmp(struct date a, struct date b);
/* The day of a moment in milliseconds since 1970, from then on until the year 9999. */
struct date date_of_ms(int64_t ms);
/* "2027-03-31" */
void date_put(struct buf *b, struct date d);

#endif
