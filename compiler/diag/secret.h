/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DIAG_SECRET_H
#define OPSC_DIAG_SECRET_H

#include "base/arena.h"
#include "base/str.h"

/*
 * secret: parts of a text that must not be shown: a message about one key prints the line, and
 * messages end in logs of CI. Meant are
 *  - values of keys that speak of a password, secret, token, credential or key (`db_password: x`);
 *  - in URLs: passwords (`//user:x@host`), values of the query, what follows a part that speaks of
 *    a hook (`//hooks.slack.com/x`), and parts that nobody made up (`/integration/7f3a0c42d1`);
 *  - AWS's access key ids, and tokens of others that are known by how they begin.
 */
struct secret {
    uint32_t from, to; /* bytes of the text; from == to: none */
};

/* The first secret of a source line that ends after byte `at`. */
struct secret secret_find(str line, uint32_t at);
/* The same of prose, where a colon behind such a word means nothing: URLs and key ids only. */
struct secret secret_find_bare(str text, uint32_t at);
/* Prose with *** where such a secret is; itself when it has none. */
#define SECRET_HIDDEN "***"
str secret_hide(struct arena *a, str text);

/*
 * Whether a value of ops.yaml is a secret that must not be there: a token or private key, a URL
 * with a password, or anything but a reference (`${...}`, a path, an ARN) under a key that ends
 * with such a word. Addresses of hooks are meant to be there and are not.
 */
bool secret_is_literal(str key, str value);
/* The same where passwords are made up for a test: tokens, private keys, and URLs with a password
 * to another machine. */
bool secret_is_token(str value);

#endif
