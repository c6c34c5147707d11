/* SPDX-License-Identifier: MIT */
/* A manifest that somebody damaged: nothing outside of the folder and nothing of others is touched.
 */
#include "emit/manifest.h"
#include "fuzz.h"

#define CEILING_BYTES (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(const struct io_mem *m, str path, str text) {
    if (!str_eq(io_mem_get(m, path), text))
        fuzz_fail("a file that is not opsc's stays as it is", path);
}

static void write(struct arena *a, const struct io_mem *m, const struct io *io, bool force) {
    struct sources sources;
    struct diag_list dl;
    struct output o;
    struct output_plan plan;
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    output_init(&o, a);
    output_add(&o, STR("made.txt"), STR("made\n"), false);
    output_add(&o, STR("terraform/made.tf"), STR("# made\n"), false);
    const struct output_options opt = {.force = force};
    bool ok = output_compare(&o, io, &dl, STR("out"), &opt, &plan) &&
              output_write(&o, io, &dl, STR("out"), &opt, &plan);
    fuzz_diags(&dl, !ok);
    must_be(m, STR("beside.txt"), STR("beside"));
    must_be(m, STR("/etc/passwd"), STR("root"));
    if (!force) /* a manifest may name it: then it counts as edited */
        must_be(m, STR("out/foreign.txt"), STR("foreign"));
    if (!ok)
        return;
    must_be(m, STR("out/made.txt"), STR("made\n"));
    must_be(m, STR("out/terraform/made.tf"), STR("# made\n"));
    struct output_plan again;
    if (!output_compare(&o, io, &dl, STR("out"), &opt, &again) ||
        again.counts[OUTPUT_SAME] != again.entries.n)
        fuzz_fail("a second run has nothing to do", STR(""));
}

static void check(struct arena *a, str input) {
    for (int force = 0; force < 2; force++) {
        struct io_mem *m = io_mem_new(a);
        struct io io = io_mem(m);
        io_mem_put(m, STR("beside.txt"), STR("beside"));
        io_mem_put(m, STR("/etc/passwd"), STR("root"));
        /* Named by no manifest with the right hash. */
        io_mem_put(m, STR("out/foreign.txt"), STR("foreign"));
        io_mem_put(m, STR("out/gone.txt"), STR("gone\n"));
        io_mem_put(m, STR("out/" OUTPUT_MANIFEST), input);
        write(a, m, &io, force);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return size > UINT16_MAX ? 0 : fuzz_run(check, CEILING_BYTES, data, size);
}
