/* SPDX-License-Identifier: MIT */
#include "io/posix_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BYTES 4096 /* the least that systems have */
#define TEMP_TRIES 100
#define TWO_FROM 64 /* so many files are worth a second thread */

/* Makes the folder of the file when that alone is missing, as it mostly is; false: it did not. */
static bool make_folder(char *z) {
    char *last = strrchr(z, '/');
    if (last == NULL || last == z)
        return false;
    *last = 0;
    bool made = mkdir(z, 0777) == 0;
    *last = '/';
    return made;
}

enum io_status posix_make_parents(char *z, struct io_error *err) {
    if (make_folder(z))
        return io_set(err, IO_OK);
    for (char *p = z + 1; *p != 0; p++) {
        if (*p != '/')
            continue;
        *p = 0;
        int e = mkdir(z, 0777) == 0 ? 0 : errno;
        struct stat st;
        /* Folders near the root may exist without our right to make them. */
        bool there = e == 0 || (stat(z, &st) == 0 && S_ISDIR(st.st_mode));
        *p = '/';
        if (!there)
            return e == EEXIST ? io_set(err, IO_NOT_DIRECTORY) : posix_error(err, e);
    }
    return io_set(err, IO_OK);
}

bool posix_write_all(int fd, str text) {
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

static int open_temp(const char *target, bool executable, char temp[POSIX_PATH_MAX + 64]) {
    for (unsigned i = 0; i < TEMP_TRIES; i++) {
        snprintf(temp, POSIX_PATH_MAX + 64, "%s" IO_TEMPORARY "%ld-%u", target, (long)getpid(), i);
        int fd = open_new(temp, executable);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* Writes all and closes. */
static bool fill(int fd, str text) {
    bool ok = posix_write_all(fd, text);
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
        return io_set(err, IO_OK);
    unlink(z);
    return posix_error(err, e);
}

/* A device, pipe or socket, also behind a link: root could replace /dev/null by a file. */
static bool is_special(const char *z) {
    struct stat st;
    return stat(z, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

enum io_status posix_write(void *ctx, str path, str text, bool executable, struct io_error *err) {
    char z[POSIX_PATH_MAX], temp[POSIX_PATH_MAX + 64];
    (void)ctx;
    if (!posix_path(path, z))
        return posix_no_path(path, err);
    if (is_special(z))
        return posix_set(err, IO_FAILED, "not a regular file");
    int fd = open_temp(z, executable, temp);
    if (fd < 0 && errno == ENOENT) {
        if (posix_make_parents(z, err) != IO_OK)
            return err->status;
        fd = open_temp(z, executable, temp);
    }
    if (fd < 0)
        return posix_error(err, errno);
    return end_write(temp, fill(fd, text) && rename(temp, z) == 0, err);
}

/* Under its own name. */
static enum io_status create(const struct io_file *f, bool first, struct io_error *err) {
    char z[POSIX_PATH_MAX];
    if (!posix_path(f->path, z))
        return posix_no_path(f->path, err);
    /* A file that cannot be opened takes as long as a small one that can. */
    if (first)
        (void)make_folder(z);
    int fd = open_new(z, f->executable);
    if (fd < 0 && errno == ENOENT) {
        if (posix_make_parents(z, err) != IO_OK)
            return err->status;
        fd = open_new(z, f->executable);
    }
    if (fd < 0)
        return posix_error(err, errno);
    /* What is not written yet are NULs: io_is_unfinished(). A page is written at once. */
    bool sized = f->text.n <= PAGE_BYTES || ftruncate(fd, (off_t)f->text.n) == 0;
    return end_write(z, fill(fd, f->text) && sized, err);
}

/* Files that are put from both ends at once: what one thread is at is far from the other, as are
 * their folders, each of which only one can change at a time. */
struct putting {
    const struct io_file *files;
    uint32_t n;
    atomic_uint taken, done;
    atomic_bool failed;
};

struct putter {
    struct putting *all;
    bool from_end;
    uint32_t failed; /* which file */
    struct io_error err;
};

static void *put_files(void *of) {
    struct putter *p = of;
    struct putting *all = p->all;
    str folder = STR("");
    for (uint32_t k = 0; !all->failed && atomic_fetch_add(&all->taken, 1) < all->n; k++) {
        uint32_t i = p->from_end ? all->n - 1 - k : k;
        const struct io_file *f = &all->files[i];
        str in = io_path_dir(f->path);
        enum io_status s = f->replaces ? posix_write(NULL, f->path, f->text, f->executable, &p->err)
                                       : create(f, f->no_folder && !str_eq(in, folder), &p->err);
        folder = in;
        if (s == IO_OK) {
            all->done++;
        } else {
            p->failed = i;
            all->failed = true;
        }
    }
    return NULL;
}

enum io_status posix_put(void *ctx, const struct io_file *files, uint32_t n, struct io_put *ret,
                         struct io_error *err) {
    struct putting all = {.files = files, .n = n};
    struct putter front = {.all = &all}, back = {.all = &all, .from_end = true};
    pthread_t second;
    (void)ctx;
    bool two = n >= TWO_FROM && sysconf(_SC_NPROCESSORS_ONLN) > 1 &&
               pthread_create(&second, NULL, put_files, &back) == 0;
    put_files(&front);
    if (two)
        pthread_join(second, NULL);
    const struct putter *p = front.err.status != IO_OK ? &front : &back;
    *ret = (struct io_put){all.done, p->failed};
    *err = p->err;
    return err->status;
}
