/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/map.h"

#include <stdio.h>
#include <string.h>

static bool aligned(const void *p, size_t align) {
    return (uintptr_t)p % align == 0;
}

static void memory_is_zeroed_aligned_and_apart(void **state) {
    struct arena *a = *state;
    unsigned char *all[400];
    size_t sizes[400];
    for (unsigned i = 0; i < 400; i++) {
        size_t align = (size_t)1 << i % 5;
        sizes[i] = i * 37 % 3001;
        all[i] = arena_alloc(a, sizes[i], align);
        assert_true(aligned(all[i], align));
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(all[i][k], 0);
        memset(all[i], (int)(i % 255 + 1), sizes[i]);
    }
    for (unsigned i = 0; i < 400; i++) {
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(all[i][k], i % 255 + 1);
    }
}

static void digit(void *what) {
    uint32_t *number = *(uint32_t **)what;
    *number = *number * 10 + ((uint32_t **)what)[1][0];
}

/* The last first, with memory of the arena still there. */
static void endings_come_before_the_end(void **state) {
    (void)state;
    uint32_t number = 0;
    struct arena *a = arena_new((size_t)1 << 20, NULL, NULL);
    for (uint32_t i = 1; i <= 3; i++) {
        uint32_t **what = ARENA_ARRAY(a, uint32_t *, 2);
        what[0] = &number;
        what[1] = ARENA_NEW(a, uint32_t);
        *what[1] = i;
        arena_at_end(a, digit, what);
    }
    assert_int_equal(number, 0);
    arena_free(a);
    assert_int_equal(number, 321);
}

static void large_objects(void **state) {
    struct arena *a = *state;
    unsigned char *big = arena_alloc(a, (size_t)20 << 20, 16), *small = arena_alloc(a, 1, 1);
    big[0] = big[((size_t)20 << 20) - 1] = 1;
    *small = 1;
    assert_true(aligned(big, 16));
    assert_true(arena_used(a) >= (size_t)20 << 20);
}

static void the_ceiling_calls_the_handler(void **state) {
    (void)state;
    jmp_buf back;
    struct arena *a = unit_small_arena((size_t)1 << 20, &back);
    unsigned *volatile seen = arena_alloc(a, sizeof *seen, _Alignof(unsigned));
    if (setjmp(back) == 0) {
        for (;;) {
            memset(arena_alloc(a, 1000, 8), 1, 1000);
            ++*seen;
        }
    }
    /* Most of it could be used, and not more. */
    assert_in_range(*seen, 400, 1049);
    assert_true(arena_used(a) <= (size_t)1 << 20);
    arena_free(a);
}

static void must_not_give(size_t size) {
    jmp_buf back;
    struct arena *a = unit_small_arena((size_t)1 << 20, &back);
    if (setjmp(back) == 0) {
        arena_alloc(a, size, 8);
        fail_msg("%zu bytes were given", size);
    }
    arena_free(a);
}

static void sizes_that_cannot_be(void **state) {
    (void)state;
    must_not_give(SIZE_MAX);
    must_not_give(SIZE_MAX - 15);
    must_not_give(SIZE_MAX / 2);
    must_not_give((SIZE_MAX >> 1) + 1);
    must_not_give(((size_t)1 << 20) + 1);
    arena_free(NULL);
}

static void vectors_grow_to_the_ceiling(void **state) {
    (void)state;
    jmp_buf back;
    struct arena *a = unit_small_arena((size_t)1 << 20, &back);
    VEC(uint64_t) *v = arena_alloc(a, sizeof *v, 16);
    if (setjmp(back) == 0) {
        for (uint64_t next = 0;; next += 3)
            VEC_PUSH(a, v, next);
    }
    assert_true(v->n >= 16384);
    for (uint32_t i = 0; i < v->n; i++)
        assert_int_equal(v->at[i], (uint64_t)i * 3);
    /* A number of items that does not fit its type. */
    void *at = NULL;
    uint32_t cap = UINT32_C(1) << 31;
    if (setjmp(back) == 0) {
        vec_reserve(a, &at, cap, &cap, 1);
        fail();
    }
    arena_free(a);
}

static void growing_keeps_what_is_there(void **state) {
    struct arena *a = *state;
    const char *p = arena_grow(a, "abc", 3, 10, 1);
    assert_memory_equal(p, "abc\0\0\0\0\0\0", 10);
    assert_memory_equal(arena_grow(a, p, 3, 2, 1), "ab", 2);
    assert_non_null(arena_grow(a, NULL, 0, 4, 4));
}

static void texts_are_copied(void **state) {
    struct arena *a = *state;
    str s = arena_str(a, STR("a\0b"));
    assert_int_equal(s.n, 3);
    assert_memory_equal(s.p, "a\0b", 4);
    s = arena_str(a, (str){NULL, 0});
    assert_non_null(s.p);
    assert_int_equal(s.p[0], 0);
    s = arena_cat(a, STR("ab"), STR("c"));
    assert_memory_equal(s.p, "abc", 4);
    assert_int_equal(arena_cat(a, (str){NULL, 0}, (str){NULL, 0}).n, 0);
}

/* Around the size of the buffer on the stack. */
static void formatted_texts_of_any_length(void **state) {
    struct arena *a = *state;
    for (int n = 250; n < 262; n++) {
        str s = arena_printf(a, "%*d|", n, 7);
        assert_int_equal(s.n, n + 1);
        assert_memory_equal(s.p + n - 1, "7|", 3);
        assert_int_equal(s.p[0], ' ');
    }
    assert_int_equal(arena_printf(a, "%s", "").n, 0);
    assert_int_equal(arena_printf(a, "%100000d", 1).n, 100000);
}

static void maps_find_what_they_hold(void **state) {
    struct arena *a = *state;
    struct map m = {0};
    int values[3000];
    assert_null(map_get(&m, STR("a")));
    for (int i = 0; i < 3000; i++)
        assert_null(map_add(a, &m, arena_printf(a, "key-%d", i), &values[i]));
    assert_int_equal(m.n, 3000);
    for (int i = 0; i < 3000; i++) {
        str key = arena_printf(a, "key-%d", i);
        assert_ptr_equal(map_get(&m, key), &values[i]);
        assert_true(str_eq(m.entries[i].key, key));
    }
    assert_null(map_get(&m, STR("key-3000")));
    assert_null(map_get(&m, STR("")));
    /* The first one stays. */
    assert_ptr_equal(map_add(a, &m, STR("key-7"), &values[0]), &values[7]);
    assert_ptr_equal(map_get(&m, STR("key-7")), &values[7]);
    assert_int_equal(m.n, 3000);
    assert_null(map_add(a, &m, STR(""), &values[1]));
    assert_null(map_add(a, &m, STR("\0"), &values[2]));
    assert_ptr_equal(map_get(&m, STR("")), &values[1]);
    assert_ptr_equal(map_get(&m, STR("\0")), &values[2]);
}

static void count_end(void *what) {
    (*(int *)what)++;
}

static void one_within_goes_before_or_with_the_other(void **state) {
    (void)state;
    struct arena *a = arena_new(64u << 20, NULL, NULL);
    int ended[3] = {0};
    struct arena *within[3];
    for (int i = 0; i < 3; i++) {
        within[i] = arena_within(a);
        arena_at_end(within[i], count_end, &ended[i]);
    }
    arena_free(within[1]);
    assert_int_equal(ended[1], 1);
    arena_free(a);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ended[i], 1);
}

static void small_ones_grow_as_others_do(void **state) {
    struct arena *a = arena_small(*state);
    VEC(uint64_t) v = {0};
    unsigned char *few = arena_alloc(a, 100, 16);
    assert_in_range(arena_used(a), 100, 8192);
    for (uint64_t i = 0; i < 200000; i++)
        VEC_PUSH(a, &v, i);
    for (uint64_t i = 0; i < 200000; i++)
        assert_int_equal(v.at[i], i);
    unsigned char *large = arena_alloc(a, 30000, 16);
    memset(few, 1, 100);
    memset(large, 2, 30000);
    assert_int_equal(v.at[0], 0);
    arena_free(a);
}

static void a_cleared_one_is_as_new(void **state) {
    struct arena *a = arena_within(*state);
    int ended = 0;
    for (int round = 1; round <= 3; round++) {
        arena_at_end(a, count_end, &ended);
        arena_at_end(arena_within(a), count_end, &ended);
        unsigned char *small = arena_alloc(a, 1000, 16), *large = arena_alloc(a, 5u << 20, 16);
        for (size_t i = 0; i < 1000; i++)
            assert_int_equal(small[i], 0);
        assert_int_equal(large[(5u << 20) - 1], 0);
        memset(small, 0xAA, 1000);
        memset(large, 0xAA, 5u << 20);
        arena_clear(a);
        assert_int_equal(ended, 2 * round);
        assert_true(arena_used(a) < 1u << 20);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(memory_is_zeroed_aligned_and_apart),
        UNIT_TEST(endings_come_before_the_end),
        UNIT_TEST(large_objects),
        cmocka_unit_test(the_ceiling_calls_the_handler),
        cmocka_unit_test(sizes_that_cannot_be),
        cmocka_unit_test(vectors_grow_to_the_ceiling),
        UNIT_TEST(growing_keeps_what_is_there),
        UNIT_TEST(texts_are_copied),
        UNIT_TEST(formatted_texts_of_any_length),
        UNIT_TEST(maps_find_what_they_hold),
        cmocka_unit_test(one_within_goes_before_or_with_the_other),
        UNIT_TEST(small_ones_grow_as_others_do),
        UNIT_TEST(a_cleared_one_is_as_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
