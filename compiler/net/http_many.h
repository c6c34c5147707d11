/* SPDX-License-Identifier: MIT */
#ifndef OPSC_NET_HTTP_MANY_H
#define OPSC_NET_HTTP_MANY_H

#include "net/http.h"

/*
 * http_many: many requests at once over one pool of connections, by libcurl.
 *
 * Single tries: who calls decides what is worth another. An answer of any status is an answer; no
 * redirect is followed. Bodies are taken whole, up to a ceiling. What http.h says of certificates
 * and of messages holds here too; http: is spoken to this machine, and where a request says
 * `plain`. Proxies are those of HTTPS_PROXY and NO_PROXY, but for this machine and for addresses of
 * the link (169.254.x.x), which are never asked through one.
 */
struct http_many;

struct http_many_options {
    str ca_file; /* empty: the system's */
    unsigned connections_per_host;
};

struct http_many_answer {
    enum http_status status; /* HTTP_OK: there is one, whatever its code */
    unsigned code;
    const struct http_header *headers; /* in order; names as they came */
    uint32_t nheaders;
    str body;
    bool was_sent; /* some of the request left this machine: it may have been carried out */
    char detail[256];
};
typedef void http_many_done_fn(void *ctx, const struct http_many_answer *answer);

struct http_many_request {
    str method, url;
    const struct http_header *headers;
    uint32_t nheaders;
    str body;
    uint64_t max_bytes;  /* of the answer's body, unpacked */
    unsigned connect_ms; /* until there is a connection */
    unsigned whole_ms;   /* for all of it */
    bool plain;          /* http: may be spoken to other machines: the user said so */
    bool once;   /* over a connection of its own: of a kept one that turns out to be closed libcurl
                    cannot tell whether it was carried out, and sends again */
    bool secret; /* what is held of it is overwritten in the end */
    http_many_done_fn *done;
    void *ctx;
};

/* NULL when libcurl cannot be had (ret_error). Closed when the arena is freed. */
struct http_many *http_many_open(struct arena *a, const struct http_many_options *options,
                                 struct http_error *ret_error);
/* All is copied. `done` is called from http_many_wait(), also when the request cannot be begun. */
void http_many_start(struct http_many *m, const struct http_many_request *r);
/* Begun and not done. */
uint32_t http_many_running(const struct http_many *m);
/*
 * Moves bytes, calls `done` of what has ended, and returns; waits for that at most so long. With
 * nothing running it just waits.
 */
void http_many_wait(struct http_many *m, unsigned ms);

#endif
