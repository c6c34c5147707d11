/* SPDX-License-Identifier: MIT */
#include "cli/repository.h"

#define WORKFLOWS ".github/workflows/"
#define FOLDERS_MAX 64 /* between the output and the top */

static bool has_git(struct cli *c, str dir) {
    struct io_error err = {.status = IO_OK};
    str git = io_path_join(c->arena, dir, STR(".git"));
    /* A worktree has a file there. */
    enum io_status s = c->io.probe(c->io.ctx, git, &err);
    return s == IO_IS_DIRECTORY || s == IO_OK;
}

/* Whether a folder above `dir` is a repository, and `dir` itself is none. */
static bool is_inside(struct cli *c, str dir) {
    if (has_git(c, dir))
        return false;
    for (unsigned i = 0; i < FOLDERS_MAX; i++) {
        dir = io_path_join(c->arena, dir, STR(".."));
        if (has_git(c, dir))
            return true;
    }
    return false;
}

static span first_key(const struct compile_result *r) {
    return given(r->ci) ? r->ci : r->deploy;
}

void repository_check(struct cli *c, struct diag_list *dl, const struct compile_result *r, str file,
                      str dir) {
    bool has = false;
    for (uint32_t i = 0; i < r->output.files.n && !has; i++)
        has = str_starts(r->output.files.at[i].path, STR(WORKFLOWS));
    if (!has || !is_inside(c, dir))
        return;
    struct diag *d =
        diag_add(dl, DIAG_WORKFLOW_FOLDER, first_key(r), "GitHub does not read workflows in `%.*s`",
                 STR_ARG(cli_shown(c, io_path_join(c->arena, dir, STR(".github")))));
    diag_hint(
        dl, d,
        "It reads those at the top of a repository: keep the spec there, or write there: `opsc "
        "build %.*s -o FOLDER`.",
        STR_ARG(cli_shown(c, file)));
}

str repository_path(str file, str dir) {
    if (str_is(dir, ".") && (file.n == 0 || file.p[0] != '/') && !str_starts(file, STR("../")))
        return str_starts(file, STR("./")) ? str_sub(file, 2, file.n) : file;
    if (str_starts(file, dir) && file.n > dir.n + 1) {
        if (dir.p[dir.n - 1] == '/')
            return str_sub(file, dir.n, file.n);
        if (file.p[dir.n] == '/')
            return str_sub(file, dir.n + 1, file.n);
    }
    str name = file;
    for (str rest = file; rest.n > 0;)
        name = str_split(&rest, '/');
    return name;
}
