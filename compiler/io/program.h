/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IO_PROGRAM_H
#define OPSC_IO_PROGRAM_H

#include "base/arena.h"

/* program: runs another program, found in PATH, without a shell, and takes what it prints. */
struct program_result {
    bool started; /* false: `complaint` says why not */
    int status;   /* of its exit; -1: it was ended by a signal, or printed too much */
    str output;
    str complaint; /* the last line of its standard error; may be empty */
};

/* Its standard input is empty. It may print `max` bytes. */
void program_run(struct arena *a, const str *words, uint32_t n, size_t max,
                 struct program_result *ret);

#endif
