/* SPDX-License-Identifier: MIT */
#ifndef OPSC_NET_CURL_LIBRARY_H
#define OPSC_NET_CURL_LIBRARY_H

#include "net/http.h"

#include <curl/curl.h>
#include <stdbool.h>

/*
 * curl_library: libcurl's functions that net/ calls, loaded when they are asked for. Internal to
 * net/.
 */
struct curl_library {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *handle, CURLoption option, ...);
    CURLcode (*easy_perform)(CURL *handle);
    CURLcode (*easy_getinfo)(CURL *handle, CURLINFO info, ...);
    void (*easy_cleanup)(CURL *handle);
    const char *(*easy_strerror)(CURLcode code);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
    CURLM *(*multi_init)(void);
    CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
    CURLMcode (*multi_add_handle)(CURLM *multi, CURL *handle);
    CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *handle);
    CURLMcode (*multi_perform)(CURLM *multi, int *running);
    CURLMcode (*multi_poll)(CURLM *multi, struct curl_waitfd *more, unsigned n, int ms, int *ret);
    CURLMsg *(*multi_info_read)(CURLM *multi, int *left);
    CURLMcode (*multi_cleanup)(CURLM *multi);
};

/* False: it is not there, or lacks a function. It stays loaded. */
bool curl_library_load(struct curl_library *ret);

/*
 * What keeps every request safe: certificates are checked, TLS 1.2 or later, no signals, https
 * alone (and http when it may be `plain`). `ca_file`: authorities to trust; NULL: the system's.
 * False: one of it does not work.
 */
bool curl_library_guard(const struct curl_library *c, CURL *easy, bool plain, const char *ca_file);
/* What it means; what ended by ourselves is HTTP_CUT. */
enum http_status curl_library_status(CURLcode code);
/*
 * The text for people, without what a terminal could take for more than text, and without what
 * stands before an @: libcurl names a proxy that it does not understand with its password.
 */
void curl_library_detail(char *out, size_t size, const char *text);

#endif
