/* SPDX-License-Identifier: MIT */
#include "net/library.h"

#include <dlfcn.h>
#include <string.h>

const char *const library_crypto[] = {"libcrypto.so.3",    "libcrypto.so.1.1",
                                      "libcrypto.3.dylib", "libcrypto.1.1.dylib",
                                      "libcrypto.so",      NULL};

bool library_load(const char *const *names, const struct library_symbol *symbols, void *ret) {
    void *handle = NULL;
    for (; handle == NULL && *names != NULL; names++)
        handle = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        return false;
    for (; symbols->name != NULL; symbols++) {
        void *found = dlsym(handle, symbols->name);
        if (found == NULL)
            return false;
        /* C has no cast from an object's pointer to a function's; POSIX has the same bytes. */
        memcpy((unsigned char *)ret + symbols->at, &found, sizeof found);
    }
    return true;
}
