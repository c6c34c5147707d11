/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_CATALOG_H
#define OPSC_CATALOG_CATALOG_H

#include "base/map.h"
#include "catalog/kind.h"
#include "io/io.h"

struct price_lock;
struct table;

/* How deep facts (and attributes with an `if`) may rest on each other. */
enum { CATALOG_FACT_DEPTH_MAX = 16 };

/*
 * catalog: the kinds of resources, loaded when a spec uses them: the project's own
 * files first, then those in the binary (catalog/<kind>.yaml).
 */
struct catalog {
    struct arena *arena;
    struct diag_list *dl;
    struct map kinds;              /* name -> const struct cat_kind */
    struct map tables;             /* name -> struct table */
    const struct price_lock *lock; /* prices that come before those of the tables; NULL: none */
    struct map forms;              /* schema_walk's */
    struct map values;             /* where a computation stands -> const struct expr */
    struct map failed;             /* names whose file is wrong: reported once */
    enum cfg_language language;    /* of texts; English unless set after catalog_init() */
    bool broken;           /* a file of the project's is wrong: a kind may be missing for it */
    unsigned fact_depth;   /* facts being computed, and what is looked up for them */
    unsigned fact_deepest; /* the most that it has been in the one being computed */
    bool fact_cut;         /* they were too deep: the outermost one has no value */
};

void catalog_init(struct catalog *c, struct arena *a, struct diag_list *dl);
/* Reads the files under `catalog:`. False after a diagnostic. */
bool catalog_add_files(struct catalog *c, const struct io *io, const struct cfg_texts *files,
                       str spec);
/* The kind `name`, loading it; NULL when there is none (no diagnostic) or its file is wrong
 * (reported). */
const struct cat_kind *catalog_kind(struct catalog *c, str name);
/* The file of the project's that has the kind; empty: it is built in. */
str catalog_own_file(const struct catalog *c, const struct cat_kind *k);
/* All names, own and built in, sorted. */
str *catalog_names(struct catalog *c, uint32_t *ret_n);

/* Opens a built-in table of facts ("prices"); false: there is none. */
bool catalog_open_table(str name, struct table *ret);
/* The text at a row and column of a table of facts ("instance-classes", "prices/eu-west-1"); empty
 * when there is none. `ret_known`: the row exists. */
str catalog_lookup(struct catalog *c, str table, str row, str column, bool *ret_known);
/* table_match() of a table of facts. */
str catalog_match(struct catalog *c, str table, str name, str *ret_star);

/*
 * Around what rests on facts: false when that is CATALOG_FACT_DEPTH_MAX deep, as a circle in a
 * catalog file is. All of it up to the outermost has no value then, at once. catalog_leave(), after
 * a catalog_enter() that gave true, says whether what was found holds whoever asks.
 */
bool catalog_enter(struct catalog *c);
bool catalog_leave(struct catalog *c);

/* The computation `is` of a fact or a derived metric, parsed once for all resources; NULL: it is
 * wrong (reported). */
const struct expr *catalog_computation(struct catalog *c, const struct cfg_text *is);

/* Offers the names of a table's rows. */
void catalog_suggest_row(struct catalog *c, str table, struct suggest *s);

#endif
