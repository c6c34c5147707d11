/* SPDX-License-Identifier: MIT */
#include "io/io.h"

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

#define PATH_BYTES_MAX 4096
#define PIECE_BYTES 65536
#define PAGE_BYTES 4096 /* the least that systems have */
#define TEMP_TRIES 100
#define LOCK_TRIES 500 /* of 20 ms: 10 seconds */
#define LOCK_WAIT_NS 20000000

static enum io_status set(struct io_error *err, enum io_status s, const char *detail) {
    err->status = s;
    snprintf(err->detail, sizeof err->detail, "%s", detail);
    return s;
}

/* strerror() speaks the user's language; messages do not depend on it. */
static enum io_status from_errno(struct io_error *err, int e) {
    enum io_status s = e == ENOENT                                ? IO_NOT_FOUND
                       : e == EEXIST                              ? IO_EXISTS
                       : e == EISDIR                              ? IO_IS_DIRECTORY
                       : e == ENOTDIR                             ? IO_NOT_DIRECTORY
                       : e == EACCES || e == EPERM                ? IO_DENIED
                       : e == ENOSPC || e == EDQUOT || e == EFBIG ? IO_NO_SPACE
                       : e == EROFS                               ? IO_READ_ONLY
                                                                  : IO_FAILED;
    return set(err, s, io_status_text(s));
}

static bool c_path(str path, char out[PATH_BYTES_MAX]) {
    if (path.n == 0 || path.n >= PATH_BYTES_MAX || str_find(path, 0) != path.n)
        return false;
    memcpy(out, path.p, path.n);
    out[path.n] = 0;
    return true;
}

static enum io_status read_all(int fd, struct arena *a, size_t size, size_t max, str *ret,
                               struct io_error *err) {
    if (size > max)
        return set(err, IO_TOO_BIG, io_status_text(IO_TOO_BIG));
    unsigned char *p = arena_alloc(a, size + 1, 1);
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, p + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return from_errno(err, errno);
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *ret = (str){p, (uint32_t)n};
    return set(err, IO_OK, "");
}

/* Not blocking: a FIFO must not hang the run. */
static enum io_status open_file(str path, int *ret_fd, struct stat *ret_st, struct io_error *err) {
    char z[PATH_BYTES_MAX];
    if (!c_path(path, z))
        return set(err, IO_FAILED, "not a possible path");
    int fd = open(z, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return from_errno(err, errno);
    enum io_status s = IO_OK;
    if (fstat(fd, ret_st) != 0)
        s = from_errno(err, errno);
    else if (S_ISDIR(ret_st->st_mode))
        s = set(err, IO_IS_DIRECTORY, io_status_text(IO_IS_DIRECTORY));
    else if (!S_ISREG(ret_st->st_mode))
        s = set(err, IO_FAILED, "not a regular file");
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
    s = set(err, IO_OK, "");
    for (;;) {
        ssize_t got = read(fd, part, sizeof part);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            s = from_errno(err, errno);
        if (got <= 0 || !piece(of, (str){part, (uint32_t)got}))
            break;
    }
    close(fd);
    return s;
}

/* Makes the folder of the file when that alone is missing, as it mostly is. */
static bool make_folder(char *z) {
    char *last = strrchr(z, '/');
    if (last == NULL || last == z)
        return false;
    *last = 0;
    bool made = mkdir(z, 0777) == 0;
    *last = '/';
    return made;
}

/* Makes the folders above the file. */
static enum io_status make_parents(char *z, struct io_error *err) {
    if (make_folder(z))
        return set(err, IO_OK, "");
    for (char *p = z + 1; *p != 0; p++) {
        if (*p != '/')
            continue;
        *p = 0;
        int e = mkdir(z, 0777) == 0 ? 0 : errno;
        struct stat st;
        bool there = e == EEXIST && stat(z, &st) == 0 && S_ISDIR(st.st_mode);
        bool other = e == EEXIST && !there;
        *p = '/';
        if (other)
            return set(err, IO_NOT_DIRECTORY, io_status_text(IO_NOT_DIRECTORY));
        /* Folders near the root may exist without our right to make them. */
        if (e != 0 && !there && e != EACCES && e != EROFS && e != EPERM)
            return from_errno(err, e);
    }
    return set(err, IO_OK, "");
}

static bool write_all(int fd, str text) {
    size_t n = 0;
    while (n < text.n) {
        ssize_t put = write(fd, text.p + n, text.n - n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        n += (size_t)put;
    }
    return true;
}

/* A file that is not there yet. */
static int open_new(const char *z, bool executable) {
    return open(z, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, executable ? 0777 : 0666);
}

static int open_temp(const char *target, bool executable, char temp[PATH_BYTES_MAX + 64]) {
    for (unsigned i = 0; i < TEMP_TRIES; i++) {
        snprintf(temp, PATH_BYTES_MAX + 64, "%s" IO_TEMPORARY "%ld-%u", target, (long)getpid(), i);
        int fd = open_new(temp, executable);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* Writes all and closes. */
static bool fill(int fd, str text) {
    bool ok = write_all(fd, text);
    int e = errno;
    /* A full disk may show itself only here. */
    if (close(fd) != 0)
        return false;
    errno = e;
    return ok;
}

/* What comes of a file of which something failed if not `ok`: it goes. */
static enum io_status end_write(const char *z, bool ok, struct io_error *err) {
    int e = errno;
    if (ok)
        return set(err, IO_OK, "");
    unlink(z);
    return from_errno(err, e);
}

/* A device, pipe or socket, also behind a link: root could replace /dev/null by a file. */
static bool is_special(const char *z) {
    struct stat st;
    return stat(z, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static enum io_status posix_write(void *ctx, str path, str text, bool executable,
                                  struct io_error *err) {
    char z[PATH_BYTES_MAX], temp[PATH_BYTES_MAX + 64];
    (void)ctx;
    if (!c_path(path, z))
        return set(err, IO_FAILED, "not a possible path");
    if (is_special(z))
        return set(err, IO_FAILED, "not a regular file");
    int fd = open_temp(z, executable, temp);
    if (fd < 0 && errno == ENOENT) {
        if (make_parents(z, err) != IO_OK)
            return err->status;
        fd = open_temp(z, executable, temp);
    }
    if (fd < 0)
        return from_errno(err, errno);
    return end_write(temp, fill(fd, text) && rename(temp, z) == 0, err);
}

static enum io_status posix_create(void *ctx, str path, str text, bool executable,
                                   struct io_error *err) {
    char z[PATH_BYTES_MAX];
    (void)ctx;
    if (!c_path(path, z))
        return set(err, IO_FAILED, "not a possible path");
    int fd = open_new(z, executable);
    if (fd < 0 && errno == ENOENT) {
        if (make_parents(z, err) != IO_OK)
            return err->status;
        fd = open_new(z, executable);
    }
    if (fd < 0)
        return from_errno(err, errno);
    /* What is not written yet are NULs: io_is_unfinished(). A page is written at once. */
    bool sized = text.n <= PAGE_BYTES || ftruncate(fd, (off_t)text.n) == 0;
    return end_write(z, fill(fd, text) && sized, err);
}

static enum io_status posix_remove(void *ctx, str root, str path, struct io_error *err) {
    char z[PATH_BYTES_MAX];
    (void)ctx;
    if (!c_path(path, z))
        return set(err, IO_FAILED, "not a possible path");
    if (unlink(z) != 0 && errno != ENOENT)
        return from_errno(err, errno);
    for (uint32_t n = path.n; n > root.n + 1; n--) {
        if (z[n - 1] != '/')
            continue;
        z[n - 1] = 0;
        if (rmdir(z) != 0)
            break;
    }
    return set(err, IO_OK, "");
}

static enum io_status posix_probe(void *ctx, str path, struct io_error *err) {
    char z[PATH_BYTES_MAX];
    struct stat st;
    (void)ctx;
    if (!c_path(path, z))
        return set(err, IO_FAILED, "not a possible path");
    if (lstat(z, &st) != 0)
        return from_errno(err, errno);
    if (S_ISREG(st.st_mode))
        return set(err, IO_OK, "");
    if (S_ISDIR(st.st_mode))
        return set(err, IO_IS_DIRECTORY, io_status_text(IO_IS_DIRECTORY));
    return set(err, IO_FAILED, S_ISLNK(st.st_mode) ? "a symbolic link" : "not a regular file");
}

static enum io_status posix_list(void *ctx, struct arena *a, str path, str **ret, uint32_t *ret_n,
                                 struct io_error *err) {
    char z[PATH_BYTES_MAX];
    (void)ctx;
    if (!c_path(path, z))
        return set(err, IO_FAILED, "not a possible path");
    DIR *d = opendir(z);
    if (d == NULL)
        return from_errno(err, errno);
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
        return from_errno(err, e);
    if (names.n > 1)
        qsort(names.at, names.n, sizeof *names.at, str_order);
    *ret = names.at;
    *ret_n = names.n;
    return set(err, IO_OK, "");
}

/* The file that was locked is still the one of that name. */
static bool is_current(int fd, const char *z) {
    struct stat mine, named;
    return fstat(fd, &mine) == 0 && stat(z, &named) == 0 && mine.st_dev == named.st_dev &&
           mine.st_ino == named.st_ino;
}

static enum io_status posix_lock(void *ctx, str path, int *ret, struct io_error *err) {
    char z[PATH_BYTES_MAX];
    (void)ctx;
    if (!c_path(path, z))
        return set(err, IO_FAILED, "not a possible path");
    for (unsigned i = 0; i < LOCK_TRIES; i++) {
        int fd = open(z, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd < 0 && errno == ENOENT && i == 0) {
            if (make_parents(z, err) != IO_OK)
                return err->status;
            continue;
        }
        if (fd < 0)
            return from_errno(err, errno);
        int e = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
        /* A file system without locks: better unlocked than not at all. */
        if ((e == 0 && is_current(fd, z)) || (e != 0 && e != EWOULDBLOCK && e != EINTR)) {
            *ret = fd;
            return set(err, IO_OK, "");
        }
        close(fd);
        if (e != 0)
            nanosleep(&(struct timespec){0, LOCK_WAIT_NS}, NULL);
    }
    return set(err, IO_BUSY, io_status_text(IO_BUSY));
}

static void posix_unlock(void *ctx, str path, int lock) {
    char z[PATH_BYTES_MAX];
    (void)ctx;
    if (c_path(path, z))
        unlink(z);
    close(lock);
}

struct io io_posix(void) {
    return (struct io){NULL,        posix_read, posix_write, posix_create, posix_remove,
                       posix_probe, posix_list, posix_lock,  posix_unlock, posix_stream};
}
