/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <assert.h>

#define SLOTS_FIRST 16

/* Keys are looked at only where the hashes are the same: they lie all over the memory. */
static uint32_t slot_of(const struct map *m, str key, uint32_t hash) {
    uint32_t mask = m->nslots - 1, i = hash & mask;
    while (m->slots[i].entry != 0 &&
           !(m->slots[i].hash == hash && str_eq(m->entries[m->slots[i].entry - 1].key, key)))
        i = (i + 1) & mask;
    return i;
}

void *map_get(const struct map *m, str key) {
    if (m->n == 0)
        return NULL;
    uint32_t at = m->slots[slot_of(m, key, (uint32_t)str_hash(key))].entry;
    return at == 0 ? NULL : m->entries[at - 1].value;
}

static bool is_crowded(uint64_t n, uint64_t nslots) {
    return n * 10 > nslots * 7;
}

static void rehash(struct arena *a, struct map *m, uint32_t nslots) {
    const struct map_slot *old = m->slots;
    uint32_t nold = m->nslots;
    m->nslots = nslots;
    m->slots = ARENA_ARRAY(a, struct map_slot, m->nslots);
    uint32_t mask = m->nslots - 1;
    for (uint32_t i = 0; i < nold; i++) {
        uint32_t to = old[i].hash & mask;
        if (old[i].entry == 0)
            continue;
        while (m->slots[to].entry != 0)
            to = (to + 1) & mask;
        m->slots[to] = old[i];
    }
}

void map_reserve(struct arena *a, struct map *m, uint32_t more) {
    uint32_t nslots = m->nslots == 0 ? SLOTS_FIRST : m->nslots;
    while (is_crowded((uint64_t)m->n + more, nslots))
        nslots *= 2;
    if (nslots > m->nslots)
        rehash(a, m, nslots);
    if (more <= m->cap - m->n)
        return;
    m->entries = arena_grow(a, m->entries, m->cap * sizeof *m->entries,
                            (m->n + (size_t)more) * sizeof *m->entries, _Alignof(struct map_entry));
    m->cap = m->n + more;
}

void *map_add(struct arena *a, struct map *m, str key, void *value) {
    assert(value != NULL);
    if (is_crowded((uint64_t)m->n + 1, m->nslots))
        rehash(a, m, m->nslots == 0 ? SLOTS_FIRST : m->nslots * 2);
    uint32_t hash = (uint32_t)str_hash(key), slot = slot_of(m, key, hash);
    if (m->slots[slot].entry != 0)
        return m->entries[m->slots[slot].entry - 1].value;
    vec_reserve(a, (void **)&m->entries, m->n, &m->cap, sizeof *m->entries);
    m->entries[m->n++] = (struct map_entry){key, value};
    m->slots[slot] = (struct map_slot){m->n, hash};
    return NULL;
}
