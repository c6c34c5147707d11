/* SPDX-License-Identifier: MIT */
#include "fuzz_build.h"

#include "cli/compile.h"
#include "fuzz.h"

#include <cJSON.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool run(struct arena *a, const struct io *io, struct compile_result *ret, str *ret_cost) {
    struct sources sources;
    struct diag_list dl;
    struct cost_run cost;
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    cost_init(&cost, a, &dl);
    struct compile_options opt = {
        .spec = {.file = STR("ops.yaml")}, .explain = true, .cost = &cost};
    bool ok = compile(a, &dl, io, &opt, ret);
    fuzz_diags(&dl, !ok);
    *ret_cost = ok ? fuzz_cost(a, &cost) : STR("");
    return ok;
}

static void check_json(const struct output_file *f) {
    cJSON *root = cJSON_ParseWithLength((const char *)f->text.p, f->text.n);
    if (root == NULL)
        fuzz_fail("a .json file is JSON", f->path);
    cJSON_Delete(root);
}

static void check_file(const struct output_file *f, const struct output_file *again) {
    if (!str_eq(f->path, again->path) || !str_eq(f->text, again->text) ||
        f->executable != again->executable)
        fuzz_fail("the same input gives the same bytes", f->path);
    if (!str_ends(f->path, STR(".zip")) && utf8_check(f->text) != f->text.n)
        fuzz_fail("what is written is UTF-8", f->path);
    if (str_ends(f->path, STR(".json")))
        check_json(f);
}

void fuzz_build(struct arena *a, struct io_mem *m) {
    struct io io = io_mem(m);
    struct compile_result first, second;
    str cost, cost_again;
    bool ok = run(a, &io, &first, &cost), again = run(a, &io, &second, &cost_again);
    if (ok != again)
        fuzz_fail("the same input gives the same status", STR(""));
    if (!ok)
        return;
    if (first.output.files.n != second.output.files.n || !str_eq(first.explain, second.explain))
        fuzz_fail("the same input gives the same files", STR(""));
    if (!str_eq(cost, cost_again))
        fuzz_fail("the same input gives the same costs", cost);
    for (uint32_t i = 0; i < first.output.files.n; i++)
        check_file(&first.output.files.at[i], &second.output.files.at[i]);
}
