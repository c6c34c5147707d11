/* SPDX-License-Identifier: MIT */
#include "diag/render_parts.h"

/*
 * FNV-1a. A hash of its own, not str_hash(): the value is compared with that of earlier
 * versions of opsc, and so never changes.
 */
static uint64_t fold(uint64_t h, str s) {
    for (uint32_t i = 0; i < s.n; i++)
        h = (h ^ s.p[i]) * UINT64_C(0x100000001b3);
    return (h ^ 0xFF) * UINT64_C(0x100000001b3);
}

static uint64_t fingerprint(const struct diag_list *dl, const struct diag *d) {
    uint64_t h = fold(UINT64_C(0xcbf29ce484222325), str_c(diag_codes[d->code].id));
    h = fold(h, sources_get(dl->sources, d->at.file)->name);
    return fold(h, d->message);
}

const str *render_fingerprints(struct diag_list *dl) {
    uint64_t *all = ARENA_ARRAY(dl->arena, uint64_t, dl->items.n);
    str *texts = ARENA_ARRAY(dl->arena, str, dl->items.n);
    for (uint32_t i = 0; i < dl->items.n; i++) {
        uint32_t turn = 1;
        all[i] = fingerprint(dl, dl->items.at[i]);
        for (uint32_t k = 0; k < i; k++)
            turn += all[k] == all[i];
        texts[i] = arena_printf(dl->arena, "%016llx:%u", (unsigned long long)all[i], turn);
    }
    return texts;
}
