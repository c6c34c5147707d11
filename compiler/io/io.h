/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IO_IO_H
#define OPSC_IO_IO_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/*
 * io: the outside world as one table of functions.
 *
 * io_posix() is the machine's file system; io_mem() is a file system in memory
 * for tests and fuzzers. Nothing above this layer calls open(), getenv() or a clock.
 * Paths are UTF-8, '/' separated, relative to the working directory or absolute.
 */
enum io_status {
    IO_OK,
    IO_NOT_FOUND,
    IO_IS_DIRECTORY,
    IO_NOT_DIRECTORY,
    IO_DENIED,
    IO_NO_SPACE,
    IO_READ_ONLY,
    IO_TOO_BIG,
    IO_LONG_NAME,   /* the path, or a name in it, is longer than the file system takes */
    IO_TOO_MANY,    /* no more files can be open at once */
    IO_EXISTS,      /* what should be new is there */
    IO_BUSY,        /* somebody else holds the lock */
    IO_NOT_FETCHED, /* git cannot give it: a clone without all files has not got it */
    IO_FAILED       /* anything else; `detail` says what */
};

/* Why the last call failed, for a message; "" after IO_OK. */
struct io_error {
    enum io_status status;
    char detail[128];
};

/* A file that put() makes or replaces. */
struct io_file {
    str path, text;
    bool executable;
    bool replaces;  /* a file of this path is there */
    bool no_folder; /* nor is its folder: it is made at once, not when opening has failed; a hint */
};

/* What put() has done. */
struct io_put {
    uint32_t done;   /* so many files */
    uint32_t failed; /* unless all: the one that could not be put */
};

/* A piece of a file; false ends the reading. */
typedef bool io_piece_fn(void *of, str piece);

struct io {
    void *ctx;
    /* The whole file, at most `max` bytes, copied into the arena. */
    enum io_status (*read)(void *ctx, struct arena *a, str path, size_t max, str *ret,
                           struct io_error *err);
    /*
     * Replaces `path` by `text` at once: temporary file in the same folder, then
     * rename. Makes missing folders. A link is replaced; a device, pipe or socket is refused. On
     * failure the old file is untouched and the temporary one is gone. The mode is 0777 for an
     * `executable`, else 0666, without the bits of the umask. A run that is killed may leave the
     * temporary file: io_is_temporary() knows its name.
     */
    enum io_status (*write)(void *ctx, str path, str text, bool executable, struct io_error *err);
    /*
     * Puts many files, in any order, some at once; those of a folder are next to each other. One
     * that replaces another is put by write(). One that is new, which takes a third of the time,
     * is made under its own name, where nothing may be (IO_EXISTS); folders, mode and failure as
     * there. A run that is killed may leave such files unfinished: io_is_unfinished() knows their
     * text. After a failure, which is returned, none is begun; those that were begun are ended, and
     * counted.
     */
    enum io_status (*put)(void *ctx, const struct io_file *files, uint32_t n, struct io_put *ret,
                          struct io_error *err);
    /* Removes a file, and then its folders as far as they are empty, up to `root`. */
    enum io_status (*remove)(void *ctx, str root, str path, struct io_error *err);
    /* IO_OK for a regular file, IO_IS_DIRECTORY, IO_NOT_FOUND, ...; follows no final symlink
     * (IO_FAILED). */
    enum io_status (*probe)(void *ctx, str path, struct io_error *err);
    /* Names in a folder, sorted by bytes. */
    enum io_status (*list)(void *ctx, struct arena *a, str path, str **ret, uint32_t *ret_n,
                           struct io_error *err);
    /*
     * Keeps two runs apart by a lock file at `path`, which the kernel lets go of when the process
     * ends, however it ends; its folders are made. Waits for a few seconds, then IO_BUSY. `ret` is
     * for unlock(), which removes the file.
     */
    enum io_status (*lock)(void *ctx, str path, int *ret, struct io_error *err);
    void (*unlock)(void *ctx, str path, int lock);
    /* A file of any size, in pieces, in order; IO_OK also when `piece` ended it. */
    enum io_status (*stream)(void *ctx, str path, io_piece_fn *piece, void *of,
                             struct io_error *err);
};

struct io io_posix(void);

struct io_mem;
struct io_mem *io_mem_new(struct arena *a);
struct io io_mem(struct io_mem *m);
void io_mem_put(struct io_mem *m, str path, str text);
/* The text at `path`, or an empty slice with p == NULL. */
str io_mem_get(const struct io_mem *m, str path);
/* The nth write from now on fails with `status` (1 = the next one; 0 = never). */
void io_mem_fail_write(struct io_mem *m, unsigned nth, enum io_status status);

/* "no such file", "permission denied", ...: for messages. */
const char *io_status_text(enum io_status s);
/* Fills `err` with a status and its text, "" for IO_OK; returns the status. */
enum io_status io_set(struct io_error *err, enum io_status s);
/* Whether a file of this name was left by a write() that was killed. */
bool io_is_temporary(str name);
#define IO_TEMPORARY ".opsc-tmp-"
/* Whether a text was left by a put() that was killed: it is empty, or ends with a NUL. */
bool io_is_unfinished(str text);
/* `dir` and `name` joined by one '/', without `./`; an absolute name stays as it is. */
str io_path_join(struct arena *a, str dir, str name);
/* The part before the last '/', or "." */
str io_path_dir(str path);
/* The part after it. */
str io_path_name(str path);

#endif
