/* SPDX-License-Identifier: MIT */
#ifndef OPSC_TESTS_UNIT_UNIT_H
#define OPSC_TESTS_UNIT_UNIT_H

/* unit: what the unit tests share. cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

/* An arena for one test, as its state: cmocka_unit_test_setup_teardown(test, unit_setup, ...). */
int unit_setup(void **state);
int unit_teardown(void **state);
#define UNIT_TEST(f) cmocka_unit_test_setup_teardown(f, unit_setup, unit_teardown)

/* Fails with both texts when they differ. */
#define assert_text(got, want) unit_assert_text((got), (want), __FILE__, __LINE__)
void unit_assert_text(str got, const char *want, const char *file, int line);

/*
 * An arena that stops at `ceiling_bytes`: the handler jumps to `*back`.
 *     if (setjmp(back) == 0) { ...; fail(); }
 */
struct arena *unit_small_arena(size_t ceiling_bytes, jmp_buf *back);

#endif
