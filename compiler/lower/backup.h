/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_BACKUP_H
#define OPSC_LOWER_BACKUP_H

#include "lower/context.h"
#include "lower/host.h"
#include "lower/schedule.h"

/*
 * backup: the jobs of `backup:`. Each runs on a host by a timer, keeps what it makes in one
 * bucket, and is watched (kind backup or drill) for how long ago it last succeeded.
 */
#define BACKUP_MODULE "backup"

enum backup_kind { BACKUP_DUMP, BACKUP_EXPORT, BACKUP_CONFIGURATION, BACKUP_DRILL };

/* What jobs of a kind are called, and what runs them. */
struct backup_kind_row {
    const char *suffix; /* after the name in ops.yaml: "-backup" */
    const char *word;   /* to the scripts: "dump" */
    const char *script; /* "backup_rds_to_s3.sh" */
    const char *does;   /* for people, before whose: "Back up" */
};
extern const struct backup_kind_row backup_kinds[]; /* by enum backup_kind */

struct backup_job {
    enum backup_kind kind;
    str name;                      /* in ops.yaml: "db"; to scripts it is that of `watched` */
    struct watched *watched;       /* itself: "db-backup" */
    const struct watched *of;      /* the database; CONFIGURATION: NULL */
    const struct backup_job *dump; /* DRILL: what it restores */
    const struct watched *host;    /* on which it runs */
    struct schedule schedule;
    int64_t keep_s, max_age_s;
    str engine; /* "postgres" or "mysql" */
    str user, database;
    str store, password_id;              /* "parameter-store", "secrets-manager" or "rds" */
    const struct cfg_texts *tables;      /* EXPORT */
    const struct cfg_texts *expect;      /* DRILL */
    VEC(const struct watched *) secrets; /* CONFIGURATION: of kind secret, in Secrets Manager */
    str path;                            /* "backup.snapshots.db" */
    span at;
};

/* What the bucket holds at most: `dumps` and `dump_bytes` of the result. */
void lower_backups_result(struct lower *l, struct lower_result *ret);
/* Binds the jobs; adds them to l->watched and l->backups. */
void lower_backup(struct lower *l);
/* The scripts and timers of a host that has jobs. */
void backup_scripts(struct lower *l, struct host *h);
/* Terraform: the bucket, and what its hosts may do there. */
void lower_backup_nodes(struct lower *l);
/* Backups of which nobody hears when they stop, and what costs money in the free tier. */
void lower_backup_unheard(struct lower *l);

/* backup_login.c: finds account, password and database of a job; false after a diagnostic. */
bool backup_login(struct lower *l, const struct cfg_backup *c, struct backup_job *j);
/*
 * backup_configuration.c: whether a key of KMS is made, and its alias. It seals the configuration
 * and nothing else: dumps must not become unreadable when that section goes.
 */
bool backup_makes_key(const struct lower *l);
str backup_key(const struct lower *l);
/* Fills what is of `configuration:` alone; false after a diagnostic. */
bool backup_configuration(struct lower *l, struct backup_job *j);
/* backup_iam.c: one policy for each host that has jobs. */
void backup_policies(struct lower *l, const struct node *bucket, const struct node *key);

#endif
