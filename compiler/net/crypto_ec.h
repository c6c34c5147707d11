/* SPDX-License-Identifier: MIT */
#ifndef OPSC_NET_CRYPTO_EC_H
#define OPSC_NET_CRYPTO_EC_H

#include "base/str.h"

/*
 * crypto_ec: signatures by elliptic curves (ES256: P-256 and SHA-256), by OpenSSL, which is loaded
 * when one of these functions is called. `pem` is a private key without a password, as "EC PRIVATE
 * KEY" or "PRIVATE KEY"; no copy of it stays. False: OpenSSL is not there or refuses, or the key is
 * none of this kind.
 */
#define CRYPTO_P256_BYTES 32
#define CRYPTO_ES256_BYTES (2 * CRYPTO_P256_BYTES)

struct crypto_point {
    unsigned char x[CRYPTO_P256_BYTES], y[CRYPTO_P256_BYTES];
};

bool crypto_ec_public(str pem, struct crypto_point *ret);
/* The two numbers of the signature one after the other, as JSON Web Signatures have them. */
bool crypto_ec_sign(str pem, str text, unsigned char out[CRYPTO_ES256_BYTES]);
/* Bytes that nobody can guess. */
bool crypto_random(unsigned char *out, int n);

#endif
