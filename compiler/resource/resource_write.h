/* SPDX-License-Identifier: MIT */
#ifndef OPSC_RESOURCE_RESOURCE_WRITE_H
#define OPSC_RESOURCE_RESOURCE_WRITE_H

#include "resource/resource.h"

/*
 * resource_write: the operations that create, change and delete what a kind is, and what IAM asks
 * of who calls them. Tables by kind, beside those of resource.h.
 *
 * Source: AWS's Service Authorization Reference; botocore's service models for names.
 */
enum resource_effect {
    RESOURCE_CREATES = 1 << 0,
    RESOURCE_CHANGES = 1 << 1,
    RESOURCE_DELETES = 1 << 2,
    RESOURCE_PERMITS = 1 << 3, /* it is not called: another of the kind's operations asks for it */
    RESOURCE_TERRAFORM = 1 << 4, /* Terraform's provider calls it, where another one does as well */
    RESOURCE_REFRESHES = 1 << 5, /* Terraform's provider reads by it */
    RESOURCE_TELLS = 1 << 6      /* with others: it changes nothing, and is called when something
                                    that it gives is not known yet */
};

struct resource_write {
    unsigned effects;
    const char *service;   /* aws/service.h: "cloudwatch" */
    const char *operation; /* "PutMetricAlarm"; of RESOURCE_PERMITS IAM's own: "PassRole" */

    /* What IAM asks: */
    const char *action; /* after the colon; NULL: the operation's name */
    /*
     * What IAM can limit it to: ARNs separated by spaces, where "${}" stands for an attribute of
     * the node, "${partition}", "${region}", "${account}", or "${name}", what AWS calls the node.
     * "${target.role_arn}" is in a block; of a list there is one ARN for each. A node without the
     * attribute does not take the operation. NULL: IAM cannot, and every node takes it.
     */
    const char *on;
    const char *test, *key, *value; /* a condition: "StringEquals"; `value` has "${}" as well */

    /* When it is called; of a change, when `input` has an attribute that differs: */
    const char *of; /* nodes that have this attribute take it, and no others; NULL: all do */
    const char *is; /* only when this attribute is so in the account: "enabled=true"; or NULL */
    /* Of a change: not for what `input` has, but when this attribute is there and is wanted no
     * more; or NULL. */
    const char *unset;
    /* Of a change: for these attributes as well, which are told of what it has: the hash of a file,
     * or changed together with another operation. Names separated by spaces; NULL: none. */
    const char *also;
    /* Once for each item of this list that is wanted and not there; with `gone` for each that is
     * there and not wanted, but for the last `keep` of them, as numbers go. NULL: once. */
    const char *each;
    bool gone;
    unsigned keep;
    /* Of a deletion that takes no other call: this parameter of `input`, a list of one, takes so
     * many at once. NULL: one. */
    const char *many;
    unsigned many_max;

    /*
     * What it is asked with (apply/input.h): a document of JSON in which "${name}" stands for an
     * attribute, "${.}" for the item of `each`, "${<path}" for what `first` told. NULL: it is not
     * called; IAM asks for it.
     */
    const char *input;
    /* Asked before, each time; its own `input` is as here. NULL: nothing is. */
    const struct resource_call *first;
    const char *method, *path; /* REST, as in resource_call; NULL: PUT */
    const char *payload;       /* REST: this parameter alone is the body; or NULL */
    const char *header;        /* REST: this parameter is the header of the same name; or NULL */
    bool hashed;               /* S3: the body has to come with a hash of its own */

    /* What is answered: */
    const char *root; /* of REST with XML: the element that the answer is; NULL: empty */
    /* Which attributes it tells: "key_id=KeyMetadata/KeyId arn=KeyMetadata/Arn"; NULL: none. */
    const char *gives;
    /* Where an answer with status 200 tells what was not done all the same: a path to errors, which
     * have `code` and `message`; NULL: nowhere. */
    const char *fails;
    /* An error that says no more than that it is so already: "DuplicateDocumentContent"; or NULL.
     */
    const char *already;
    /* Said twice it makes two: it is said again only when it surely was not carried out. */
    bool once;
};

/* What becomes of what somebody put into it when one is deleted. */
enum resource_holds {
    RESOURCE_HOLDS_NOTHING, /* it can be made again as it was */
    RESOURCE_HOLDS_DATA     /* logs, objects, images, secrets, what is encrypted by it */
};

struct resource_writing {
    const struct resource_kind *kind;
    const struct resource_write *rows;
    uint32_t n;
    enum resource_holds holds;
    /* Of what is deleted without knowing what refers to it: lower ones are deleted first. What is a
     * part of something else, or refers to it, comes before it. */
    unsigned rank;
    /* What it refers to cannot be deleted before it: it goes and comes back when that is replaced.
     */
    bool holds_on;
    /* Attributes that tell how many hold on to it so, separated by spaces; NULL: nothing does. */
    const char *held;
    /* What somebody has to do by hand after one was made, with "${}" for its attributes, if
     * `next_is` is so ("protocol=email"; NULL: in any case), and of what can be held if nothing
     * that is wanted holds it. NULL: nothing. */
    const char *next, *next_is;
    /* A part of one of this kind, which it names by this attribute. NULL: of nothing. */
    const struct resource_kind *whole;
    const char *whole_attr;
    bool stays_too; /* it is not deleted while that one should go, and stays */
    bool by_name;   /* it can have no tags, and is a part of nothing: its name says whose it is */
    bool goes_too;  /* AWS deletes it with that one, and nobody else has to */
};

/* NULL: there is nothing to say. What is looked up has what refreshes it alone. */
const struct resource_writing *resource_writing_of(const struct resource_kind *kind);

/* The tables, for resource_writing_of(): each ends with a row without a kind. */
extern const struct resource_writing resource_writes_access[];
extern const struct resource_writing resource_writes_data[];
extern const struct resource_writing resource_writes_monitoring[];
extern const struct resource_writing resource_writes_spending[];
extern const struct resource_writing resource_writes_stores[];

#endif
