/* SPDX-License-Identifier: MIT */
#include "cost/cost.h"

/* In `parts` of one, half to even. Amounts here are not negative, and both factors fit 64 bits. */
static uint64_t rounded(struct num n, uint64_t parts) {
    __extension__ unsigned __int128 wide = (__extension__(unsigned __int128)(uint64_t) n.n) * parts;
    uint64_t d = (uint64_t)n.d, whole = (uint64_t)(wide / d), rest = (uint64_t)(wide % d);
    bool half = rest == d - rest;
    return whole + (rest > d - rest || (half && whole % 2 == 1));
}

struct num cost_cents(struct num usd) {
    return num_ratio((int64_t)rounded(usd, 100), 100);
}

static void put_cents(struct buf *b, struct num n) {
    uint64_t cents = rounded(n, 100);
    buf_uint(b, cents / 100);
    buf_printf(b, ".%02u", (unsigned)(cents % 100));
}

void cost_put_money(struct buf *b, struct cost_range r) {
    buf_byte(b, '$');
    put_cents(b, r.low);
    if (rounded(r.low, 100) == rounded(r.high, 100))
        return;
    BUF_LIT(b, "..");
    put_cents(b, r.high);
}

/* At most three digits after the point. */
static void put_short(struct buf *b, struct num n) {
    buf_num(b, num_ratio((int64_t)rounded(n, 1000), 1000));
}

void cost_put_quantity(struct buf *b, struct cost_range r) {
    put_short(b, r.low);
    if (num_cmp(r.low, r.high) == 0)
        return;
    BUF_LIT(b, "..");
    put_short(b, r.high);
}

void cost_put_date(struct buf *b, struct cost_date d) {
    buf_printf(b, "%04d-%02d-%02d", d.year, d.month, d.day);
}
