/* SPDX-License-Identifier: MIT */
#ifndef OPSC_MODEL_GRAPH_H
#define OPSC_MODEL_GRAPH_H

#include "base/map.h"
#include "model/value.h"

/*
 * graph: the AWS resources that a spec means. lower/ builds it; emitters
 * read it and get it as const.
 *
 * A node is one AWS resource (or a Terraform data source): its kind is a row of the
 * resource table (resource/resource.h), its attributes are values by position in that table.
 */
struct resource_kind;
struct resource_attr;

enum graph_region {
    GRAPH_REGION_HOME,  /* the project's region */
    GRAPH_REGION_GLOBAL /* billing, CloudFront and Route 53 metrics live there, and nowhere else */
};
#define GRAPH_GLOBAL_NAME "us-east-1"
/* Whether it is another region than this one, and of its partition: in China and in GovCloud there
 * is none. */
bool graph_reaches_global(str region);

/* Tags that opsc gives; by the first two it knows what belongs to an environment. */
#define GRAPH_TAG_PROJECT "project"
#define GRAPH_TAG_ENVIRONMENT "environment"
#define GRAPH_TAG_MANAGED_BY "managed-by"

struct node {
    /* What is asked of all nodes comes first: together it is in the processor's cache at once. */
    const struct resource_kind *kind;
    struct value **attrs;     /* kind->nattrs; NULL = unset */
    str module;               /* "monitoring" */
    str name;                 /* what AWS calls it: "reco-production-high-cpu" */
    const struct node *clash; /* one of the same kind and label, which came first; NULL: none */
    enum graph_region region;
    bool data;     /* looked up, not created */
    bool adopted;  /* may be there already: taken over then (graph_import) */
    uint16_t next; /* node_set() begins to look here: attributes are set in the table's order */
    str label;     /* Terraform's name in the module: "high_cpu"; unique per kind */
    str comment;   /* where it comes from when nobody wrote it: "recommended for kind ec2"; or empty
                    */
    str path;      /* where it was said: "alarms.high-cpu" */
    uint32_t index; /* among the nodes of the graph that it was added to */
    span at;        /* in ops.yaml; SPAN_NONE never happens: what is inferred points at what it was
                       inferred from */
};

/* A variable of a module, and what the root module hands over for it. */
struct graph_variable {
    str module;
    str name;
    const char *type; /* Terraform: "string", "map(string)", "bool" */
    const char *doc;
    struct value *is; /* literal; becomes the root variable's default when `root`, else is handed
                         over as it is. Or, when not `root`, an attribute of a node in another
                         module, which has an output for it */
    bool root;        /* also a variable of the root module, so that it can be set from outside */
    bool sensitive;
};

struct graph_output {
    str module;
    str name;
    str doc;
    struct value *is;
    bool root; /* also an output of the root module */
};

/* A file beside Terraform's own: a dashboard's JSON, an agent's config, a script. */
struct graph_file {
    str path; /* below the output folder */
    str text;
    bool executable;
    span at;
};

/* What is not made, and would stand here. */
struct graph_omission {
    uint32_t before; /* the node of this index, and those after it */
    const struct resource_kind *kind;
    str module, text; /* a sentence or a few, on one line */
    span at;
};

/* A node that Terraform takes over when it is there: when `id` is among what an output of its
 * module, `output`, lists. */
struct graph_import {
    const struct node *node;
    str id, output;
};

struct graph {
    struct arena *arena;
    struct arena *together; /* the nodes alone: whoever goes through all of them reads on */
    VEC(struct graph_omission) omissions; /* in the order of `before` */
    VEC(struct node *) nodes; /* in the order of ops.yaml; dependencies before dependents within a
                                 kind is not promised */
    VEC(struct graph_variable) variables;
    VEC(struct graph_output) outputs;
    VEC(struct graph_file) files;
    VEC(struct graph_import) imports;
    struct value *tags; /* of all that can have tags: a MAP of texts; NULL: none */
    struct map labels;  /* "kind.label" -> node */
};

struct graph *graph_new(struct arena *a);
/*
 * Adds a node. The label is made from `wanted` (dashes and other characters become
 * underscores, a leading digit gets one before it): by nothing else, for a label that depended on
 * what else there is would make Terraform destroy one resource when another is added. Of two nodes
 * of a kind with one label the second has `clash`, which is reported (lower/names.c).
 */
struct node *graph_add(struct graph *g, const struct resource_kind *kind, str wanted, span at);
/* Whether there is a node of the kind. */
bool graph_has(const struct graph *g, const struct resource_kind *kind);
/* Notes what is not made, before what is added next. */
void graph_leave_out(struct graph *g, const struct resource_kind *kind, str module, str text,
                     span at);
/* Sets an attribute by Terraform's name; a name that is not in the kind's table asserts. */
void node_set(struct node *n, const char *attr, struct value *v);
const struct value *node_get(const struct node *n, const char *attr);
/* Those of a project and its environment: a MAP. */
struct value *graph_own_tags(struct arena *a, str project, str environment, span at);
/* Whether what is made for the graph has the tags project and environment, which say whose it is.
 */
bool graph_tells_owner(const struct graph *g);
/* Whether something with these tags (a MAP, or NULL) was made for a graph: project and environment
 * are its own. True where the graph does not tell. */
bool graph_owns(const struct graph *g, const struct value *tags);
/* Whether they say as well that opsc made it, and not somebody who has the same two: false where
 * the graph does not tell. By tags alone nothing else is known to be ours. */
bool graph_made(const struct graph *g, const struct value *tags);
/* Whether a tag is one of these. */
bool graph_made_tag(str name);

/* A nested block that is being filled: the value, and the row of the table that describes it. */
struct graph_block {
    struct value *value;
    const struct resource_attr *row;
};
/* The block `attr` of a node, set there. */
struct graph_block graph_block_of(struct graph *g, struct node *n, const char *attr, span at);
/* A block inside of a block, set there. */
struct graph_block graph_block_in(struct graph *g, struct graph_block b, const char *attr, span at);
/* One more block of the list `attr` of a node (ATTR_BLOCKS), which has room for `capacity`. */
struct graph_block graph_block_push(struct graph *g, struct node *n, const char *attr,
                                    uint32_t capacity, span at);
/* One more block of the list `attr` of a block. */
struct graph_block graph_block_push_in(struct graph *g, struct graph_block b, const char *attr,
                                       uint32_t capacity, span at);
void graph_block_set(struct graph_block b, const char *attr, struct value *v);

#endif
