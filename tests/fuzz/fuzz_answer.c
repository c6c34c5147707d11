/* SPDX-License-Identifier: MIT */
/* An answer that AWS would never give: it is refused, or becomes nodes that are what they are. The
 * first byte says to which operation it is the answer. */
#include "diff/diff.h"
#include "fuzz.h"
#include "live/answer.h"
#include "live/items.h"

#define CEILING_BYTES (512u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, str input) {
    const char *why = NULL;
    str reason = STR("");
    if (input.n == 0)
        return;
    struct graph *g = graph_new(a);
    const struct resource_kind *kind = NULL;
    uint32_t which = input.p[0] % resource_kinds_n;
    for (uint32_t i = 0; i < resource_kinds_n && kind == NULL; i++) {
        const struct resource_kind *k = resource_kinds[(which + i) % resource_kinds_n];
        kind = k->nreads > 0 ? k : NULL;
    }
    if (kind == NULL)
        return;
    const struct resource_read *read = &kind->reads[input.p[0] / resource_kinds_n % kind->nreads];
    const struct resource_call *call = read->call;
    struct arena *scratch = arena_small(a);
    const struct value *v =
        answer_of(scratch, aws_service_find(str_c(call->service)), str_c(call->operation),
                  call->root, str_sub(input, 1, input.n), &why);
    if (v == NULL && why == NULL)
        fuzz_fail("what is refused has a reason", str_c(kind->tf));
    if (v == NULL)
        return;
    struct items to = {.into = g, .own = a};
    struct items_from from = {
        .kind = kind, .read = read, .asked = value_map(a, 0, SPAN_NONE), .answer = v};
    bool ok = items_add(&to, scratch, &from, &reason);
    if (!ok && reason.n == 0)
        fuzz_fail("what is strange has a reason", str_c(kind->tf));
    /* Nothing of the answer is in the nodes. */
    arena_free(scratch);
    struct diff d;
    const struct diff_options o = {.partition = STR("aws")};
    diff_graphs(a, g, g, &o, &d);
    /* Two things of one name may differ from each other. */
    if (d.sums[DIFF_CREATE] + d.sums[DIFF_UNREAD] + d.unknown > 0 ||
        (g->nodes.n == 1 && d.sums[DIFF_SAME] != 1))
        fuzz_fail("what is there is as it is", str_c(kind->tf));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return size > UINT16_MAX ? 0 : fuzz_run(check, CEILING_BYTES, data, size);
}
