/* SPDX-License-Identifier: MIT */
#include "fuzz_build.h"

#include "fuzz.h"

#include <cJSON.h>

#define SHOWN_BYTES_MAX (64u << 20)

/* Sums that are too large to reckon with are NUM_NAN, in all views that they are in. */
static bool is_at_most(struct num a, struct num b) {
    return !num_ok(a) || !num_ok(b) || num_cmp(a, b) <= 0;
}

static void check_range(struct cost_range r, str of) {
    if (!is_at_most(r.low, r.high))
        fuzz_fail("the least is at most the most", of);
    if (!is_at_most(num_int(0), r.low))
        fuzz_fail("nothing costs less than nothing", of);
}

/* List price, after what is free for all, after the legacy offers: each at most the one before. */
static void check_views(const struct cost_range *usd, str of) {
    for (int v = COST_LIST; v < COST_VIEWS; v++) {
        check_range(usd[v], of);
        if (v > COST_LIST &&
            (!is_at_most(usd[v].low, usd[v - 1].low) || !is_at_most(usd[v].high, usd[v - 1].high)))
            fuzz_fail("what is free makes nothing dearer", of);
    }
}

static void check_sheet(const struct cost_sheet *s) {
    struct num sum = num_int(0);
    for (uint32_t i = 0; i < s->lines.n; i++) {
        const struct cost_line *l = &s->lines.at[i];
        check_range(l->quantity, l->of);
        check_views(l->cost.usd, l->of);
        sum = num_add(sum, l->cost.usd[COST_LIST].high);
    }
    check_views(s->total, s->environment);
    struct num total = s->total[COST_LIST].high;
    if (num_ok(sum) != num_ok(total) || (num_ok(sum) && num_cmp(sum, total) != 0))
        fuzz_fail("the total is the sum of the lines", s->environment);
}

str fuzz_cost(struct arena *a, const struct cost_run *r) {
    struct buf b = BUF_INIT(SHOWN_BYTES_MAX);
    cost_json(&b, r);
    cJSON *root = cJSON_ParseWithLength((const char *)b.p, b.n);
    if (root == NULL)
        fuzz_fail("the JSON of costs is JSON", buf_str(&b));
    cJSON_Delete(root);
    cost_table(&b, r);
    cost_markdown(&b, r);
    for (uint32_t i = 0; i < r->sheets.n; i++)
        check_sheet(r->sheets.at[i]);
    return buf_keep(&b, a);
}
