/* SPDX-License-Identifier: MIT */
#include "diag/diag.h"

#define NAME_MAX_BYTES 64

struct suggest suggest_for(str wanted) {
    uint32_t limit = wanted.n / 3;
    return (struct suggest){.wanted = wanted, .distance = (limit > 1 ? limit : 1) + 1};
}

/* `cpuutilization` means `CPUUtilization`: the case of a letter costs nothing. */
static unsigned char fold(unsigned char c) {
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* Optimal string alignment; both at most NAME_MAX_BYTES long. */
static uint32_t distance(str a, str b) {
    uint32_t rows[3][NAME_MAX_BYTES + 1];
    uint32_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (uint32_t k = 0; k <= b.n; k++)
        last[k] = k;
    for (uint32_t i = 1; i <= a.n; i++) {
        now[0] = i;
        for (uint32_t k = 1; k <= b.n; k++) {
            unsigned char x = fold(a.p[i - 1]), y = fold(b.p[k - 1]);
            uint32_t d = least(last[k - 1] + (x != y), least(last[k], now[k - 1]) + 1);
            if (i > 1 && k > 1 && x == fold(b.p[k - 2]) && fold(a.p[i - 2]) == y)
                d = least(d, before[k - 2] + 1);
            now[k] = d;
        }
        uint32_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[b.n];
}

void suggest_offer(struct suggest *s, str candidate) {
    str w = s->wanted;
    if (w.n > NAME_MAX_BYTES || candidate.n > NAME_MAX_BYTES || w.n == 0 || candidate.n == 0)
        return;
    uint32_t longer = w.n > candidate.n ? w.n - candidate.n : candidate.n - w.n;
    if (longer >= s->distance)
        return;
    uint32_t d = distance(w, candidate);
    /* With every letter changed nothing is left that speaks for the candidate. */
    if (d < s->distance && d < w.n) {
        s->distance = d;
        s->best = candidate;
    }
}

bool diag_suggest(struct diag_list *dl, struct diag *d, const struct suggest *s) {
    if (s->best.n == 0)
        return false;
    diag_hint(dl, d, "Did you mean `%.*s`?", STR_ARG(s->best));
    return true;
}
