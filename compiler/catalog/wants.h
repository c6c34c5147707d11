/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_WANTS_H
#define OPSC_CATALOG_WANTS_H

#include "catalog/watched.h"

/*
 * wants: why something of a kind does not exist for a resource, and what would
 * have to be given at the resource for it to exist.
 *
 * Two cases are kept apart. What the resource says (or a default says for it) can rule the thing
 * out: another engine, no replica. Or the resource does not say enough: no class, no size.
 */
struct wants {
    struct arena *arena;
    bool ruled_out;
    str needs;     /* ruled out: "`engine: mysql`"; empty when nothing that could be said helps */
    VEC(str) give; /* else: "`class`", "`max_connections` or `class`"; each of them is needed */
    bool metrics_only; /* measure_wants(): numbers and logs that are not there do not matter */
    unsigned depth;    /* derived metrics inside derived ones */
};

/* Adds why `cond` does not hold; nothing when it holds. */
void wants_if(struct catalog *c, const struct watched *w, const struct cat_if *cond,
              struct wants *s);
/* Adds why the fact `name` has no value; nothing when it has one. */
void wants_fact(struct catalog *c, const struct watched *w, str name, struct wants *s);
/* Adds why arithmetic over facts has no value; nothing when it has one. */
void wants_computation(struct catalog *c, const struct watched *w, const struct cfg_text *is,
                       struct wants *s);
/* Adds the attribute `name`, which is not given. */
void wants_attribute(const struct watched *w, str name, struct wants *s);

static inline bool wants_nothing(const struct wants *s) {
    return !s->ruled_out && s->give.n == 0;
}
/* "`class` and `storage`" */
str wants_text(const struct wants *s);

#endif
