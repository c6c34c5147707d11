/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_AWS_ERROR_H
#define OPSC_AWS_AWS_ERROR_H

#include "aws/service.h"
#include "base/arena.h"
#include "net/http.h"

/*
 * aws_error: why a call did not work, as data. AWS's own words are in `code` and `message`; `kind`
 * is what opsc makes of them. No key, token or signature is in any of it.
 */
enum aws_error_kind {
    AWS_OK,
    AWS_NO_CREDENTIALS, /* none found, or their source failed: `message` says which and why */
    AWS_NO_REGION,      /* none given, or one that cannot be */
    AWS_NO_LIBRARY,     /* libcurl or OpenSSL is not on this machine */
    AWS_UNREACHABLE,    /* no answer: `message` says why */
    AWS_UNTRUSTED,      /* who answers cannot prove to be AWS */
    AWS_TIMEOUT,        /* none in time, after all tries */
    AWS_GIVEN_UP,       /* never sent: aws_client_stop() */
    AWS_CUT,            /* the answer ended early */
    AWS_TOO_BIG,        /* more than the call's max_bytes */
    AWS_STRANGE,        /* an answer that is not AWS's: a proxy's page, an emulator's HTML */
    AWS_DENIED,         /* `action` is missing in the policies of who called */
    AWS_EXPIRED,        /* the credentials are not valid any more */
    AWS_BAD_KEYS,       /* AWS does not know the access key, or the secret is not its */
    AWS_SKEWED,         /* the clock of this machine is wrong, and correcting for it did not help */
    AWS_THROTTLED,      /* too fast, also after all tries */
    AWS_QUOTA,          /* the account may not have more of this: trying again is no use */
    AWS_NOT_FOUND,      /* no such thing */
    AWS_EXISTS,         /* there is one already */
    AWS_CONFLICT,       /* something else is changing it */
    AWS_SERVER,         /* AWS's own fault: 5xx, after all tries */
    AWS_INVALID         /* any other refusal */
};

struct aws_error {
    enum aws_error_kind kind;
    unsigned status; /* of HTTP; 0: there was no answer */
    str code;        /* AWS's: "AccessDeniedException"; empty without an answer of AWS */
    str message;     /* AWS's, or what went wrong */
    str request_id;  /* for AWS's support; may be empty */
    str action;      /* of AWS_DENIED: "cloudwatch:DescribeAlarms" */
    bool maybe_done; /* the call may have been carried out all the same: no answer came */
};

/*
 * What the answer to a call says is wrong, when its status is none of 2xx, in the form of the
 * service's protocol. Bytes of any kind may come; `message` is UTF-8 on one line, cut at 2000
 * bytes.
 */
void aws_error_read(struct arena *a, const struct aws_service *s, str operation, unsigned status,
                    const struct http_header *headers, uint32_t nheaders, str body,
                    struct aws_error *ret);
/*
 * The same of what an answer with status 200 tells of one thing that was not done: a code and a
 * message.
 */
void aws_error_of_item(struct arena *a, const struct aws_service *s, str operation, str code,
                       str message, struct aws_error *ret);
/* Whether a body is a page for a browser, which AWS's API never sends: something is in between. */
bool aws_error_is_page(str body);
/*
 * The region that S3 says a bucket is in, when it was asked in another one; empty: it does not.
 */
str aws_error_bucket_region(struct arena *a, unsigned status, const struct http_header *headers,
                            uint32_t nheaders, str body);
/* "Wait ...", "Add ...": what to do about it, a sentence or two; may be empty. */
str aws_error_advice(struct arena *a, const struct aws_error *e);
/* A copy whose texts are in `a`: those of an answer end with its call. */
struct aws_error aws_error_keep(struct arena *a, const struct aws_error *e);
/* "throttled", ...: for tests and for machines. */
const char *aws_error_kind_name(enum aws_error_kind k);

/* Whether another try may help, by the SDKs' standard rules. */
enum aws_retry {
    AWS_RETRY_NEVER,
    AWS_RETRY_TRANSIENT, /* it may pass, soon */
    AWS_RETRY_THROTTLE,  /* slower; it was not carried out */
    AWS_RETRY_CLOCK      /* when the clock turns out to be off */
};
enum aws_retry aws_error_retry(const struct aws_service *s, const struct aws_error *e);

/* The first header of this name, in any case; empty when there is none. */
str aws_header(const struct http_header *headers, uint32_t nheaders, const char *name);

#endif
