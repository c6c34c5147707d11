/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_FORMAT_H
#define OPSC_BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * format: vsnprintf() without a locale, of what is used here; printf's own takes several times as
 * long for a few words put together.
 *
 * Conversions d, i, u, x, X, o, c, s and %; flags - and 0; a width; a precision of s; either in
 * digits or *; lengths ll, l and z. Whatever else is a mistake of the program's.
 */

/* Writes at most `room` bytes, the last of them a NUL, and returns how many it would write with
 * enough room, without that. */
size_t format_text(char *out, size_t room, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

#endif
