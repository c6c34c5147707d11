/* SPDX-License-Identifier: MIT */
#include "emit/manifest.h"
#include "emit/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
    struct arena *a;
    struct sources src;
    struct diag_list dl;
    struct io_mem *mem;
    struct io io;
};

static void begin(struct fixture *f) {
    *f = (struct fixture){.a = arena_new(64u << 20, NULL, NULL)};
    sources_init(&f->src, f->a);
    diag_list_init(&f->dl, f->a, &f->src);
    f->mem = io_mem_new(f->a);
    f->io = io_mem(f->mem);
}

/* Files a, b/c, b/d with `text` in them, and b/e when `more`. */
static bool build(struct fixture *f, const char *text, bool more, bool force) {
    static const struct output_options normal = {.force = false}, forced = {.force = true};
    struct output o;
    struct output_plan plan;
    output_init(&o, f->a);
    output_add(&o, STR("a"), arena_cat(f->a, STR("a "), str_c(text)), false);
    output_add(&o, STR("b/c"), arena_cat(f->a, STR("c "), str_c(text)), true);
    output_add(&o, STR("b/d"), STR("always the same"), false);
    if (more)
        output_add(&o, STR("b/e"), str_c(text), false);
    const struct output_options *opt = force ? &forced : &normal;
    return output_compare(&o, &f->io, &f->dl, STR("out"), opt, &plan) &&
           output_write(&o, &f->io, &f->dl, STR("out"), opt, &plan);
}

static void assert_text(struct fixture *f, const char *path, const char *text) {
    str got = io_mem_get(f->mem, str_c(path));
    assert_non_null(got.p);
    assert_true(str_is(got, text));
}

static uint32_t writes_of(struct fixture *f, bool (*run)(struct fixture *)) {
    for (unsigned n = 1; n < 100; n++) {
        io_mem_fail_write(f->mem, n, IO_NO_SPACE);
        bool ok = run(f);
        io_mem_fail_write(f->mem, 0, IO_OK);
        if (ok)
            return n - 1;
    }
    return 100;
}

static bool build_one(struct fixture *f) {
    return build(f, "one", true, false);
}

static bool build_two(struct fixture *f) {
    return build(f, "two", false, false);
}

/* Whichever write fails: nothing is half, and the next run ends in the same place, also with
 * another spec. */
static void every_write_may_fail(void **state) {
    (void)state;
    struct fixture f;
    begin(&f);
    assert_true(writes_of(&f, build_one) > 0);
    assert_text(&f, "out/a", "a one");
    assert_text(&f, "out/b/e", "one");
    str manifest = io_mem_get(f.mem, STR("out/" OUTPUT_MANIFEST));
    assert_false(str_contains(manifest, STR(" one")));
    for (unsigned n = 1; n <= 6; n++) {
        struct fixture g;
        begin(&g);
        assert_true(build(&g, "one", true, false));
        io_mem_fail_write(g.mem, n, IO_NO_SPACE);
        bool ok = build(&g, "two", false, false);
        io_mem_fail_write(g.mem, 0, IO_OK);
        assert_int_equal(g.dl.errors, ok ? 0 : 1);
        if (!ok) {
            /* 1: the manifest; 2 and 3: the files; 4: the manifest again, when b/e is gone too. */
            static const char *const done[] = {"Nothing was", "Nothing was", "1 file was",
                                               "3 files were"};
            assert_true(n <= 4);
            assert_int_equal(g.dl.items.at[0]->code, DIAG_OUTPUT_WRITE);
            assert_true(str_starts(g.dl.items.at[0]->hint, str_c(done[n - 1])));
        }
        assert_true(build(&g, "three", true, false));
        assert_text(&g, "out/a", "a three");
        assert_text(&g, "out/b/c", "c three");
        assert_text(&g, "out/b/e", "three");
        arena_free(g.a);
    }
    arena_free(f.a);
}

static void nothing_is_written_when_nothing_changed(void **state) {
    (void)state;
    struct fixture f;
    begin(&f);
    assert_true(build(&f, "one", true, false));
    io_mem_fail_write(f.mem, 1, IO_DENIED);
    assert_true(build(&f, "one", true, false));
    assert_int_equal(f.dl.errors, 0);
    assert_false(build_two(&f));
    arena_free(f.a);
}

static void edited(void **state) {
    (void)state;
    struct fixture f;
    begin(&f);
    assert_true(build(&f, "one", true, false));
    io_mem_put(f.mem, STR("out/a"), STR("mine"));
    assert_false(build(&f, "two", true, false));
    assert_int_equal(f.dl.items.at[0]->code, DIAG_OUTPUT_EDITED);
    assert_text(&f, "out/a", "mine");
    assert_text(&f, "out/b/c", "c one");
    assert_true(build(&f, "two", true, true));
    assert_text(&f, "out/a", "a two");
    arena_free(f.a);
}

static void foreign(void **state) {
    (void)state;
    struct fixture f;
    begin(&f);
    io_mem_put(f.mem, STR("out/b/e"), STR("mine"));
    assert_false(build(&f, "two", true, true));
    assert_int_equal(f.dl.items.at[0]->code, DIAG_OUTPUT_FOREIGN);
    assert_text(&f, "out/b/e", "mine");
    assert_null(io_mem_get(f.mem, STR("out/a")).p);
    arena_free(f.a);
}

static void what_is_made_no_more_is_removed(void **state) {
    (void)state;
    struct fixture f;
    begin(&f);
    assert_true(build(&f, "one", true, false));
    assert_true(build(&f, "one", false, false));
    assert_null(io_mem_get(f.mem, STR("out/b/e")).p);
    assert_false(str_contains(io_mem_get(f.mem, STR("out/" OUTPUT_MANIFEST)), STR("b/e")));
    arena_free(f.a);
}

static void paths_are_safe(void **state) {
    (void)state;
    static const char *const bad[] = {"",       "/", "/a",  "..",    "../a", "a/..",
                                      "a/../b", ".", "./a", "a/./b", "a//b", "a/"};
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(manifest_path_is_safe(str_c(bad[i])));
    assert_true(manifest_path_is_safe(STR("a")));
    assert_true(manifest_path_is_safe(STR("..a/b..")));
}

static void names_of_temporary_files(void **state) {
    (void)state;
    assert_true(io_is_temporary(STR("main.tf.opsc-tmp-1-0")));
    assert_true(io_is_temporary(STR("a.opsc-tmp-keep.opsc-tmp-123-45")) == false);
    assert_false(io_is_temporary(STR("main.tf.opsc-tmp-1")));
    assert_false(io_is_temporary(STR("main.tf.opsc-tmp--1")));
    assert_false(io_is_temporary(STR("main.tf.opsc-tmp-keep")));
    assert_false(io_is_temporary(STR(".opsc-tmp-1-0")));
    assert_false(io_is_temporary(STR("main.tf")));
    assert_false(io_is_temporary(STR("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_write_may_fail),
        cmocka_unit_test(nothing_is_written_when_nothing_changed),
        cmocka_unit_test(edited),
        cmocka_unit_test(foreign),
        cmocka_unit_test(what_is_made_no_more_is_removed),
        cmocka_unit_test(paths_are_safe),
        cmocka_unit_test(names_of_temporary_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
