/* SPDX-License-Identifier: MIT */
/* Any bytes as a YAML file: the loader, and the renderers on what it complains about. */
#include "diag/render.h"
#include "yaml/yaml.h"

#include <setjmp.h>
#include <stdlib.h>

/* Far more than honest input of libFuzzer's size needs: reaching it is a finding of its own. */
#define CEILING_BYTES (64u << 20)
#define OUTPUT_BYTES_MAX (16u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Noreturn void full(void *ctx, size_t asked) {
    jmp_buf *back = ctx;
    (void)asked;
    longjmp(*back, 1);
}

static void load(struct arena *a, str text) {
    struct sources sources;
    struct diag_list dl;
    uint32_t file;
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    file = sources_add(&sources, STR("ops.yaml"), text, false);
    if (yaml_parse(a, &dl, file) == NULL && dl.errors == 0)
        abort(); /* the contract: NULL only after an error was added */
    diag_sort(&dl);
    for (int format = 0; format < RENDER_COUNT; format++) {
        struct render_options opt = {.format = (enum render_format)format, .colour = true};
        struct buf out = BUF_INIT(OUTPUT_BYTES_MAX);
        render_diags(&out, &dl, &opt);
        buf_done(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    jmp_buf back;
    struct arena *a;
    if (size > YAML_BYTES_MAX)
        return 0;
    a = arena_new(CEILING_BYTES, full, &back);
    if (setjmp(back) == 0)
        load(a, (str){data, (uint32_t)size});
    arena_free(a);
    return 0;
}
