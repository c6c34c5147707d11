/* SPDX-License-Identifier: MIT */
#include "apply/placeholder.h"

struct placeholder placeholder_of(str text) {
    struct placeholder s = {0};
    s.count = str_starts(text, STR("#"));
    s.there = str_starts(text, STR("@"));
    s.given = str_starts(text, STR("?"));
    s.first = str_starts(text, STR("<"));
    s.form = str_sub(text, s.count || s.there || s.given || s.first, text.n);
    if (s.first) {
        s.inner = s.form;
        return s;
    }
    text = str_split(&s.form, '|');
    s.fallback = str_ends(text, STR("!"));
    s.others = str_ends(text, STR("+"));
    text.n -= s.fallback || s.others;
    s.inner = text;
    s.name = str_split(&s.inner, '.');
    return s;
}

str placeholder_before(str *rest) {
    for (uint32_t i = 0; i + 1 < rest->n; i++) {
        if (rest->p[i] == '$' && rest->p[i + 1] == '{') {
            str before = str_sub(*rest, 0, i);
            *rest = str_sub(*rest, i + 2, rest->n);
            return before;
        }
    }
    str all = *rest;
    *rest = (str){NULL, 0};
    return all;
}
