/* SPDX-License-Identifier: MIT */
#include "net/crypto_ec.h"

#include "base/wipe.h"
#include "net/library.h"

#include <string.h>

#define KEY_MAX 1024 /* of the text; a key of this kind has 121 to 138 bytes */
#define SIGNATURE_MAX 80

/* Functions that OpenSSL 1.1.1 and 3 both have. */
struct library {
    void *(*read_key)(void **key, const unsigned char **der, long n);
    int (*write_public)(const void *key, unsigned char **der);
    void (*free_key)(void *key);
    void *(*context_new)(void);
    void (*context_free)(void *context);
    int (*sign_init)(void *context, void **more, const void *kind, void *engine, void *key);
    int (*sign)(void *context, unsigned char *out, size_t *n, const unsigned char *text,
                size_t text_n);
    const void *(*sha256)(void);
    int (*decode)(unsigned char *out, const unsigned char *text, int n);
    int (*random)(unsigned char *out, int n);
};

static const struct library_symbol symbols[] = {
    {"d2i_AutoPrivateKey", offsetof(struct library, read_key)},
    {"i2d_PUBKEY", offsetof(struct library, write_public)},
    {"EVP_PKEY_free", offsetof(struct library, free_key)},
    {"EVP_MD_CTX_new", offsetof(struct library, context_new)},
    {"EVP_MD_CTX_free", offsetof(struct library, context_free)},
    {"EVP_DigestSignInit", offsetof(struct library, sign_init)},
    {"EVP_DigestSign", offsetof(struct library, sign)},
    {"EVP_sha256", offsetof(struct library, sha256)},
    {"EVP_DecodeBlock", offsetof(struct library, decode)},
    {"RAND_bytes", offsetof(struct library, random)},
    {NULL, 0},
};

/* What is between the lines that begin with dashes, in one piece. */
static int body_of(str pem, unsigned char text[KEY_MAX]) {
    int n = 0;
    while (pem.n > 0) {
        str line = str_trim(str_split(&pem, '\n'));
        if (str_starts(line, STR("-----")))
            continue;
        if ((size_t)n + line.n > KEY_MAX)
            return 0;
        memcpy(text + n, line.p, line.n);
        n += (int)line.n;
    }
    return n;
}

static void *key_of(const struct library *lib, str pem) {
    unsigned char text[KEY_MAX], der[KEY_MAX];
    const unsigned char *at = der;
    int n = body_of(pem, text);
    /* The count that it gives has the bytes that "=" stands for. */
    int size = n > 0 ? lib->decode(der, text, n) : 0;
    void *key = size > 0 ? lib->read_key(NULL, &at, size) : NULL;
    wipe(text, sizeof text);
    wipe(der, sizeof der);
    return key;
}

/* A point of P-256 in the form that i2d_PUBKEY writes: this, and both numbers. */
static const unsigned char head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
                                     0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
                                     0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

static bool point_of(const struct library *lib, const void *key, struct crypto_point *ret) {
    unsigned char der[sizeof head + 2 * CRYPTO_P256_BYTES], *at = der;
    if (lib->write_public(key, NULL) != (int)sizeof der ||
        lib->write_public(key, &at) != (int)sizeof der || memcmp(der, head, sizeof head) != 0)
        return false;
    memcpy(ret->x, der + sizeof head, CRYPTO_P256_BYTES);
    memcpy(ret->y, der + sizeof head + CRYPTO_P256_BYTES, CRYPTO_P256_BYTES);
    return true;
}

static bool open_key(str pem, struct library *lib, void **ret, struct crypto_point *ret_point) {
    if (!library_load(library_crypto, symbols, lib))
        return false;
    *ret = key_of(lib, pem);
    if (*ret != NULL && point_of(lib, *ret, ret_point))
        return true;
    lib->free_key(*ret);
    return false;
}

bool crypto_ec_public(str pem, struct crypto_point *ret) {
    struct library lib;
    void *key = NULL;
    if (!open_key(pem, &lib, &key, ret))
        return false;
    lib.free_key(key);
    return true;
}

/* A number of a signature in ASN.1, without or with zeros before it, in its full width. */
static bool take_number(str *der, unsigned char out[CRYPTO_P256_BYTES]) {
    if (der->n < 2 || der->p[0] != 2 || der->p[1] > der->n - 2)
        return false;
    str v = str_sub(*der, 2, 2 + (uint32_t)der->p[1]);
    *der = str_sub(*der, 2 + v.n, der->n);
    while (v.n > CRYPTO_P256_BYTES && v.p[0] == 0)
        v = str_sub(v, 1, v.n);
    if (v.n > CRYPTO_P256_BYTES)
        return false;
    memset(out, 0, CRYPTO_P256_BYTES);
    memcpy(out + CRYPTO_P256_BYTES - v.n, v.p, v.n);
    return true;
}

bool crypto_ec_sign(str pem, str text, unsigned char out[CRYPTO_ES256_BYTES]) {
    struct library lib;
    struct crypto_point point;
    unsigned char der[SIGNATURE_MAX];
    size_t n = sizeof der;
    void *key = NULL;
    if (!open_key(pem, &lib, &key, &point))
        return false;
    void *context = lib.context_new();
    bool ok = context != NULL && lib.sign_init(context, NULL, lib.sha256(), NULL, key) == 1 &&
              lib.sign(context, der, &n, text.p, text.n) == 1;
    lib.context_free(context);
    lib.free_key(key);
    str rest = {der, ok ? (uint32_t)n : 0};
    if (rest.n < 2 || rest.p[0] != 0x30)
        return false;
    rest = str_sub(rest, 2, rest.n);
    return take_number(&rest, out) && take_number(&rest, out + CRYPTO_P256_BYTES);
}

bool crypto_random(unsigned char *out, int n) {
    struct library lib;
    return library_load(library_crypto, symbols, &lib) && lib.random(out, n) == 1;
}
