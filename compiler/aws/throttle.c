/* SPDX-License-Identifier: MIT */
#include "aws/throttle.h"

#define SLOWER 0.8
#define LEAST_PER_S 0.5
#define GROWS_BACK_S 10.0
#define BACKOFF_MAX_MS 20000
#define DOUBLINGS_MAX 10

static double lesser(double a, double b) {
    return a < b ? a : b;
}

static double greater(double a, double b) {
    return a > b ? a : b;
}

struct throttle throttle_of(double share, unsigned quota_per_s, unsigned most_per_s,
                            unsigned at_once, int64_t now_ms) {
    double rate = share * quota_per_s, spare = share < 1 ? 0 : 1;
    return (struct throttle){.most_per_s = share * most_per_s,
                             .full_per_s = rate,
                             .per_s = rate,
                             .tokens = greater(greater(rate, share * at_once) - spare, 1),
                             .spare = spare,
                             .at_ms = now_ms,
                             .slowed_ms = INT64_MIN,
                             .guessed = at_once > 0};
}

static void bring_up(struct throttle *t, int64_t now_ms) {
    double s = (double)(now_ms - t->at_ms) / 1000;
    if (s <= 0)
        return;
    /* What passes at once at first is not filled up again. */
    double full = greater(t->full_per_s - t->spare, 1);
    t->tokens = greater(t->tokens, lesser(t->tokens + s * t->per_s, full));
    if (t->full_per_s < t->most_per_s)
        t->full_per_s = t->per_s = lesser(t->full_per_s * (1 + lesser(s, 1)), t->most_per_s);
    else
        t->per_s = lesser(t->per_s + s * t->full_per_s / GROWS_BACK_S, t->full_per_s);
    t->at_ms = now_ms;
}

bool throttle_take(struct throttle *t, int64_t now_ms, int64_t *ret_ms) {
    bring_up(t, now_ms);
    if (t->tokens >= 1) {
        t->tokens -= 1;
        return true;
    }
    *ret_ms = (int64_t)((1 - t->tokens) / t->per_s * 1000) + 1;
    return false;
}

void throttle_slow(struct throttle *t, int64_t sent_ms, int64_t now_ms) {
    bring_up(t, now_ms);
    t->tokens = 0;
    if (sent_ms < t->slowed_ms)
        return;
    t->slowed_ms = now_ms;
    if (t->guessed) {
        t->guessed = false;
        return;
    }
    if (t->full_per_s < t->most_per_s)
        t->most_per_s = t->full_per_s = greater(SLOWER * t->per_s, LEAST_PER_S);
    t->per_s = greater(t->per_s / 2, LEAST_PER_S);
}

int64_t throttle_backoff_ms(unsigned tries, bool too_fast, uint32_t random) {
    unsigned doublings = tries == 0 ? 0 : tries - 1 < DOUBLINGS_MAX ? tries - 1 : DOUBLINGS_MAX;
    int64_t most = (int64_t)(too_fast ? 1000 : 50) << doublings;
    most = most < BACKOFF_MAX_MS ? most : BACKOFF_MAX_MS;
    return (int64_t)((uint64_t)most * (random % 1000) / 1000);
}
