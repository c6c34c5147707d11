/* SPDX-License-Identifier: MIT */
#include "io/secret_file.h"

#include "io/posix_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool secret_file_write(struct arena *a, str path, str text) {
    str name = arena_cat3(a, path, STR(IO_TEMPORARY), STR("XXXXXX"));
    char *temporary = (char *)name.p;
    int fd = mkstemp(temporary); /* of mode 0600 */
    if (fd < 0)
        return false;
    bool ok = posix_write_all(fd, text) && fsync(fd) == 0;
    ok &= close(fd) == 0;
    ok = ok && rename(temporary, (const char *)arena_str(a, path).p) == 0;
    if (!ok)
        unlink(temporary);
    return ok;
}
