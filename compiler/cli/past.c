/* SPDX-License-Identifier: MIT */
#include "cli/past.h"

#include "cli/compile.h"
#include "io/git.h"

static enum cli_exit cannot_open(struct cli *c, str dir, str revision,
                                 const struct git_problem *p) {
    str rev = cli_shown(c, revision);
    switch (p->status) {
    case GIT_NO_PROGRAM:
        cli_err("opsc cost: --diff needs the program `git`, which is not in PATH\n");
        break;
    case GIT_NO_TREE:
        cli_err("opsc cost: --diff: `%.*s` is in no work tree that git can read\n",
                STR_ARG(cli_shown(c, dir)));
        break;
    case GIT_NO_REVISION:
        cli_err("opsc cost: --diff: there is no commit `%.*s` in this repository\n", STR_ARG(rev));
        if (p->shallow)
            cli_err("It is a shallow clone: fetch that commit, as with `git fetch --depth 1 origin "
                    "COMMIT`.\n");
        break;
    case GIT_OK:
    case GIT_FAILED:
        cli_err("opsc cost: --diff: git ended before it said what is at `%.*s`\n", STR_ARG(rev));
        break;
    }
    if (p->complaint.n > 0)
        cli_err("git says: %.*s\n", STR_ARG(cli_shown(c, p->complaint)));
    return CLI_OUTSIDE;
}

/* Whether the spec had the environment that is asked for; `opt` then says how to ask for it. */
static bool has_environment(struct cli *c, const struct io *io, struct spec_options *opt) {
    struct sources src;
    struct diag_list quiet;
    uint32_t n;
    sources_init(&src, c->arena);
    diag_list_init(&quiet, c->arena, &src);
    struct spec *spec = opt->environment.n > 0 ? spec_open(c->arena, &quiet, io, opt) : NULL;
    if (spec == NULL)
        return true;
    const struct cfg_text *names = spec_environments(spec, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (str_eq(names[i].text, opt->environment))
            return true;
    }
    if (n > 0)
        return false;
    /* The only one, which may have another name. */
    opt->environment = STR("");
    return true;
}

static void keep(struct cost_run *r, str environment) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        if (environment.n == 0 || str_eq(r->sheets.at[i]->environment, environment))
            r->sheets.at[n++] = r->sheets.at[i];
    }
    r->sheets.n = n;
}

static enum cli_exit compile_past(struct cli *c, const struct io *io, struct compile_options *opt,
                                  str revision) {
    struct sources src;
    struct diag_list dl;
    struct compile_result r;
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    opt->cost->dl = &dl;
    if (compile(c->arena, &dl, io, opt, &r))
        return CLI_OK;
    cli_render(c, &dl);
    cli_err("opsc cost: --diff: nothing is compared: the spec of `%.*s` cannot be used\n",
            STR_ARG(cli_shown(c, revision)));
    return cli_status(c, &dl);
}

enum cli_exit past_cost(struct cli *c, const struct spec_options *now, str revision,
                        struct cost_run *ret, struct cost_diff *d) {
    struct git_problem problem;
    struct io_error err = {.status = IO_OK};
    str dir = io_path_dir(now->file);
    struct git *g = git_open(c->arena, dir, revision, &problem);
    if (g == NULL)
        return cannot_open(c, dir, revision, &problem);
    struct io io = io_git(g);
    struct compile_options opt = {.spec = *now,
                                  .cost = ret,
                                  .prices_given = true,
                                  .prices = ret->tables.lock,
                                  .no_output = true};
    opt.spec.file = git_name(c->arena, g, io_path_name(now->file));
    opt.spec.spare_vars = true;
    d->revision = revision;
    d->commit = git_commit(g);
    d->absent = io.probe(io.ctx, opt.spec.file, &err) == IO_NOT_FOUND;
    if (d->absent || !has_environment(c, &io, &opt.spec))
        return CLI_OK;
    enum cli_exit status = compile_past(c, &io, &opt, revision);
    keep(ret, now->environment);
    return status;
}
