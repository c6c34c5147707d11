/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DIAG_SECRET_H
#define OPSC_DIAG_SECRET_H

#include "base/str.h"

/*
 * secret: parts of a source line that must not be shown: a message about one key prints the
 * line, and messages end in logs of CI. Meant are values of keys that speak of a password, secret,
 * token, credential or key (`db_password: x`), passwords in URLs (`//user:x@host`) and AWS's access
 * key ids.
 */
struct secret {
    uint32_t from, to; /* bytes of the line; from == to: none */
};

/* The first secret that ends after byte `at`. */
struct secret secret_find(str line, uint32_t at);

#endif
