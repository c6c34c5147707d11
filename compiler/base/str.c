/* SPDX-License-Identifier: MIT */
#include "base/str.h"

bool str_eq_nocase(str a, str b) {
    uint32_t i = 0;
    while (i < a.n && i < b.n && ascii_lower(a.p[i]) == ascii_lower(b.p[i]))
        i++;
    return i == a.n && i == b.n;
}

bool str_is_nocase(str a, const char *z) {
    return str_eq_nocase(a, str_c(z));
}

bool str_is_variable(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        bool letter = ascii_is_letter(c) || c == '_';
        if (!letter && (i == 0 || !ascii_is_digit(c)))
            return false;
    }
    return s.n > 0;
}

bool str_starts(str s, str prefix) {
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(str s, str suffix) {
    return s.n >= suffix.n &&
           (suffix.n == 0 || memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0);
}

int str_cmp(str a, str b) {
    uint32_t n = a.n < b.n ? a.n : b.n;
    int c = n == 0 ? 0 : memcmp(a.p, b.p, n);
    if (c != 0)
        return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

int str_order(const void *a, const void *b) {
    return str_cmp(*(const str *)a, *(const str *)b);
}

bool str_contains(str s, str part) {
    if (part.n == 0)
        return true;
    for (uint32_t i = 0; part.n <= s.n && i <= s.n - part.n; i++) {
        i += str_find(str_sub(s, i, s.n - part.n + 1), part.p[0]);
        if (i <= s.n - part.n && memcmp(s.p + i, part.p, part.n) == 0)
            return true;
    }
    return false;
}

str str_trim(str s) {
    uint32_t from = 0, to = s.n;
    while (from < to && ascii_is_space(s.p[from]))
        from++;
    while (to > from && ascii_is_space(s.p[to - 1]))
        to--;
    return str_sub(s, from, to);
}

str str_split(str *rest, unsigned char sep) {
    str s = *rest;
    uint32_t at = str_find(s, sep);
    *rest = str_sub(s, at == s.n ? at : at + 1, s.n);
    return str_sub(s, 0, at);
}

str str_after_last(str s, char c) {
    for (uint32_t i = s.n; i > 0 && c != 0; i--) {
        if (s.p[i - 1] == (unsigned char)c)
            return str_sub(s, i, s.n);
    }
    return s;
}

/* gcc's and clang's vectors: one instruction for each sign where the machine has it. */
typedef signed char sixteen __attribute__((vector_size(16)));
typedef uint64_t two_words __attribute__((vector_size(16)));

static inline bool are_plain(sixteen b) {
    /* What is not ASCII is below 0 here. */
    two_words special =
        (two_words)((b < 0x20) | (b == 0x7F) | (b == '"') | (b == '$') | (b == '%') | (b == '\\'));
    return (special[0] | special[1]) == 0;
}

/* Sixteen bytes, loaded at once: put together in memory they would be waited for. */
static inline bool sixteen_are_plain(const unsigned char *p) {
    sixteen b;
    memcpy(&b, p, sizeof b);
    return are_plain(b);
}

/* Eight bytes and eight more. */
static inline bool eights_are_plain(const unsigned char *p, const unsigned char *q) {
    two_words b;
    uint64_t first, second;
    memcpy(&first, p, sizeof first);
    memcpy(&second, q, sizeof second);
    b = (two_words){first, second};
    return are_plain((sixteen)b);
}

/* Where `x` is followed by `y` from one of sixteen bytes on; the seventeenth is there. */
static inline two_words pairs(const unsigned char *p, signed char x, signed char y) {
    sixteen b, next;
    memcpy(&b, p, sizeof b);
    memcpy(&next, p + 1, sizeof next);
    return (two_words)((b == x) & (next == y));
}

static inline bool any(two_words w) {
    return (w[0] | w[1]) != 0;
}

uint32_t str_find_pair(str s, uint32_t from, unsigned char x, unsigned char y) {
    const signed char a = (signed char)x, b = (signed char)y;
    uint32_t i = from;
    while (s.n - i > 48 &&
           !any(pairs(s.p + i, a, b) | pairs(s.p + i + 16, a, b) | pairs(s.p + i + 32, a, b)))
        i += 48;
    while (s.n - i > 16 && !any(pairs(s.p + i, a, b)))
        i += 16;
    for (; s.n - i > 1; i++) {
        if (s.p[i] == x && s.p[i + 1] == y)
            return i;
    }
    return s.n;
}

uint32_t str_skip_plain(str s, uint32_t from) {
    static const bool special[128] = {
        ['"'] = true, ['$'] = true, ['%'] = true, ['\\'] = true, [0x7F] = true};
    while (from + 16 <= s.n && sixteen_are_plain(s.p + from))
        from += 16;
    /* The last ones, with some before them once more. */
    if (s.n >= 16 && from > s.n - 16 && sixteen_are_plain(s.p + s.n - 16))
        return s.n;
    if (s.n >= 8 && s.n < 16 && from == 0 && eights_are_plain(s.p, s.p + s.n - 8))
        return s.n;
    while (from < s.n && (signed char)s.p[from] >= 0x20 && !special[s.p[from]])
        from++;
    return from;
}

/* Eight bytes, the first lowest: hashes are written to manifests, and are the same everywhere. */
static inline uint64_t word_at(const unsigned char *p) {
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

static inline uint64_t half_at(const unsigned char *p) {
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

#define HASH_SEED UINT64_C(0x9E3779B97F4A7C15)

/* Multiply and fold. */
static inline uint64_t hash_word(uint64_t h, uint64_t word) {
    h = (h ^ word) * UINT64_C(0xD6E8FEB86659FD93);
    return h ^ h >> 32;
}

uint64_t str_hash(str s) {
    /* Eight bytes at a time; the tail is padded with zeros. */
    uint64_t h = HASH_SEED ^ s.n, tail = 0;
    uint32_t i = 0;
    for (; i + 8 <= s.n; i += 8)
        h = hash_word(h, word_at(s.p + i));
    if (i > 0 && i < s.n)
        tail = word_at(s.p + s.n - 8) >> (8 * (i + 8 - s.n));
    else if (i == 0 && s.n >= 4)
        tail = half_at(s.p) | half_at(s.p + s.n - 4) << (8 * (s.n - 4));
    for (uint32_t k = s.n; s.n < 4 && k > 0; k--)
        tail = tail << 8 | s.p[k - 1];
    return hash_word(hash_word(h, tail), 0);
}

uint64_t str_hash_text(str s) {
    /* Four chains beside each other: in one, each multiplication waits for the one before it. */
    uint64_t a = HASH_SEED, b = HASH_SEED * 3, c = HASH_SEED * 5, d = HASH_SEED * 7;
    uint32_t i = 0;
    for (; s.n - i >= 32; i += 32) {
        a = hash_word(a, word_at(s.p + i));
        b = hash_word(b, word_at(s.p + i + 8));
        c = hash_word(c, word_at(s.p + i + 16));
        d = hash_word(d, word_at(s.p + i + 24));
    }
    uint64_t h = str_hash(str_sub(s, i, s.n)) ^ s.n;
    return hash_word(hash_word(hash_word(hash_word(h, a), b), c), d);
}

uint32_t utf8_next(str s, uint32_t at) {
    if (at >= s.n)
        return 0;
    const unsigned char *p = s.p + at;
    uint32_t left = s.n - at;
    if (p[0] < 0x80)
        return 1;
    uint32_t n = p[0] >= 0xC2 && p[0] < 0xE0   ? 2
                 : p[0] >= 0xE0 && p[0] < 0xF0 ? 3
                 : p[0] >= 0xF0 && p[0] < 0xF5 ? 4
                                               : 0;
    if (n == 0 || n > left)
        return 0;
    for (uint32_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return n;
}

uint32_t utf8_check(str s) {
    uint32_t at = 0;
    while (at < s.n) {
        uint32_t n = utf8_next(s, at);
        if (n == 0)
            return at;
        at += n;
    }
    return s.n;
}

str utf8_cut(str s, uint32_t bytes) {
    if (s.n <= bytes)
        return s;
    while (bytes > 0 && (s.p[bytes] & 0xC0) == 0x80)
        bytes--;
    return str_sub(s, 0, bytes);
}

uint32_t utf8_count(str s) {
    uint32_t count = 0;
    for (uint32_t at = 0; at < s.n; count++) {
        uint32_t n = utf8_next(s, at);
        at += n == 0 ? 1 : n;
    }
    return count;
}
