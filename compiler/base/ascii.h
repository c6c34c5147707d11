/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_ASCII_H
#define OPSC_BASE_ASCII_H

#include <stdbool.h>

/*
 * ascii: what a byte is in ASCII. Bytes above 0x7F are nothing of it; the locale, by which ctype.h
 * judges, plays no part.
 */
static inline bool ascii_is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}
static inline bool ascii_is_upper(unsigned char c) {
    return c >= 'A' && c <= 'Z';
}
static inline bool ascii_is_lower(unsigned char c) {
    return c >= 'a' && c <= 'z';
}
static inline bool ascii_is_letter(unsigned char c) {
    return ascii_is_lower(c | 0x20);
}
/* A letter or a digit. */
static inline bool ascii_is_alnum(unsigned char c) {
    return ascii_is_letter(c) || ascii_is_digit(c);
}
/* A space, a tab, CR or LF. */
static inline bool ascii_is_space(unsigned char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
static inline unsigned char ascii_lower(unsigned char c) {
    return ascii_is_upper(c) ? c | 0x20 : c;
}
static inline unsigned char ascii_upper(unsigned char c) {
    return ascii_is_lower(c) ? c & 0xDF : c;
}

#endif
