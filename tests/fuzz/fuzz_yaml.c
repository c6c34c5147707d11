/* SPDX-License-Identifier: MIT */
/* Any bytes as a YAML file: the loader, and the renderers on what it complains about. */
#include "fuzz.h"

#include "yaml/yaml.h"

#define CEILING_BYTES (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void load(struct arena *a, str text) {
    struct sources sources;
    struct diag_list dl;
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    uint32_t file = sources_add(&sources, STR("ops.yaml"), text, false);
    bool failed = yaml_parse(a, a, &dl, file) == NULL;
    fuzz_diags(&dl, failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return size > YAML_BYTES_MAX ? 0 : fuzz_run(load, CEILING_BYTES, data, size);
}
