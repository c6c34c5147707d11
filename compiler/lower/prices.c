/* SPDX-License-Identifier: MIT */
#include "lower/prices.h"

#define PRICE_MAX 64

struct num lower_price(struct lower *l, const char *key, int64_t n) {
    struct price_book book = {.arena = l->a, .tables = &l->catalog};
    bool known;
    const struct price *p = price_find(&book, str_c(key), l->cfg->aws.region.text, &known);
    return p != NULL ? price_of(p, num_int(n)) : NUM_NAN;
}

str lower_price_text(struct lower *l, const char *key, int64_t n) {
    struct num usd = lower_price(l, key, n);
    struct buf b = BUF_INIT(PRICE_MAX);
    if (!num_ok(usd))
        return STR("an unknown price");
    buf_byte(&b, '$');
    price_put_usd(&b, usd);
    return buf_keep(&b, l->a);
}
