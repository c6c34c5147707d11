/* SPDX-License-Identifier: MIT */
/* Neither MAP_ANONYMOUS nor madvise() is in POSIX.1-2008. */
#define _DEFAULT_SOURCE 1  /* NOLINT(bugprone-reserved-identifier): glibc, musl */
#define _DARWIN_C_SOURCE 1 /* NOLINT(bugprone-reserved-identifier): macOS */
#include "base/pages.h"

#include <sys/mman.h>

void *pages_new(size_t size) {
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
#ifdef MADV_HUGEPAGE
    /* A wish: without it the memory is the same, and slower. */
    (void)madvise(p, size, MADV_HUGEPAGE);
#endif
    return p;
}

void pages_free(void *p, size_t size) {
    (void)munmap(p, size);
}
