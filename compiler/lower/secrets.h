/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_SECRETS_H
#define OPSC_LOWER_SECRETS_H

#include "lower/context.h"

/*
 * secrets: the items of `secrets:`, each a resource of kind secret that is watched for its age.
 * Their values are never seen here, nor in anything that is generated.
 */
#define SECRETS_MODULE "secrets_rotation"

enum secret_by { SECRET_BY_HAND, SECRET_BY_OTHERS, SECRET_BY_RDS };

struct secret {
    const struct cfg_secret *cfg;
    struct watched *watched; /* itself, of kind secret */
    struct watched *of;      /* the database; NULL: none */
    enum secret_by by;
    str who;           /* OTHERS: "external team" */
    int64_t every_s;   /* how often it is to be replaced */
    int64_t max_age_s; /* from then on it is overdue */
    int64_t remind_s;  /* 0: nobody is reminded */
    struct node *node; /* the parameter or secret; NULL: RDS has it */
    str name;          /* what AWS calls it */
    span at;
};

/* Binds the items and adds them to l->watched and l->secrets. */
void lower_secrets(struct lower *l);
/* Terraform of the items and of what publishes their ages. */
void lower_secret_nodes(struct lower *l);

/* secrets_rotate.c: reads `rotate` and `by`; false after a diagnostic. */
bool secret_rotation(struct lower *l, struct secret *s);

#endif
