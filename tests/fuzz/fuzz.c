/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "diag/render.h"

#include <stdio.h>
#include <stdlib.h>

#define OUTPUT_BYTES_MAX (16u << 20)
#define FILES_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_fail(const char *promise, str detail) {
    fprintf(stderr, "ERROR: broken promise: %s\n%.*s\n", promise, STR_ARG(detail));
    abort();
}

static void full(void *ctx, size_t asked) {
    (void)ctx;
    (void)asked;
    fuzz_fail("the memory that an input takes is in proportion to its size", STR(""));
}

int fuzz_run(fuzz_fn *fn, size_t ceiling_bytes, const uint8_t *data, size_t size) {
    struct arena *a = arena_new(ceiling_bytes, full, NULL);
    fn(a, (str){data, (uint32_t)size});
    arena_free(a);
    return 0;
}

void fuzz_diags(struct diag_list *dl, bool failed) {
    if (failed && dl->errors == 0)
        fuzz_fail("a failure is an error with a message", STR(""));
    diag_sort(dl);
    for (int format = 0; format < RENDER_COUNT; format++) {
        struct render_options opt = {.format = (enum render_format)format, .colour = true};
        struct buf out = BUF_INIT(OUTPUT_BYTES_MAX);
        render_diags(&out, dl, &opt);
        if (out.full)
            fuzz_fail("messages about a small input are not endless", STR(""));
        buf_done(&out);
    }
}

void fuzz_files(struct io_mem *m, str input, str first) {
    str rest = input, name = first;
    uint32_t from = 0, files = 0;
    while (rest.n > 0) {
        uint32_t at = (uint32_t)(rest.p - input.p);
        str line = str_split(&rest, '\n');
        if (!str_starts(line, STR("=== ")) || files == FILES_MAX)
            continue;
        io_mem_put(m, name, str_sub(input, from, at));
        name = str_trim(str_sub(line, 4, line.n));
        from = at + line.n + 1;
        files++;
    }
    io_mem_put(m, name, str_sub(input, from, input.n));
}
