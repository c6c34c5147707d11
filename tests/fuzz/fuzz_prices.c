/* SPDX-License-Identifier: MIT */
/*
 * AWS's price list, and the file of prices, as somebody else might have written them: a list that
 * can be read gives prices that are numbers, with tiers that follow on each other, the same however
 * it comes in pieces; a lock that is made of it is read again as it was; a lock that is no lock is
 * an error.
 */
#include "catalog/price_lock.h"
#include "fuzz.h"
#include "prices/update.h"

#define CEILING_BYTES (64u << 20)
#define TEXT_MAX (8u << 20)
#define LOCK "/p/" PRICE_LOCK_NAME
#define PIECE 7

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct offer *read_offer(struct arena *a, const struct price_list *list, str text,
                                uint32_t piece) {
    struct offer *o = ARENA_NEW(a, struct offer);
    struct list_prefixes prefixes;
    if (!list_prefixes(a, STR("eu-west-1"), &prefixes))
        fuzz_fail("a region is known", STR("eu-west-1"));
    offer_open(o, a, list, STR("AmazonEC2"), &prefixes, STR(""));
    bool ok = true;
    for (uint32_t at = 0; ok && at < text.n; at += piece)
        ok = offer_feed(o, str_sub(text, at, at + piece));
    if (offer_close(o) != (o->problem[0] == 0))
        fuzz_fail("a list that cannot be read says why", text);
    return o;
}

static void check_prices(const struct offer *o) {
    for (uint32_t i = 0; i < o->prices.n; i++) {
        const struct offer_price *p = o->prices.at[i];
        if (p->trouble != NULL)
            continue;
        if (p->ntiers == 0 || p->tiers[0].from.n != 0)
            fuzz_fail("a price has a first tier", p->key);
        for (uint32_t k = 0; k < p->ntiers; k++) {
            if (!num_ok(p->tiers[k].usd) || p->tiers[k].usd.n < 0)
                fuzz_fail("a price is a number", p->key);
            if (k > 0 && num_cmp(p->tiers[k - 1].from, p->tiers[k].from) >= 0)
                fuzz_fail("tiers rise", p->key);
        }
    }
}

static void check_lock(struct arena *a, str text, bool must) {
    struct io_mem *m = io_mem_new(a);
    struct io io = io_mem(m);
    struct sources sources;
    struct diag_list dl;
    struct price_lock *lock;
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    io_mem_put(m, STR(LOCK), text);
    bool ok = price_lock_read(a, &dl, &io, STR(LOCK), &lock);
    if (must && !ok)
        fuzz_fail("what opsc wrote, it reads", text);
    fuzz_diags(&dl, !ok);
    if (!ok || !must)
        return;
    struct buf b = BUF_INIT(TEXT_MAX);
    price_lock_put(&b, lock);
    if (!str_eq(buf_str(&b), text))
        fuzz_fail("what was read is written as it was", text);
    buf_done(&b);
}

/* The list in a folder, as `opsc prices update --from` takes it. */
static void update(struct arena *a, str input) {
    struct io_mem *m = io_mem_new(a);
    struct io io = io_mem(m);
    struct diag_list dl;
    struct sources sources;
    struct catalog tables;
    struct update_report report;
    const str region = STR("eu-west-1");
    const struct fetch_source source = {.folder = STR("/lists"), .io = &io};
    const struct update_options opt = {.regions = &region, .nregions = 1, .accept = true};
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    catalog_init(&tables, a, &dl);
    io_mem_put(m, STR("/lists/AmazonEC2_eu-west-1.csv"), input);
    struct price_lock *lock = update_prices(a, &tables, &source, &opt, NULL, &report);
    if (lock == NULL) {
        if (report.problem.n == 0)
            fuzz_fail("an update that failed says why", input);
        return;
    }
    struct buf b = BUF_INIT(TEXT_MAX);
    price_lock_put(&b, lock);
    check_lock(a, buf_keep(&b, a), true);
}

static void check(struct arena *a, str input) {
    struct price_list list;
    price_list_open(a, &list);
    const struct offer *whole = read_offer(a, &list, input, UINT16_MAX);
    const struct offer *parts = read_offer(a, &list, input, PIECE);
    if (strcmp(whole->problem, parts->problem) != 0 || whole->prices.n != parts->prices.n ||
        strcmp(whole->sha256, parts->sha256) != 0)
        fuzz_fail("pieces are as good as the whole", input);
    if (whole->problem[0] == 0)
        check_prices(whole);
    check_lock(a, input, false);
    update(a, input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return size > UINT16_MAX ? 0 : fuzz_run(check, CEILING_BYTES, data, size);
}
