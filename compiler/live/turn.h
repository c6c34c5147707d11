/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_TURN_H
#define OPSC_LIVE_TURN_H

#include "base/str.h"

#include <stdbool.h>

/*
 * turn: where a question is among the pages of a list.
 */
struct turn {
    str token; /* of the page that is asked for; empty: the first */
    str mark;  /* an earlier one, by which pages that go round are found */
    uint32_t pages;
};

/* To the page of a token that is not empty, which stays valid. False: the pages do not end. */
bool turn_to(struct turn *t, str token);

#endif
