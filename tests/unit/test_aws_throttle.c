/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "aws/throttle.h"

/* AWS's side: a bucket that holds one second of its quota. */
struct server {
    double per_s, tokens;
    int64_t at_ms;
};

static bool serve(struct server *s, int64_t now_ms) {
    s->tokens += (double)(now_ms - s->at_ms) / 1000 * s->per_s;
    s->tokens = s->tokens < s->per_s ? s->tokens : s->per_s;
    s->at_ms = now_ms;
    if (s->tokens < 1)
        return false;
    s->tokens -= 1;
    return true;
}

/* How many of `calls` are refused, and how long they take; the clock moves by `step_ms`. */
static unsigned play(struct throttle t, double server_per_s, unsigned calls, int64_t step_ms,
                     int64_t *ret_ms) {
    struct server s = {server_per_s, server_per_s, 1000};
    int64_t now = 1000, wait = 0;
    unsigned refused = 0;
    for (unsigned done = 0; done < calls; now += step_ms) {
        while (done < calls && throttle_take(&t, now, &wait)) {
            if (serve(&s, now)) {
                done++;
            } else {
                refused++;
                throttle_slow(&t, now, now);
            }
        }
        assert_in_range(wait, 0, 3000);
        assert_true(now < 10000000);
    }
    *ret_ms = now - 1000;
    return refused;
}

static void quotas_are_kept_and_used(void **state) {
    static const unsigned quotas[] = {1, 3, 5, 9, 10, 50, 2000};
    (void)state;
    for (size_t i = 0; i < sizeof quotas / sizeof *quotas; i++) {
        unsigned q = quotas[i], calls = 40 * q;
        int64_t ms = 0;
        for (int64_t step = 1; step < 400; step = 3 * step + 1) {
            assert_int_equal(play(throttle_of(0.8, q, q, 0, 1000), q, calls, step, &ms), 0);
            /* 80% of the quota: 40 seconds' worth take less than 52. */
            assert_true(step > 50 || ms < 52000);
        }
    }
}

static void half_the_quota_is_used_by_others(void **state) {
    (void)state;
    int64_t ms = 0;
    unsigned refused = play(throttle_of(0.8, 10, 10, 0, 1000), 5, 300, 5, &ms);
    assert_in_range(refused, 1, 60);
    assert_true(ms < 100000);
}

/* It comes to be used, whatever it is, and is not overrun for ever. */
static void an_unknown_quota_is_found(void **state) {
    (void)state;
    static const struct {
        unsigned server_per_s, calls, most_refused;
        int64_t most_ms;
    } rows[] = {{3, 100, 40, 60000}, {10, 300, 60, 60000}, {1000, 300, 0, 20000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms = 0;
        for (unsigned at_once = 0; at_once <= 50; at_once += 50) {
            struct throttle t = throttle_of(0.8, 5, 25, at_once, 1000);
            unsigned refused = play(t, rows[i].server_per_s, rows[i].calls, 5, &ms);
            assert_in_range(refused, 0, rows[i].most_refused);
            assert_in_range(ms, 0, rows[i].most_ms);
        }
    }
}

static unsigned passing(struct throttle *t, int64_t now_ms) {
    unsigned n = 0;
    int64_t wait = 0;
    while (throttle_take(t, now_ms, &wait))
        n++;
    return n;
}

/* It passes once, and what was too much of it makes nothing slower that comes after. */
static void a_full_bucket_passes_at_once(void **state) {
    (void)state;
    struct throttle full = throttle_of(0.8, 5, 5, 50, 0), less = throttle_of(0.8, 5, 5, 50, 0);
    assert_int_equal(passing(&full, 0), 40);
    assert_int_equal(passing(&full, 1000), 4);
    assert_int_equal(passing(&full, 60000), 4);
    for (int i = 0; i < 30; i++)
        throttle_slow(&less, 0, 10);
    assert_int_equal(passing(&less, 10), 0);
    assert_int_equal(passing(&less, 1010), 4);
    throttle_slow(&less, 1010, 1020);
    assert_int_equal(passing(&less, 2020), 2);
}

static void many_refusals_of_one_moment_count_once(void **state) {
    (void)state;
    struct throttle t = throttle_of(0.8, 100, 100, 0, 0);
    throttle_slow(&t, 5, 10);
    double once = t.per_s;
    for (int i = 0; i < 20; i++)
        throttle_slow(&t, 5, 10);
    assert_true(t.per_s >= once);
    throttle_slow(&t, 11, 12);
    assert_true(t.per_s < once);
    for (int64_t i = 100; i < 200; i++)
        throttle_slow(&t, i, i);
    assert_true(t.per_s >= 0.5);
}

static void waits_grow_to_twenty_seconds(void **state) {
    (void)state;
    for (unsigned tries = 1; tries < 50; tries++) {
        int64_t slow = throttle_backoff_ms(tries, true, 999),
                quick = throttle_backoff_ms(tries, false, 999);
        assert_in_range(slow, tries < 5 ? (999 << (tries - 1)) : 15000, 20000);
        assert_true(quick <= slow);
        assert_int_equal(throttle_backoff_ms(tries, true, 0), 0);
    }
    assert_in_range(throttle_backoff_ms(0, true, 999), 0, 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotas_are_kept_and_used),
        cmocka_unit_test(half_the_quota_is_used_by_others),
        cmocka_unit_test(an_unknown_quota_is_found),
        cmocka_unit_test(a_full_bucket_passes_at_once),
        cmocka_unit_test(many_refusals_of_one_moment_count_once),
        cmocka_unit_test(waits_grow_to_twenty_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
