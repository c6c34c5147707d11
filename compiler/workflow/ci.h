/* SPDX-License-Identifier: MIT */
#ifndef OPSC_WORKFLOW_CI_H
#define OPSC_WORKFLOW_CI_H

#include "workflow/workflow.h"

/*
 * ci: what `ci:` means: its words bound to the tables of languages, tools and services below.
 * workflow_ci.c writes it down as .github/workflows/ci.yml.
 */
enum ci_language { CI_PYTHON, CI_NODE, CI_GO, CI_JAVA, CI_RUST, CI_LANGUAGES /* none of them */ };

struct ci_language_row {
    const char *name;    /* the key of `ci:`, and of the matrix */
    const char *title;   /* "Python" */
    const char *input;   /* of the action that installs it; NULL: none does */
    const char *setup;   /* template of the steps that install it */
    const char *install; /* template of the step that installs dependencies; NULL: none */
    size_t offset;       /* of its versions in struct config */
};
extern const struct ci_language_row ci_languages[CI_LANGUAGES];

struct ci_tool {
    const char *name;
    enum ci_language language; /* CI_LANGUAGES: of any */
    bool security;             /* for `security:`, else for `quality:` */
    bool dependencies;         /* it looks at what the project depends on: that is installed */
    const char *package;       /* Python: what pip installs; NULL: nothing */
    const char *install;       /* a command that installs it; NULL: it is there already */
    const char *command;       /* fails when something is found */
    const char *report;        /* before that: writes NAME.sarif; NULL: none */
};
extern const struct ci_tool ci_tools[];
extern const uint32_t ci_ntools;
/* The word of `security:` for what GitHub itself says of changed dependencies. */
#define CI_REVIEW "dependency-review"

struct ci_service {
    const char *name;
    const char *images; /* name:tag@digest, one a line; the first is the usual one */
    uint32_t parts; /* of a version, that tell which image is the same: 1 of 16.4, 2 of 8.0.40 */
    const char *engines; /* resources of these engines or kinds are such a service, by space */
    uint16_t port;       /* on the runner and in the container */
    const char *text;    /* template of all but the image */
    /* What tests get, a variable a line; DATABASE_URL from the first that has it. */
    const char *variables;
};
extern const struct ci_service ci_services[];
extern const uint32_t ci_nservices;

/* An entry of `quality:` or `security:`. */
struct ci_check {
    const struct ci_tool *tool; /* NULL: a command */
    str command;
};

struct ci_container {
    const struct ci_service *service;
    str image;
};

struct ci_test {
    const struct cfg_test *cfg;
    VEC(struct ci_container) services;
    int64_t minutes;
};

struct ci {
    const struct config *cfg;
    VEC(struct ci_test) tests;
    VEC(struct ci_check) quality, security;
    bool review; /* dependency review, of pull requests */
};

/* The versions of a language that are given; n is 0 when it is not. */
const struct cfg_texts *ci_versions(const struct ci *c, enum ci_language l);
/* Binds `ci:`, which must be given. False after diagnostics. */
bool ci_bind(struct workflows *w, const struct config *cfg, struct ci *ret);

/* Of a job that reports findings, and of who calls its workflow: a call may do no more than its
 * caller. */
#define CI_REPORT_PERMISSIONS                                                                      \
    "# Code scanning shows what is found.\n"                                                       \
    "security-events: write\n"                                                                     \
    "# Of a private repository it asks about the run as well.\n"                                   \
    "actions: read"

/* Nothing is tested, which is allowed when `ci:` says where opsc is. */
bool ci_is_empty(const struct ci *c);
/* What those need to know who call it. */
struct ci_file {
    bool is_there;
    bool reports; /* it may write what is shown under Security */
};

/* Adds .github/workflows/ci.yml, when there is a `ci:`; `out` may be NULL: checked only. */
struct ci_file workflow_ci(struct workflows *w, struct output *out);

#endif
