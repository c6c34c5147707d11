/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_BUF_H
#define OPSC_BASE_BUF_H

#include "base/arena.h"
#include "base/num.h"
#include "base/str.h"

#include <stdarg.h>
#include <stddef.h>

/*
 * buf: bytes being written.
 *
 * Owns its memory (malloc); buf_done() gives it back. Every buffer states its
 * ceiling. When the ceiling is reached or memory runs out, the buffer turns
 * sticky-full: later writes do nothing, and `full` is true. Callers write on
 * and look once, at the end; buf_keep() looks for them.
 */
struct buf {
    unsigned char *p;
    size_t n, cap, max;
    bool full;
};

#define BUF_INIT(max_bytes) ((struct buf){.max = (max_bytes)})

void buf_done(struct buf *b);
/* Empty, memory kept. */
void buf_clear(struct buf *b);
/* What was written so far; valid until the next write. */
str buf_str(const struct buf *b);

/*
 * What was written, as long as the arena lives. The buffer is empty then, as after buf_done(). A
 * full buffer ends as an arena does whose ceiling is reached: no text is kept that lacks a part.
 */
str buf_keep(struct buf *b, struct arena *a);

/* Makes room for `more` bytes; false (and full) when that cannot be. */
bool buf_reserve(struct buf *b, size_t more);
/* The same as a wish: when there is not so much, the buffer stays as it is and grows as it must. */
void buf_prefer(struct buf *b, size_t more);
static inline void buf_put(struct buf *b, str s) {
    /* What is written lies inside of `cap` only while the buffer is not full. */
    if (s.n == 0 || ((s.n > b->cap - b->n || b->full) && !buf_reserve(b, s.n)))
        return;
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}
static inline void buf_byte(struct buf *b, unsigned char c) {
    if (b->n < b->cap ? !b->full : buf_reserve(b, 1))
        b->p[b->n++] = c;
}
static inline void buf_text(struct buf *b, const char *z) {
    buf_put(b, str_c(z));
}
void buf_repeat(struct buf *b, unsigned char c, size_t times);
void buf_uint(struct buf *b, uint64_t v);
void buf_int(struct buf *b, int64_t v);
/* The number in decimal; see num_format(). */
void buf_num(struct buf *b, struct num v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* The same as a literal, without a strlen at run time. */
#define BUF_LIT(b, lit) buf_put((b), STR(lit))

#endif
