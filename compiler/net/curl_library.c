/* SPDX-License-Identifier: MIT */
#include "net/curl_library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib",
                                    "libcurl.dylib"};

static const struct symbol {
    const char *name;
    size_t at; /* of its pointer in struct curl_library */
} symbols[] = {
    {"curl_global_init", offsetof(struct curl_library, global_init)},
    {"curl_easy_init", offsetof(struct curl_library, easy_init)},
    {"curl_easy_setopt", offsetof(struct curl_library, easy_setopt)},
    {"curl_easy_perform", offsetof(struct curl_library, easy_perform)},
    {"curl_easy_getinfo", offsetof(struct curl_library, easy_getinfo)},
    {"curl_easy_cleanup", offsetof(struct curl_library, easy_cleanup)},
    {"curl_easy_strerror", offsetof(struct curl_library, easy_strerror)},
    {"curl_slist_append", offsetof(struct curl_library, slist_append)},
    {"curl_slist_free_all", offsetof(struct curl_library, slist_free_all)},
    {"curl_multi_init", offsetof(struct curl_library, multi_init)},
    {"curl_multi_setopt", offsetof(struct curl_library, multi_setopt)},
    {"curl_multi_add_handle", offsetof(struct curl_library, multi_add_handle)},
    {"curl_multi_remove_handle", offsetof(struct curl_library, multi_remove_handle)},
    {"curl_multi_perform", offsetof(struct curl_library, multi_perform)},
    {"curl_multi_poll", offsetof(struct curl_library, multi_poll)},
    {"curl_multi_info_read", offsetof(struct curl_library, multi_info_read)},
    {"curl_multi_cleanup", offsetof(struct curl_library, multi_cleanup)},
};

bool curl_library_load(struct curl_library *ret) {
    struct curl_library lib;
    void *handle = NULL;
    for (size_t i = 0; handle == NULL && i < sizeof names / sizeof *names; i++)
        handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        return false;
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *found = dlsym(handle, symbols[i].name);
        if (found == NULL)
            return false;
        /* C has no cast from an object's pointer to a function's; POSIX has the same bytes. */
        memcpy((unsigned char *)&lib + symbols[i].at, &found, sizeof found);
    }
    if (lib.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return false;
    *ret = lib;
    return true;
}
