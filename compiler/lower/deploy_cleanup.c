/* SPDX-License-Identifier: MIT */
#include "lower/deploy.h"

/* Patterns of `cleanup.logs`. Root removes what they match, by a timer: what a slip of the pen or a
 * value from elsewhere must not reach is refused here. */

/* Where a system has its programs, settings and state. */
static const char *const system_folders[] = {
    "/bin/",  "/boot/", "/dev/", "/etc/", "/lib/", "/lib32/",        "/lib64/",        "/proc/",
    "/root/", "/sbin/", "/sys/", "/usr/", "/run/", "/var/lib/dpkg/", "/var/lib/opsc/",
};

static bool has_wildcard(str part) {
    return str_find(part, '*') < part.n || str_find(part, '?') < part.n ||
           str_find(part, '[') < part.n;
}

/* Whether each part of the path is a name: no `..`, by which a pattern gets elsewhere. */
static bool is_plain(str pattern) {
    for (str rest = str_sub(pattern, 1, pattern.n); rest.n > 0;) {
        str part = str_split(&rest, '/');
        if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
            return false;
    }
    return !str_ends(pattern, STR("/"));
}

/* How many folders it names before the first wildcard: "/var/log/x-*.gz" 2. */
static uint32_t depth_of(str pattern) {
    uint32_t depth = 0;
    for (str rest = str_sub(pattern, 1, pattern.n); rest.n > 0; depth++) {
        str part = str_split(&rest, '/');
        if (rest.n == 0 || has_wildcard(part))
            break;
    }
    return depth;
}

static bool is_of_system(str pattern) {
    for (size_t i = 0; i < sizeof system_folders / sizeof *system_folders; i++) {
        if (str_starts(pattern, str_c(system_folders[i])))
            return true;
    }
    return false;
}

/* /var and what is right below it hold more than logs. */
static bool is_wide(str pattern) {
    uint32_t depth = depth_of(pattern);
    if (str_starts(pattern, STR("/var/lib/")))
        return depth < 3;
    return depth < (str_starts(pattern, STR("/var/")) ? 2u : 1u);
}

bool deploy_check_logs(struct lower *l, const struct cfg_texts *logs) {
    bool ok = true;
    for (uint32_t i = 0; i < logs->n; i++) {
        str pattern = logs->items[i].text;
        const char *why = !is_plain(pattern)      ? "has parts that are no names of folders"
                          : is_of_system(pattern) ? "is where the system has its own files"
                          : is_wide(pattern)      ? "matches files of more than one program"
                                                  : NULL;
        if (why == NULL)
            continue;
        struct diag *d =
            diag_add(l->dl, DIAG_BAD_VALUE, logs->items[i].at, "`%.*s` %s", STR_ARG(pattern), why);
        diag_hint(l->dl, d,
                  "Name the folder of the logs, then what is to go there: `/var/log/reco/*.gz`.");
        ok = false;
    }
    return ok;
}
