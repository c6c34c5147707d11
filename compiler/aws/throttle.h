/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_THROTTLE_H
#define OPSC_AWS_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * throttle: how fast calls may go, and how long to wait before another try. Times are milliseconds
 * of a clock that never goes back, and are given.
 */

/*
 * Lets a share of a quota pass, at once at most what that is in a second. After AWS was asked too
 * fast all the same it lets half of what it let pass before, and grows back in ten seconds. Of a
 * quota that is not known it lets twice as much pass each second, until AWS says that it is too
 * fast: then that is the quota. Where a bucket of AWS's is taken to be full at first, that share of
 * it passes at once; that it was less says nothing of how fast it fills.
 */
struct throttle {
    double most_per_s, full_per_s; /* what it may let pass one day; what it does when all is well */
    double per_s;                  /* what it does at the moment */
    double tokens;
    double spare;  /* of a second's worth so much never passes at once: what was sent in time does
                      not come in time */
    int64_t at_ms; /* of `tokens` and `per_s` */
    int64_t slowed_ms; /* when it slowed down last */
    bool guessed;      /* what passes at once, and AWS has not said that it is too much */
};

/* `most_per_s` is the same for a quota that is known. `share`: 1 is all of it, then one less than
 * that passes at once. `at_once`: what a full bucket of AWS's is taken to hold; 0: what the quota
 * is in a second. */
struct throttle throttle_of(double share, unsigned quota_per_s, unsigned most_per_s,
                            unsigned at_once, int64_t now_ms);
/* Takes one; false: not yet, and `ret_ms` is how long until there is one. */
bool throttle_take(struct throttle *t, int64_t now_ms, int64_t *ret_ms);
/* AWS said of a call that was sent then that it was too fast. Of many sent before, it slows down
 * once. */
void throttle_slow(struct throttle *t, int64_t sent_ms, int64_t now_ms);

/*
 * Before try number `tries` + 1: anything up to a time that doubles with each try, from 50 ms, or
 * from 1 s when AWS said that it was too fast, to 20 s. `random` is any number.
 */
int64_t throttle_backoff_ms(unsigned tries, bool too_fast, uint32_t random);

#endif
