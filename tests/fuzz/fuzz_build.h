/* SPDX-License-Identifier: MIT */
#ifndef OPSC_TESTS_FUZZ_FUZZ_BUILD_H
#define OPSC_TESTS_FUZZ_FUZZ_BUILD_H

#include "cost/cost.h"
#include "io/io.h"

#define FUZZ_BUILD_CEILING_BYTES (512u << 20)

/*
 * The whole compile of `ops.yaml` in `m`, twice. Errors are rendered; without errors both runs give
 * the same files and the same costs, and what is named .json is JSON.
 */
void fuzz_build(struct arena *a, struct io_mem *m);

/*
 * What a system costs, in all formats, as one text of the arena: the JSON is JSON, a total is the
 * sum of its lines, and what is free makes nothing dearer.
 */
str fuzz_cost(struct arena *a, const struct cost_run *r);

#endif
