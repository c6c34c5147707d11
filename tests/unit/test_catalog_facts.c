/* SPDX-License-Identifier: MIT */
/* Facts that rest on facts: each is worked out once, however many name it. */
#include "unit.h"

#include "catalog/wants.h"

#include <stdio.h>

#define WIDTH 60
#define LEVELS 8
#define KIND_MAX (1u << 20)
/* Some 500 facts of 60 parts each need a few megabytes; each of them for each other, all there is.
 */
#define ENOUGH_BYTES ((size_t)48 << 20)

struct fixture {
    struct sources sources;
    struct diag_list dl;
    struct catalog c;
    struct watched *w;
};

/* A resource of a kind with these facts, and with an attribute `size` that it does not have. */
static void setup(struct fixture *f, struct arena *a, const struct buf *facts) {
    struct io_mem *m = io_mem_new(a);
    struct io io = io_mem(m);
    struct cfg_text file = {.text = STR("own.yaml")};
    str text = arena_cat(a,
                         STR("kind: own\ntitle: Own\ndoc: Own.\nattributes:\n"
                             "  size: { type: count, doc: Size., example: \"5\" }\nmetrics: {}\n"
                             "facts:\n"),
                         buf_str(facts));
    io_mem_put(m, STR("own.yaml"), text);
    sources_init(&f->sources, a);
    diag_list_init(&f->dl, a, &f->sources);
    catalog_init(&f->c, a, &f->dl);
    struct cfg_texts files = {&file, 1, SPAN_NONE};
    assert_true(catalog_add_files(&f->c, &io, &files, STR("ops.yaml")));
    f->w = watched_implicit(&f->c, catalog_kind(&f->c, STR("own")), SPAN_NONE);
}

static void value_is(struct fixture *f, const char *name, int64_t want) {
    struct fact got;
    assert_true(watched_fact(&f->c, f->w, str_c(name), &got));
    assert_true(num_cmp(got.q.value, num_int(want)) == 0);
}

static void has_no_value(struct fixture *f, const char *name) {
    struct fact got;
    assert_false(watched_fact(&f->c, f->w, str_c(name), &got));
}

static void wants_are(struct fixture *f, const char *name, bool ruled_out, const char *want) {
    struct wants s = {.arena = f->c.arena};
    wants_fact(&f->c, f->w, str_c(name), &s);
    assert_int_equal(s.ruled_out, ruled_out);
    assert_text(wants_text(&s), want);
}

/* Every fact of a level is the sum of all of the level below; those of `circle` rest on the top. */
static void put_levels(struct buf *b, const char *bottom) {
    for (int level = 0; level < LEVELS; level++) {
        for (int i = 0; i < WIDTH; i++) {
            buf_printf(b, "  l%d_%d: { is: \"", level, i);
            for (int k = 0; level > 0 && k < WIDTH; k++)
                buf_printf(b, "%sl%d_%d", k > 0 ? " + " : "", level - 1, k);
            buf_printf(b, "%s\" }\n", level == 0 ? bottom : "");
        }
    }
}

/* All of it in an arena that a second working out of each would burst. */
static void in_levels(const char *bottom, void (*check)(struct fixture *f)) {
    jmp_buf back;
    struct buf b = BUF_INIT(KIND_MAX);
    struct arena *a = unit_small_arena(ENOUGH_BYTES, &back);
    struct fixture f = {0};
    put_levels(&b, bottom);
    if (setjmp(back) != 0) {
        fail_msg("facts are worked out again and again");
        return;
    }
    setup(&f, a, &b);
    check(&f);
    arena_free(a);
    buf_done(&b);
}

static void check_sum(struct fixture *f) {
    int64_t want = 1;
    for (int level = 1; level < LEVELS; level++)
        want *= WIDTH;
    value_is(f, "l7_59", want);
    value_is(f, "l0_0", 1);
    value_is(f, "l1_0", WIDTH);
}

static void check_missing(struct fixture *f) {
    has_no_value(f, "l7_0");
    wants_are(f, "l7_0", false, "`size`");
    wants_are(f, "l3_5", false, "`size`");
}

static void check_circle(struct fixture *f) {
    has_no_value(f, "l7_0");
    wants_are(f, "l7_0", true, "");
    has_no_value(f, "l0_0");
}

static void test_each_once(void **state) {
    (void)state;
    in_levels("1", check_sum);
}

static void test_missing_once(void **state) {
    (void)state;
    in_levels("size / 2", check_missing);
}

static void test_circle_ends(void **state) {
    (void)state;
    in_levels("l7_0 + l7_1", check_circle);
}

/* A fact is known or not whoever asks first. */
static void test_depth(void **state) {
    for (int backwards = 0; backwards < 2; backwards++) {
        struct fixture f = {0};
        struct buf b = BUF_INIT(KIND_MAX);
        buf_text(&b, "  f1: { is: \"1\" }\n");
        for (int i = 2; i <= 20; i++)
            buf_printf(&b, "  f%d: { is: \"f%d + 1\" }\n", i, i - 1);
        setup(&f, *state, &b);
        buf_done(&b);
        for (int i = 1; i <= 20; i++) {
            int n = backwards ? 21 - i : i;
            char name[8];
            snprintf(name, sizeof name, "f%d", n);
            if (n <= CATALOG_FACT_DEPTH_MAX)
                value_is(&f, name, n);
            else
                has_no_value(&f, name);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_once),
        cmocka_unit_test(test_missing_once),
        cmocka_unit_test(test_circle_ends),
        UNIT_TEST(test_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
