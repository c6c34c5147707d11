/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_SLOT_H
#define OPSC_APPLY_SLOT_H

#include "base/str.h"

/*
 * slot: "${}" in the documents of input.h. Functions of text.
 */
struct slot {
    str name, inner, form;
    bool fallback, count, there, others, given, first;
};

/* From what is between the braces. */
struct slot slot_of(str text);
/* What comes before the next "${", which is cut off with it; all of it, when there is none. */
str slot_before(str *rest);

#endif
