/* SPDX-License-Identifier: MIT */
#include "base/glob.h"

bool glob_fits(str pattern, str s) {
    uint32_t p = 0, i = 0, star = pattern.n, from = 0;
    while (i < s.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            from = i;
        } else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == s.p[i])) {
            p++;
            i++;
        } else if (star < pattern.n) {
            /* The last star takes one more: what earlier ones could take instead gains nothing. */
            p = star + 1;
            i = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}
