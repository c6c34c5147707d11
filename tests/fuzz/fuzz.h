/* SPDX-License-Identifier: MIT */
#ifndef OPSC_TESTS_FUZZ_FUZZ_H
#define OPSC_TESTS_FUZZ_FUZZ_H

#include "diag/diag.h"
#include "io/io.h"

/*
 * fuzz: what the targets share. A target is a function that gets an arena and the input; what it
 * must not do is crash, hang, leak, or call fuzz_fail().
 */
typedef void fuzz_fn(struct arena *a, str input);

/*
 * Runs `fn` in an arena of at most `ceiling_bytes`. Inputs are small (tools/fuzz.sh), so that the
 * ceiling is far more than honest work needs: to reach it is a finding.
 */
int fuzz_run(fuzz_fn *fn, size_t ceiling_bytes, const uint8_t *data, size_t size);

/* A broken promise: says which one, and aborts. */
_Noreturn void fuzz_fail(const char *promise, str detail);

/* Renders in every format; the list must hold an error when `failed`. */
void fuzz_diags(struct diag_list *dl, bool failed);

/*
 * One input as several files: a line "=== NAME" begins the file NAME; what is before the first such
 * line is `first`. At most 8 files.
 */
void fuzz_files(struct io_mem *m, str input, str first);

#endif
