/* SPDX-License-Identifier: MIT */
#include "base/sha256.h"

#define BLOCK 64
#define LENGTH_AT 56 /* in the last block: how many bits there were */

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t rounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turned(uint32_t x, unsigned by) {
    return x >> by | x << (32 - by);
}

static void fill_schedule(uint32_t w[64], const unsigned char *p) {
    for (unsigned i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (unsigned i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turned(a, 7) ^ turned(a, 18) ^ a >> 3) + w[i - 7] +
               (turned(b, 17) ^ turned(b, 19) ^ b >> 10);
    }
}

static void take_block(uint32_t state[8], const unsigned char *p) {
    uint32_t w[64], s[8];
    fill_schedule(w, p);
    memcpy(s, state, sizeof s);
    for (unsigned i = 0; i < 64; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t t1 = s[7] + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) +
                      ((e & s[5]) ^ (~e & s[6])) + rounds[i] + w[i];
        uint32_t t2 = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) +
                      ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += s[i];
}

void sha256_begin(struct sha256 *h) {
    /* The same of the square roots of the first eight primes. */
    *h = (struct sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                   0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct sha256 *h, const void *bytes, size_t n) {
    const unsigned char *p = bytes;
    size_t have = h->bytes % BLOCK;
    h->bytes += n;
    if (have > 0) {
        size_t more = n < BLOCK - have ? n : BLOCK - have;
        memcpy(h->block + have, p, more);
        if (have + more < BLOCK)
            return;
        take_block(h->state, h->block);
        p += more;
        n -= more;
    }
    for (; n >= BLOCK; p += BLOCK, n -= BLOCK)
        take_block(h->state, p);
    if (n > 0)
        memcpy(h->block, p, n);
}

void sha256_end(struct sha256 *h, unsigned char out[SHA256_BYTES]) {
    uint64_t bits = h->bytes * 8;
    size_t have = h->bytes % BLOCK;
    h->block[have++] = 0x80;
    if (have > LENGTH_AT) {
        memset(h->block + have, 0, BLOCK - have);
        take_block(h->state, h->block);
        have = 0;
    }
    memset(h->block + have, 0, LENGTH_AT - have);
    for (unsigned i = 0; i < 8; i++)
        h->block[LENGTH_AT + i] = (unsigned char)(bits >> (56 - 8 * i));
    take_block(h->state, h->block);
    for (unsigned i = 0; i < SHA256_BYTES; i++)
        out[i] = (unsigned char)(h->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_end_hex(struct sha256 *h, char out[SHA256_HEX + 1]) {
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[SHA256_BYTES];
    sha256_end(h, sum);
    for (unsigned i = 0; i < SHA256_BYTES; i++) {
        out[2 * i] = digits[sum[i] >> 4];
        out[2 * i + 1] = digits[sum[i] & 15];
    }
    out[SHA256_HEX] = 0;
}
