/* SPDX-License-Identifier: MIT */
#ifndef OPSC_MODEL_CONFIG_H
#define OPSC_MODEL_CONFIG_H

#include "diag/source.h"
#include "expr/unit.h"

/*
 * config: ops.yaml as typed structs: read, not yet understood. schema/ fills
 * it by its tables; names in it are text until lower/ binds them.
 *
 * A field was given when its span has a file: `given(x.at)`.
 */
static inline bool given(span at) {
    return at.file != 0;
}

struct cfg_text {
    str text;
    span at;
    const struct text_origin *origin; /* see yaml_node */
};

struct cfg_bool {
    bool value;
    span at;
};

/* Index into the choices of its schema row. */
struct cfg_choice {
    int value;
    span at;
};

struct cfg_quantity {
    struct quantity q;
    span at;
};

struct cfg_texts {
    struct cfg_text *items;
    uint32_t n;
    span at;
};

struct cfg_pair {
    struct cfg_text key, value;
};

struct cfg_pairs {
    struct cfg_pair *items;
    uint32_t n;
    span at;
};

/* An array of structs made from a mapping; every item starts with its key. */
#define CFG_ITEMS(T)                                                                               \
    struct {                                                                                       \
        T *items;                                                                                  \
        uint32_t n;                                                                                \
        span at;                                                                                   \
    }

struct value;
struct yaml_node;
struct yaml_pair;

/* What a table does not know itself: keys that the catalog defines. */
struct cfg_rest {
    const struct yaml_pair **items;
    uint32_t n;
};

enum cfg_language { CFG_ENGLISH, CFG_SPANISH };
enum cfg_profile { CFG_PROFILE_FULL, CFG_PROFILE_FREE_TIER };
enum cfg_severity { CFG_INFO, CFG_WARNING, CFG_CRITICAL, CFG_SEVERITY_COUNT };

/* What `notify: ops@example.com` is called. */
#define CFG_NOTIFY_UNNAMED "default"

struct cfg_notify {
    struct cfg_text name;
    struct cfg_texts email, sms, slack, https, lambda, sqs;
    struct cfg_texts action; /* ARNs that alarms call as they are */
};

struct cfg_route {
    struct cfg_text name; /* of a severity */
    struct cfg_texts to;
};

/* An exception to one recommended alarm of a resource. */
struct cfg_override {
    struct cfg_text name;
    struct cfg_choice state; /* on, off */
    struct cfg_text when, threshold;
    struct cfg_choice severity, missing;
    struct cfg_texts notify;
};

struct cfg_recommended {
    struct cfg_choice mode; /* recommended, none */
    CFG_ITEMS(struct cfg_override) overrides;
};

struct cfg_resource {
    struct cfg_text name;
    struct cfg_text kind;
    struct cfg_recommended alarms;
    struct cfg_rest rest; /* attributes: the kind's business */
};

struct cfg_log_metric {
    struct cfg_text name; /* "api.errors" */
    struct cfg_text match, value, unit;
};

/* Attributes of what AWS gets, by Terraform's names, in place of what opsc makes of the rest. */
struct cfg_exactly {
    const struct value *map; /* MAP of STR, NUM, BOOL, LIST and MAP; UNSET: not given to AWS */
    span at;
};

struct cfg_log {
    struct cfg_text name;
    struct cfg_text group;
    struct {
        struct cfg_text resource;
        struct cfg_texts files;
        struct cfg_choice format; /* text, json */
        struct cfg_text timestamp, multiline, level;
        span at;
    } from;
    struct cfg_quantity retention;
    struct cfg_texts keep;
    struct cfg_pairs sample;
    struct cfg_text kms_key;
    struct cfg_choice log_class; /* standard, infrequent-access */
    CFG_ITEMS(struct cfg_log_metric) metrics;
    struct cfg_pairs queries;
    struct cfg_exactly exactly;
};

/* Few alarms have it. */
struct cfg_suppress {
    struct cfg_text by;
    struct cfg_quantity wait, extend;
    span at;
};

struct cfg_alarm {
    struct cfg_text name;
    struct cfg_text called; /* what AWS calls it; not given: by project and environment */
    struct cfg_text when;
    struct cfg_choice severity, missing;
    struct cfg_texts notify;
    struct cfg_text description, action, runbook;
    struct cfg_bool enabled;
    struct cfg_suppress *suppress; /* NULL: not given */
    struct cfg_exactly exactly;
};

enum cfg_store { CFG_STORE_PARAMETERS, CFG_STORE_SECRETS_MANAGER };

/*
 * An item of `secrets:`. In Parameter Store it is the parameter /<project>/<environment>/<name>
 * and holds the password or key itself; in Secrets Manager the secret
 * <project>/<environment>/<name>. Of an account that a function rotates it may be, and in Secrets
 * Manager it becomes, a JSON object with username and password among its members.
 */
struct cfg_secret {
    struct cfg_text name;
    struct cfg_text of;   /* the database whose password it is; not given: a key of something */
    struct cfg_text user; /* the account there */
    struct cfg_text rotate, by; /* "every 90 days", "by external team" */
    struct cfg_text admin; /* another item: an administrator, by whom two accounts take turns */
    struct cfg_quantity remind;
    struct cfg_recommended alarms;
};

/* A job of `backup:`. */
struct cfg_backup {
    struct cfg_text name;
    struct cfg_text from;              /* the database; snapshots: not given, it is the name */
    struct cfg_text every;             /* "week on sunday at 04:30 UTC" */
    struct cfg_quantity keep, max_age; /* time */
    struct cfg_text user, password, database;
    struct cfg_texts tables;  /* of an export */
    struct cfg_choice format; /* of an export: there is one */
    struct cfg_recommended alarms;
};

/* `drill:`: the newest backup of `restore` is restored, looked at and thrown away. */
struct cfg_drill {
    struct cfg_text restore, every;
    struct cfg_quantity max_age; /* of the last drill that passed */
    struct cfg_texts expect;     /* SQL: each gives true */
    struct cfg_recommended alarms;
    span at;
};

/* `configuration:`: what the system cannot be built again without. */
struct cfg_configuration {
    struct cfg_text every;
    struct cfg_quantity keep, max_age;
    struct cfg_bool terraform_state;
    struct cfg_text parameters; /* a path of Parameter Store */
    struct {
        struct cfg_choice kms; /* given: by a key of KMS */
        struct cfg_text age;   /* or for this recipient of age */
        span at;
    } secrets;
    struct cfg_recommended alarms;
    span at;
};

/* A test of `ci:`. */
struct cfg_test {
    struct cfg_text name;
    struct cfg_text run; /* a command, or a script of several lines */
    struct cfg_texts services;
    struct cfg_pairs env;
    struct cfg_quantity timeout;
};

enum cfg_registry { CFG_DOCKER_HUB, CFG_ECR };
enum cfg_via { CFG_VIA_SSH, CFG_VIA_SSM };
enum cfg_engine { CFG_DOCKER, CFG_PODMAN };
enum cfg_network { CFG_NETWORK_BRIDGE, CFG_NETWORK_HOST };
/* Of what an account has once: made here, or there already. */
enum cfg_provider { CFG_PROVIDER_CREATE, CFG_PROVIDER_EXISTING };

/* `deploy:`: how one application reaches its hosts. */
struct cfg_deploy {
    struct cfg_text app;
    struct cfg_texts on; /* hosts; not given: the app's own */
    struct cfg_choice registry, via, strategy;
    struct cfg_text branch, after, dockerfile, context;
    struct {
        struct cfg_quantity retries, every;
        span at;
    } health_check;
    struct {
        struct cfg_quantity keep;
        span at;
    } rollback;
    struct {
        struct cfg_quantity time; /* 0s: nothing is watched */
        struct cfg_texts alarms;  /* not given: those that page people */
        span at;
    } watch;
    struct cfg_quantity drain, slot_port;
    struct cfg_choice engine, network;
    struct cfg_text env_file, migrate, user;
    struct cfg_pairs env, secrets; /* secrets: variable -> item of `secrets:` */
    struct cfg_texts options;      /* of the engine's `run` */
    struct {
        struct cfg_text repository, owner_id, repository_id;
        struct cfg_choice provider;
        span at;
    } github;
    struct {
        struct cfg_choice repository; /* enum cfg_provider */
        struct cfg_text account, region;
        struct cfg_texts readers; /* accounts */
        span at;
    } ecr;
    struct {
        struct cfg_text every;
        struct cfg_texts logs; /* patterns of files */
        struct cfg_quantity older_than;
        span at;
    } cleanup;
    span at;
};

/* Of `cost.cleanup`, by the name of a bucket's resource. */
struct cfg_cleanup {
    struct cfg_text name, prefix;
    struct cfg_quantity older_than;
};

/* A rule of `cost.lifecycle`, by the name of a bucket's resource. */
struct cfg_lifecycle {
    struct cfg_text name, prefix;
    struct cfg_quantity infrequent_after, instant_after, glacier_after, deep_after; /* time */
    struct cfg_quantity expire_after, old_versions_after, abort_uploads_after;
    struct cfg_quantity larger_than; /* data */
    span at;
};

/* Of `cost.log_retention`: a log group that something else writes to. */
struct cfg_retention {
    struct cfg_text name;
    struct cfg_quantity after; /* time */
};

enum cfg_price_class { CFG_PRICE_CLASS_100, CFG_PRICE_CLASS_200, CFG_PRICE_CLASS_ALL };

/* `cost.cdn`: CloudFront in front of an application or a bucket. */
struct cfg_cdn {
    struct cfg_text origin;     /* a resource */
    struct cfg_text address;    /* the DNS name of an application */
    struct cfg_choice protocol; /* https, http: to the origin */
    struct cfg_quantity port;
    struct cfg_texts cache, aliases;
    struct cfg_text certificate, root;
    struct cfg_bool compress;
    struct cfg_choice price_class, viewers;
    span at;
};

enum cfg_scope { CFG_SCOPE_ACCOUNT, CFG_SCOPE_TAGS };

/* Whom a budget tells, and at which share of its limit. */
struct cfg_budget_alert {
    struct cfg_text name; /* "80%" */
    struct cfg_texts notify;
    struct cfg_bool sms;
};

/* `budgets.monthly`, or one of `budgets.services`. */
struct cfg_budget {
    struct cfg_text name;      /* "CloudWatch"; of `monthly` not given */
    struct cfg_quantity limit; /* money */
    CFG_ITEMS(struct cfg_budget_alert) alerts;
    struct cfg_texts forecast; /* given and empty: nobody */
    span at;
};

struct cfg_anomalies {
    struct cfg_quantity above; /* money */
    struct cfg_budget_alert alert;
    struct cfg_text monitor; /* ARN */
    span at;
};

/* How AWS bills the account: `cost.account`. */
enum cfg_regime { CFG_REGIME_PAID, CFG_REGIME_FREE_PLAN, CFG_REGIME_LEGACY };

/* The rules that save money: `cost.accept` has their names. */
enum cfg_saving {
#define SAVING(id, ...) CFG_SAVING_##id,
#include "model/savings.def"
#undef SAVING
    CFG_SAVING_COUNT
};

/* What ops.yaml cannot know: `cost.usage`, amounts a month as text ("1..4 GiB/month"). */
struct cfg_usage {
    struct cfg_text log_ingest, log_storage, log_scan, egress, requests, emails, backup_storage,
        image_storage, metric_reads;
    struct cfg_rest rest;
    struct cfg_pairs own; /* the rest as texts. "db.backup": of a resource, by its kind's costs */
    span at;
};

/* Of `coverage.waive`: "db.storage-low", "db", "rds/legacy-*". */
struct cfg_waiver {
    struct cfg_text name, until, reason;
};

enum cfg_lock_mode { CFG_LOCK_GOVERNANCE, CFG_LOCK_COMPLIANCE };

struct cfg_graph_row {
    struct cfg_text *graphs; /* side by side */
    uint32_t n;
};

struct cfg_section {
    struct cfg_text title;
    struct cfg_graph_row *rows;
    uint32_t n;
};

struct cfg_dashboard {
    struct cfg_text name;
    struct cfg_section *sections;
    uint32_t n;
};

struct price_lock;

struct config {
    struct cfg_quantity version;
    struct cfg_text project, environment;
    struct cfg_choice profile;
    struct cfg_choice language; /* enum cfg_language */
    struct {
        struct cfg_text region, account;
        struct cfg_pairs tags;
        struct {
            struct cfg_text bucket, key, region;
            span at;
        } lock;
        struct cfg_bool default_tags; /* project, environment, managed-by */
        span at;
    } aws;
    struct {
        struct {
            struct cfg_text bucket, key, region;
            struct cfg_bool lock;
            span at;
        } state;
        struct cfg_text plan_role; /* ARN of the role that ops.yml plans with */
        span at;
    } terraform;
    CFG_ITEMS(struct cfg_notify) notify;
    CFG_ITEMS(struct cfg_route) routes;
    struct cfg_texts catalog;
    CFG_ITEMS(struct cfg_resource) resources;
    CFG_ITEMS(struct cfg_log) logs;
    struct {
        struct cfg_choice recommended; /* `alarms: recommended`, or the key `recommended: all|none`
                                          among others */
        CFG_ITEMS(struct cfg_alarm) list;
        span at;
    } alarms;
    CFG_ITEMS(struct cfg_dashboard) dashboards;
    span dashboards_none; /* `dashboards: none` */
    struct {
        struct cfg_text bucket, on, kms_key;
        struct {
            struct cfg_quantity keep;
            struct cfg_choice mode; /* enum cfg_lock_mode */
            span at;
        } lock;
        CFG_ITEMS(struct cfg_backup) snapshots;
        CFG_ITEMS(struct cfg_backup) exports;
        struct cfg_configuration configuration;
        struct cfg_drill drill;
        span at;
    } backup;
    struct {
        struct cfg_choice store; /* enum cfg_store */
        struct cfg_text kms_key;
        struct cfg_texts subnets, security_groups; /* of the functions that rotate */
        struct cfg_text ca;                        /* a file */
        CFG_ITEMS(struct cfg_secret) items;
        span at;
    } secrets;
    struct {
        struct cfg_text branch;
        struct cfg_texts python, node, go, java, rust; /* versions; each is tested */
        struct cfg_texts install;
        CFG_ITEMS(struct cfg_test) tests;
        struct cfg_texts quality, security;
        struct cfg_pairs services; /* name -> image, in place of the usual one */
        struct cfg_pairs env;
        struct cfg_text opsc; /* "owner/repository@commit": where workflows get opsc from */
        span at;
    } ci;
    struct cfg_deploy deploy;
    struct {
        CFG_ITEMS(struct cfg_cleanup) cleanup;
        CFG_ITEMS(struct cfg_lifecycle) lifecycle;
        struct cfg_cdn cdn;
        CFG_ITEMS(struct cfg_retention) log_retention;
        struct {
            struct cfg_text vpc;
            struct cfg_texts route_tables, services;
            span at;
        } endpoints;
        struct cfg_usage usage;
        struct {
            struct cfg_choice regime;
            struct cfg_text since; /* a date */
            struct cfg_quantity credits;
            span at;
        } account;
        struct cfg_texts accept; /* names of rules; empty where it was wrong */
        span at;
    } cost;
    struct {
        struct cfg_budget monthly;
        CFG_ITEMS(struct cfg_budget) services;
        struct cfg_anomalies anomalies;
        struct cfg_choice scope; /* enum cfg_scope */
        struct cfg_bool credits;
        span at;
    } budgets;
    struct {
        CFG_ITEMS(struct cfg_waiver) waive;
        span at;
    } coverage;
    struct cfg_exactly exactly; /* Terraform's type -> name -> attributes */
    struct {
        struct cfg_choice state; /* off: there are none */
        struct cfg_text url;     /* where the pages are read; not given: relative */
        span at;
    } runbooks;
    span at;                         /* the whole document */
    str spec;                        /* the file, as the user named it */
    const struct price_lock *prices; /* the project's own (catalog/price_lock.h); NULL: none */
};

#endif
