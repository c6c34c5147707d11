/* SPDX-License-Identifier: MIT */
#ifndef OPSC_NET_HTTP_H
#define OPSC_NET_HTTP_H

#include "base/arena.h"
#include "base/str.h"

#include <stddef.h>

/*
 * http: requests over HTTPS, by libcurl. The only user of the network.
 *
 * Only https: is spoken, to servers whose certificate is valid for their name; http: is for this
 * machine alone (127.0.0.1, [::1], localhost). A redirect leads to https: or nowhere. A body
 * comes in pieces as they arrive, unpacked when the server sent it packed, and is complete when
 * http_send() says so: a body that was cut off, or that nobody can know to be complete, is an
 * error. Errors are data; nothing is printed, and no header or URL's secret goes into `detail`.
 *
 * libcurl is loaded when the first one is opened, not when opsc starts: its libraries take longer
 * than most commands do.
 */
struct http;

struct http_options {
    str ca_file;        /* authorities to trust instead of the system's; empty: the system's */
    unsigned connect_s; /* until there is a connection */
    unsigned silence_s; /* that a server may send nothing, or next to nothing */
    unsigned
        tries; /* of a request, in all: after no connection, a cut, 429 and 5xx; 2 after silence */
    unsigned backoff_ms; /* before the second try; twice as long before each further one */
};

struct http_header {
    str name, value;
};

/* What arrives next; false ends the transfer with HTTP_STOPPED. */
typedef bool http_body_fn(void *ctx, str piece);
/* Forget what has arrived: it comes again from its first byte. */
typedef void http_restart_fn(void *ctx);

struct http_request {
    str url;
    str method; /* empty: GET */
    const struct http_header *headers;
    uint32_t nheaders;
    str body;           /* sent when not empty */
    uint64_t max_bytes; /* of the answer's body, unpacked */
    http_body_fn *on_body;
    http_restart_fn *on_restart;
    void *ctx; /* of both */
};

enum http_status {
    HTTP_OK,
    HTTP_NO_LIBRARY,  /* libcurl is not on this machine, or lacks what is needed */
    HTTP_BAD_URL,     /* none, or one that is not spoken here */
    HTTP_UNREACHABLE, /* no such name, no connection */
    HTTP_UNTRUSTED,   /* the certificate, or the protocol below HTTP */
    HTTP_TIMEOUT,     /* too long nothing */
    HTTP_CUT,         /* it ended before its end, or not in HTTP */
    HTTP_REFUSED,     /* an answer other than 2xx: `code` */
    HTTP_TOO_BIG,     /* more than max_bytes */
    HTTP_STOPPED      /* on_body said so */
};

struct http_error {
    enum http_status status;
    unsigned code;  /* of the answer; 0: there was none */
    unsigned tries; /* that were made */
    char detail[256];
};

/* NULL when libcurl cannot be had (ret_error). Closed when the arena is freed. */
struct http *http_open(struct arena *a, const struct http_options *options,
                       struct http_error *ret_error);
/* False when it failed, after all tries. One request at a time; connections are kept open. */
bool http_send(struct http *h, const struct http_request *r, struct http_error *ret_error);
/* "the server cannot be reached", ...: for messages. */
const char *http_status_text(enum http_status s);
/* Whether nothing in it is a space, a control character or beyond ASCII. */
bool http_is_clean(str url);
/* "https://host:80" of a URL: without user, password, path and query, for messages. */
str http_origin(struct arena *a, str url);
/* Whether the URL is of this machine; only then may it be http:. */
bool http_is_loopback(str url);

#endif
