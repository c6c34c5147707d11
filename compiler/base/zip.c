/* SPDX-License-Identifier: MIT */
#include "base/zip.h"

#include <assert.h>

#define LOCAL_HEADER 0x04034b50u
#define CENTRAL_HEADER 0x02014b50u
#define END_HEADER 0x06054b50u
#define VERSION 20u          /* 2.0: what every reader knows */
#define MADE_BY (3u << 8)    /* Unix: external attributes are a mode */
#define MODE (0100644u)      /* a file, rw-r--r-- */
#define DATE ((1u << 5) | 1) /* 1 January 1980, the first that there is */

/* As zip has it: reflected, polynomial 0x04C11DB7. */
static uint32_t crc32(str s) {
    uint32_t crc = 0xFFFFFFFFu;
    for (uint32_t i = 0; i < s.n; i++) {
        crc ^= s.p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static void put(struct buf *out, uint32_t v, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++)
        buf_byte(out, (unsigned char)(v >> (8 * i)));
}

/* What both headers of a file have in common, from the version that is needed on. */
static void put_common(struct buf *out, const struct zip_file *f) {
    put(out, VERSION, 2);
    put(out, 0, 2); /* flags */
    put(out, 0, 2); /* stored */
    put(out, 0, 2); /* midnight */
    put(out, DATE, 2);
    put(out, crc32(f->text), 4);
    put(out, f->text.n, 4);
    put(out, f->text.n, 4);
    put(out, f->name.n, 2);
    put(out, 0, 2); /* extra field */
}

void zip_write(struct buf *out, const struct zip_file *files, uint32_t n) {
    uint32_t at[ZIP_FILES_MAX];
    assert(n <= ZIP_FILES_MAX);
    size_t start = out->n;
    for (uint32_t i = 0; i < n; i++) {
        at[i] = (uint32_t)(out->n - start);
        put(out, LOCAL_HEADER, 4);
        put_common(out, &files[i]);
        buf_put(out, files[i].name);
        buf_put(out, files[i].text);
    }
    uint32_t central = (uint32_t)(out->n - start);
    for (uint32_t i = 0; i < n; i++) {
        put(out, CENTRAL_HEADER, 4);
        put(out, MADE_BY | VERSION, 2);
        put_common(out, &files[i]);
        put(out, 0, 2); /* comment */
        put(out, 0, 2); /* disk */
        put(out, 0, 2); /* internal attributes */
        put(out, MODE << 16, 4);
        put(out, at[i], 4);
        buf_put(out, files[i].name);
    }
    uint32_t size = (uint32_t)(out->n - start) - central;
    put(out, END_HEADER, 4);
    put(out, 0, 4); /* disks */
    put(out, n, 2);
    put(out, n, 2);
    put(out, size, 4);
    put(out, central, 4);
    put(out, 0, 2); /* comment */
}
