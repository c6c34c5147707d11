/* SPDX-License-Identifier: MIT */
/* A spec, and the files that it includes, through the whole compiler (files: fuzz_files()). */
#include "fuzz.h"
#include "fuzz_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, str input) {
    struct io_mem *m = io_mem_new(a);
    fuzz_files(m, input, STR("ops.yaml"));
    fuzz_build(a, m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return size > UINT16_MAX ? 0 : fuzz_run(check, FUZZ_BUILD_CEILING_BYTES, data, size);
}
