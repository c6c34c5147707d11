/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_EACH_H
#define OPSC_APPLY_EACH_H

#include "apply/input.h"

/*
 * each: the items of a list for which an operation is called one by one, by its row (`each`).
 *
 * `from` as of input.h; `deleting`: nothing of it is wanted any more. NULL: something of it is not
 * known; `ret_why` says what.
 */
const struct value *each_items(const struct input_from *from, const struct resource_write *w,
                               bool deleting, str *ret_why);

#endif
