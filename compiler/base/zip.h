/* SPDX-License-Identifier: MIT */
#ifndef OPSC_BASE_ZIP_H
#define OPSC_BASE_ZIP_H

#include "base/buf.h"

/*
 * zip: an archive of a few files, as Lambda takes its code.
 *
 * Files are stored, not compressed, readable by everybody (0644) and of 1 January 1980: the same
 * files give the same bytes, everywhere. At most ZIP_FILES_MAX files of together less than 4 GiB;
 * more of them assert.
 */
#define ZIP_FILES_MAX 16

struct zip_file {
    str name; /* in the archive, '/' separated */
    str text;
};

void zip_write(struct buf *out, const struct zip_file *files, uint32_t n);

#endif
