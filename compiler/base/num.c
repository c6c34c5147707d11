/* SPDX-License-Identifier: MIT */
#include "base/num.h"

#define DECIMALS_EXACT 18
#define DECIMALS_ROUNDED 10

static uint64_t gcd(uint64_t a, uint64_t b) {
    /* Most numbers are whole. Of others halves are taken: divisions are slow. */
    if (a == 1 || b == 1)
        return 1;
    if (a == 0 || b == 0)
        return a | b;
    int twos = __builtin_ctzll(a | b);
    a >>= __builtin_ctzll(a);
    while (b != 0) {
        b >>= __builtin_ctzll(b);
        uint64_t least = a < b ? a : b, more = a < b ? b : a;
        a = least;
        b = more - least;
    }
    return a << twos;
}

static uint64_t magnitude(int64_t v) {
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* The smallest int64 has no positive twin. */
static struct num of_whole(int64_t n) {
    return n == INT64_MIN ? NUM_NAN : num_int(n);
}

struct num num_ratio(int64_t n, int64_t d) {
    /* Refused, so that signs can be turned freely. */
    if (d == 0 || n == INT64_MIN || d == INT64_MIN)
        return NUM_NAN;
    if (d < 0) {
        n = -n;
        d = -d;
    }
    if (d == 1)
        return (struct num){n, d};
    int64_t g = (int64_t)gcd(magnitude(n), (uint64_t)d);
    return g == 1 ? (struct num){n, d} : (struct num){n / g, d / g};
}

struct num num_add(struct num a, struct num b) {
    int64_t x, y, s, d;
    if (!num_ok(a) || !num_ok(b))
        return NUM_NAN;
    if (a.d == 1 && b.d == 1)
        return __builtin_add_overflow(a.n, b.n, &s) ? NUM_NAN : of_whole(s);
    int64_t g = (int64_t)gcd((uint64_t)a.d, (uint64_t)b.d);
    if (__builtin_mul_overflow(a.n, b.d / g, &x) || __builtin_mul_overflow(b.n, a.d / g, &y) ||
        __builtin_add_overflow(x, y, &s) || __builtin_mul_overflow(a.d, b.d / g, &d))
        return NUM_NAN;
    return num_ratio(s, d);
}

struct num num_neg(struct num a) {
    return num_ok(a) && a.n != INT64_MIN ? (struct num){-a.n, a.d} : NUM_NAN;
}

struct num num_sub(struct num a, struct num b) {
    return num_add(a, num_neg(b));
}

struct num num_mul(struct num a, struct num b) {
    if (!num_ok(a) || !num_ok(b))
        return NUM_NAN;
    int64_t n, d;
    if (a.d == 1 && b.d == 1)
        return __builtin_mul_overflow(a.n, b.n, &n) ? NUM_NAN : of_whole(n);
    /* In lowest terms, as both are: what one has above may be below in the other. */
    struct num x = num_ratio(a.n, b.d), y = num_ratio(b.n, a.d);
    if (!num_ok(x) || !num_ok(y) || __builtin_mul_overflow(x.n, y.n, &n) ||
        __builtin_mul_overflow(x.d, y.d, &d) || n == INT64_MIN)
        return NUM_NAN;
    return (struct num){n, d};
}

struct num num_div(struct num a, struct num b) {
    if (!num_ok(a) || !num_ok(b) || b.n == 0)
        return NUM_NAN;
    return a.d == 1 && b.d == 1 ? num_ratio(a.n, b.n) : num_mul(a, num_ratio(b.d, b.n));
}

int num_cmp(struct num a, struct num b) {
    if (a.d == b.d)
        return (a.n > b.n) - (a.n < b.n);
    /* Whole parts first; then the fractions, turned over, as Euclid does: no product can overflow.
     */
    int sign = 1;
    for (;;) {
        int64_t x = num_floor(a), y = num_floor(b);
        if (x != y)
            return (x < y ? -1 : 1) * sign;
        int64_t rx = a.n % a.d, ry = b.n % b.d;
        rx += rx < 0 ? a.d : 0;
        ry += ry < 0 ? b.d : 0;
        if (rx == 0 || ry == 0)
            return (rx == ry ? 0 : rx < ry ? -1 : 1) * sign;
        a = (struct num){a.d, rx};
        b = (struct num){b.d, ry};
        sign = -sign;
    }
}

int64_t num_floor(struct num a) {
    if (!num_ok(a))
        return 0;
    int64_t q = a.n / a.d;
    return a.n % a.d < 0 ? q - 1 : q;
}

uint64_t num_parts(struct num a, uint64_t parts) {
    __extension__ unsigned __int128 wide = (__extension__(unsigned __int128)(uint64_t) a.n) * parts;
    uint64_t d = (uint64_t)a.d, whole = (uint64_t)(wide / d), rest = (uint64_t)(wide % d);
    bool half = rest == d - rest;
    return whole + (rest > d - rest || (half && whole % 2 == 1));
}

uint32_t num_scan(str s, struct num *ret) {
    uint32_t i = 0;
    int64_t whole = 0;
    bool fits = true;
    for (; i < s.n && ascii_is_digit(s.p[i]); i++)
        fits &= !__builtin_mul_overflow(whole, 10, &whole) &&
                !__builtin_add_overflow(whole, s.p[i] - '0', &whole);
    if (i == 0)
        return 0;
    struct num v = fits ? num_int(whole) : NUM_NAN;
    if (i + 1 < s.n && s.p[i] == '.' && ascii_is_digit(s.p[i + 1])) {
        struct num place = num_int(1);
        for (i++; i < s.n && ascii_is_digit(s.p[i]); i++) {
            place = num_div(place, num_int(10));
            if (s.p[i] != '0')
                v = num_add(v, num_mul(place, num_int(s.p[i] - '0')));
        }
    }
    *ret = v;
    return i;
}

struct num num_of(str s) {
    struct num n;
    return s.n > 0 && num_scan(s, &n) == s.n ? n : NUM_NAN;
}

/* Digits after the point that write a / d exactly, or -1 when there are more than DECIMALS_EXACT.
 */
static int exact_decimals(int64_t d) {
    int twos = 0, fives = 0;
    for (; d % 2 == 0; d /= 2)
        twos++;
    for (; d % 5 == 0; d /= 5)
        fives++;
    int n = twos > fives ? twos : fives;
    return d == 1 && n <= DECIMALS_EXACT ? n : -1;
}

bool num_is_decimal(struct num a) {
    return num_ok(a) && exact_decimals(a.d) >= 0;
}

static uint32_t put_uint(char *out, uint64_t v) {
    char t[20];
    uint32_t n = 0;
    do {
        t[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    for (uint32_t i = 0; i < n; i++)
        out[i] = t[n - 1 - i];
    return n;
}

/* Long division, digit by digit: rest * 10 needs a wide product only when d is large. */
static char next_digit(uint64_t *rest, uint64_t d) {
    if (d <= UINT64_MAX / 10) {
        uint64_t times_ten = *rest * 10;
        *rest = times_ten % d;
        return (char)('0' + (int)(times_ten / d));
    }
    __extension__ unsigned __int128 wide = (__extension__(unsigned __int128) * rest) * 10;
    *rest = (uint64_t)(wide % d);
    return (char)('0' + (int)(wide / d));
}

uint32_t num_format(struct num a, char out[NUM_TEXT_MAX]) {
    if (!num_ok(a)) {
        memcpy(out, "nan", 3);
        return 3;
    }
    uint32_t n = 0;
    uint64_t m = magnitude(a.n), d = (uint64_t)a.d, whole = m / d, rest = m % d;
    int decimals = exact_decimals(a.d);
    bool exact = decimals >= 0;
    char digits[DECIMALS_EXACT];
    int count = exact ? decimals : DECIMALS_ROUNDED;
    for (int i = 0; i < count; i++)
        digits[i] = next_digit(&rest, d);
    bool up = !exact && rest >= d - rest;
    for (int i = count - 1; i >= 0 && up; i--) {
        up = digits[i] == '9';
        digits[i] = up ? '0' : (char)(digits[i] + 1);
    }
    whole += up;
    while (count > 0 && digits[count - 1] == '0')
        count--;
    if (a.n < 0 && (whole > 0 || count > 0))
        out[n++] = '-';
    n += put_uint(out + n, whole);
    if (count > 0) {
        out[n++] = '.';
        memcpy(out + n, digits, (size_t)count);
        n += (uint32_t)count;
    }
    return n;
}
