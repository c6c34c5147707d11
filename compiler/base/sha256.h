/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_SHA256_H
#define OPSC_BASE_SHA256_H

#include "base/str.h"

#include <stddef.h>

/*
 * sha256: the digest of FIPS 180-4, of bytes that come piece by piece.
 *
 * Our own, so that no command but those that need it waits for a library to be loaded. Not for
 * keys: its time depends on nothing secret, but nothing is wiped either.
 */
struct sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
};

#define SHA256_BYTES 32
#define SHA256_HEX 64

void sha256_begin(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *bytes, size_t n);
/* Ends it: begin anew before the next use. */
void sha256_end(struct sha256 *h, unsigned char out[SHA256_BYTES]);
/* The same in small hexadecimal letters, NUL-terminated. */
void sha256_end_hex(struct sha256 *h, char out[SHA256_HEX + 1]);

#endif
