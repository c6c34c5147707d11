/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IO_GIT_H
#define OPSC_IO_GIT_H

#include "io/io.h"

/*
 * git: files as they were at a revision, out of a repository, by the program `git` (2.30 or newer).
 *
 * The work tree is not touched, nothing is fetched, and nothing that the repository configures is
 * run. Names and revisions reach git by its standard input or after a commit's digits, never as an
 * option. Variables that tie git to another repository (those of hooks) do not reach it.
 */
enum git_status {
    GIT_OK,
    GIT_NO_PROGRAM,  /* there is no `git` */
    GIT_NO_TREE,     /* the folder is not in a work tree, or git does not trust it */
    GIT_NO_REVISION, /* it has no such commit */
    GIT_FAILED       /* anything else */
};

struct git;

struct git_problem {
    enum git_status status;
    bool shallow;  /* the clone is a shallow one */
    str complaint; /* git's own words, one line; may be empty */
};

/*
 * The repository that the folder `dir` is in, at `revision`. NULL with `ret_problem` filled. It
 * ends with the arena.
 */
struct git *git_open(struct arena *a, str dir, str revision, struct git_problem *ret_problem);
/* The commit, in hexadecimal digits. */
str git_commit(const struct git *g);
/*
 * How io_git() calls a file of the folder: "main:infra/ops.yaml". What is joined to its folder is
 * read at the revision as well.
 */
str git_name(struct arena *a, const struct git *g, str file);
/*
 * Reads alone. A file outside of the repository has no revision: it is read from the disk, as it
 * is, also when a link leads there.
 */
struct io io_git(struct git *g);

#endif
