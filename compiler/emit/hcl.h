/* SPDX-License-Identifier: MIT */
#ifndef OPSC_EMIT_HCL_H
#define OPSC_EMIT_HCL_H

#include "base/buf.h"
#include "base/num.h"

/*
 * hcl: writes Terraform's language as `terraform fmt` would leave it.
 *
 * Consecutive attributes of one line are held back until the run ends, so that their
 * equals signs stand in one column. An attribute of several lines and a nested block have
 * a blank line before them. Escapes for HCL strings are made here and nowhere else.
 */
#define HCL_RUN_MAX 64

struct hcl {
    struct buf *out;
    unsigned indent;
    struct buf values; /* of the attributes held back */
    struct hcl_line {
        str key;
        uint32_t from, to;
    } run[HCL_RUN_MAX];
    unsigned nrun;
    bool first;  /* nothing in this block yet: no blank line before what comes */
    bool closed; /* what came last is a block: a blank line before an attribute */
};

void hcl_init(struct hcl *h, struct buf *out);
void hcl_done(struct hcl *h);
/* "# text" */
void hcl_comment(struct hcl *h, str text);
/* `resource "a" "b" {`: `labels` are quoted. */
void hcl_open(struct hcl *h, const char *type, const str *labels, unsigned n);
void hcl_close(struct hcl *h);
/* Begins a value of one line: write it to the returned buffer, then hcl_attr_end(). */
struct buf *hcl_attr(struct hcl *h, str key);
void hcl_attr_end(struct hcl *h);
/* The same value as the attribute before it; false: that is not held back any more. */
bool hcl_attr_again(struct hcl *h, str key);
/* Begins a value of several lines: written at once, after "key = ". */
struct buf *hcl_attr_long(struct hcl *h, str key);
void hcl_attr_long_end(struct hcl *h);
/* A blank line between things of one block. */
void hcl_gap(struct hcl *h);

void hcl_put_string(struct buf *out, str s);
/* The same of a text in which str_skip_plain() finds nothing. */
void hcl_put_plain(struct buf *out, str s);
/* What stands between the quotes. */
void hcl_escape(struct buf *out, str s);
void hcl_put_indent(struct buf *out, unsigned indent);

#endif
