/* SPDX-License-Identifier: MIT */
#include "base/embed.h"

#include <stddef.h>

const struct embed_file *embed_find(str path) {
    uint32_t low = 0, high = embed_nfiles;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int order = str_cmp(path, str_c(embed_files[mid].path));
        if (order == 0)
            return &embed_files[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}
