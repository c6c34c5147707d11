/* SPDX-License-Identifier: MIT */
#include "live/turn.h"

/* A list of ten million things is not one that somebody wants compared. */
#define PAGES_MAX 100000

/* Brent's way: what goes round comes to the mark, which is set anew after twice as many pages. */
bool turn_to(struct turn *t, str token) {
    if (str_eq(token, t->token) || str_eq(token, t->mark) || ++t->pages > PAGES_MAX)
        return false;
    if ((t->pages & (t->pages - 1)) == 0)
        t->mark = token;
    t->token = token;
    return true;
}
