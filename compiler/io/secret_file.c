/* SPDX-License-Identifier: MIT */
#include "io/secret_file.h"

#include "io/io.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool write_all(int fd, str text) {
    uint32_t done = 0;
    while (done < text.n) {
        ssize_t n = write(fd, text.p + done, text.n - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (uint32_t)n : 0;
    }
    return fsync(fd) == 0;
}

bool secret_file_write(struct arena *a, str path, str text) {
    str name = arena_cat3(a, path, STR(IO_TEMPORARY), STR("XXXXXX"));
    char *temporary = (char *)name.p;
    int fd = mkstemp(temporary); /* of mode 0600 */
    if (fd < 0)
        return false;
    bool ok = write_all(fd, text);
    ok &= close(fd) == 0;
    ok = ok && rename(temporary, (const char *)arena_str(a, path).p) == 0;
    if (!ok)
        unlink(temporary);
    return ok;
}
