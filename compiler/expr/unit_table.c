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
    {"us", "microsecond", TIME, {1, 1000000}},
    {"ms", "millisecond", TIME, {1, 1000}},
    {"s", "second", TIME, {1, 1}},
    {"sec", "second", TIME, {1, 1}},
    {"second", "second", TIME, {1, 1}},
    {"seconds", "second", TIME, {1, 1}},
    {"m", "minute", TIME, {60, 1}},
    {"min", "minute", TIME, {60, 1}},
    {"minute", "minute", TIME, {60, 1}},
    {"minutes", "minute", TIME, {60, 1}},
    {"h", "hour", TIME, {3600, 1}},
    {"hour", "hour", TIME, {3600, 1}},
    {"hours", "hour", TIME, {3600, 1}},
    {"d", "day", TIME, {86400, 1}},
    {"day", "day", TIME, {86400, 1}},
    {"days", "day", TIME, {86400, 1}},
    {"w", "week", TIME, {604800, 1}},
    {"week", "week", TIME, {604800, 1}},
    {"weeks", "week", TIME, {604800, 1}},
    {"month", "month of 730 hours", TIME, {2628000, 1}},
    {"months", "month of 730 hours", TIME, {2628000, 1}},
    {"B", "byte", DATA, {1, 1}},
    {"kB", "1000 bytes", DATA, {1000, 1}},
    {"KB", "1000 bytes", DATA, {1000, 1}},
    {"MB", "1000 kB", DATA, {1000000, 1}},
    {"GB", "1000 MB", DATA, {1000000000, 1}},
    {"TB", "1000 GB", DATA, {INT64_C(1000000000000), 1}},
    {"KiB", "1024 bytes", DATA, {KI, 1}},
    {"MiB", "1024 KiB", DATA, {KI * KI, 1}},
    {"GiB", "1024 MiB", DATA, {KI * KI * KI, 1}},
    {"TiB", "1024 GiB", DATA, {KI * KI * KI * KI, 1}},
    {"k", "thousand", {0}, {1000, 1}},
    {"M", "million", {0}, {1000000, 1}},
};
const uint32_t units_n = sizeof units / sizeof *units;

/*
 * StandardUnit of CloudWatch's API. Kilo and the rest are decimal or binary as the publisher
 * means them; the agent and the AWS services that use them count in 1000s.
 */
const struct unit metric_units[] = {
    {"Seconds", "seconds", TIME, {1, 1}},
    {"Milliseconds", "milliseconds", TIME, {1, 1000}},
    {"Microseconds", "microseconds", TIME, {1, 1000000}},
    {"Bytes", "bytes", DATA, {1, 1}},
    {"Kilobytes", "kilobytes", DATA, {1000, 1}},
    {"Megabytes", "megabytes", DATA, {1000000, 1}},
    {"Gigabytes", "gigabytes", DATA, {1000000000, 1}},
    {"Terabytes", "terabytes", DATA, {INT64_C(1000000000000), 1}},
    {"Bits", "bits", DATA, {1, 8}},
    {"Kilobits", "kilobits", DATA, {125, 1}},
    {"Megabits", "megabits", DATA, {125000, 1}},
    {"Gigabits", "gigabits", DATA, {125000000, 1}},
    {"Percent", "percent", {0}, {1, 100}},
    {"Count", "count", COUNT, {1, 1}},
    {"None", "no unit", {0}, {1, 1}},
    {"Bytes/Second", "bytes per second", DATA_RATE, {1, 1}},
    {"Kilobytes/Second", "kilobytes per second", DATA_RATE, {1000, 1}},
    {"Megabytes/Second", "megabytes per second", DATA_RATE, {1000000, 1}},
    {"Gigabytes/Second", "gigabytes per second", DATA_RATE, {1000000000, 1}},
    {"Bits/Second", "bits per second", DATA_RATE, {1, 8}},
    {"Kilobits/Second", "kilobits per second", DATA_RATE, {125, 1}},
    {"Megabits/Second", "megabits per second", DATA_RATE, {125000, 1}},
    {"Gigabits/Second", "gigabits per second", DATA_RATE, {125000000, 1}},
    {"Count/Second", "count per second", COUNT_RATE, {1, 1}},
    {"USD", "US dollars", MONEY, {1, 1}},
};
const uint32_t metric_units_n = sizeof metric_units / sizeof *metric_units;
