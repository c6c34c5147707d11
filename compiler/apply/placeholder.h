/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_PLACEHOLDER_H
#define OPSC_APPLY_PLACEHOLDER_H

#include "base/str.h"

/*
 * placeholder: "${}" in the documents of input.h. Functions of text.
 */
struct placeholder {
    str name;      /* of an attribute, or of the account: "vpc_config"; empty: of "${.}" */
    str inner;     /* what follows its point: "subnet_ids"; of "<" the path */
    str form;      /* what follows "|": "Key,Value" */
    bool fallback; /* "!" */
    bool count;    /* "#" */
    bool there;    /* "@" */
    bool others;   /* "+" */
    bool given;    /* "?" */
    bool first;    /* "<" */
};

/* From what is between the braces. */
struct placeholder placeholder_of(str text);
/* What comes before the next "${", which is cut off with it; all of it, when there is none. */
str placeholder_before(str *rest);

#endif
