/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IO_POSIX_PARTS_H
#define OPSC_IO_POSIX_PARTS_H

#include "io/io.h"

/* What the two halves of io_posix() share: io_posix.c and, for all that is written,
 * io_posix_write.c. */
#define POSIX_PATH_MAX 4096 /* with the NUL */

/* io_set() with words of its own. */
enum io_status posix_set(struct io_error *err, enum io_status s, const char *detail);
enum io_status posix_error(struct io_error *err, int error_number);
/* The path with a NUL; false: it has one inside, or is too long. */
bool posix_path(str path, char out[POSIX_PATH_MAX]);
/* Why not; returns the status. */
enum io_status posix_no_path(str path, struct io_error *err);

/* Makes the folders above the file. */
enum io_status posix_make_parents(char *z, struct io_error *err);

/* False with an errno. */
bool posix_write_all(int fd, str text);

/* As io.h declares them. */
enum io_status posix_write(void *ctx, str path, str text, bool executable, struct io_error *err);
enum io_status posix_put(void *ctx, const struct io_file *files, uint32_t n, struct io_put *ret,
                         struct io_error *err);

#endif
