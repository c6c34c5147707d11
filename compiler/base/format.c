/* SPDX-License-Identifier: MIT */
#include "base/format.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define DIGITS_MAX 24 /* of 64 bits in octal, and a sign */

struct output {
    char *p;
    size_t n, room;
};

static void put(struct output *o, const char *s, size_t n) {
    /* An empty text may be NULL. */
    if (n > 0 && o->n < o->room)
        memcpy(o->p + o->n, s, n < o->room - o->n ? n : o->room - o->n);
    o->n += n;
}

static void repeat(struct output *o, char c, size_t times) {
    for (; times > 0; times--)
        put(o, &c, 1);
}

/* What stands between % and the letter. */
struct spec {
    bool left, zeros, precise;
    size_t width, precision;
    int longs; /* 0: int; 1: long; 2: long long; 3: size_t */
};

static const char *read_digits(const char *f, size_t *ret) {
    for (*ret = 0; *f >= '0' && *f <= '9'; f++)
        *ret = *ret * 10 + (size_t)(*f - '0');
    return f;
}

static void put_padded(struct output *o, const struct spec *s, const char *text, size_t n) {
    size_t gap = s->width > n ? s->width - n : 0;
    if (!s->left)
        repeat(o, ' ', gap);
    put(o, text, n);
    if (s->left)
        repeat(o, ' ', gap);
}

static void put_number(struct output *o, const struct spec *s, uint64_t v, bool minus, char as) {
    static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    unsigned base = as == 'x' || as == 'X' ? 16 : as == 'o' ? 8 : 10;
    char text[DIGITS_MAX];
    size_t at = sizeof text;
    do {
        text[--at] = (as == 'X' ? upper : lower)[v % base];
        v /= base;
    } while (v > 0);
    size_t n = sizeof text - at + minus;
    if (minus && s->zeros)
        put(o, "-", 1);
    else if (minus)
        text[--at] = '-';
    if (s->zeros && s->width > n)
        repeat(o, '0', s->width - n);
    if (s->zeros)
        put(o, text + at, sizeof text - at);
    else
        put_padded(o, s, text + at, n);
}

static void put_string(struct output *o, const struct spec *s, const char *text) {
    if (!s->precise) {
        put_padded(o, s, text, strlen(text));
        return;
    }
    const char *nul = s->precision > 0 ? memchr(text, 0, s->precision) : NULL;
    put_padded(o, s, text, nul != NULL ? (size_t)(nul - text) : s->precision);
}

/* A list of arguments that functions hand on: va_list may be an array. */
struct arguments {
    va_list list;
};

static const char *read_size(const char *f, struct arguments *a, size_t *ret) {
    if (*f != '*')
        return read_digits(f, ret);
    int n = va_arg(a->list, int);
    *ret = n > 0 ? (size_t)n : 0;
    return f + 1;
}

/* Up to the letter. */
static const char *read_spec(const char *f, struct arguments *a, struct spec *s) {
    *s = (struct spec){0};
    for (; *f == '-' || *f == '0'; f++) {
        s->left |= *f == '-';
        s->zeros |= *f == '0';
    }
    f = read_size(f, a, &s->width);
    s->precise = *f == '.';
    if (s->precise)
        f = read_size(f + 1, a, &s->precision);
    for (; *f == 'l'; f++)
        s->longs++;
    if (*f == 'z') {
        s->longs = 3;
        f++;
    }
    return f;
}

static int64_t take_signed(struct arguments *a, int longs) {
    return longs == 0   ? va_arg(a->list, int)
           : longs == 1 ? va_arg(a->list, long)
                        : va_arg(a->list, long long);
}

static uint64_t take_unsigned(struct arguments *a, int longs) {
    return longs == 0   ? va_arg(a->list, unsigned)
           : longs == 1 ? va_arg(a->list, unsigned long)
           : longs == 3 ? va_arg(a->list, size_t)
                        : va_arg(a->list, unsigned long long);
}

static void put_argument(struct output *o, const struct spec *s, char as, struct arguments *a) {
    if (as == 's') {
        put_string(o, s, va_arg(a->list, const char *));
    } else if (as == 'd' || as == 'i') {
        int64_t v = take_signed(a, s->longs);
        put_number(o, s, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, v < 0, as);
    } else if (as == 'c') {
        char c = (char)va_arg(a->list, int);
        put_padded(o, s, &c, 1);
    } else if (as == '%') {
        put(o, "%", 1);
    } else {
        assert(as == 'u' || as == 'x' || as == 'X' || as == 'o');
        put_number(o, s, take_unsigned(a, s->longs), false, as);
    }
}

size_t format_text(char *out, size_t room, const char *fmt, va_list ap) {
    struct output o = {.p = out, .room = room};
    struct arguments a;
    va_copy(a.list, ap);
    while (*fmt != 0) {
        size_t plain = strcspn(fmt, "%");
        put(&o, fmt, plain);
        fmt += plain;
        if (*fmt == 0)
            break;
        struct spec s;
        fmt = read_spec(fmt + 1, &a, &s);
        put_argument(&o, &s, *fmt++, &a);
    }
    va_end(a.list);
    if (room > 0)
        out[o.n < room ? o.n : room - 1] = 0;
    return o.n;
}
