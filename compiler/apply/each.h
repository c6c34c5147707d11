/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_EACH_H
#define OPSC_APPLY_EACH_H

#include "apply/input.h"

/*
 * each: the items of a list for which an operation is called one by one, by its row (`each`).
 * A block of which anything differs, as AWS means it, is another one.
 */
/* The attribute that the row is called for each item of; NULL: there is none. */
const struct resource_attr *each_row(const struct resource_kind *kind,
                                     const struct resource_write *w);
/* A LIST; `deleting`: nothing of it is wanted any more. NULL: something of it is not known;
 * `ret_why` says what. */
const struct value *each_items(const struct input_from *from, const struct resource_write *w,
                               bool deleting, str *ret_why);

#endif
