/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_SIGV4_H
#define OPSC_AWS_SIGV4_H

#include "base/arena.h"
#include "base/buf.h"
#include "net/crypto_library.h"
#include "net/http.h"

/*
 * sigv4: the signature of a request to AWS, version 4, in its headers.
 *
 * A function of what it is given: no clock, no environment. The host is among the headers that are
 * signed; User-Agent, Expect and the like, which proxies may change, are sent and not signed.
 * Headers that signing itself adds must not be among those given.
 */
struct aws_keys {
    str access, secret;
    str session; /* empty: none */
};

struct sigv4_request {
    str method;
    str path;  /* as it is sent, percent-encoded; empty is "/" */
    str query; /* as it is sent, without "?"; in any order */
    const struct http_header *headers;
    uint32_t nheaders;
    str body;
};

struct sigv4_scope {
    str service, region; /* the signing name and region, not those of the host */
    int64_t time_s;      /* since 1970, of what AWS's clock shows; years 1970 to 9999 */
    bool raw_path;       /* S3: the path is signed as it is sent, neither normalised nor encoded */
    bool keep_path;      /* not normalised: dots and empty segments stay */
    bool body_header;    /* S3: the hash of the body is a header too */
    bool token_unsigned; /* the session token is added after signing */
};

/*
 * Keys for signing, which are the same for a day, region and service: four of five hashes are
 * saved. For one set of aws_keys; sigv4_forget() when they change and at the end.
 */
#define SIGV4_CACHED 32
struct sigv4_cache {
    struct sigv4_key {
        char scope[96]; /* "20150830/us-east-1/iam"; empty: free */
        unsigned char key[CRYPTO_SHA256_BYTES];
    } keys[SIGV4_CACHED];
    uint32_t next;
};
void sigv4_forget(struct sigv4_cache *cache);

#define SIGV4_HEADERS_MAX 4
struct sigv4_signed {
    struct http_header headers[SIGV4_HEADERS_MAX]; /* to be added to those of the request */
    uint32_t nheaders;
    str signature;
    str canonical, string_to_sign; /* for tests and for messages about what differs */
};

/*
 * False when OpenSSL refuses, or the time, region or service cannot be (nothing is signed then).
 * `cache` may be NULL.
 */
bool sigv4_sign(struct arena *a, const struct crypto_library *c, struct sigv4_cache *cache,
                const struct aws_keys *keys, const struct sigv4_scope *scope,
                const struct sigv4_request *request, struct sigv4_signed *ret);

/* Appends `s` percent-encoded as AWS wants it: all but letters, digits, - . _ ~ and, on demand, /.
 */
void sigv4_encode(struct buf *b, str s, bool keep_slash);
/* "20150830T123600Z" of seconds since 1970; false beyond the year 9999. */
#define SIGV4_TIME_MAX 17
bool sigv4_time(int64_t time_s, char out[SIGV4_TIME_MAX]);

#endif
