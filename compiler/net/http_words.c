/* SPDX-License-Identifier: MIT */
#include "net/http.h"

bool http_is_clean(str url) {
    for (uint32_t i = 0; i < url.n; i++) {
        if (url.p[i] <= ' ' || url.p[i] >= 0x7F)
            return false;
    }
    return true;
}

/* Where the host begins; before it nothing but "https://" or its like may stand. */
static uint32_t after_scheme(str url) {
    uint32_t at = 0;
    while (at < url.n && ascii_is_letter(url.p[at]))
        at++;
    return str_starts(str_sub(url, at, url.n), STR("://")) ? at + 3 : 0;
}

str http_origin(struct arena *a, str url) {
    uint32_t at = after_scheme(url);
    uint32_t from = at, end = at;
    while (end < url.n && strchr("/?#\\", url.p[end]) == NULL)
        end++;
    for (uint32_t i = at; i < end; i++)
        from = url.p[i] == '@' ? i + 1 : from;
    return arena_cat(a, str_sub(url, 0, at), str_sub(url, from, end));
}

bool http_is_loopback(str url) {
    static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
    uint32_t at = str_starts(url, STR("https://")) ? 8 : str_starts(url, STR("http://")) ? 7 : 0;
    str rest = str_sub(url, at, url.n);
    uint32_t end = 0;
    while (end < rest.n && strchr("/?#\\", rest.p[end]) == NULL)
        end++;
    str host = str_sub(rest, 0, end);
    /* Before an @ stands a user, whatever it looks like. */
    if (at == 0 || str_find(host, '@') < host.n)
        return false;
    uint32_t inside = host.n > 0 && host.p[0] == '[' ? str_find(host, ']') : 0;
    for (uint32_t i = inside; i < host.n; i++) {
        if (host.p[i] == ':')
            host = str_sub(host, 0, i);
    }
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (str_is_nocase(host, hosts[i]))
            return true;
    }
    return false;
}

const char *http_status_text(enum http_status s) {
    switch (s) {
    case HTTP_OK:
        return "it worked";
    case HTTP_NO_LIBRARY:
#if OPSC_LIVE
        return "libcurl is not on this machine, or too old";
#else
        return "this opsc was built without libcurl (make LIVE=0)";
#endif
    case HTTP_BAD_URL:
        return "it is no address that opsc reads from: https only, also when redirected";
    case HTTP_UNREACHABLE:
        return "the server cannot be reached";
    case HTTP_UNTRUSTED:
        return "the server cannot prove who it is";
    case HTTP_TIMEOUT:
        return "the server sent nothing for too long";
    case HTTP_CUT:
        return "the answer was cut off";
    case HTTP_REFUSED:
        return "the server refused";
    case HTTP_TOO_BIG:
        return "the answer is larger than opsc takes";
    case HTTP_STOPPED:
        break;
    }
    return "the answer could not be used";
}
