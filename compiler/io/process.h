/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IO_PROCESS_H
#define OPSC_IO_PROCESS_H

#include "base/arena.h"

#include <stdio.h>

/*
 * process: another program, found in PATH and started without a shell. Internal to io/.
 *
 * It gets the environment that opsc has but for the variables that `dropped` names, and those of
 * `set` ("NAME=VALUE"). What it is asked must fit a pipe before it answers; what it complains of is
 * read when it has ended.
 */
enum { PROCESS_WORDS_MAX = 16 };

struct process {
    long pid;
    FILE *in, *out; /* what it reads, what it writes */
    int complaints; /* its standard error */
};

/* False: it could not be started; `errno` is why, ENOENT when there is no such program. */
bool process_start(struct arena *a, const char *const *words, bool (*dropped)(str variable),
                   const char *const *set, struct process *ret);
/*
 * Closes what it reads and waits for its end. Its exit status, or -1; `ret_complaint` (NULL: not
 * wanted) is the last line of its standard error, which may be empty.
 */
int process_end(struct arena *a, struct process *p, str *ret_complaint);

#endif
