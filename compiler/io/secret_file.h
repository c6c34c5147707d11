/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IO_SECRET_FILE_H
#define OPSC_IO_SECRET_FILE_H

#include "base/arena.h"

/*
 * Replaces the file at once by one that only its owner may read; the folder must be there. False:
 * it is as it was.
 */
bool secret_file_write(struct arena *a, str path, str text);

#endif
