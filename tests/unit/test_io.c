/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "io/io.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of its own for each test, and the arena. */
struct place {
    struct arena *a;
    struct io io;
    char dir[64];
};

static int in_folder(void **state) {
    struct arena *a = arena_new((size_t)64 << 20, NULL, NULL);
    struct place *p = ARENA_NEW(a, struct place);
    p->a = a;
    p->io = io_posix();
    const char *tmp = getenv("TMPDIR");
    snprintf(p->dir, sizeof p->dir, "%s/opsc-io-XXXXXX",
             tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp");
    assert_non_null(mkdtemp(p->dir));
    *state = p;
    return 0;
}

static void clear(const struct place *p, str dir) {
    struct io_error err;
    str *names;
    uint32_t n;
    if (p->io.list(NULL, p->a, dir, &names, &n, &err) != IO_OK)
        return;
    for (uint32_t i = 0; i < n; i++) {
        str path = io_path_join(p->a, dir, names[i]);
        clear(p, path);
        if (unlink((const char *)path.p) != 0)
            rmdir((const char *)path.p);
    }
}

static int out_of_folder(void **state) {
    struct place *p = *state;
    p->io = io_posix();
    clear(p, str_c(p->dir));
    rmdir(p->dir);
    arena_free(p->a);
    return 0;
}
#define IO_TEST(f) cmocka_unit_test_setup_teardown(f, in_folder, out_of_folder)

static str at(struct place *p, const char *name) {
    return io_path_join(p->a, str_c(p->dir), str_c(name));
}

static const char *z_at(struct place *p, const char *name) {
    return (const char *)at(p, name).p;
}

static enum io_status put(struct place *p, const char *name, str text) {
    struct io_error err;
    return p->io.write(p->io.ctx, at(p, name), text, false, &err);
}

static enum io_status get(struct place *p, const char *name, size_t max, str *ret) {
    struct io_error err;
    return p->io.read(p->io.ctx, p->a, at(p, name), max, ret, &err);
}

static void assert_names(struct place *p, const char *dir, const char *want) {
    struct io_error err;
    str *names, all = STR("");
    uint32_t n;
    assert_int_equal(p->io.list(p->io.ctx, p->a, at(p, dir), &names, &n, &err), IO_OK);
    for (uint32_t i = 0; i < n; i++)
        all = arena_printf(p->a, "%.*s%s%.*s", STR_ARG(all), i > 0 ? " " : "", STR_ARG(names[i]));
    assert_text(all, want);
}

static void files_are_written_and_read(void **state) {
    struct place *p = *state;
    str text;
    assert_int_equal(put(p, "a/b/c.txt", STR("one\0two\n")), IO_OK);
    assert_int_equal(get(p, "a/b/c.txt", 100, &text), IO_OK);
    assert_true(str_eq(text, STR("one\0two\n")));
    assert_int_equal(put(p, "a/b/c.txt", STR("")), IO_OK);
    assert_int_equal(get(p, "a/b/c.txt", 0, &text), IO_OK);
    assert_int_equal(text.n, 0);
    /* Nothing temporary stays. */
    assert_names(p, "a/b", "c.txt");
    assert_int_equal(put(p, "a/B.txt", STR("x")), IO_OK);
    assert_int_equal(put(p, "a/10", STR("x")), IO_OK);
    assert_names(p, "a", "10 B.txt b");
}

static enum io_status put_one(struct place *p, struct io_file f) {
    struct io_error err;
    struct io_put put;
    enum io_status s = p->io.put(p->io.ctx, &f, 1, &put, &err);
    assert_int_equal(put.done, s == IO_OK);
    assert_int_equal(s, err.status);
    return s;
}

static enum io_status make(struct place *p, const char *name, str text) {
    return put_one(p, (struct io_file){.path = at(p, name), .text = text});
}

/* Whether the folder is there or several are not is no matter. */
static void first_files_are_made(struct place *p) {
    static const char *const names[] = {"f/g/h/one", "f/g/h/two", "f/g/three", NULL};
    for (int i = 0; names[i] != NULL; i++)
        assert_int_equal(
            put_one(p,
                    (struct io_file){.path = at(p, names[i]), .text = STR("x"), .no_folder = true}),
            IO_OK);
    assert_int_equal(
        put_one(p,
                (struct io_file){.path = at(p, "f/g/h/one"), .text = STR("y"), .no_folder = true}),
        IO_EXISTS);
    assert_int_equal(
        put_one(
            p, (struct io_file){.path = at(p, "f/g/three/x"), .text = STR("y"), .no_folder = true}),
        IO_NOT_DIRECTORY);
    assert_names(p, "f/g", "h three");
    assert_names(p, "f/g/h", "one two");
}

static void files_are_made(struct place *p) {
    str text;
    first_files_are_made(p);
    assert_int_equal(make(p, "a/b/new", STR("one\ntwo\n")), IO_OK);
    assert_int_equal(get(p, "a/b/new", 100, &text), IO_OK);
    assert_text(text, "one\ntwo\n");
    assert_int_equal(make(p, "a/b/new", STR("other")), IO_EXISTS);
    assert_int_equal(get(p, "a/b/new", 100, &text), IO_OK);
    assert_text(text, "one\ntwo\n");
    assert_int_equal(make(p, "a/b/new/below", STR("x")), IO_NOT_DIRECTORY);
    assert_names(p, "a/b", "new");
}

static void files_are_made_on_disk(void **state) {
    struct place *p = *state;
    files_are_made(p);
    /* No link is followed, wherever it leads. */
    assert_int_equal(symlink("nowhere", z_at(p, "broken")), 0);
    assert_int_equal(make(p, "broken", STR("x")), IO_EXISTS);
    assert_names(p, ".", "a broken f");
}

#define MANY 300

/* d0/f0 to d29/f299, ten in a folder. */
static void many_files(struct place *p, struct io_file files[MANY]) {
    for (int i = 0; i < MANY; i++) {
        char name[64];
        snprintf(name, sizeof name, "d%d/f%d", i / 10, i);
        files[i] = (struct io_file){
            .path = at(p, name), .text = at(p, name), .executable = i % 2 == 1, .no_folder = true};
    }
}

static bool is_there(struct place *p, const struct io_file *f) {
    struct io_error err;
    str text;
    if (p->io.read(NULL, p->a, f->path, 1000, &text, &err) != IO_OK)
        return false;
    assert_true(str_eq(text, f->text));
    return true;
}

/* So many that more than one thread makes them. */
static void many_files_are_made(void **state) {
    struct place *p = *state;
    struct io_file files[MANY];
    struct io_error err;
    struct io_put put;
    many_files(p, files);
    assert_int_equal(p->io.put(NULL, files, MANY, &put, &err), IO_OK);
    assert_int_equal(put.done, MANY);
    for (int i = 0; i < MANY; i++) {
        assert_true(is_there(p, &files[i]));
        files[i].text = STR("changed");
        files[i].replaces = true;
    }
    assert_int_equal(p->io.put(NULL, files, MANY, &put, &err), IO_OK);
    assert_int_equal(put.done, MANY);
    for (int i = 0; i < MANY; i++)
        assert_true(is_there(p, &files[i]));
    assert_names(p, "d7", "f70 f71 f72 f73 f74 f75 f76 f77 f78 f79");
}

/* Wherever it is, what was done is counted. */
static void a_file_in_the_way_ends_it(void **state) {
    static const int places[] = {0, 149, MANY - 1};
    struct place *p = *state;
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        struct io_file files[MANY];
        struct io_error err;
        struct io_put put;
        many_files(p, files);
        for (int i = 0; i < MANY; i++)
            unlink((const char *)arena_str(p->a, files[i].path).p);
        struct io_file in_the_way = files[places[k]];
        in_the_way.text = STR("mine");
        assert_int_equal(p->io.put(NULL, &in_the_way, 1, &put, &err), IO_OK);
        assert_int_equal(p->io.put(NULL, files, MANY, &put, &err), IO_EXISTS);
        assert_int_equal(put.failed, places[k]);
        uint32_t there = 0;
        for (int i = 0; i < MANY; i++)
            there += i != places[k] && is_there(p, &files[i]);
        assert_int_equal(there, put.done);
        assert_true(is_there(p, &in_the_way));
    }
}

static void files_are_made_in_memory(void **state) {
    struct place *p = *state;
    p->io = io_mem(io_mem_new(p->a));
    files_are_made(p);
}

static void what_is_unfinished(void **state) {
    (void)state;
    assert_true(io_is_unfinished(STR("")));
    assert_true(io_is_unfinished(STR("half\0")));
    assert_false(io_is_unfinished(STR("whole")));
    assert_false(io_is_unfinished(STR("a\0b")));
}

static mode_t mode_of(struct place *p, const char *name, bool executable, mode_t mask) {
    struct io_error err;
    struct stat made, written;
    const mode_t before = umask(mask);
    assert_int_equal(
        put_one(p,
                (struct io_file){.path = at(p, name), .text = STR("x"), .executable = executable}),
        IO_OK);
    assert_int_equal(stat(z_at(p, name), &made), 0);
    assert_int_equal(p->io.write(NULL, at(p, name), STR("y"), executable, &err), IO_OK);
    umask(before);
    assert_int_equal(stat(z_at(p, name), &written), 0);
    assert_int_equal(made.st_mode, written.st_mode);
    return written.st_mode & 07777;
}

static void modes(void **state) {
    struct place *p = *state;
    assert_int_equal(mode_of(p, "plain", false, 022), 0644);
    assert_int_equal(mode_of(p, "script", true, 022), 0755);
    assert_int_equal(mode_of(p, "secret", false, 077), 0600);
    assert_int_equal(mode_of(p, "tool", true, 077), 0700);
    assert_int_equal(mode_of(p, "shared", false, 002), 0664);
}

static void sizes_have_a_limit(void **state) {
    struct place *p = *state;
    str text = STR("before");
    assert_int_equal(put(p, "f", STR("12345")), IO_OK);
    assert_int_equal(get(p, "f", 4, &text), IO_TOO_BIG);
    assert_text(text, "before");
    assert_int_equal(get(p, "f", 5, &text), IO_OK);
    assert_text(text, "12345");
}

static void what_cannot_be_read(void **state) {
    struct place *p = *state;
    struct io_error err;
    str text = STR("before");
    assert_int_equal(get(p, "none", 9, &text), IO_NOT_FOUND);
    assert_int_equal(get(p, ".", 9, &text), IO_IS_DIRECTORY);
    assert_int_equal(put(p, "file", STR("x")), IO_OK);
    assert_int_equal(get(p, "file/below", 9, &text), IO_NOT_DIRECTORY);
    assert_int_equal(mkfifo(z_at(p, "fifo"), 0600), 0);
    assert_int_equal(get(p, "fifo", 9, &text), IO_FAILED);
    assert_int_equal(p->io.probe(NULL, at(p, "fifo"), &err), IO_FAILED);
    assert_true(err.detail[0] != 0);
    assert_int_equal(p->io.read(NULL, p->a, STR("/dev/zero"), 9, &text, &err), IO_FAILED);
    assert_int_equal(p->io.read(NULL, p->a, STR(""), 9, &text, &err), IO_FAILED);
    assert_int_equal(p->io.read(NULL, p->a, STR("a\0b"), 9, &text, &err), IO_FAILED);
    str longest = {memset(arena_alloc(p->a, 5000, 1), 'a', 5000), 5000};
    assert_int_equal(p->io.read(NULL, p->a, longest, 9, &text, &err), IO_LONG_NAME);
    assert_int_equal(p->io.write(NULL, longest, text, false, &err), IO_LONG_NAME);
    longest.n = 4000;
    assert_int_equal(p->io.read(NULL, p->a, longest, 9, &text, &err), IO_LONG_NAME);
    assert_text(text, "before");
}

static void links(void **state) {
    struct place *p = *state;
    struct io_error err;
    str text;
    assert_int_equal(put(p, "target", STR("kept")), IO_OK);
    assert_int_equal(symlink("target", z_at(p, "link")), 0);
    assert_int_equal(symlink("nowhere", z_at(p, "broken")), 0);
    assert_int_equal(p->io.probe(NULL, at(p, "link"), &err), IO_FAILED);
    assert_int_equal(p->io.probe(NULL, at(p, "broken"), &err), IO_FAILED);
    /* A link is replaced, not followed. */
    assert_int_equal(put(p, "link", STR("new")), IO_OK);
    assert_int_equal(get(p, "target", 9, &text), IO_OK);
    assert_text(text, "kept");
    assert_int_equal(p->io.probe(NULL, at(p, "link"), &err), IO_OK);
}

static void what_cannot_be_written(void **state) {
    struct place *p = *state;
    str text;
    assert_int_equal(put(p, "file", STR("x")), IO_OK);
    assert_int_equal(put(p, "file/below", STR("x")), IO_NOT_DIRECTORY);
    assert_int_equal(put(p, "dir/f", STR("x")), IO_OK);
    assert_int_equal(put(p, "dir", STR("x")), IO_IS_DIRECTORY);
    assert_int_equal(get(p, "dir/f", 9, &text), IO_OK);
    assert_int_equal(chmod(z_at(p, "dir"), 0500), 0);
    if (geteuid() != 0) {
        assert_int_equal(put(p, "dir/f", STR("y")), IO_DENIED);
        assert_int_equal(put(p, "dir/new", STR("y")), IO_DENIED);
        assert_int_equal(put(p, "dir/a/b/new", STR("y")), IO_DENIED);
    }
    /* Where nobody makes folders: not one that is told as missing. */
    struct io_error err;
    enum io_status s = p->io.write(NULL, STR("/sys/opsc/a/b"), STR("y"), false, &err);
    assert_true(s == IO_DENIED || s == IO_READ_ONLY);
    assert_int_equal(chmod(z_at(p, "dir"), 0700), 0);
    assert_names(p, "dir", "f");
    assert_int_equal(mkfifo(z_at(p, "fifo"), 0600), 0);
    assert_int_equal(symlink("fifo", z_at(p, "link")), 0);
    assert_int_equal(put(p, "fifo", STR("x")), IO_FAILED);
    assert_int_equal(put(p, "link", STR("x")), IO_FAILED);
    assert_names(p, ".", "dir fifo file link");
}

static void removing(void **state) {
    struct place *p = *state;
    struct io_error err;
    assert_int_equal(put(p, "root/a/b/f", STR("x")), IO_OK);
    assert_int_equal(put(p, "root/a/g", STR("x")), IO_OK);
    assert_int_equal(p->io.remove(NULL, at(p, "root"), at(p, "root/a/b/f"), &err), IO_OK);
    assert_names(p, "root/a", "g");
    assert_int_equal(p->io.remove(NULL, at(p, "root"), at(p, "root/a/g"), &err), IO_OK);
    /* Empty folders go, the root stays. */
    assert_names(p, "root", "");
    assert_int_equal(p->io.remove(NULL, at(p, "root"), at(p, "root/a/g"), &err), IO_OK);
    assert_names(p, ".", "root");
}

/* The file system in memory answers as the machine's does. */
static void in_memory(void **state) {
    struct place *p = *state;
    struct io_error err;
    str text;
    struct io_mem *m = io_mem_new(p->a);
    p->io = io_mem(m);
    assert_int_equal(put(p, "a/b/f", STR("x")), IO_OK);
    assert_int_equal(put(p, "a/g", STR("")), IO_OK);
    assert_int_equal(get(p, "a/g", 9, &text), IO_OK);
    assert_int_equal(get(p, "a/b/f", 0, &text), IO_TOO_BIG);
    assert_int_equal(get(p, "a/b", 9, &text), IO_IS_DIRECTORY);
    assert_int_equal(get(p, "none", 9, &text), IO_NOT_FOUND);
    assert_int_equal(put(p, "a/b", STR("x")), IO_IS_DIRECTORY);
    assert_int_equal(put(p, "a/g/h", STR("x")), IO_NOT_DIRECTORY);
    assert_names(p, "a", "b g");
    assert_int_equal(p->io.remove(p->io.ctx, at(p, "."), at(p, "a/b/f"), &err), IO_OK);
    assert_names(p, "a", "g");
    assert_int_equal(p->io.probe(p->io.ctx, at(p, "a/b"), &err), IO_NOT_FOUND);
    io_mem_put(m, STR("./x"), STR("y"));
    assert_text(io_mem_get(m, STR("x")), "y");
    io_mem_fail_write(m, 2, IO_NO_SPACE);
    assert_int_equal(put(p, "1", STR("x")), IO_OK);
    assert_int_equal(put(p, "2", STR("x")), IO_NO_SPACE);
    assert_int_equal(put(p, "3", STR("x")), IO_OK);
    assert_null(io_mem_get(m, at(p, "2")).p);
}

static void paths(void **state) {
    struct place *p = *state;
    assert_text(io_path_join(p->a, STR("a"), STR("b")), "a/b");
    assert_text(io_path_join(p->a, STR("a/"), STR("b")), "a/b");
    assert_text(io_path_join(p->a, STR("/"), STR("b")), "/b");
    assert_text(io_path_join(p->a, STR(""), STR("b")), "b");
    assert_text(io_path_join(p->a, STR("a"), STR("/b")), "/b");
    assert_text(io_path_dir(STR("a/b/c")), "a/b");
    assert_text(io_path_dir(STR("a")), ".");
    assert_text(io_path_dir(STR("")), ".");
    assert_text(io_path_dir(STR("/a")), "/");
    assert_text(io_path_name(STR("a/b/c")), "c");
    assert_text(io_path_name(STR("a")), "a");
    assert_text(io_path_name(STR("a/")), "");
    assert_text(io_path_name(STR("")), "");
    for (int s = IO_OK; s <= IO_FAILED; s++)
        assert_true(io_status_text((enum io_status)s)[0] != 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IO_TEST(files_are_written_and_read),
        IO_TEST(files_are_made_on_disk),
        IO_TEST(many_files_are_made),
        IO_TEST(a_file_in_the_way_ends_it),
        IO_TEST(files_are_made_in_memory),
        IO_TEST(what_is_unfinished),
        IO_TEST(modes),
        IO_TEST(sizes_have_a_limit),
        IO_TEST(what_cannot_be_read),
        IO_TEST(links),
        IO_TEST(what_cannot_be_written),
        IO_TEST(removing),
        IO_TEST(in_memory),
        IO_TEST(paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
