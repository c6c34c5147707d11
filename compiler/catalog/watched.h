/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_WATCHED_H
#define OPSC_CATALOG_WATCHED_H

#include "catalog/catalog.h"

/*
 * watched: a resource of ops.yaml bound to its kind: attributes checked and typed,
 * facts computed when asked for.
 */
struct attribute_value {
    const struct cat_attribute *decl;
    struct cfg_text text; /* STRING, NAME, ENUM, RESOURCE, and the text of quantities and bools */
    struct quantity quantity; /* COUNT, SIZE, DURATION, PERCENT, MONEY */
    struct cfg_texts list;    /* LIST */
    struct cfg_pairs map;     /* MAP */
    bool boolean;             /* BOOL */
    bool is_default;
    span at;
};

struct watched {
    str name;
    const struct cat_kind *kind;
    const struct cfg_resource *cfg; /* NULL: implicit */
    struct map attributes;          /* "id", "health.path" -> struct attribute_value */
    struct map *facts, *wants;      /* facts.c's and wants.c's: what was found out */
    /*
     * A key of it was wrong or is missing, and that was reported: what would need the key is left
     * out without a further word.
     */
    bool broken;
    str path;              /* where ops.yaml has it: "resources.web" */
    struct cfg_pairs find; /* how Terraform looks it up in place of an id; n == 0: not */
    span at;               /* of its name in ops.yaml; implicit ones: of what uses them */
    uint32_t index;        /* given by who keeps something for each resource */
};

/* Binds; problems are diagnostics. NULL when the kind is unknown. */
struct watched *watched_bind(struct catalog *c, const struct cfg_resource *r);
struct watched *watched_implicit(struct catalog *c, const struct cat_kind *k, span at);

const struct attribute_value *watched_attribute(const struct watched *w, str name);
/* Whether `if:` holds; `given` as a value means: has any (facts too). */
bool watched_if(struct catalog *c, const struct watched *w, const struct cat_if *cond);

struct fact {
    struct quantity q;
    bool estimate;
    bool is_attribute;
    str doc;
};
/*
 * The fact `name`: an attribute with a number, or the catalog's computation. False
 * when it has no value here.
 */
bool watched_fact(struct catalog *c, const struct watched *w, str name, struct fact *ret);
/* Arithmetic over the facts of a resource, as a number in base units; NUM_NAN when one of them has
 * no value here, or it is wrong (reported). */
struct num watched_compute(struct catalog *c, const struct watched *w, const struct cfg_text *is);
/* Whether the kind knows such a fact at all (as opposed to: not given here). */
bool watched_knows_fact(const struct watched *w, str name);

/*
 * Fills ${attribute} and ${name} in a template of the catalog. False when an
 * attribute is not given; `ret_missing` is then its name. A list gives its values separated by
 * spaces.
 */
bool watched_text(struct arena *a, const struct watched *w, str template_text, str *ret,
                  str *ret_missing);
/* The same for a list of templates, where "${list}" alone stands for all its values. */
struct cfg_texts watched_texts(struct arena *a, const struct watched *w,
                               const struct cfg_texts *templates);
/*
 * The only region that has the metrics of this resource; empty when that is the region of ops.yaml.
 * The kind names it, or an ARN, whose region it is then.
 */
str watched_region(struct arena *a, const struct watched *w);
/* The first choice whose `if` holds, with its ${attribute}s filled; empty when none does. */
str watched_choice(struct catalog *c, const struct watched *w, const struct cat_choice *choice);
/* The same for prose that a person reads: what is not given is "...". Not for what is compiled. */
str watched_prose(struct arena *a, const struct watched *w, str template_text);
void watched_put_prose(struct buf *b, const struct watched *w, str template_text);
/* The first choice whose `if` holds, as a template of prose; empty when none does. */
str watched_prose_choice(struct catalog *c, const struct watched *w,
                         const struct cat_choice *choice);
/* The dimensions of a metric, as templates: its own or its kind's; none when no choice holds. */
const struct cfg_pairs *watched_dimensions(struct catalog *c, const struct watched *w,
                                           const struct cat_metric *k);

/* Warns of attributes that are looked up in a table which does not have them: facts are not known
 * then. */
void watched_doubt_classes(struct catalog *c, const struct watched *w);

#endif
