/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/format.h"
#include "base/pages.h"

#include <stdlib.h>

#define BUF_FIRST 256
#define KEEP_LARGE (64u << 10)

void buf_done(struct buf *b) {
    free(b->p);
    *b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b) {
    b->n = 0;
    b->full = false;
}

str buf_str(const struct buf *b) {
    return (str){b->p, (uint32_t)b->n};
}

str buf_keep(struct buf *b, struct arena *a) {
    if (b->full)
        arena_exhausted(a, b->max);
    str s = buf_str(b);
    if (b->n < KEEP_LARGE) {
        s = arena_str(a, s);
        buf_done(b);
        return s;
    }
    /* A large text is not copied; what was reserved too much goes back. */
    unsigned char *p = realloc(b->p, b->n);
    s.p = p != NULL ? p : b->p;
    arena_adopt(a, (void *)s.p, b->n);
    *b = (struct buf){.max = b->max};
    return s;
}

/* Room for `more` bytes; false: there is none. */
static bool grow(struct buf *b, size_t more) {
    if (more > b->max - b->n || b->max > UINT32_MAX)
        return false;
    size_t cap = b->cap < BUF_FIRST ? BUF_FIRST : b->cap;
    while (cap < b->n + more)
        cap *= 2;
    if (cap > b->max)
        cap = b->max;
    unsigned char *p = realloc(b->p, cap);
    if (p == NULL)
        return false;
    /* Only what becomes large at once: memory of two sorts cannot grow without being copied. */
    if (b->cap < PAGES_UNIT && cap > 2 * PAGES_UNIT)
        pages_prefer_large(p, cap);
    b->p = p;
    b->cap = cap;
    return true;
}

bool buf_reserve(struct buf *b, size_t more) {
    if (b->full)
        return false;
    if (more > b->cap - b->n)
        b->full = !grow(b, more);
    return !b->full;
}

void buf_prefer(struct buf *b, size_t more) {
    if (!b->full && more > b->cap - b->n)
        grow(b, more);
}

void buf_repeat(struct buf *b, unsigned char c, size_t times) {
    if (times == 0 || !buf_reserve(b, times))
        return;
    memset(b->p + b->n, c, times);
    b->n += times;
}

void buf_uint(struct buf *b, uint64_t v) {
    unsigned char t[20];
    unsigned i = sizeof t;
    do {
        t[--i] = (unsigned char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    buf_put(b, (str){t + i, (uint32_t)(sizeof t - i)});
}

void buf_int(struct buf *b, int64_t v) {
    if (v < 0)
        buf_byte(b, '-');
    buf_uint(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void buf_num(struct buf *b, struct num v) {
    if (num_is_int(v)) {
        buf_int(b, v.n);
        return;
    }
    char t[NUM_TEXT_MAX];
    uint32_t n = num_format(v, t);
    buf_put(b, (str){(unsigned char *)t, n});
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap) {
    char small[256];
    size_t n = format_text(small, sizeof small, fmt, ap);
    if (n < sizeof small) {
        buf_put(b, (str){(unsigned char *)small, (uint32_t)n});
    } else if (buf_reserve(b, n + 1)) {
        format_text((char *)b->p + b->n, n + 1, fmt, ap);
        b->n += n;
    }
}

void buf_printf(struct buf *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}
