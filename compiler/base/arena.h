/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_ARENA_H
#define OPSC_BASE_ARENA_H

#include "base/str.h"

#include <stddef.h>

/*
 * arena: memory with one lifetime.
 *
 * Everything allocated lives until arena_free(); nothing is freed one by one.
 * Memory is zeroed. An allocation never returns NULL: when the system has no
 * more, or the ceiling is reached, the handler given to arena_new() is called
 * and must not return (the command line's prints one line and exits with 3;
 * tests and fuzzers longjmp).
 *
 * Built with -DARENA_DEBUG every object is its own malloc, so that ASan sees
 * an overrun of one object into the next.
 */
struct arena;

typedef void arena_full_fn(void *ctx, size_t asked);

/* `ceiling_bytes` limits the whole arena. `full` NULL: abort(). */
struct arena *arena_new(size_t ceiling_bytes, arena_full_fn *full, void *ctx);
void arena_free(struct arena *a);
/* An arena of the same kind and ceiling, which is freed with `of` when it was not freed before. */
struct arena *arena_within(struct arena *of);
/* The same for one of very many that hold a few thousand bytes each, or for what is emptied again
 * and again: it takes no large pages, which are touched as a whole. */
struct arena *arena_small(struct arena *of);
/* Empties it, for the next one of many small things; some memory is kept, and is hot. */
void arena_clear(struct arena *a);
/* From now on its memory, and that of arenas made within it, is overwritten before it goes back;
 * not what it adopted. */
void arena_keep_secret(struct arena *a);
size_t arena_used(const struct arena *a);

void *arena_alloc(struct arena *a, size_t size, size_t align);
/* What happens when the ceiling is reached: for who has a ceiling of their own. */
_Noreturn void arena_exhausted(struct arena *a, size_t asked);
/* Calls `end` with `what` when the arena is freed: for what owns memory of its own. */
void arena_at_end(struct arena *a, void (*end)(void *), void *what);
/* Takes over memory from malloc(): it lives as long as the arena and counts as its own. */
void arena_adopt(struct arena *a, void *memory, size_t size);
/* A larger copy of an array of `old_n` bytes; the old one must not be used any more. */
void *arena_grow(struct arena *a, const void *old, size_t old_n, size_t new_n, size_t align);

#define ARENA_NEW(a, T) ((T *)arena_alloc((a), sizeof(T), _Alignof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (size_t)(n), _Alignof(T)))

/* Copies into the arena. The copy of str is followed by a NUL that is not counted. */
str arena_str(struct arena *a, str s);
str arena_cat(struct arena *a, str x, str y);
str arena_cat3(struct arena *a, str x, str y, str z);
/* With a to z in place of A to Z. */
str arena_fold_case(struct arena *a, str s);
str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * VEC(T): a growable array in an arena.
 *   struct { T *at; uint32_t n, cap; }
 * VEC_PUSH may move the array: do not keep pointers into it while it grows, and do not name the
 * array in the value that is pushed.
 */
#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *at;                                                                                     \
        uint32_t n, cap;                                                                           \
    }
#define VEC_PUSH(a, v, ...)                                                                        \
    (vec_reserve((a), (void **)&(v)->at, (v)->n, &(v)->cap, sizeof *(v)->at),                      \
     (v)->at[(v)->n++] = (__VA_ARGS__))
#define VEC_LAST(v) (&(v)->at[(v)->n - 1])
void vec_reserve(struct arena *a, void **at, uint32_t n, uint32_t *cap, size_t item_size);

#endif
