/* SPDX-License-Identifier: MIT */
#ifndef OPSC_NET_CRYPTO_LIBRARY_H
#define OPSC_NET_CRYPTO_LIBRARY_H

#include "base/str.h"

#include <stddef.h>

/*
 * crypto_library: OpenSSL's hashes, loaded when they are asked for, as libcurl is: linking it
 * costs every start of opsc half a millisecond. Only functions that OpenSSL 1.1 and 3 both have
 * are used, so that no header of it is needed to build.
 */
struct crypto_library {
    int (*digest)(const void *data, size_t n, unsigned char *out, unsigned *out_n, const void *kind,
                  void *engine);
    unsigned char *(*hmac)(const void *kind, const void *key, int key_n, const unsigned char *data,
                           size_t n, unsigned char *out, unsigned *out_n);
    const void *(*sha256)(void);
    const void *(*sha1)(void);
};

#define CRYPTO_SHA256_BYTES 32
#define CRYPTO_SHA1_BYTES 20
#define CRYPTO_HEX_MAX (2 * CRYPTO_SHA256_BYTES + 1)

/* False: it is not there, or lacks a function. It stays loaded. */
bool crypto_library_load(struct crypto_library *ret);

/* False when the library refuses, as one may that is confined to approved functions. */
bool crypto_sha256(const struct crypto_library *c, str s, unsigned char out[CRYPTO_SHA256_BYTES]);
bool crypto_sha1(const struct crypto_library *c, str s, unsigned char out[CRYPTO_SHA1_BYTES]);
bool crypto_hmac_sha256(const struct crypto_library *c, str key, str s,
                        unsigned char out[CRYPTO_SHA256_BYTES]);
/* Lower case, with a NUL; `n` at most CRYPTO_SHA256_BYTES. */
void crypto_hex(const unsigned char *p, size_t n, char out[CRYPTO_HEX_MAX]);

#endif
