/* SPDX-License-Identifier: MIT */
/* A user's catalog file, kind.yaml, and a spec that uses it (files: fuzz_files()). */
#include "fuzz.h"
#include "fuzz_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is compiled when the input brings no spec of its own. */
static const char spec[] = "opsc: 1\n"
                           "project: p\n"
                           "environment: e\n"
                           "aws: { region: eu-central-1 }\n"
                           "notify: { ops: a@example.com }\n"
                           "catalog: [kind.yaml]\n"
                           "resources: { it: { kind: thing, id: x } }\n";

static void check(struct arena *a, str input) {
    struct io_mem *m = io_mem_new(a);
    io_mem_put(m, STR("ops.yaml"), str_c(spec));
    fuzz_files(m, input, STR("kind.yaml"));
    fuzz_build(a, m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return size > UINT16_MAX ? 0 : fuzz_run(check, FUZZ_BUILD_CEILING_BYTES, data, size);
}
