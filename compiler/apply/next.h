/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_NEXT_H
#define OPSC_APPLY_NEXT_H

#include "apply/steps.h"

/*
 * next: what somebody has to do by hand after something was made, by `next` of its row: a mail to
 * confirm, a first value to be put into a secret.
 */
struct next_list {
    VEC(str) items; /* each once, in the order of the steps */
    struct map known;
};

/* Adds what a step that was done leads to; `want` is its graph. All in the arena. */
void next_add(struct arena *a, const struct graph *want, const struct step *s,
              struct next_list *to);

#endif
