/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_MAP_H
#define OPSC_BASE_MAP_H

#include "base/arena.h"
#include "base/str.h"

/*
 * map: from a str to a pointer, in an arena; remembers the order of insertion.
 *
 * A zeroed struct is an empty map. Keys are slices and are not copied. Values
 * are not NULL. Entries are never removed; walk them with entries[0..n).
 */
struct map_entry {
    str key;
    void *value;
};

struct map {
    struct map_entry *entries;
    uint32_t n, cap;
    struct map_slot {
        uint32_t entry; /* index + 1 into entries, 0 = free */
        uint32_t hash;
    } * slots; /* `nslots` is a power of two */
    uint32_t nslots;
};

/* The value of `key`, or NULL. */
void *map_get(const struct map *m, str key);
/*
 * Adds `key` unless it is there. Returns the value that was there already, or
 * NULL when the new one was added.
 */
void *map_add(struct arena *a, struct map *m, str key, void *value);
/* Makes room for `more` entries: a map that grows by doubling takes twice the memory. */
void map_reserve(struct arena *a, struct map *m, uint32_t more);

#endif
