/* SPDX-License-Identifier: MIT */
#include "io/io.h"

#include <stdio.h>

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
    case IO_LONG_NAME:
        return "the path, or a name in it, is too long";
    case IO_TOO_MANY:
        return "too many files are open at once (`ulimit -n`)";
    case IO_EXISTS:
        return "another program has just made it";
    case IO_BUSY:
        return "another opsc is writing there";
    case IO_NOT_FETCHED:
        return "it is not in this clone, or git cannot read it";
    case IO_FAILED:
        break;
    }
    return "it cannot be used as a file";
}

enum io_status io_set(struct io_error *err, enum io_status s) {
    err->status = s;
    snprintf(err->detail, sizeof err->detail, "%s", s == IO_OK ? "" : io_status_text(s));
    return s;
}

bool io_is_temporary(str name) {
    str mark = STR(IO_TEMPORARY);
    uint32_t at = 0;
    while (at + mark.n < name.n && !str_starts(str_sub(name, at, name.n), mark))
        at++;
    str rest = str_sub(name, at + mark.n, name.n);
    bool dash = false, ok = at > 0 && rest.n >= 3;
    for (uint32_t i = 0; i < rest.n; i++) {
        bool digit = ascii_is_digit(rest.p[i]);
        ok &= digit || (rest.p[i] == '-' && !dash && i > 0);
        dash |= rest.p[i] == '-';
    }
    return ok && dash;
}

bool io_is_unfinished(str text) {
    return text.n == 0 || text.p[text.n - 1] == 0;
}

str io_path_join(struct arena *a, str dir, str name) {
    while (str_starts(name, STR("./")))
        name = str_sub(name, 2, name.n);
    if (dir.n == 0 || str_is(dir, ".") || (name.n > 0 && name.p[0] == '/'))
        return arena_str(a, name);
    bool slash = dir.p[dir.n - 1] == '/';
    return arena_cat3(a, dir, slash ? STR("") : STR("/"), name);
}

str io_path_dir(str path) {
    uint32_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/')
        n--;
    if (n == 0)
        return STR(".");
    return str_sub(path, 0, n > 1 ? n - 1 : 1);
}

str io_path_name(str path) {
    uint32_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/')
        n--;
    return str_sub(path, n, path.n);
}
