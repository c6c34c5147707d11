/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_GLOB_H
#define OPSC_BASE_GLOB_H

#include "base/str.h"

/*
 * glob: patterns of names. `*` stands for any bytes, also none, and `?` for one byte; all others
 * stand for themselves. There is no way to write a `*` that is one, and no name of AWS's has it.
 */

/* Whether all of `s` is as the pattern says. At worst it takes the product of both lengths. */
bool glob_fits(str pattern, str s);

#endif
