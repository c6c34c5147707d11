/* SPDX-License-Identifier: MIT */
#ifndef OPSC_MODEL_RUNBOOK_H
#define OPSC_MODEL_RUNBOOK_H

#include "model/config.h"
#include "model/delivery.h"

/*
 * runbook: what is known of one environment by who is called at night: its alarms, what they look
 * at, whom they tell, and how to put things right. Facts, and texts in the language of the spec;
 * runbook/ lays them out. lower/ makes it; it is const afterwards. No address of a receiver and no
 * value of a secret is in it.
 */
struct runbook_texts {
    str *items;
    uint32_t n;
};

/* A dimension of a series; of what Terraform looks up the value is in a variable of the shell. */
struct runbook_dimension {
    str name, value;
    str variable; /* "ID_WEB"; empty: `value` is it */
};

/* One entry of GetMetricData: a series, or an expression over others. */
struct runbook_query {
    str id, expression, label;
    str namespace_, metric, stat;
    struct runbook_dimension *dimensions;
    uint32_t ndimensions;
    str every; /* "1 minute": how often it is published */
    bool shown;
};

/* An instance that is found by its tags. */
struct runbook_lookup {
    str variable, resource;
    struct cfg_pairs find;
};

/* Somebody who is told, and by what. */
struct runbook_receiver {
    str name;
    bool email, sms, slack, https, lambda, sqs, action;
};

struct runbook_log {
    str name, group;
    str folder; /* of its saved queries: "reco-production/app" */
    const struct cfg_pairs *queries;
};

enum runbook_comparison {
    RUNBOOK_ABOVE,
    RUNBOOK_AT_LEAST,
    RUNBOOK_BELOW,
    RUNBOOK_AT_MOST,
    RUNBOOK_OUTSIDE,    /* of the band */
    RUNBOOK_ABOVE_BAND, /* and of its upper side only */
    RUNBOOK_BELOW_BAND,
    RUNBOOK_HOLDS /* it is a condition itself */
};

struct runbook_alarm {
    str name, aws_name; /* "high-cpu", "reco-production-high-cpu" */
    str region;
    enum cfg_severity severity;
    str condition; /* as in ops.yaml: "web.cpu > 80% for 5m" */
    str resource;  /* it is about: "web"; empty: several, or none */
    str title;     /* of the resource's kind: "EC2 instance" */
    str meaning;   /* one or more sentences; may be empty */
    struct runbook_texts causes, actions;
    bool composite;
    struct runbook_query *queries; /* in the order of GetMetricData; none: it is over
                                       alarms, or said exactly as AWS has it */
    uint32_t nqueries;
    struct runbook_lookup *lookups;
    uint32_t nlookups;
    enum runbook_comparison comparison;
    str threshold;     /* "80%" */
    str threshold_raw; /* what CloudWatch compares with, when that is another text: "80" */
    str unit;          /* of that: "Percent"; may be empty */
    str band;          /* deviations: "3" */
    str evaluation;    /* "3 of 5 evaluations of 1 minute" */
    int64_t period_s;
    const char *missing;          /* CloudWatch's word: "breaching"; NULL: composite */
    struct runbook_texts parts;   /* names of alarms that a composite is made of */
    str suppressor, wait, extend; /* the alarm that keeps it silent, and for how long; or empty */
    bool quiet;                   /* `enabled: false` */
    const struct runbook_receiver **receivers;
    uint32_t nreceivers;
    str dashboard;                 /* the first that draws its metrics; empty: none */
    const struct runbook_log *log; /* NULL: none */
    str page;                      /* the user's own; empty: none */
    str file, path;                /* "ops.yaml", "alarms.high-cpu" */
    str recommended;               /* of the catalog: "cpu-high"; empty: it is the user's */
    str override;                  /* where exceptions to it are said: "resources.web.alarms" */
    bool restore, rollback, rotation, cost; /* procedures that may help */
};

struct runbook_resource {
    str name, title;
    uint32_t alarms;
};

struct runbook_dashboard {
    str name, aws_name;
};

enum runbook_job_kind { RUNBOOK_DUMP, RUNBOOK_EXPORT, RUNBOOK_CONFIGURATION, RUNBOOK_DRILL };

/* A job of `backup:`. */
struct runbook_job {
    enum runbook_job_kind kind;
    str name;     /* to the scripts: "db-backup" */
    str of;       /* the database's resource: "db" */
    str database; /* its name in the server */
    str engine;   /* "postgres", "mysql" */
    str host;
    str when; /* "every week on Sunday at 04:30 UTC" */
    str keep; /* "56 days"; of a drill empty */
    str max_age;
    struct runbook_texts tables;
    uint32_t assertions;
    bool sealed_by_age; /* CONFIGURATION: only who has the identity can read it */
};

enum runbook_rotation { RUNBOOK_BY_HAND, RUNBOOK_BY_OTHERS, RUNBOOK_BY_RDS, RUNBOOK_BY_LAMBDA };

struct runbook_secret {
    str name;     /* "db-password" */
    str aws_name; /* "/reco/production/db-password"; by RDS: the instance's id */
    str of, user, who, function;
    str every, max_age;
    enum runbook_rotation by;
    bool in_parameters;
    bool deployed; /* a variable of a container: it gets a new value with a deploy */
};

struct runbook_budget {
    str name; /* of the service; empty: the whole month */
    str limit;
};

struct runbook {
    enum cfg_language language;
    str project, environment, prefix; /* "reco-production" */
    str region, partition, account;   /* the account may be empty */
    str spec;
    struct runbook_alarm *alarms;
    uint32_t nalarms;
    struct runbook_resource *resources;
    uint32_t nresources;
    struct runbook_dashboard *dashboards;
    uint32_t ndashboards;
    struct runbook_receiver *receivers;
    uint32_t nreceivers;
    struct runbook_log *logs;
    uint32_t nlogs;
    struct runbook_job *jobs;
    uint32_t njobs;
    str bucket; /* of backups */
    struct runbook_secret *secrets;
    uint32_t nsecrets;
    str ages_function; /* publishes how old secrets are; empty: there are none */
    struct runbook_budget *budgets;
    uint32_t nbudgets;
    bool anomalies;
    const struct delivery *delivery; /* NULL: nothing is deployed */
    struct runbook_texts hosts;      /* that have files of ours */
};

#endif
