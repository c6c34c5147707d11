/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_INPUT_H
#define OPSC_APPLY_INPUT_H

#include "diff/known.h"
#include "resource/resource_write.h"

/*
 * input: what an operation that writes is asked with, from its row (`input`) and a node.
 *
 * The row is a document of JSON. In its texts "${}" is
 *
 *     ${retention_in_days}        an attribute, as the API has it: a number, a list, a block
 *     ${environment.variables}    one of a block
 *     ${description!}             its default when it is not given, or what is empty
 *     ${tags_all|Key,Value}       a map as a list of such pairs
 *     ${#aliases}                 how many there are
 *     ${@id}                      as it is in the account, not as it is wanted
 *     ${tags_all+|Key,Value}      and those of others that it has in the account
 *     ${?logging_config}          whether it is given
 *     ${account}                  and partition, region
 *     ${location}                 the region as S3 has it: nothing in us-east-1
 *     ${token}                    32 hexadecimal digits, the same for all tries of this call
 *     ${<ETag}                    what the row's `first` told there (live/path.h)
 *     ${.}                        the item that the row is called for (`each`), or the innermost
 *                                 "for" is about; ${.name} is one of its attributes, if a block
 *
 * alone, or among other text. A member whose attribute is not given is left out, and with it an
 * item of a list that it is in; so is what has nothing left in it. A member "*" stands for all
 * attributes that are written, each at its place in the API (`api`); "@" for those of a file
 * (document.h).
 *
 * In a list "for origin" stands for what comes after it, once for each item of that attribute (of
 * a block: of its attribute, "for .custom_header"); "unless origin" for what comes after it when it
 * is not given.
 *
 * What an object with a member "<" does not name stays as `first` told it, at the same place in its
 * answer. Of items of a list it is that in the item with the same value of the member that "<"
 * says, or the one of the same number.
 */
struct input_from {
    struct arena *a;
    struct known *known;
    const struct node *node;              /* wanted; or one that is there, which is deleted */
    const struct node *have;              /* NULL: none */
    const struct value *item;             /* that it is called for; NULL: for none */
    const struct resource_attr *item_row; /* the attribute whose item that is */
    const struct value *first;            /* what the row's `first` told; NULL: nothing */
    str run;                              /* what no other run has, for tokens */
    str (*file)(void *ctx, const struct node *of, str path); /* as in diff_options */
    void *ctx;
};

/* A MAP. NULL: something of it is not known, or not to be had; `ret_why` says what. */
const struct value *input_make(const struct input_from *from, const char *input, str *ret_why);
/* A list of a node (its row among those of the kind) as the API has it, empty when it has none.
 * NULL: as above. */
const struct value *input_list(const struct input_from *from, const struct node *of, uint32_t row,
                               str *ret_why);
/* Whether "*" stands for an attribute as well. */
bool input_is_written(const struct resource_attr *row);
/* Whether an attribute becomes what is wanted by an operation: it is asked with it, is called for
 * each of its items, when it is gone, or for it as well. */
bool input_sets(const struct resource_kind *kind, const struct resource_write *w, uint32_t row);
/* Whether it has tags and nothing else that can differ. */
bool input_is_tags(const struct resource_kind *kind, const char *input);

#endif
