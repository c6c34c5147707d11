/* SPDX-License-Identifier: MIT */
#include "io/io.h"

const char *io_status_text(enum io_status s) {
    switch (s) {
    case IO_OK:
        return "no error";
    case IO_NOT_FOUND:
        return "no such file or folder";
    case IO_IS_DIRECTORY:
        return "it is a folder";
    case IO_NOT_DIRECTORY:
        return "a part of the path is not a folder";
    case IO_DENIED:
        return "permission denied";
    case IO_NO_SPACE:
        return "no space left on the disk";
    case IO_READ_ONLY:
        return "the file system is read-only";
    case IO_TOO_BIG:
        return "it is too big";
    case IO_FAILED:
        break;
    }
    return "it cannot be used as a file";
}

str io_path_join(struct arena *a, str dir, str name) {
    if (dir.n == 0 || (name.n > 0 && name.p[0] == '/'))
        return arena_str(a, name);
    bool slash = dir.p[dir.n - 1] == '/';
    return arena_printf(a, "%.*s%s%.*s", STR_ARG(dir), slash ? "" : "/", STR_ARG(name));
}

str io_path_dir(str path) {
    uint32_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/')
        n--;
    if (n == 0)
        return STR(".");
    return str_sub(path, 0, n > 1 ? n - 1 : 1);
}
