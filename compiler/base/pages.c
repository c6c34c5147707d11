/* SPDX-License-Identifier: MIT */
/* Neither MAP_ANONYMOUS nor madvise() is in POSIX.1-2008. */
#define _DEFAULT_SOURCE 1  /* NOLINT(bugprone-reserved-identifier): glibc, musl */
#define _DARWIN_C_SOURCE 1 /* NOLINT(bugprone-reserved-identifier): macOS */
#include "base/pages.h"

#include <stdint.h>
#include <sys/mman.h>

void *pages_new(size_t size) {
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    pages_prefer_large(p, size);
    return p;
}

void pages_free(void *p, size_t size) {
    (void)munmap(p, size);
}

void pages_prefer_large(void *p, size_t size) {
#ifdef MADV_HUGEPAGE
    unsigned char *first = (unsigned char *)p + (-(uintptr_t)p & (PAGES_UNIT - 1));
    size_t before = (size_t)(first - (unsigned char *)p);
    /* A wish: without it the memory is the same, and slower. */
    if (size >= before + PAGES_UNIT)
        (void)madvise(first, (size - before) & ~(PAGES_UNIT - 1), MADV_HUGEPAGE);
#else
    (void)p;
    (void)size;
#endif
}
