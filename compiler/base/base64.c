/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

void base64_put(struct buf *b, str bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (uint32_t i = 0; i < bytes.n; i += 3) {
        uint32_t left = bytes.n - i;
        unsigned bits = (unsigned)bytes.p[i] << 16;
        if (left > 1)
            bits |= (unsigned)bytes.p[i + 1] << 8;
        if (left > 2)
            bits |= bytes.p[i + 2];
        buf_byte(b, (unsigned char)digits[bits >> 18]);
        buf_byte(b, (unsigned char)digits[bits >> 12 & 63]);
        buf_byte(b, left > 1 ? (unsigned char)digits[bits >> 6 & 63] : '=');
        buf_byte(b, left > 2 ? (unsigned char)digits[bits & 63] : '=');
    }
}
