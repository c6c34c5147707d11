/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_XML_H
#define OPSC_AWS_XML_H

#include "base/arena.h"

/*
 * xml: an answer as a tree, by libexpat.
 *
 * Elements and text only: attributes and namespaces say nothing that AWS's answers need. A document
 * with a DTD is refused, so that no entity can grow. Deep and endless documents are refused too.
 */
#define XML_DEPTH_MAX 64
#define XML_NODES_MAX 2000000

struct xml_node {
    str name; /* without the prefix of a namespace */
    str text; /* of a leaf all its text; of others empty */
    const struct xml_node *first, *next;
};

/* NULL when it is none; `ret_why` says it then, without any of the text. */
const struct xml_node *xml_parse(struct arena *a, str text, const char **ret_why);
/* The first child of this name, or NULL; `n` may be NULL. */
const struct xml_node *xml_child(const struct xml_node *n, const char *name);
/* Its text, or empty when there is none. */
str xml_child_text(const struct xml_node *n, const char *name);

#endif
