/* SPDX-License-Identifier: MIT */
#include "diag/diag.h"

#define NAME_MAX_BYTES 64
#define WORD_MIN_BYTES 3 /* shorter ones say nothing */

struct suggest suggest_for(str wanted) {
    uint32_t limit = wanted.n / 3;
    return (struct suggest){.wanted = wanted, .distance = (limit > 1 ? limit : 1) + 1};
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
            /* `cpuutilization` means `CPUUtilization`: the case of a letter costs nothing. */
            unsigned char x = ascii_lower(a.p[i - 1]), y = ascii_lower(b.p[k - 1]);
            uint32_t d = least(last[k - 1] + (x != y), least(last[k], now[k - 1]) + 1);
            if (i > 1 && k > 1 && x == ascii_lower(b.p[k - 2]) && ascii_lower(a.p[i - 2]) == y)
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

/* All letters of `a` stand in `b`, in this order. */
static bool only_adds(str a, str b) {
    uint32_t i = 0;
    for (uint32_t k = 0; k < b.n && i < a.n; k++)
        i += ascii_lower(a.p[i]) == ascii_lower(b.p[k]);
    return i == a.n;
}

static bool is_border(str s, uint32_t at) {
    return at == s.n || s.p[at] == '-' || s.p[at] == '_' || s.p[at] == '.';
}

/* `word` stands in `s` between its ends, dashes, underscores and dots. */
static bool has_word(str s, str word) {
    if (word.n < WORD_MIN_BYTES)
        return false;
    for (uint32_t i = 0; i + word.n <= s.n; i++) {
        if ((i == 0 || is_border(s, i - 1)) && is_border(s, i + word.n) &&
            str_eq(str_sub(s, i, i + word.n), word))
            return true;
    }
    return false;
}

static void offer_word(struct suggest *s, str candidate) {
    if (s->best.n > 0 && (!s->by_word || candidate.n >= s->best.n))
        return;
    /* `warn` may mean `warning`. */
    bool shortened = s->wanted.n >= WORD_MIN_BYTES && str_starts(candidate, s->wanted);
    if (!shortened && !has_word(candidate, s->wanted) && !has_word(s->wanted, candidate))
        return;
    s->best = candidate;
    s->by_word = true;
}

void suggest_offer(struct suggest *s, str candidate) {
    str w = s->wanted;
    if (w.n > NAME_MAX_BYTES || candidate.n > NAME_MAX_BYTES || w.n == 0 || candidate.n == 0)
        return;
    offer_word(s, candidate);
    uint32_t longer = w.n > candidate.n ? w.n - candidate.n : candidate.n - w.n;
    if (longer > s->distance)
        return;
    uint32_t d = distance(w, candidate);
    bool nearer = d < s->distance ||
                  (d == s->distance && s->best.n > 0 && !s->by_word && !only_adds(w, s->best) &&
                   only_adds(w, candidate) && ascii_lower(w.p[0]) == ascii_lower(candidate.p[0]));
    /* With every letter changed nothing is left that speaks for the candidate. */
    if (nearer && d < w.n) {
        s->distance = d;
        s->best = candidate;
        s->by_word = false;
    }
}

bool diag_suggest(struct diag_list *dl, struct diag *d, const struct suggest *s) {
    if (s->best.n == 0)
        return false;
    diag_hint(dl, d, "Did you mean `%.*s`?", STR_ARG(s->best));
    return true;
}
