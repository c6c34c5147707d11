/* SPDX-License-Identifier: MIT */
#ifndef OPSC_RESOURCE_RESOURCE_H
#define OPSC_RESOURCE_RESOURCE_H

#include "base/str.h"

/*
 * resource: the table of AWS resources that opsc can say. One row per kind, one row
 * per attribute: Terraform's name, the API's name, type, and what may be assumed about it.
 * The Terraform emitter reads these rows and knows no kind by name.
 *
 * Source of names and types: hashicorp/aws 5.100.0's schema, botocore's service models.
 */
enum attr_type {
    ATTR_STR,
    ATTR_NUM,
    ATTR_BOOL,
    ATTR_STR_LIST, /* order matters */
    ATTR_STR_SET,  /* order does not: written sorted */
    ATTR_STR_MAP,
    ATTR_JSON,  /* a string that holds JSON: compared as documents */
    ATTR_BLOCK, /* one nested block; rows in `block` */
    ATTR_BLOCKS /* any number of nested blocks */
};

enum attr_flag {
    ATTR_IDENTITY = 1 << 0, /* what the resource is found by; changing it makes another one */
    ATTR_REPLACE = 1 << 1,  /* cannot be changed in place */
    ATTR_COMPUTED = 1 << 2, /* given by AWS: never written */
    ATTR_REQUIRED = 1 << 3,
    ATTR_SECRET = 1 << 4,     /* not shown */
    ATTR_WRITE_ONLY = 1 << 5, /* in no state (Terraform 1.11) */
    /* What AWS means by equal (diff/diff.h): */
    ATTR_FILLED = 1 << 6,     /* AWS chooses when it is not given: anything is as wanted then */
    ATTR_POLICY = 1 << 7,     /* JSON: a policy of IAM, where one element is as good as a list */
    ATTR_DECIMAL = 1 << 8,    /* a string that holds a number: "100" is "100.0" */
    ATTR_SPACES = 1 << 9,     /* how much white space there is outside of quotes means nothing */
    ATTR_UNORDERED = 1 << 10, /* BLOCKS, STR_LIST, lists in JSON: the order means nothing */
    ATTR_TRIMMED = 1 << 11,   /* white space at either end means nothing */
    ATTR_TAGS = 1 << 12,      /* STR_MAP: has the tags of the graph, and may have others */
    /* Of kinds whose name is theirs alone only by custom: */
    ATTR_OWN_ID = 1 << 13,  /* AWS's id: two with one identity are two when this differs */
    ATTR_ALSO = 1 << 14,    /* nobody else can have it: found by it when nothing has its identity */
    ATTR_KMS_KEY = 1 << 15, /* a key of KMS: its id is as good as its ARN, an alias as its ARN */
    ATTR_UNTOLD = 1 << 16,  /* said when it is written, and told by no answer */
    ATTR_NUMBER = 1 << 18,  /* STR: it is written as a number */
    ATTR_ENTRIES = 1 << 17  /* BLOCKS: AWS has a map; of each entry these are Key and Value */
};

struct resource_attr {
    const char *tf; /* Terraform: "alarm_name" */
    /* The API, where it is written: "AlarmName", or a path of names, "Metric/MetricName". NULL:
     * Terraform's own; of a block: its rows stand beside the others. */
    const char *api;
    enum attr_type type;
    unsigned flags;
    const char *def; /* what AWS takes when it is not given, as text; NULL: nothing */
    /* Where an answer of AWS has it, as a path from the item on (live/path.h): "MetricStat/Stat";
     * "../Name" is in what the item was found in, "$Name" what was asked for. NULL: `api`. */
    const char *read;
    const char *read_put; /* AWS says it without this, which comes before it */
    char read_after;      /* of that text only what follows the last of these, and of the wanted
                             one; 0: all */
    /* A text with more parts between these is told of by another answer, which is not asked for;
     * 0: any. */
    unsigned parts_max;
    const char *yes;    /* BOOL: the word that AWS has for true; NULL: true */
    const char *no;     /* and for false, where it is written */
    const char *pair;   /* STR_MAP: it is written as a list of these two, "Name,Value"; NULL: a map
                         */
    const char *def_of; /* or the value of this attribute beside it */
    const char *made;   /* COMPUTED: what AWS will make of it, known before it is there:
                           "arn:${partition}:sns:${region}:${account}:${name}" */
    const char *key;    /* BLOCKS: the attribute by which one is known; their order means nothing */
    const struct resource_attr *block; /* rows of a nested block */
    uint32_t nblock;
};

/* What a call is asked with, beside its fixed input. */
struct resource_param {
    const char *name; /* as it is sent: "DashboardName" */
    /* Of a call for each of a list: a path (live/path.h) from what is listed. Of a data source: the
     * attribute, by Terraform's name. */
    const char *from;
};

/* An operation that tells what is there. Names and limits: botocore's service models. */
struct resource_call {
    const char *service;   /* aws/service.h: "cloudwatch" */
    const char *operation; /* "DescribeAlarms" */
    /* REST: GET unless it says another, and "/{Bucket}?lifecycle", with parameters in braces; what
     * the path does not have goes to the query of GET, else into the body. S3's Bucket is part of
     * the host. */
    const char *method, *path;
    /* Its parameters as JSON, with the largest page. "${account}" stands for who is calling; of
     * `first` of what writes (resource_write.h) there may be attributes as well. */
    const char *input;
    const char *token_in, *token_out; /* how the next page is asked for; NULL: there is one */
    const char *prefix;               /* the parameter for what names begin with, or NULL */
    bool in_path;                     /* these names are paths: "/reco/production/app" */
    /* The parameter for exact names, and how many it takes: what does not begin with the prefix is
     * asked for by name, and not looked for in all that the account has. NULL: there is none. */
    const char *names;
    uint32_t names_max;
    /* The parameter that limits it to what is in one other thing, which the attribute of this name
     * says; taken when there are at most so many. NULL: there is none. */
    const char *within, *within_attr;
    uint32_t within_max;
    /* Of an operation that tells of one thing: asked for what another one lists, as far as it is
     * wanted. NULL with `params`: asked for each wanted node of a data source. */
    const struct resource_call *each;
    const char *each_items; /* path to what is listed: "DashboardEntries" */
    const char *each_name;  /* path to its name, or names; NULL: `from` of the first parameter */
    const char *each_also;  /* to others that it may be wanted by, or NULL */
    const char *each_like;  /* its first parameter begins so, else it is not asked for; or NULL */
    char each_after;        /* a name is what follows the last of these; 0: all */
    /* It lists what has no name of its own (`known_by`), and is asked only where what names one
     * that is wanted is not there: of those that have no name now, and the tags of the graph, the
     * calls for each of it tell. */
    bool late;
    const struct resource_param *params;
    uint32_t nparams;
    const char *root;    /* of REST with XML: the element that an answer is */
    const char *payload; /* the whole body is the text of this member; or NULL */
    const char *header;  /* this header of the answer is a member of it; or NULL */
    const char *action;  /* of IAM, after the colon; NULL: the operation's name */
    const char *on;      /* ARN that IAM can limit it to, as `made` has it; NULL: "*" */
};

/*
 * How nodes of a kind are found in the answer of a call. A kind that several calls tell of has one
 * of these for each: what has the same identity is one node, with the attributes of all.
 */
struct resource_read {
    const struct resource_call *call;
    const char *items;     /* where they are: "MetricAlarms"; "": the answer is one */
    bool adds;             /* each answer has some of a node's blocks, which are joined */
    const char *absent;    /* this attribute, a document, ... */
    const char *absent_id; /* ... with this Id is what AWS has when nobody made one */
};

/* How the tags of one are asked for; `params` from its attributes. */
struct resource_tags {
    struct resource_call call;
    const char *at; /* path to them in the answer: "Tags" */
};
/* Tells which ARNs of a region have tags; its index is minutes behind. */
extern const struct resource_call resource_get_resources;
/* Tells which values a tag has, anywhere in a region. */
extern const struct resource_call resource_get_tag_values;

struct resource_kind {
    const char *tf;    /* "aws_cloudwatch_metric_alarm" */
    const char *title; /* "CloudWatch alarm" */
    /* By which Terraform takes over one that is there: "${log_group_name}:${name}". "${}" stands
     * for an attribute, also one that AWS gives, "${partition}", "${region}" or "${account}". NULL:
     * data sources. */
    const char *import_id;
    /* What one of it costs a month: at least one of these, unless it is only looked up. */
    const char *price;                 /* key of catalog/tables/prices.yaml, or NULL */
    const char *unpriced;              /* what else costs money and is not estimated, or NULL */
    const char *free;                  /* why it costs nothing, or NULL */
    const char *service;               /* endpoint prefix and signing name: "monitoring" */
    const char *file;                  /* file of the module it is written to: "alarms.tf" */
    const struct resource_attr *attrs; /* in the order in which Terraform's text has them */
    uint32_t nattrs;
    const struct resource_read *reads; /* none: it is not compared with the account yet */
    uint32_t nreads;
    /* What has no name of its own is known by a node of this kind, whose attribute `known_by_attr`
     * is this one's `known_by_is`: a key by its alias. NULL: by its own identity. */
    const struct resource_kind *known_by;
    const char *known_by_attr, *known_by_is;
    /* What it is a part of, which the attribute `part_of_attr` names: one that nobody wants, of
     * something that is wanted, is told as not in ops.yaml whatever it is called: a policy that
     * somebody gave a role. NULL: it is told by its name. */
    const struct resource_kind *part_of;
    const char *part_of_attr;
    /* One in which this attribute is this was made by AWS, and nobody wants it. NULL: none. */
    const char *by_aws_attr, *by_aws;
    /* Of a kind with ATTR_TAGS. NULL: all that tells of one tells its tags. */
    const struct resource_tags *tags;
    bool data;        /* a Terraform data source */
    bool global_too;  /* made for metrics that AWS has in us-east-1 alone, too: there */
    bool kept;        /* Terraform makes and deletes it, and changes nothing of it */
    const char *left; /* attributes that stay as they are of one that is adopted, as HCL; or NULL */
    uint32_t name_max; /* characters that a name has at most; 0: another check sees to it */
};

extern const struct resource_kind *const resource_kinds[];
extern const uint32_t resource_kinds_n;

extern const struct resource_kind resource_metric_alarm;
extern const struct resource_kind resource_composite_alarm;
extern const struct resource_kind resource_dashboard;
extern const struct resource_kind resource_log_group;
extern const struct resource_kind resource_data_log_groups; /* data aws_cloudwatch_log_groups */
extern const struct resource_kind resource_log_metric_filter;
extern const struct resource_kind resource_query_definition;
extern const struct resource_kind resource_sns_topic;
extern const struct resource_kind resource_sns_topic_policy;
extern const struct resource_kind resource_sns_topic_subscription;
extern const struct resource_kind resource_lambda_permission;
extern const struct resource_kind resource_slack_channel;
extern const struct resource_kind resource_iam_role;
extern const struct resource_kind resource_iam_policy;
extern const struct resource_kind resource_iam_role_policy;
extern const struct resource_kind resource_lambda_function;
extern const struct resource_kind resource_scheduler_schedule;
extern const struct resource_kind resource_ssm_parameter;
extern const struct resource_kind resource_secret;
extern const struct resource_kind resource_secret_rotation;
extern const struct resource_kind resource_iam_role_policy_attachment;
extern const struct resource_kind resource_s3_bucket;
extern const struct resource_kind resource_s3_ownership;
extern const struct resource_kind resource_s3_public_access;
extern const struct resource_kind resource_s3_versioning;
extern const struct resource_kind resource_s3_encryption;
extern const struct resource_kind resource_s3_policy;
extern const struct resource_kind resource_s3_lifecycle;
extern const struct resource_kind resource_cloudfront;
extern const struct resource_kind resource_cloudfront_access;
extern const struct resource_kind resource_vpc_endpoint;
extern const struct resource_kind resource_kms_key;
extern const struct resource_kind resource_kms_alias;
extern const struct resource_kind resource_ecr_repository;
extern const struct resource_kind resource_ecr_lifecycle;
extern const struct resource_kind resource_ecr_policy;
extern const struct resource_kind resource_ssm_document;
extern const struct resource_kind resource_oidc_provider;
extern const struct resource_kind resource_data_oidc_provider; /* data aws_iam_openid_... */
extern const struct resource_kind resource_data_instance;      /* data aws_instance */
extern const struct resource_kind resource_budget;
extern const struct resource_kind resource_anomaly_monitor;
extern const struct resource_kind resource_anomaly_subscription;
extern const struct resource_kind resource_data_caller_identity;
extern const struct resource_kind resource_data_db_instance; /* data aws_db_instance */
extern const struct resource_kind resource_data_db_subnet_group;

/* Whether an attribute stays as it is: of a kind that is only made, or of one that is adopted. */
bool resource_is_left(const struct resource_kind *kind, bool adopted, const char *tf);
/* Index of the attribute with ATTR_TAGS, or -1; whether it has one that Terraform changes. */
int resource_tags_row(const struct resource_kind *kind);
bool resource_has_tags(const struct resource_kind *kind, bool adopted);
/* Index of the attribute with this Terraform name, or -1. */
int resource_attr_index(const struct resource_attr *rows, uint32_t n, const char *tf);
/* The same of a text that is no literal. */
int resource_attr_find(const struct resource_attr *rows, uint32_t n, str tf);

#endif
