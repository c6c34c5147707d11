/* SPDX-License-Identifier: MIT */
#include "unit.h"

#define CEILING_BYTES ((size_t)1 << 30)

int unit_setup(void **state) {
    *state = arena_new(CEILING_BYTES, NULL, NULL);
    return 0;
}

int unit_teardown(void **state) {
    arena_free(*state);
    return 0;
}

void unit_assert_text(str got, const char *want, const char *file, int line) {
    if (str_is(got, want))
        return;
    print_error("got:\n%.*s\nwanted:\n%s\n", STR_ARG(got), want);
    _fail(file, line);
}

static _Noreturn void jump(void *ctx, size_t asked) {
    jmp_buf *back = ctx;
    (void)asked;
    longjmp(*back, 1);
}

struct arena *unit_small_arena(size_t ceiling_bytes, jmp_buf *back) {
    return arena_new(ceiling_bytes, jump, back);
}
