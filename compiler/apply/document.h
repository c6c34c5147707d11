/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_DOCUMENT_H
#define OPSC_APPLY_DOCUMENT_H

#include "model/value.h"

/*
 * document: what a row of the table says that an operation is asked with, as a tree. In place of a
 * member "@" stand those of a file, "cloudfront/origin": templates/requests/cloudfront/origin.json.
 */

/* A MAP; NULL: it is none. */
const struct value *document_read(struct arena *a, const char *input);
/* The text of such a file; empty: there is none. */
str document_file(str name);

#endif
