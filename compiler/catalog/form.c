/* SPDX-License-Identifier: MIT */
#include "catalog/form.h"

/* The larger number of "{m,n}" at `at`, or of "{m" without end; `*ret_end` is behind it. */
static uint32_t repeats(str form, uint32_t at, uint32_t *ret_end) {
    uint32_t most = 1, number = 0;
    for (at++; at < form.n && form.p[at] != '}'; at++) {
        unsigned char c = form.p[at];
        number = c < '0' || c > '9' ? 0 : number > FORM_SIZE_MAX ? number : number * 10 + (c - '0');
        most = number > most ? number : most;
    }
    *ret_end = at < form.n ? at + 1 : at;
    return most;
}

/* The end of "[...]" at `at`: a bracket right after [ or [^ is one of the characters. */
static uint32_t bracket_end(str form, uint32_t at) {
    at += at + 1 < form.n && form.p[at + 1] == '^' ? 2 : 1;
    at += at < form.n && form.p[at] == ']' ? 1 : 0;
    while (at < form.n && form.p[at] != ']') {
        unsigned char kind = at + 1 < form.n ? form.p[at + 1] : 0;
        /* [:alpha:], [.x.], [=x=] */
        if (form.p[at] == '[' && (kind == ':' || kind == '.' || kind == '=')) {
            for (at += 2; at + 1 < form.n && !(form.p[at] == kind && form.p[at + 1] == ']'); at++)
                continue;
            at++;
        }
        at++;
    }
    return at < form.n ? at + 1 : form.n;
}

bool form_is_small(str form) {
    uint64_t sums[FORM_BYTES_MAX + 1] = {0}, last = 0;
    uint32_t depth = 0, at = 0;
    if (form.n > FORM_BYTES_MAX || str_find(form, 0) != form.n)
        return false;
    while (at < form.n) {
        unsigned char c = form.p[at];
        uint32_t end = at + 1;
        if (c == '{') {
            uint64_t times = repeats(form, at, &end);
            sums[depth] += last * (times - 1);
            last *= times;
        } else if (c == '(') {
            sums[++depth] = 1;
        } else if (c == ')' && depth > 0) {
            last = sums[depth--];
            sums[depth] += last;
        } else {
            if (c == '\\' && end < form.n && form.p[end] >= '1' && form.p[end] <= '9')
                return false;
            end = c == '\\' && end < form.n ? end + 1 : c == '[' ? bracket_end(form, at) : end;
            last = 1;
            sums[depth]++;
        }
        if (sums[depth] > FORM_SIZE_MAX)
            return false;
        at = end;
    }
    return true;
}
