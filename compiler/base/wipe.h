/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_WIPE_H
#define OPSC_BASE_WIPE_H

#include <stddef.h>
#include <string.h>

/* Zeros over what was secret, which no compiler takes for superfluous. */
static inline void wipe(void *p, size_t n) {
    if (p == NULL || n == 0)
        return;
    memset(p, 0, n);
    __asm__ __volatile__("" : : "r"(p) : "memory");
}

#endif
