/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/format.h"
#include "base/pages.h"
#include "base/wipe.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>

#define CHUNK_SMALL (4u << 10)  /* the first of a small arena; the next has four times as much */
#define CHUNK_FIRST (64u << 10) /* then from the system's pages */
#define CHUNK_LARGEST (4 * PAGES_UNIT)
#define VEC_LARGE_ITEM 64

struct chunk {
    struct chunk *next;
    size_t size; /* with this header */
};
_Static_assert(sizeof(struct chunk) % 16 == 0, "what follows the header is aligned for all");

/* Whether a chunk of this size comes from pages_new() rather than calloc(). */
static bool in_pages(size_t size) {
    return size % PAGES_UNIT == 0;
}

/* What is done before the arena's own memory goes. */
struct ending {
    struct ending *next;
    void (*end)(void *);
    void *what;
};

struct arena {
    struct chunk *chunks;
    struct ending *endings; /* the last first */
    unsigned char *cur, *end;
    size_t used, ceiling, next_chunk, largest_chunk;
    arena_full_fn *full;
    void *ctx;
    struct arena *of, *within, *next; /* what it is in; the first that is in it; the next beside */
    bool secret;
};

struct arena *arena_new(size_t ceiling_bytes, arena_full_fn *full, void *ctx) {
    struct arena *a = calloc(1, sizeof *a);
    if (a == NULL) {
        if (full != NULL)
            full(ctx, sizeof *a);
        abort();
    }
    *a = (struct arena){.ceiling = ceiling_bytes,
                        .next_chunk = CHUNK_FIRST,
                        .largest_chunk = CHUNK_LARGEST,
                        .full = full,
                        .ctx = ctx};
    return a;
}

struct arena *arena_within(struct arena *of) {
    struct arena *a = arena_new(of->ceiling, of->full, of->ctx);
    a->of = of;
    a->secret = of->secret;
    a->next = of->within;
    of->within = a;
    return a;
}

struct arena *arena_small(struct arena *of) {
    struct arena *a = arena_within(of);
    a->next_chunk = CHUNK_SMALL;
    a->largest_chunk = CHUNK_FIRST;
    return a;
}

static void leave(struct arena *a) {
    struct arena **at = &a->of->within;
    while (*at != a)
        at = &(*at)->next;
    *at = a->next;
}

static void end_all(struct arena *a) {
    for (struct arena *x = a->within, *next; x != NULL; x = next) {
        next = x->next;
        x->of = NULL; /* it need not take itself out of the list */
        arena_free(x);
    }
    a->within = NULL;
    for (struct ending *x = a->endings; x != NULL; x = x->next)
        x->end(x->what);
    a->endings = NULL;
}

static void free_chunk(const struct arena *a, struct chunk *c) {
    unsigned char *own = (unsigned char *)(c + 1), *end = (unsigned char *)c + c->size;
    if (a->secret) /* of the last chunk what was given out: the rest was never touched */
        wipe(own, (size_t)((own <= a->cur && a->cur <= end ? a->cur : end) - own));
    if (in_pages(c->size))
        pages_free(c, c->size);
    else
        free(c);
}

void arena_free(struct arena *a) {
    if (a == NULL)
        return;
    if (a->of != NULL)
        leave(a);
    end_all(a);
    for (struct chunk *c = a->chunks, *next; c != NULL; c = next) {
        next = c->next;
        free_chunk(a, c);
    }
    free(a);
}

void arena_clear(struct arena *a) {
    end_all(a);
    struct chunk *keep = NULL;
    for (struct chunk *c = a->chunks, *next; c != NULL; c = next) {
        next = c->next;
        /* The first chunk is the last of the list. */
        if (next == NULL && c->size == CHUNK_FIRST)
            keep = c;
        else
            free_chunk(a, c);
    }
    /* Behind what the last chunk has given out there are still zeros. */
    bool last = keep != NULL && keep == a->chunks && a->cur != NULL;
    size_t used = last ? (size_t)(a->cur - (unsigned char *)keep) : CHUNK_FIRST;
    *a = (struct arena){.ceiling = a->ceiling,
                        .next_chunk = CHUNK_FIRST,
                        .largest_chunk = a->largest_chunk,
                        .full = a->full,
                        .ctx = a->ctx,
                        .of = a->of,
                        .secret = a->secret,
                        .next = a->next};
    if (keep == NULL)
        return;
    memset(keep + 1, 0, used - sizeof *keep);
    a->chunks = keep;
    a->used = keep->size;
    a->next_chunk = a->largest_chunk < PAGES_UNIT ? a->largest_chunk : PAGES_UNIT;
    a->cur = (unsigned char *)(keep + 1);
    a->end = (unsigned char *)keep + keep->size;
}

void arena_keep_secret(struct arena *a) {
    a->secret = true;
}

size_t arena_used(const struct arena *a) {
    return a->used;
}

_Noreturn void arena_exhausted(struct arena *a, size_t asked) {
    if (a->full != NULL)
        a->full(a->ctx, asked);
    abort();
}

/* `size` is with the chunk's header. Returns what follows that. */
static unsigned char *add_chunk(struct arena *a, size_t size) {
    if (size > a->ceiling || a->used > a->ceiling - size)
        arena_exhausted(a, size);
    struct chunk *c = in_pages(size) ? pages_new(size) : calloc(1, size);
    if (c == NULL)
        arena_exhausted(a, size);
    *c = (struct chunk){a->chunks, size};
    a->chunks = c;
    a->used += size;
    return (unsigned char *)(c + 1);
}

/* When the current chunk has no room. Seldom, and kept out of what every allocation runs through.
 */
__attribute__((cold)) static void *alloc_elsewhere(struct arena *a, size_t size) {
    if (size > SIZE_MAX / 2)
        arena_exhausted(a, size);
#ifdef ARENA_DEBUG
    return add_chunk(a, sizeof(struct chunk) + (size > 0 ? size : 1));
#else
    /* Large objects get their own chunk, so that the current one is not thrown away. */
    if (size > a->largest_chunk / 4) {
        size_t own = sizeof(struct chunk) + size;
        return add_chunk(a, own < PAGES_UNIT ? own : (own + PAGES_UNIT - 1) & ~(PAGES_UNIT - 1));
    }
    size_t chunk = a->next_chunk;
    if (chunk < sizeof(struct chunk) + size)
        chunk = sizeof(struct chunk) + size <= CHUNK_FIRST ? CHUNK_FIRST : PAGES_UNIT;
    while (chunk < sizeof(struct chunk) + size)
        chunk *= 2;
    if (a->next_chunk < CHUNK_FIRST)
        a->next_chunk *= 4;
    else if (a->next_chunk < a->largest_chunk)
        a->next_chunk = a->next_chunk < PAGES_UNIT ? PAGES_UNIT : a->next_chunk * 2;
    unsigned char *p = add_chunk(a, chunk);
    a->cur = p + size;
    a->end = p - sizeof(struct chunk) + chunk;
    return p;
#endif
}

void *arena_alloc(struct arena *a, size_t size, size_t align) {
    assert(align <= 16);
    size_t left = (size_t)(a->end - a->cur), pad = (size_t)(-(uintptr_t)a->cur) & (align - 1);
    /* Without a chunk, and with ARENA_DEBUG, nothing is left. */
    if (size >= left || pad > left - size)
        return alloc_elsewhere(a, size);
    unsigned char *p = a->cur + pad;
    a->cur = p + size;
    return p;
}

void arena_at_end(struct arena *a, void (*end)(void *), void *what) {
    struct ending *x = ARENA_NEW(a, struct ending);
    *x = (struct ending){a->endings, end, what};
    a->endings = x;
}

void arena_adopt(struct arena *a, void *memory, size_t size) {
    arena_at_end(a, free, memory);
    if (size > a->ceiling || a->used > a->ceiling - size)
        arena_exhausted(a, size);
    a->used += size;
}

void *arena_grow(struct arena *a, const void *old, size_t old_n, size_t new_n, size_t align) {
    /* The last allocation grows where it is. */
    if (old_n > 0 && new_n >= old_n && (const unsigned char *)old + old_n == a->cur &&
        new_n - old_n <= (size_t)(a->end - a->cur)) {
        unsigned char *same = a->cur - old_n;
        a->cur += new_n - old_n;
        return same;
    }
    void *p = arena_alloc(a, new_n, align);
    if (old_n > 0)
        memcpy(p, old, old_n < new_n ? old_n : new_n);
    return p;
}

void vec_reserve(struct arena *a, void **at, uint32_t n, uint32_t *cap, size_t item_size) {
    if (n < *cap)
        return;
    /* Many vectors of large items hold one. */
    uint32_t first = item_size >= VEC_LARGE_ITEM ? 1 : 4;
    uint32_t more = *cap < first ? first : *cap * 2;
    if (more <= *cap)
        arena_exhausted(a, SIZE_MAX);
    *at = arena_grow(a, *at, *cap * item_size, more * item_size, 16);
    *cap = more;
}

str arena_str(struct arena *a, str s) {
    unsigned char *p = arena_alloc(a, (size_t)s.n + 1, 1);
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    return (str){p, s.n};
}

str arena_cat(struct arena *a, str x, str y) {
    return arena_cat3(a, x, y, (str){NULL, 0});
}

str arena_cat3(struct arena *a, str x, str y, str z) {
    unsigned char *p = arena_alloc(a, (size_t)x.n + y.n + z.n + 1, 1);
    if (x.n > 0)
        memcpy(p, x.p, x.n);
    if (y.n > 0)
        memcpy(p + x.n, y.p, y.n);
    if (z.n > 0)
        memcpy(p + x.n + y.n, z.p, z.n);
    return (str){p, x.n + y.n + z.n};
}

str arena_fold_case(struct arena *a, str s) {
    unsigned char *p = arena_alloc(a, (size_t)s.n + 1, 1);
    for (uint32_t i = 0; i < s.n; i++)
        p[i] = ascii_lower(s.p[i]);
    return (str){p, s.n};
}

str arena_printf(struct arena *a, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char small[256];
    size_t n = format_text(small, sizeof small, fmt, ap);
    str r = {(unsigned char *)small, (uint32_t)n};
    if (n < sizeof small) {
        r = arena_str(a, r);
    } else {
        char *p = arena_alloc(a, n + 1, 1);
        format_text(p, n + 1, fmt, ap);
        r.p = (unsigned char *)p;
    }
    va_end(ap);
    return r;
}
