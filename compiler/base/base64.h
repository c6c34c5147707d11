/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_BASE64_H
#define OPSC_BASE_BASE64_H

#include "base/buf.h"

/* base64: bytes as text, with '=' at the end (RFC 4648, section 4). Appends. */
void base64_put(struct buf *b, str bytes);

#endif
