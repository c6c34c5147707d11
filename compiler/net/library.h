/* SPDX-License-Identifier: MIT */
#ifndef OPSC_NET_LIBRARY_H
#define OPSC_NET_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * library: a shared library that is loaded when it is needed, not when opsc starts. Internal to
 * net/.
 */
struct library_symbol {
    const char *name;
    size_t at; /* of the function's pointer in the struct that is filled */
};

/* What OpenSSL's hashes and keys are called on different systems; NULL at the end. */
extern const char *const library_crypto[];

/*
 * Loads the first of `names` (NULL at the end) that is there, and fills the struct at `ret` with
 * its symbols (no name at the end). False: none is there, or it lacks a function. It stays loaded.
 */
bool library_load(const char *const *names, const struct library_symbol *symbols, void *ret);

#endif
