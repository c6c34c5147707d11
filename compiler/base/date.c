/* SPDX-License-Identifier: MIT */
#include "base/date.h"

#define LENGTH 10
#define DAY_MS ((int64_t)86400 * 1000)

static bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static int number(str s, uint32_t from, uint32_t to) {
    int n = 0;
    for (uint32_t i = from; i < to; i++)
        n = n * 10 + (s.p[i] - '0');
    return n;
}

bool date_read(str s, struct date *ret) {
    for (uint32_t i = 0; i < s.n; i++) {
        bool dash = i == 4 || i == 7;
        if (dash ? s.p[i] != '-' : s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    if (s.n != LENGTH)
        return false;
    struct date d = {number(s, 0, 4), number(s, 5, 7), number(s, 8, 10)};
    if (d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1 ||
        d.day > date_days_in(d.year, d.month))
        return false;
    *ret = d;
    return true;
}

int date_cmp(struct date a, struct date b) {
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return (a.day > b.day) - (a.day < b.day);
}

struct date date_of_ms(int64_t ms) {
    int64_t days = ms < 0 ? 0 : ms / DAY_MS;
    struct date d = {1970, 1, 1};
    while (days >= 365 + is_leap(d.year) && d.year < 9999)
        days -= 365 + is_leap(d.year++);
    while (d.month < 12 && days >= date_days_in(d.year, d.month))
        days -= date_days_in(d.year, d.month++);
    int last = date_days_in(d.year, d.month);
    d.day = days < last ? (int)days + 1 : last;
    return d;
}

void date_put(struct buf *b, struct date d) {
    buf_printf(b, "%04d-%02d-%02d", d.year, d.month, d.day);
}
