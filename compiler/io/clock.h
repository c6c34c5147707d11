/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IO_CLOCK_H
#define OPSC_IO_CLOCK_H

#include <stdint.h>

/*
 * clock: the time, for who talks to other machines. What opsc generates does not depend on it.
 */
struct io_clock {
    void *ctx;
    /* Milliseconds since 1970, as this machine believes. */
    int64_t (*now_ms)(void *ctx);
    /* Milliseconds since some moment: never goes back, for waiting. */
    int64_t (*steady_ms)(void *ctx);
};

struct io_clock io_clock_posix(void);

#endif
