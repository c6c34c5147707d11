/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <assert.h>

#define FEW 8 /* so many are compared one by one, which takes less than to hash */
#define SLOTS_FIRST 32

/* The number of the entry, from 1 on; 0: none. */
static uint32_t among_few(const struct map *m, str key) {
    for (uint32_t i = 0; i < m->n; i++) {
        if (str_eq(m->entries[i].key, key))
            return i + 1;
    }
    return 0;
}

/* Keys are looked at only where the hashes are the same: they lie all over the memory. */
static struct map_slot *slot_of(const struct map *m, str key, uint32_t hash) {
    uint32_t mask = m->nslots - 1, i = hash & mask;
    while (m->slots[i].entry != 0 &&
           !(m->slots[i].hash == hash && str_eq(m->entries[m->slots[i].entry - 1].key, key)))
        i = (i + 1) & mask;
    return &m->slots[i];
}

void *map_get(const struct map *m, str key) {
    uint32_t at =
        m->nslots == 0 ? among_few(m, key) : slot_of(m, key, (uint32_t)str_hash(key))->entry;
    return at == 0 ? NULL : m->entries[at - 1].value;
}

static bool is_crowded(uint64_t n, uint64_t nslots) {
    return n * 10 > nslots * 7;
}

static void put_slot(struct map *m, struct map_slot s) {
    uint32_t mask = m->nslots - 1, to = s.hash & mask;
    while (m->slots[to].entry != 0)
        to = (to + 1) & mask;
    m->slots[to] = s;
}

static void rehash(struct arena *a, struct map *m, uint32_t nslots) {
    const struct map_slot *old = m->slots;
    uint32_t nold = m->nslots;
    m->nslots = nslots;
    m->slots = ARENA_ARRAY(a, struct map_slot, m->nslots);
    for (uint32_t i = 0; i < nold; i++) {
        if (old[i].entry != 0)
            put_slot(m, old[i]);
    }
    for (uint32_t i = 0; nold == 0 && i < m->n; i++)
        put_slot(m, (struct map_slot){i + 1, (uint32_t)str_hash(m->entries[i].key)});
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

static void push(struct arena *a, struct map *m, str key, void *value) {
    vec_reserve(a, (void **)&m->entries, m->n, &m->cap, sizeof *m->entries);
    m->entries[m->n++] = (struct map_entry){key, value};
}

void *map_add(struct arena *a, struct map *m, str key, void *value) {
    assert(value != NULL);
    if (m->nslots == 0 && m->n < FEW) {
        uint32_t at = among_few(m, key);
        if (at != 0)
            return m->entries[at - 1].value;
        push(a, m, key, value);
        return NULL;
    }
    if (m->nslots == 0 || is_crowded((uint64_t)m->n + 1, m->nslots))
        rehash(a, m, m->nslots == 0 ? SLOTS_FIRST : m->nslots * 2);
    uint32_t hash = (uint32_t)str_hash(key);
    struct map_slot *slot = slot_of(m, key, hash);
    if (slot->entry != 0)
        return m->entries[slot->entry - 1].value;
    push(a, m, key, value);
    *slot = (struct map_slot){m->n, hash};
    return NULL;
}
