/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_SECRETS_H
#define OPSC_LOWER_SECRETS_H

#include "lower/context.h"

/*
 * secrets: the items of `secrets:`, each a resource of kind secret that is watched for its age.
 * Their values are never seen here, nor in anything that is generated.
 */
#define SECRETS_MODULE "secrets_rotation"
#define SECRETS_ARCHIVE "secrets_rotation.zip"
#define SECRETS_AGE "secrets-age" /* the function that publishes ages */
/* What a parameter is made with, since it cannot be made without a value. */
#define SECRET_UNSET "not set yet"
#define SECRET_TWIN "_clone" /* follows the name of an account, for the one that takes turns */
#define ROTATION_CA "ca.pem" /* in the archive */

enum secret_by { SECRET_BY_HAND, SECRET_BY_OTHERS, SECRET_BY_RDS, SECRET_BY_LAMBDA };

struct secret {
    const struct cfg_secret *cfg;
    struct watched *watched; /* itself, of kind secret */
    struct watched *of;      /* the database; NULL: none */
    struct secret *admin;    /* LAMBDA: who lets two accounts take turns; NULL: there is one */
    enum secret_by by;
    str who;           /* OTHERS: "external team" */
    int64_t every_s;   /* how often it is to be replaced */
    int64_t max_age_s; /* from then on it is overdue */
    int64_t remind_s;  /* 0: nobody is reminded */
    struct node *node; /* the parameter or secret; NULL: RDS has it */
    str name;          /* what AWS calls it */
    span at;
};

/* Binds the items and adds them to l->watched and l->secrets; reads the file that `ca` names. */
void lower_secrets(struct lower *l, const struct io *io);
/* Terraform of the items and of what publishes their ages. */
void lower_secret_nodes(struct lower *l);

/* Whether `items` has it, well or badly written: what is wrong with it was told. */
bool secret_is_written(const struct lower *l, str name);
/* secrets_rotate.c: reads `rotate` and `by`; false after a diagnostic. */
bool secret_rotation(struct lower *l, struct secret *s);

/* secrets_nodes.c: the RDS instance of a resource, looked up by Terraform in a module. */
struct node *secret_instance(struct lower *l, const char *module, const struct watched *of);
/* A name, or an ARN that Terraform looks up: what functions know it by. */
struct value *secret_id(struct lower *l, const struct secret *s);
bool secret_in_parameters(const struct secret *s);

/*
 * rotation.c: items that a function rotates. Whether it can, of this database (`of` is bound);
 * false after a diagnostic.
 */
bool rotation_check(struct lower *l, const struct secret *s);
/* "postgres", "mysql", "mariadb"; of Aurora "aurora-mysql", "aurora-postgresql". */
str rotation_engine(const struct watched *of);
/* The name of its function. */
str rotation_function(struct lower *l, const struct secret *s);
/* Binds `admin` of all items, when all are there. */
void rotation_bind_admins(struct lower *l);
/* rotation_nodes.c: the functions, and who calls them. */
void rotation_nodes(struct lower *l);

#endif
