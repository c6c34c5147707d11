/* SPDX-License-Identifier: MIT */
#include "io/git.h"
#include "io/process.h"

#include <errno.h>
#include <string.h>

#define REQUEST_MAX 8192 /* less than any pipe holds */
#define HEADER_MAX (2 * REQUEST_MAX)
#define OID_MAX 64
#define LINKS_MAX 16

struct git {
    struct arena *arena;
    struct process batch;
    str dir;         /* that it was opened for */
    str top, prefix; /* of the work tree */
    str root;        /* "main:" */
    str commit;
};

/* What git says of one request. */
struct answer {
    enum { ANSWER_FILE, ANSWER_OTHER, ANSWER_MISSING, ANSWER_LINK } what;
    char oid[OID_MAX + 1];
    char type[16];
    unsigned long long size; /* of what follows: a file, or a link's target */
};

/* Those that hooks have, and that would show another repository. */
static bool is_tied(str variable) {
    static const char *const kept[] = {"GIT_CONFIG", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES",
                                       "GIT_DISCOVERY_ACROSS_FILESYSTEM"};
    for (unsigned i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (str_starts(variable, str_c(kept[i])))
            return false;
    }
    return str_starts(variable, STR("GIT_"));
}

static bool start(struct arena *a, str dir, const char *const *more, struct process *ret) {
    static const char *const set[] = {"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1",
                                      "GIT_ALLOW_PROTOCOL=none", NULL};
    const char *words[PROCESS_WORDS_MAX + 1] = {"git", "-C", (const char *)arena_str(a, dir).p};
    for (int i = 0; more[i] != NULL && i + 3 < PROCESS_WORDS_MAX; i++)
        words[i + 3] = more[i];
    return process_start(a, words, is_tied, set, ret);
}

/* ---- where a work tree is */

struct tree {
    str top, prefix; /* its path, and "infra/": the folder in it */
    bool shallow;
    str complaint;
};

static bool read_line(FILE *f, char *line, size_t max, str *ret) {
    size_t n = 0;
    int c;
    while ((c = getc(f)) != EOF && c != '\n') {
        if (n + 1 >= max)
            return false;
        line[n++] = (char)c;
    }
    *ret = (str){(const unsigned char *)line, (uint32_t)n};
    return c == '\n';
}

static enum git_status locate(struct arena *a, str dir, struct tree *ret) {
    static const char *const words[] = {"rev-parse", "--show-toplevel", "--show-prefix",
                                        "--is-shallow-repository", NULL};
    char lines[3][HEADER_MAX];
    str found[3] = {{0}};
    struct process p;
    *ret = (struct tree){0};
    if (!start(a, dir, words, &p))
        return errno == ENOENT ? GIT_NO_PROGRAM : GIT_FAILED;
    bool ok = true;
    for (int i = 0; i < 3; i++)
        ok = ok && read_line(p.out, lines[i], sizeof lines[i], &found[i]);
    ok &= process_end(a, &p, &ret->complaint) == 0;
    /* A name with a line break in it would move the lines. */
    if (!ok || (!str_is(found[2], "true") && !str_is(found[2], "false")))
        return GIT_NO_TREE;
    ret->top = arena_str(a, found[0]);
    ret->prefix = arena_str(a, found[1]);
    ret->shallow = str_is(found[2], "true");
    return GIT_OK;
}

/* ---- the conversation with `git cat-file --batch` */

static bool is_line(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] < 0x20 || s.p[i] == 0x7F)
            return false;
    }
    return s.n < REQUEST_MAX;
}

static bool is_number(str s, unsigned long long *ret) {
    *ret = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || *ret > UINT32_MAX)
            return false;
        *ret = *ret * 10 + (unsigned)(s.p[i] - '0');
    }
    return s.n > 0;
}

static bool copy_word(str s, char *out, size_t max) {
    if (s.n == 0 || s.n >= max)
        return false;
    memcpy(out, s.p, s.n);
    out[s.n] = 0;
    return true;
}

/* "OID TYPE SIZE", "symlink SIZE", "dangling SIZE", "NAME missing". */
static void read_header(str line, str request, struct answer *ret) {
    unsigned long long size;
    bool echoed = str_starts(line, request) && line.n > request.n;
    str rest = line, first = str_split(&rest, ' ');
    *ret = (struct answer){.what = ANSWER_MISSING};
    if (echoed)
        return;
    if (is_number(rest, &size)) {
        ret->what = str_is(first, "symlink") ? ANSWER_LINK : ANSWER_OTHER;
        ret->size = size;
        return;
    }
    str type = str_split(&rest, ' ');
    if (!is_number(rest, &size) || !copy_word(first, ret->oid, sizeof ret->oid) ||
        !copy_word(type, ret->type, sizeof ret->type))
        return;
    ret->what = ANSWER_FILE;
    ret->size = size;
}

/* False: git has ended. */
static bool ask(struct git *g, str request, struct answer *ret) {
    char line[HEADER_MAX];
    str header;
    if (fwrite(request.p, 1, request.n, g->batch.in) != request.n ||
        putc('\n', g->batch.in) == EOF || fflush(g->batch.in) != 0 ||
        !read_line(g->batch.out, line, sizeof line, &header))
        return false;
    read_header(header, request, ret);
    return true;
}

/* What follows the answer, and its newline; NULL for `text`: it is passed over. */
static bool take(struct git *g, const struct answer *x, unsigned char *text) {
    unsigned char skipped[4096];
    if (x->what == ANSWER_MISSING)
        return true;
    for (unsigned long long left = x->size; left > 0;) {
        size_t n = text != NULL || left < sizeof skipped ? (size_t)left : sizeof skipped;
        if (fread(text != NULL ? text : skipped, 1, n, g->batch.out) != n)
            return false;
        left -= n;
    }
    return getc(g->batch.out) == '\n';
}

/* ---- a file */

/* "a/./b" as "a/b": git knows no such name. Links and `..` are its own to follow. */
static str plain(struct arena *a, str path) {
    str ret = {0};
    while (path.n > 0) {
        str part = str_split(&path, '/');
        if (part.n == 0 || str_is(part, "."))
            continue;
        ret = ret.n > 0 ? arena_cat3(a, ret, STR("/"), part) : part;
    }
    return ret;
}

/* Whether the commit has no such name; else the clone has not got what it stands for. */
static bool is_absent(struct git *g, struct arena *a, str path) {
    const char *words[] = {"--literal-pathspecs",
                           "ls-tree",
                           "-z",
                           "--full-tree",
                           (const char *)g->commit.p,
                           "--",
                           (const char *)arena_str(a, path).p,
                           NULL};
    struct process p;
    if (!start(a, g->dir, words, &p))
        return false;
    bool nothing = getc(p.out) == EOF;
    return process_end(a, &p, NULL) == 0 && nothing;
}

static enum io_status take_file(struct git *g, struct arena *a, const struct answer *x, size_t max,
                                str *ret, struct io_error *err) {
    bool file = strcmp(x->type, "blob") == 0;
    size_t limit = max < UINT32_MAX ? max : UINT32_MAX - 1;
    if (!file || x->size > limit)
        return io_set(err, !take(g, x, NULL) ? IO_FAILED : file ? IO_TOO_BIG : IO_IS_DIRECTORY);
    unsigned char *text = arena_alloc(a, (size_t)x->size + 1, 1);
    if (!take(g, x, text))
        return io_set(err, IO_FAILED);
    *ret = (str){text, (uint32_t)x->size};
    return io_set(err, IO_OK);
}

/* The part of a path after the top of the work tree; false: it is not in there. */
static bool in_tree(const struct git *g, str path, str *ret) {
    bool ok = str_starts(path, g->top) && path.n > g->top.n && path.p[g->top.n] == '/';
    *ret = ok ? str_sub(path, g->top.n + 1, path.n) : path;
    return ok;
}

/* The same, also when the path goes over links. */
static bool leads_into_tree(const struct git *g, struct arena *a, str path, str *ret) {
    struct tree t;
    if (in_tree(g, path, ret))
        return true;
    if (locate(a, io_path_dir(path), &t) != GIT_OK || !str_eq(t.top, g->top))
        return false;
    *ret = arena_cat(a, t.prefix, io_path_name(path));
    return true;
}

static enum io_status read_disk(struct arena *a, str path, size_t max, str *ret,
                                struct io_error *err) {
    struct io disk = io_posix();
    return disk.read(disk.ctx, a, path, max, ret, err);
}

static enum io_status read_at(struct git *g, struct arena *a, str path, unsigned links, size_t max,
                              str *ret, struct io_error *err);

/* A link out of the work tree: to a path from its top, or an absolute one. */
static enum io_status follow(struct git *g, struct arena *a, const struct answer *x, unsigned links,
                             size_t max, str *ret, struct io_error *err) {
    if (x->size >= REQUEST_MAX)
        return io_set(err, IO_FAILED);
    unsigned char *text = arena_alloc(a, (size_t)x->size + 1, 1);
    if (!take(g, x, text))
        return io_set(err, IO_FAILED);
    str target = {text, (uint32_t)x->size}, inside;
    bool absolute = target.n > 0 && target.p[0] == '/';
    if (absolute && links < LINKS_MAX && leads_into_tree(g, a, target, &inside))
        return read_at(g, a, inside, links + 1, max, ret, err);
    return read_disk(a, io_path_join(a, g->top, target), max, ret, err);
}

static enum io_status read_at(struct git *g, struct arena *a, str path, unsigned links, size_t max,
                              str *ret, struct io_error *err) {
    path = plain(a, path);
    str request = arena_cat3(a, g->commit, STR(":"), path);
    struct answer x;
    /* To git that is a path from where it was started. */
    if (str_starts(path, STR("../")))
        return read_disk(a, io_path_join(a, g->top, path), max, ret, err);
    /* A line is all that git can be asked. */
    if (!is_line(request))
        return io_set(err, IO_FAILED);
    /* What it may not fetch ends some versions of git. */
    if (!ask(g, request, &x))
        return io_set(err, IO_NOT_FETCHED);
    switch (x.what) {
    case ANSWER_FILE:
        return take_file(g, a, &x, max, ret, err);
    case ANSWER_LINK:
        return follow(g, a, &x, links, max, ret, err);
    case ANSWER_MISSING:
        return io_set(err, is_absent(g, a, path) ? IO_NOT_FOUND : IO_NOT_FETCHED);
    case ANSWER_OTHER: /* a link to nothing, or to itself */
        break;
    }
    return io_set(err, take(g, &x, NULL) ? IO_NOT_FOUND : IO_FAILED);
}

static enum io_status git_read(void *ctx, struct arena *a, str path, size_t max, str *ret,
                               struct io_error *err) {
    struct git *g = ctx;
    str inside;
    if (str_starts(path, g->root))
        return read_at(g, a, str_sub(path, g->root.n, path.n), 0, max, ret, err);
    if (leads_into_tree(g, a, path, &inside))
        return read_at(g, a, inside, 0, max, ret, err);
    return read_disk(a, path, max, ret, err);
}

static enum io_status no_write(void *ctx, str path, str text, bool executable,
                               struct io_error *err) {
    (void)ctx, (void)path, (void)text, (void)executable;
    return io_set(err, IO_READ_ONLY);
}

static enum io_status no_put(void *ctx, const struct io_file *files, uint32_t n, struct io_put *ret,
                             struct io_error *err) {
    (void)ctx, (void)files, (void)n;
    *ret = (struct io_put){0};
    return io_set(err, IO_READ_ONLY);
}

static enum io_status no_remove(void *ctx, str root, str path, struct io_error *err) {
    (void)ctx, (void)root, (void)path;
    return io_set(err, IO_READ_ONLY);
}

static enum io_status git_probe(void *ctx, str path, struct io_error *err) {
    str unused;
    struct git *g = ctx;
    return git_read(ctx, g->arena, path, 0, &unused, err) == IO_TOO_BIG ? io_set(err, IO_OK)
                                                                        : err->status;
}

/* As io.h declares it. NOLINTNEXTLINE(readability-non-const-parameter) */
static enum io_status no_list(void *ctx, struct arena *a, str path, str **ret, uint32_t *ret_n,
                              struct io_error *err) {
    (void)ctx, (void)a, (void)path, (void)ret, (void)ret_n;
    return io_set(err, IO_FAILED);
}

/* NOLINTNEXTLINE(readability-non-const-parameter) */
static enum io_status no_lock(void *ctx, str path, int *ret, struct io_error *err) {
    (void)ctx, (void)path, (void)ret;
    return io_set(err, IO_READ_ONLY);
}

static void no_unlock(void *ctx, str path, int lock) {
    (void)ctx, (void)path, (void)lock;
}

static enum io_status git_stream(void *ctx, str path, io_piece_fn *piece, void *of,
                                 struct io_error *err) {
    struct git *g = ctx;
    str text = STR("");
    enum io_status st = git_read(ctx, g->arena, path, UINT32_MAX - 1, &text, err);
    if (st == IO_OK)
        piece(of, text);
    return st;
}

struct io io_git(struct git *g) {
    return (struct io){g,         git_read, no_write, no_put,    no_remove,
                       git_probe, no_list,  no_lock,  no_unlock, git_stream};
}

/* ---- opening */

static struct git *fail(struct git_problem *p, enum git_status status, str complaint) {
    p->status = status;
    p->complaint = complaint;
    return NULL;
}

static void end(void *what) {
    struct git *g = what;
    process_end(g->arena, &g->batch, NULL);
}

/* GIT_OK, with the commit. */
static enum git_status find_commit(struct git *g, str revision) {
    struct answer x;
    str request = arena_cat(g->arena, revision, STR("^{commit}"));
    if (!is_line(request))
        return GIT_NO_REVISION;
    if (!ask(g, request, &x))
        return GIT_FAILED;
    if (x.what != ANSWER_FILE)
        return take(g, &x, NULL) ? GIT_NO_REVISION : GIT_FAILED;
    g->commit = arena_str(g->arena, str_c(x.oid));
    return take(g, &x, NULL) ? GIT_OK : GIT_FAILED;
}

struct git *git_open(struct arena *a, str dir, str revision, struct git_problem *ret_problem) {
    static const char *const words[] = {"cat-file", "--batch", "--follow-symlinks", NULL};
    struct git *g = ARENA_NEW(a, struct git);
    *ret_problem = (struct git_problem){.status = GIT_OK};
    g->arena = a;
    g->dir = arena_str(a, dir);
    g->root = arena_cat(a, revision, STR(":"));
    struct tree t;
    enum git_status s = locate(a, dir, &t);
    if (s != GIT_OK)
        return fail(ret_problem, s, t.complaint);
    g->top = t.top;
    g->prefix = t.prefix;
    ret_problem->shallow = t.shallow;
    if (!start(a, dir, words, &g->batch))
        return fail(ret_problem, GIT_FAILED, STR(""));
    arena_at_end(a, end, g);
    s = find_commit(g, revision);
    return s == GIT_OK ? g : fail(ret_problem, s, STR(""));
}

str git_commit(const struct git *g) {
    return g->commit;
}

str git_name(struct arena *a, const struct git *g, str file) {
    str path = arena_cat(a, g->prefix, file);
    /* With a folder in it, so that what is joined to that has the revision, too. */
    bool folder = str_find(path, '/') < path.n;
    return arena_cat3(a, g->root, folder ? STR("") : STR("./"), path);
}
