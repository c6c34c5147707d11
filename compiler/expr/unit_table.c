/* SPDX-License-Identifier: MIT */
/* table: units that users write, and CloudWatch's */
#include "expr/unit.h"

#define TIME                                                                                       \
    { .time = 1 }
#define DATA                                                                                       \
    { .data = 1 }
#define COUNT                                                                                      \
    { .count = 1 }
#define MONEY                                                                                      \
    { .money = 1 }
#define DATA_RATE                                                                                  \
    { .data = 1, .time = -1 }
#define COUNT_RATE                                                                                 \
    { .count = 1, .time = -1 }
#define KI INT64_C(1024)

const struct unit units[] = {
    {"us", "microsecond", TIME, {1, 1000000}, true},
    {"ms", "millisecond", TIME, {1, 1000}, true},
    {"s", "second", TIME, {1, 1}, true},
    {"sec", "second", TIME, {1, 1}, false},
    {"second", "second", TIME, {1, 1}, false},
    {"seconds", "second", TIME, {1, 1}, false},
    {"m", "minute", TIME, {60, 1}, true},
    {"min", "minute", TIME, {60, 1}, false},
    {"minute", "minute", TIME, {60, 1}, false},
    {"minutes", "minute", TIME, {60, 1}, false},
    {"h", "hour", TIME, {3600, 1}, true},
    {"hour", "hour", TIME, {3600, 1}, false},
    {"hours", "hour", TIME, {3600, 1}, false},
    {"d", "day", TIME, {86400, 1}, true},
    {"day", "day", TIME, {86400, 1}, false},
    {"days", "day", TIME, {86400, 1}, false},
    {"w", "week", TIME, {604800, 1}, false},
    {"week", "week", TIME, {604800, 1}, false},
    {"weeks", "week", TIME, {604800, 1}, false},
    {"month", "month of 730 hours", TIME, {2628000, 1}, false},
    {"months", "month of 730 hours", TIME, {2628000, 1}, false},
    {"B", "byte", DATA, {1, 1}, true},
    {"kB", "1000 bytes", DATA, {1000, 1}, true},
    {"KB", "1000 bytes", DATA, {1000, 1}, false},
    {"KiB", "1024 bytes", DATA, {KI, 1}, true},
    {"MB", "1000 kB", DATA, {1000000, 1}, true},
    {"MiB", "1024 KiB", DATA, {KI * KI, 1}, true},
    {"GB", "1000 MB", DATA, {1000000000, 1}, true},
    {"GiB", "1024 MiB", DATA, {KI * KI * KI, 1}, true},
    {"TB", "1000 GB", DATA, {INT64_C(1000000000000), 1}, true},
    {"TiB", "1024 GiB", DATA, {KI * KI * KI * KI, 1}, true},
    {"k", "thousand", {0}, {1000, 1}, false},
    {"M", "million", {0}, {1000000, 1}, false},
};
const uint32_t units_n = sizeof units / sizeof *units;

/*
 * StandardUnit of CloudWatch's API. Kilo and the rest are decimal or binary as the publisher
 * means them; the agent and the AWS services that use them count in 1000s.
 */
const struct unit metric_units[] = {
    {"Seconds", "seconds", TIME, {1, 1}, false},
    {"Milliseconds", "milliseconds", TIME, {1, 1000}, false},
    {"Microseconds", "microseconds", TIME, {1, 1000000}, false},
    {"Bytes", "bytes", DATA, {1, 1}, false},
    {"Kilobytes", "kilobytes", DATA, {1000, 1}, false},
    {"Megabytes", "megabytes", DATA, {1000000, 1}, false},
    {"Gigabytes", "gigabytes", DATA, {1000000000, 1}, false},
    {"Terabytes", "terabytes", DATA, {INT64_C(1000000000000), 1}, false},
    {"Bits", "bits", DATA, {1, 8}, false},
    {"Kilobits", "kilobits", DATA, {125, 1}, false},
    {"Megabits", "megabits", DATA, {125000, 1}, false},
    {"Gigabits", "gigabits", DATA, {125000000, 1}, false},
    {"Percent", "percent", {0}, {1, 100}, false},
    {"Count", "count", COUNT, {1, 1}, false},
    {"None", "no unit", {0}, {1, 1}, false},
    {"Bytes/Second", "bytes per second", DATA_RATE, {1, 1}, false},
    {"Kilobytes/Second", "kilobytes per second", DATA_RATE, {1000, 1}, false},
    {"Megabytes/Second", "megabytes per second", DATA_RATE, {1000000, 1}, false},
    {"Gigabytes/Second", "gigabytes per second", DATA_RATE, {1000000000, 1}, false},
    {"Bits/Second", "bits per second", DATA_RATE, {1, 8}, false},
    {"Kilobits/Second", "kilobits per second", DATA_RATE, {125, 1}, false},
    {"Megabits/Second", "megabits per second", DATA_RATE, {125000, 1}, false},
    {"Gigabits/Second", "gigabits per second", DATA_RATE, {125000000, 1}, false},
    {"Count/Second", "count per second", COUNT_RATE, {1, 1}, false},
    {"USD", "US dollars", MONEY, {1, 1}, false},
};
const uint32_t metric_units_n = sizeof metric_units / sizeof *metric_units;
