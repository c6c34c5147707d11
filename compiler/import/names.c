/* SPDX-License-Identifier: MIT */
#include "import/parts.h"

#define KEY_MAX 60 /* a name has 64; the rest is for a number */

/* Names that are one in Terraform, or one file on macOS, are one. */
static str folded(struct arena *a, str key) {
    unsigned char *p = arena_alloc(a, key.n + 1, 1);
    for (uint32_t i = 0; i < key.n; i++)
        p[i] = ascii_is_letter(key.p[i]) ? key.p[i] | 0x20 : key.p[i] == '-' ? '_' : key.p[i];
    return (str){p, key.n};
}

/* Other characters become one dash, none at either end. */
static str cleaned(struct arena *a, str name) {
    unsigned char *p = arena_alloc(a, name.n + 2, 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < name.n && n < KEY_MAX; i++) {
        unsigned char c = name.p[i];
        bool good = ascii_is_alnum(c) || c == '_';
        if (n == 0 && good && !ascii_is_letter(c))
            p[n++] = 'n';
        if (good)
            p[n++] = c;
        else if (n > 0 && p[n - 1] != '-')
            p[n++] = '-';
    }
    while (n > 0 && p[n - 1] == '-')
        n--;
    return n > 0 ? (str){p, n} : STR("unnamed");
}

str import_key(struct import *im, struct map *taken, str name) {
    str key = cleaned(im->a, name), first = key;
    bool reserved = str_is_nocase(key, "recommended") || str_is_nocase(key, "readme");
    for (unsigned n = 2; reserved || map_add(im->a, taken, folded(im->a, key), im) != NULL; n++) {
        key = arena_printf(im->a, "%.*s-%u", STR_ARG(first), n);
        reserved = false;
    }
    return key;
}
