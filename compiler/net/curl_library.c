/* SPDX-License-Identifier: MIT */
#include "net/curl_library.h"

#include "net/library.h"

#include <stdio.h>

static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib",
                                    "libcurl.dylib", NULL};

static const struct library_symbol symbols[] = {
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
    {NULL, 0},
};

bool curl_library_load(struct curl_library *ret) {
    struct curl_library lib;
    if (!library_load(names, symbols, &lib))
        return false;
    if (lib.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return false;
    *ret = lib;
    return true;
}

/* What only newer versions know by this name. */
static bool set_protocols(const struct curl_library *c, CURL *easy, bool plain) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return c->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, plain ? "http,https" : "https") == CURLE_OK;
#else
    long own = plain ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS;
    return c->easy_setopt(easy, CURLOPT_PROTOCOLS, own) == CURLE_OK;
#endif
}

bool curl_library_guard(const struct curl_library *c, CURL *easy, bool plain, const char *ca_file) {
    bool ok = set_protocols(c, easy, plain);
    ok &= c->easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK;
    ok &= c->easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK;
    ok &= c->easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;
    ok &= c->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    if (ca_file != NULL)
        ok &= c->easy_setopt(easy, CURLOPT_CAINFO, ca_file) == CURLE_OK;
    return ok;
}

enum http_status curl_library_status(CURLcode code) {
    switch ((int)code) {
    case CURLE_OK:
        return HTTP_OK;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_TOO_MANY_REDIRECTS:
        return HTTP_BAD_URL;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return HTTP_UNTRUSTED;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_TIMEOUT;
    case CURLE_FILESIZE_EXCEEDED:
        return HTTP_TOO_BIG;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return HTTP_UNREACHABLE;
    default:
        return HTTP_CUT;
    }
}

/* From the quote, the slashes or the space that the name of the last user begins after. */
static void drop_user(char *text) {
    char *end = strrchr(text, '@'), *from = text, *quote = strchr(text, '\''), *p;
    if (end == NULL)
        return;
    if (quote != NULL && quote < end)
        from = quote + 1;
    else
        for (p = text; p < end; p++)
            from = *p == ' ' ? p + 1 : from;
    p = strstr(from, "://");
    from = p != NULL && p < end ? p + 3 : from;
    memmove(from, end + 1, strlen(end + 1) + 1);
}

void curl_library_detail(char *out, size_t size, const char *text) {
    snprintf(out, size, "%s", text);
    drop_user(out);
    for (char *p = out; *p != 0; p++) {
        if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
            *p = '?';
    }
}
