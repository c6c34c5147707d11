/* SPDX-License-Identifier: MIT */
#include "io/posix_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PIECE_BYTES 65536
#define LOCK_TRIES 500 /* of 20 ms: 10 seconds */
#define LOCK_WAIT_NS 20000000

enum io_status posix_set(struct io_error *err, enum io_status s, const char *detail) {
    err->status = s;
    snprintf(err->detail, sizeof err->detail, "%s", detail);
    return s;
}

/* strerror() speaks the user's language; messages do not depend on it. */
enum io_status posix_error(struct io_error *err, int e) {
    enum io_status s = e == ENOENT                  ? IO_NOT_FOUND
                       : e == EEXIST                ? IO_EXISTS
                       : e == EISDIR                ? IO_IS_DIRECTORY
                       : e == ENOTDIR               ? IO_NOT_DIRECTORY
                       : e == EACCES || e == EPERM  ? IO_DENIED
                       : e == ENOSPC || e == EDQUOT ? IO_NO_SPACE
                       : e == EFBIG                 ? IO_TOO_BIG
                       : e == EROFS                 ? IO_READ_ONLY
                       : e == ENAMETOOLONG          ? IO_LONG_NAME
                       : e == EMFILE || e == ENFILE ? IO_TOO_MANY
                                                    : IO_FAILED;
    return io_set(err, s);
}

bool posix_path(str path, char out[POSIX_PATH_MAX]) {
    if (path.n == 0 || path.n >= POSIX_PATH_MAX || str_find(path, 0) != path.n)
        return false;
    memcpy(out, path.p, path.n);
    out[path.n] = 0;
    return true;
}

enum io_status posix_no_path(str path, struct io_error *err) {
    bool too_long = path.n >= POSIX_PATH_MAX && str_find(path, 0) == path.n;
    return posix_set(err, too_long ? IO_LONG_NAME : IO_FAILED,
                     too_long ? io_status_text(IO_LONG_NAME) : "not a possible path");
}

static enum io_status read_all(int fd, struct arena *a, size_t size, size_t max, str *ret,
                               struct io_error *err) {
    if (size > max)
        return io_set(err, IO_TOO_BIG);
    unsigned char *p = arena_alloc(a, size + 1, 1);
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, p + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return posix_error(err, errno);
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *ret = (str){p, (uint32_t)n};
    return io_set(err, IO_OK);
}

/* Not blocking: a FIFO must not hang the run. */
static enum io_status open_file(str path, int *ret_fd, struct stat *ret_st, struct io_error *err) {
    char z[POSIX_PATH_MAX];
    if (!posix_path(path, z))
        return posix_no_path(path, err);
    int fd = open(z, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return posix_error(err, errno);
    enum io_status s = IO_OK;
    if (fstat(fd, ret_st) != 0)
        s = posix_error(err, errno);
    else if (S_ISDIR(ret_st->st_mode))
        s = io_set(err, IO_IS_DIRECTORY);
    else if (!S_ISREG(ret_st->st_mode))
        s = posix_set(err, IO_FAILED, "not a regular file");
    if (s != IO_OK)
        close(fd);
    *ret_fd = fd;
    return s;
}

static enum io_status posix_read(void *ctx, struct arena *a, str path, size_t max, str *ret,
                                 struct io_error *err) {
    struct stat st = {0};
    int fd = -1;
    (void)ctx;
    enum io_status s = open_file(path, &fd, &st, err);
    if (s != IO_OK)
        return s;
    s = read_all(fd, a, (size_t)st.st_size, max < UINT32_MAX ? max : UINT32_MAX, ret, err);
    close(fd);
    return s;
}

static enum io_status posix_stream(void *ctx, str path, io_piece_fn *piece, void *of,
                                   struct io_error *err) {
    unsigned char part[PIECE_BYTES];
    struct stat st = {0};
    int fd = -1;
    (void)ctx;
    enum io_status s = open_file(path, &fd, &st, err);
    if (s != IO_OK)
        return s;
    s = io_set(err, IO_OK);
    for (;;) {
        ssize_t got = read(fd, part, sizeof part);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            s = posix_error(err, errno);
        if (got <= 0 || !piece(of, (str){part, (uint32_t)got}))
            break;
    }
    close(fd);
    return s;
}

static enum io_status posix_remove(void *ctx, str root, str path, struct io_error *err) {
    char z[POSIX_PATH_MAX];
    (void)ctx;
    if (!posix_path(path, z))
        return posix_no_path(path, err);
    if (unlink(z) != 0 && errno != ENOENT)
        return posix_error(err, errno);
    for (uint32_t n = path.n; n > root.n + 1; n--) {
        if (z[n - 1] != '/')
            continue;
        z[n - 1] = 0;
        if (rmdir(z) != 0)
            break;
    }
    return io_set(err, IO_OK);
}

static enum io_status posix_probe(void *ctx, str path, struct io_error *err) {
    char z[POSIX_PATH_MAX];
    struct stat st;
    (void)ctx;
    if (!posix_path(path, z))
        return posix_no_path(path, err);
    if (lstat(z, &st) != 0)
        return posix_error(err, errno);
    if (S_ISREG(st.st_mode))
        return io_set(err, IO_OK);
    if (S_ISDIR(st.st_mode))
        return io_set(err, IO_IS_DIRECTORY);
    return posix_set(err, IO_FAILED,
                     S_ISLNK(st.st_mode) ? "a symbolic link" : "not a regular file");
}

static enum io_status posix_list(void *ctx, struct arena *a, str path, str **ret, uint32_t *ret_n,
                                 struct io_error *err) {
    char z[POSIX_PATH_MAX];
    (void)ctx;
    if (!posix_path(path, z))
        return posix_no_path(path, err);
    DIR *d = opendir(z);
    if (d == NULL)
        return posix_error(err, errno);
    VEC(str) names = {0};
    errno = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        str name = str_c(e->d_name);
        if (!str_is(name, ".") && !str_is(name, ".."))
            VEC_PUSH(a, &names, arena_str(a, name));
    }
    int e = errno;
    closedir(d);
    if (e != 0)
        return posix_error(err, e);
    if (names.n > 1)
        qsort(names.at, names.n, sizeof *names.at, str_order);
    *ret = names.at;
    *ret_n = names.n;
    return io_set(err, IO_OK);
}

/* The file that was locked is still the one of that name. */
static bool is_current(int fd, const char *z) {
    struct stat mine, named;
    return fstat(fd, &mine) == 0 && stat(z, &named) == 0 && mine.st_dev == named.st_dev &&
           mine.st_ino == named.st_ino;
}

/* unlock() removes it: a pipe or a device would be somebody's. */
static bool is_file(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static enum io_status posix_lock(void *ctx, str path, int *ret, struct io_error *err) {
    char z[POSIX_PATH_MAX];
    (void)ctx;
    if (!posix_path(path, z))
        return posix_no_path(path, err);
    for (unsigned i = 0; i < LOCK_TRIES; i++) {
        int fd = open(z, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd < 0 && errno == ENOENT && i == 0) {
            if (posix_make_parents(z, err) != IO_OK)
                return err->status;
            continue;
        }
        if (fd < 0)
            return posix_error(err, errno);
        if (!is_file(fd)) {
            close(fd);
            return posix_set(err, IO_FAILED, "not a regular file");
        }
        int e = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
        /* A file system without locks: better unlocked than not at all. */
        if ((e == 0 && is_current(fd, z)) || (e != 0 && e != EWOULDBLOCK && e != EINTR)) {
            *ret = fd;
            return io_set(err, IO_OK);
        }
        close(fd);
        if (e != 0)
            nanosleep(&(struct timespec){0, LOCK_WAIT_NS}, NULL);
    }
    return io_set(err, IO_BUSY);
}

static void posix_unlock(void *ctx, str path, int lock) {
    char z[POSIX_PATH_MAX];
    (void)ctx;
    if (posix_path(path, z))
        unlink(z);
    close(lock);
}

struct io io_posix(void) {
    return (struct io){NULL,        posix_read, posix_write, posix_put,    posix_remove,
                       posix_probe, posix_list, posix_lock,  posix_unlock, posix_stream};
}
