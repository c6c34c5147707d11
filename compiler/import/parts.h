/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IMPORT_PARTS_H
#define OPSC_IMPORT_PARTS_H

#include "catalog/catalog.h"
#include "import/import.h"
#include "live/kind_list.h"
#include "resource/resource.h"

/*
 * parts: what the files of import share. For import/ only.
 *
 * Each thing of the account is an entry. It is written in the best form that it has, all of it is
 * compiled and compared, and an entry that is not what the account has takes its next form, until
 * nothing differs; the last form is to be left out.
 */

/* A resource that alarms watch. */
struct seen {
    const struct cat_kind *kind;
    VEC(struct cfg_pair) attributes;
    str name;
    str hint;  /* what opsc called it, when it made an alarm; or empty */
    bool used; /* a condition names it, or it has recommended alarms */
    bool recommended;
    VEC(str) off; /* of these: those that the account has not */
    bool broken;  /* it cannot be written: nothing names it any more */
    uint32_t start, end;
};

enum entry_form {
    FORM_RECOMMENDED, /* by its resource, which has the catalog's alarms */
    FORM_SAID,        /* the condition that its description has, by which opsc made it */
    FORM_SHORT,       /* a condition in the language, without what is inferred */
    FORM_FULL,        /* with the length of an evaluation */
    FORM_EXACT,       /* attributes as AWS has them */
    FORM_LEFT         /* not written: `why` */
};

struct entry {
    const struct section *section;
    const struct node *have;
    enum entry_form form;
    str key;
    bool named;           /* AWS's name is not made of the key */
    bool renamed;         /* its first key was something else's */
    str said, when, full; /* FORM_SAID, FORM_SHORT, FORM_FULL; empty: there is none */
    struct seen *of;      /* that the condition names, or NULL */
    const struct cat_alarm *recommended; /* of FORM_RECOMMENDED, or NULL */
    bool missing;                        /* says what missing data is */
    bool disabled;
    uint64_t exact; /* attributes, by index, that are given exactly */
    str why;
    uint32_t start, end; /* of its text */
    bool over;           /* it was written and found different since the last turn */
};

struct notified {
    str key, arn;
};

struct import {
    struct arena *a;
    struct aws_client *client;
    const struct import_options *o;
    struct import_result *ret;
    struct sources sources;
    struct diag_list dl;
    struct catalog catalog;
    struct kind_lists lists;
    struct live_result listed; /* what went wrong there */
    struct map tagged;         /* ARNs that have all the tags that are asked for */
    struct map owned;          /* ARNs that have the tags of the project and its environment */
    bool default_tags;         /* all that is written has them */
    str prefix;                /* "shop-production-" */
    VEC(struct seen *) seen;
    VEC(struct notified) notified;
    VEC(struct entry *) entries; /* by section, then by name */
    struct map keys, resource_names, notify_names, log_names;
    struct map *rest_names; /* by section */
};

/* A section of ops.yaml, and what of an account it can say. */
struct section {
    const char *key;  /* "alarms" */
    const char *what; /* for people, of several */
    const struct resource_kind *kind;
    const char *service;
    bool by_type; /* below its type of Terraform's: of the key `exactly` */
    /* Fills what is particular to it; false: it is left out, and `why` is set. */
    bool (*begin)(struct import *im, struct entry *e);
    /* Writes what is below the key. */
    void (*put)(struct import *im, struct buf *b, const struct entry *e);
};
extern const struct section import_sections[];
extern const uint32_t import_sections_n;

/* account.c: reads it all; false: ret->live.errors. */
bool import_read(struct import *im);
/* The tags that opsc gives, as a MAP. */
struct value *import_own_tags(struct import *im);
/* Lists the resources of the kinds that were seen, for the attributes that they have. */
void import_list(struct import *im);

/* series.c */
/* The resource that a metric of CloudWatch's is of, and what the catalog calls the metric. */
struct series_of {
    struct seen *seen;
    const struct cat_metric *metric;
};
/* Notes the resource; false: the catalog does not know it. */
bool import_series(struct import *im, const struct node *alarm, struct series_of *ret);

/* said.c: what opsc wrote in the description of an alarm that it made. */
/* Notes what the resource was called; once it is known which one it is. */
void import_hint(struct import *im, struct entry *e);
void import_said(struct import *im, struct entry *e);
/* "warning" of the topic that opsc makes for warnings; empty: it is another. */
str import_severity(const struct import *im, str arn);

/* condition.c: the condition of an alarm over one metric; false: the language has no words. */
bool import_condition(struct import *im, struct entry *e);
/* The rule of a composite alarm, once all others have their keys. */
bool import_rule(struct import *im, struct entry *e);

/* names.c: a key of ops.yaml for what AWS calls so, which none of `taken` is. */
str import_key(struct import *im, struct map *taken, str name);

/* spec.c: all entries as ops.yaml; `last`: with what is left out, as comments. */
void import_put_spec(struct import *im, struct buf *b, bool last);
void import_put_exactly(struct import *im, struct buf *b, const struct entry *e);

/* rest.c: all that is no alarm. */
bool import_begin_log(struct import *im, struct entry *e);
void import_put_log(struct import *im, struct buf *b, const struct entry *e);
bool import_begin_rest(struct import *im, struct entry *e);
void import_put_rest(struct import *im, struct buf *b, const struct entry *e);
/* What people call it: of a policy the topic. */
str import_name(const struct node *n);

/* check.c: turns until nothing differs. */
void import_check(struct import *im);

/* Of an entry's node, or NULL. */
const struct value *import_get(const struct entry *e, const char *attr);
str import_text(const struct entry *e, const char *attr);

#endif
