/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_PAGES_H
#define OPSC_BASE_PAGES_H

#include <stddef.h>

/*
 * pages: zeroed memory straight from the system, in large pages where it gives them: a large spec
 * touches tens of megabytes once, and a fault for each 4 KiB was a fifth of its time.
 */

/* What sizes are best multiples of: a large page of x86-64 and of arm64 with 4 KiB pages. */
#define PAGES_UNIT ((size_t)2 << 20)

/* NULL when there is no more. */
void *pages_new(size_t size);
void pages_free(void *p, size_t size);
/* The same wish for memory from malloc() that is not touched yet. */
void pages_prefer_large(void *p, size_t size);

#endif
