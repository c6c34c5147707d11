/* SPDX-License-Identifier: MIT */
/* Stands for what calls libcurl when opsc is built without it (make LIVE=0): nothing opens. */
#include "net/http_many.h"

struct http *http_open(struct arena *a, const struct http_options *options,
                       struct http_error *ret_error) {
    (void)a, (void)options;
    *ret_error = (struct http_error){.status = HTTP_NO_LIBRARY};
    return NULL;
}

bool http_send(struct http *h, const struct http_request *r, struct http_error *ret_error) {
    (void)h, (void)r;
    *ret_error = (struct http_error){.status = HTTP_NO_LIBRARY};
    return false;
}

struct http_many *http_many_open(struct arena *a, const struct http_many_options *options,
                                 struct http_error *ret_error) {
    (void)a, (void)options;
    *ret_error = (struct http_error){.status = HTTP_NO_LIBRARY};
    return NULL;
}

void http_many_start(struct http_many *m, const struct http_many_request *r) {
    (void)m, (void)r;
}

uint32_t http_many_running(const struct http_many *m) {
    (void)m;
    return 0;
}

void http_many_wait(struct http_many *m, unsigned ms) {
    (void)m, (void)ms;
}
