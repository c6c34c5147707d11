/* SPDX-License-Identifier: MIT */
#ifndef OPSC_EMIT_TERRAFORM_PARTS_H
#define OPSC_EMIT_TERRAFORM_PARTS_H

#include "emit/emit.h"
#include "emit/hcl_value.h"

/* terraform_parts: what the pieces of the Terraform emitter share. Internal to emit/. */

#define TERRAFORM_FILE_MAX (1u << 30)
/* use_lockfile of the S3 backend came with 1.10. */
#define TERRAFORM_VERSIONS ">= 1.10"
/* Arguments that are in no state came with 1.11. */
#define TERRAFORM_VERSIONS_WRITE_ONLY ">= 1.11"
/*
 * Tested with 5.100. What 6.0 removed (its upgrade guide) touches no kind or attribute of
 * the resource table; .terraform.lock.hcl keeps a project at the version it began with.
 */
#define TERRAFORM_AWS_VERSIONS ">= 5.100, < 7.0"

struct terraform {
    struct output *out;
    const struct graph *g;
    const struct emit_project *p;
    struct sources *src;
    bool global;     /* something lives in us-east-1 and the project does not */
    bool write_only; /* some argument is kept out of the state */
};

/* A file begun with its header comment. */
struct terraform_file {
    struct terraform *t;
    str path;
    struct buf text, place;
    struct hcl h;
};

void terraform_begin(struct terraform_file *f, struct terraform *t, const char *path);
/* Hands the text over to the output set. */
void terraform_end(struct terraform_file *f);
/* The versions of Terraform that can read what is written. */
str terraform_versions(const struct terraform *t);
void terraform_kstr(struct hcl *h, const char *key, str value);
void terraform_kraw(struct hcl *h, const char *key, const char *expression);

/* resource, data: one block per node. */
void terraform_node(struct terraform_file *f, const struct node *n);
/* What is not made, as a comment. */
void terraform_omission(struct terraform_file *f, const struct graph_omission *o);
void terraform_module(struct terraform *t, str module);
void terraform_root(struct terraform *t, const str *modules, uint32_t n);
/* variables.tf and outputs.tf; `module` empty: the root's. */
void terraform_variables(struct terraform *t, const char *path, str module);
void terraform_outputs(struct terraform *t, const char *path, str module);
/* The outputs of a module alone, the values as they are there. */
void terraform_put_outputs(struct terraform_file *f, str module);

#endif
