/* SPDX-License-Identifier: MIT */
#include "io/clock.h"

#include <stddef.h>
#include <time.h>

static int64_t milliseconds(clockid_t of) {
    struct timespec t = {0};
    clock_gettime(of, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t now_ms(void *ctx) {
    (void)ctx;
    return milliseconds(CLOCK_REALTIME);
}

static int64_t steady_ms(void *ctx) {
    (void)ctx;
    return milliseconds(CLOCK_MONOTONIC);
}

struct io_clock io_clock_posix(void) {
    return (struct io_clock){NULL, now_ms, steady_ms};
}
