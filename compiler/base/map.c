/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <assert.h>

#define SLOTS_FIRST 16

static uint32_t slot_of(const struct map *m, str key) {
    uint32_t mask = m->nslots - 1, i = (uint32_t)str_hash(key) & mask;
    while (m->slots[i] != 0 && !str_eq(m->entries[m->slots[i] - 1].key, key))
        i = (i + 1) & mask;
    return i;
}

void *map_get(const struct map *m, str key) {
    if (m->n == 0)
        return NULL;
    uint32_t at = m->slots[slot_of(m, key)];
    return at == 0 ? NULL : m->entries[at - 1].value;
}

static void grow(struct arena *a, struct map *m) {
    m->nslots = m->nslots == 0 ? SLOTS_FIRST : m->nslots * 2;
    m->slots = ARENA_ARRAY(a, uint32_t, m->nslots);
    for (uint32_t i = 0; i < m->n; i++)
        m->slots[slot_of(m, m->entries[i].key)] = i + 1;
}

void *map_add(struct arena *a, struct map *m, str key, void *value) {
    assert(value != NULL);
    if ((uint64_t)(m->n + 1) * 10 > (uint64_t)m->nslots * 7)
        grow(a, m);
    uint32_t slot = slot_of(m, key);
    if (m->slots[slot] != 0)
        return m->entries[m->slots[slot] - 1].value;
    vec_reserve(a, (void **)&m->entries, m->n, &m->cap, sizeof *m->entries);
    m->entries[m->n++] = (struct map_entry){key, value};
    m->slots[slot] = m->n;
    return NULL;
}
