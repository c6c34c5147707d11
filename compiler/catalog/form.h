/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_FORM_H
#define OPSC_CATALOG_FORM_H

#include "base/str.h"

/*
 * form: regular expressions that a catalog file may bring.
 *
 * A C library compiles "((a{1,255}){1,255}){1,255}" to gigabytes, recurses on parentheses, and
 * takes for ever over back references: what a form may be is limited before it gets there.
 */
#define FORM_BYTES_MAX 256
#define FORM_SIZE_MAX 4096

/*
 * Whether the expression has at most FORM_BYTES_MAX bytes, no NUL, no back reference, and stands
 * for at most FORM_SIZE_MAX characters and groups when each {m,n} is written out n times. Says
 * nothing about whether it is well formed.
 */
bool form_is_small(str form);

#endif
