/* SPDX-License-Identifier: MIT */
#include "net/crypto_library.h"

#include "net/library.h"

static const struct library_symbol symbols[] = {
    {"EVP_Digest", offsetof(struct crypto_library, digest)},
    {"HMAC", offsetof(struct crypto_library, hmac)},
    {"EVP_sha256", offsetof(struct crypto_library, sha256)},
    {"EVP_sha1", offsetof(struct crypto_library, sha1)},
    {NULL, 0},
};

bool crypto_library_load(struct crypto_library *ret) {
    struct crypto_library lib;
    if (!library_load(library_crypto, symbols, &lib))
        return false;
    *ret = lib;
    return true;
}

/* What is empty may have no address, and the library wants one. */
static const void *address(str s) {
    return s.n == 0 ? (const void *)"" : s.p;
}

bool crypto_sha256(const struct crypto_library *c, str s, unsigned char out[CRYPTO_SHA256_BYTES]) {
    unsigned n = 0;
    return c->digest(address(s), s.n, out, &n, c->sha256(), NULL) == 1 && n == CRYPTO_SHA256_BYTES;
}

bool crypto_sha1(const struct crypto_library *c, str s, unsigned char out[CRYPTO_SHA1_BYTES]) {
    unsigned n = 0;
    return c->digest(address(s), s.n, out, &n, c->sha1(), NULL) == 1 && n == CRYPTO_SHA1_BYTES;
}

bool crypto_hmac_sha256(const struct crypto_library *c, str key, str s,
                        unsigned char out[CRYPTO_SHA256_BYTES]) {
    unsigned n = 0;
    return c->hmac(c->sha256(), address(key), (int)key.n, address(s), s.n, out, &n) != NULL &&
           n == CRYPTO_SHA256_BYTES;
}

void crypto_hex(const unsigned char *p, size_t n, char out[CRYPTO_HEX_MAX]) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = 0;
}
