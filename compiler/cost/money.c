/* SPDX-License-Identifier: MIT */
#include "cost/cost.h"

struct num cost_cents(struct num usd) {
    return num_ok(usd) ? num_ratio((int64_t)num_parts(usd, 100), 100) : NUM_NAN;
}

void cost_put_money(struct buf *b, struct cost_range r) {
    if (!num_ok(r.low) || !num_ok(r.high)) {
        BUF_LIT(b, COST_BEYOND);
        return;
    }
    buf_byte(b, '$');
    price_put_usd(b, r.low);
    if (num_parts(r.low, 100) == num_parts(r.high, 100))
        return;
    BUF_LIT(b, "..");
    price_put_usd(b, r.high);
}

/* At most three digits after the point. */
static void put_short(struct buf *b, struct num n) {
    buf_num(b, num_ratio((int64_t)num_parts(n, 1000), 1000));
}

void cost_put_quantity(struct buf *b, struct cost_range r) {
    put_short(b, r.low);
    if (num_cmp(r.low, r.high) == 0)
        return;
    BUF_LIT(b, "..");
    put_short(b, r.high);
}
